/* Warns before a session ends for want of activity. Every page that is loaded, in any tab, begins the time anew. */
"use strict";
(() => {
  const dialog = document.querySelector("[data-idle-minutes]");
  if (!dialog) return;
  const MINUTE_MS = 60000;
  const idle = Number(dialog.dataset.idleMinutes) * MINUTE_MS;
  const warned = idle - Math.min(5 * MINUTE_MS, idle / 2);
  const line = window.BroadcastChannel ? new BroadcastChannel("tk-session") : null;
  const form = dialog.querySelector("form");
  let since = Date.now();

  const begin = () => {
    since = Date.now();
    delete dialog.dataset.over;
    if (dialog.open) dialog.close();
  };
  /* Words that somebody has typed and not sent must not go with the page. */
  const typed = () => [...document.querySelectorAll("main textarea, main input")].some(
    (field) => field.type !== "hidden" && field.value !== field.defaultValue);
  const look = () => {
    const gone = Date.now() - since;
    if (gone >= idle && dialog.dataset.over === undefined) {
      dialog.dataset.over = "";
      if (!typed()) { location.replace(dialog.dataset.signIn); return; }
    }
    if (gone >= warned && !dialog.open) dialog.showModal();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let answer = null;
    try { answer = await fetch(form.action, { method: "POST", redirect: "manual" }); } catch { /* Shown as over. */ }
    if (answer?.status === 204) {
      begin();
      line?.postMessage("used");
    } else {
      dialog.dataset.over = "";
    }
  });
  dialog.querySelector("[data-idle-close]").addEventListener("click", () => dialog.close());
  /* The clock runs on while a computer sleeps; a timer of half an hour would not. */
  setInterval(look, Math.min(10000, idle / 20));
  document.addEventListener("visibilitychange", look);
  line?.addEventListener("message", begin);
  line?.postMessage("used");
})();
