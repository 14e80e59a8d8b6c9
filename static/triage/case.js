/* Puts a template for a reply into the field at once. Without this the server does it. */
"use strict";
(() => {
  const frame = document.querySelector("[data-template]");
  if (!frame) return;
  const select = frame.querySelector("select");
  const field = document.getElementById(frame.dataset.field);
  const beside = document.getElementById("german");
  const status = frame.querySelector("[data-status]");
  frame.querySelector("button").addEventListener("click", (event) => {
    const chosen = select.selectedOptions[0];
    /* Nothing chosen: the server says so. */
    if (!chosen || !chosen.value) return;
    event.preventDefault();
    field.value = [field.value.trim(), chosen.dataset.text].filter(Boolean).join("\n\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    beside.hidden = !chosen.dataset.german;
    beside.querySelector("[data-german]").textContent = chosen.dataset.german;
    status.textContent = frame.dataset.done;
    field.focus();
    field.setSelectionRange(0, 0);
    field.scrollTop = 0;
  });
})();
