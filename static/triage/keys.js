/* The queue by keys: j and k move from case to case, x ticks, / searches, ? shows all. Without it Tab does the same. */
"use strict";
(() => {
  const OFF = "tk-keys-off";
  const dialog = document.getElementById("keys");
  const opener = document.querySelector("[data-keys]");
  const choice = document.getElementById("keys-on");
  const search = document.querySelector("[data-search]");
  const links = [...document.querySelectorAll("#reports tbody th a")];
  const ticks = [...document.querySelectorAll("input[name=case]")];
  if (!dialog || !dialog.showModal) return;

  const stored = (change) => {
    /* Some browsers keep nothing; then the keys are on until the page goes. */
    try { return change(window.localStorage); } catch { return null; }
  };
  choice.checked = stored((kept) => kept.getItem(OFF)) === null;
  choice.addEventListener("change", () => {
    stored((kept) => (choice.checked ? kept.removeItem(OFF) : kept.setItem(OFF, "yes")));
  });
  const show = () => dialog.showModal();
  opener.parentElement.hidden = false;
  opener.addEventListener("click", show);
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());

  const row = (element) => element.closest("tr");
  const here = () => links.findIndex((link) => row(link).contains(document.activeElement));
  const move = (steps) => {
    const at = here();
    const next = at < 0 ? (steps > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + steps, 0), links.length - 1);
    if (links[next]) links[next].focus();
  };
  const tick = () => {
    const box = ticks[here()];
    if (box) box.click();
  };
  const deeds = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => here() >= 0 && move(1),
    ArrowUp: () => here() >= 0 && move(-1),
    x: tick,
    "/": () => search && search.focus(),
    "?": show,
  };
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (!choice.checked || writing || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = deeds[event.key];
    /* An arrow that moves nothing still scrolls. */
    if (deed && deed() !== false) event.preventDefault();
  });

  const form = document.getElementById("several");
  if (!form) return;
  const count = form.querySelector(".tk-several__count");
  const tell = () => {
    const number = ticks.filter((box) => box.checked).length;
    count.textContent = number ? form.dataset.several.replace("{number}", number) : "";
  };
  ticks.forEach((box) => box.addEventListener("change", tell));
  tell();
})();
