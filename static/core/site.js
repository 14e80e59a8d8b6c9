/* Small comforts. Every page works without them, and each of them fails alone. */
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach((element) => {
    try { act(element); } catch { /* A comfort that fails must not take the others with it. */ }
  });

  /* Errors: the summary gets the focus, so that a screen reader starts there. */
  each("[data-error-summary]", (summary) => summary.focus());

  /* A second click while the first is still on its way sends nothing. The lock opens by itself: a connection can break. */
  const LOCKED_MS = 8000;
  const unlock = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled][data-locked]").forEach((button) => {
      button.removeAttribute("aria-disabled");
      delete button.dataset.locked;
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.dataset.again !== undefined) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    /* Never the real `disabled`: it would take the button's own name and value out of what is sent. */
    if (button && !button.disabled) { button.setAttribute("aria-disabled", "true"); button.dataset.locked = ""; }
    setTimeout(unlock, LOCKED_MS, form);
  });
  addEventListener("pageshow", () => each("form[data-sent]", unlock));

  /* Leave quickly: hide at once, put a harmless page in front and in the place of this one. */
  const leave = (link) => {
    document.documentElement.classList.add("tk-gone");
    document.title = "\u200b";
    try { window.open(link.href, "_blank", "noopener,noreferrer"); } catch { /* The next line is what counts. */ }
    location.replace(link.href);
  };
  const exit = document.querySelector("[data-quick-exit]");
  if (exit) {
    exit.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      leave(exit);
    });
    const WITHIN_MS = 2000;
    let presses = [];
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape") { presses = []; return; }
      if (event.repeat) return;
      presses = [...presses.slice(-2), event.timeStamp];
      if (presses.length === 3 && event.timeStamp - presses[0] < WITHIN_MS) leave(exit);
    });
  }

  /* Copy and print show up only where they work. */
  each("[data-copy]", (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.querySelector(".kern-label") || button;
    const before = label.textContent;
    label.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      try { await navigator.clipboard.writeText((source.value ?? source.textContent).trim()); } catch { return; }
      label.textContent = button.dataset.done || before;
      setTimeout(() => { label.textContent = before; }, 4000);
    });
  });
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  /* How many characters are left. Line ends count twice, as the server counts them. */
  each("[data-count]", (note) => {
    const area = document.getElementById(note.dataset.count);
    const most = Number(area.dataset.max);
    const first = note.textContent;
    const show = () => {
      const left = most - [...area.value.replace(/\n/g, "\r\n")].length;
      note.dataset.state = left < 0 ? "over" : "";
      const number = Math.abs(left).toLocaleString(document.documentElement.lang.split("-")[0]);
      if (left > most / 2) note.textContent = first;
      else note.textContent = (left < 0 ? note.dataset.over : note.dataset.text).replace("{number}", number);
    };
    area.addEventListener("input", show);
    show();
  });
})();
