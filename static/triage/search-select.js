/* A search field above a long list of choices. Without it the list is just long. */
"use strict";
(() => {
  const MANY = 8;
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  document.querySelectorAll("[data-search-select]").forEach((frame, index) => {
    const select = frame.querySelector("select");
    if (!select || select.options.length <= MANY) return;
    const all = [...select.options];
    const field = document.createElement("div");
    field.className = "kern-form-input";
    const label = document.createElement("label");
    label.className = "kern-label";
    label.htmlFor = `search-select-${index}`;
    label.textContent = frame.dataset.label;
    const input = document.createElement("input");
    input.className = "kern-form-input__input";
    input.type = "search";
    input.id = label.htmlFor;
    input.autocomplete = "off";
    const note = document.createElement("p");
    note.className = "kern-hint tk-found";
    note.setAttribute("role", "status");
    field.append(label, input, note);
    frame.prepend(field);
    input.addEventListener("input", () => {
      const wanted = folded(input.value.trim());
      const chosen = select.value;
      const fitting = all.filter((option) => !option.value || folded(option.text).includes(wanted));
      /* What is chosen already stays, so that looking around changes nothing. */
      select.replaceChildren(...all.filter((option) => fitting.includes(option) || (chosen && option.value === chosen)));
      select.value = chosen;
      const hits = fitting.filter((option) => option.value);
      note.textContent = hits.length ? "" : frame.dataset.none;
      if (wanted && hits.length === 1) select.value = hits[0].value;
    });
    input.addEventListener("keydown", (event) => {
      /* Enter looks, it does not send. */
      if (event.key === "Enter") { event.preventDefault(); select.focus(); }
    });
  });
})();
