/* Small comforts of the report form. The form works without them; nothing is sent before a button is pressed. */
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach((element) => {
    try { act(element); } catch { /* A comfort that fails must not take the others with it. */ }
  });
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").trim();

  /* Choices that only make sense with scripts. */
  each("[data-needs-script]", (element) => { element.hidden = false; });

  /* A search above a long list. */
  const addSearch = (before, { filter, filtered }, search) => {
    const box = document.createElement("div");
    box.className = "kern-form-input tk-filter";
    const [label, input, found] = ["label", "input", "p"].map((name) => document.createElement(name));
    input.id = "filter";
    Object.assign(label, { className: "kern-label", htmlFor: "filter", textContent: filter });
    /* Without a name it is never sent. */
    Object.assign(input, { className: "kern-form-input__input", type: "search", autocomplete: "off", dir: "auto" });
    Object.assign(found, { className: "tk-filter__found" });
    found.setAttribute("role", "status");
    input.addEventListener("input", () => {
      const wanted = plain(input.value);
      const count = search(wanted);
      found.textContent = wanted ? filtered.replace("{count}", count.toLocaleString(document.documentElement.lang.split("-")[0])) : "";
    });
    /* Enter looks for something and does not send the form. */
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.append(label, input, found);
    before.before(box);
  };

  each("select[data-filter]", (select) => {
    const options = [...select.options].slice(1);
    addSearch(select.closest(".kern-form-input__select-wrapper"), select.dataset, (wanted) => {
      const chosen = select.value;
      const hits = options.filter((option) => plain(option.text).includes(wanted));
      const kept = options.filter((option) => hits.includes(option) || option.value === chosen);
      select.replaceChildren(select.options[0], ...kept);
      select.value = wanted && hits.length === 1 ? hits[0].value : chosen;
      return hits.length;
    });
  });

  each("div[data-filter]", (box) => {
    const choices = [...box.querySelectorAll(".kern-form-check")];
    addSearch(box, box.dataset, (wanted) => {
      let count = 0;
      choices.forEach((choice) => {
        const hit = plain(choice.textContent).includes(wanted);
        count += hit ? 1 : 0;
        /* What is ticked stays in sight. */
        choice.hidden = !hit && !choice.querySelector("input").checked;
      });
      box.querySelectorAll("fieldset").forEach((group) => { group.hidden = !group.querySelector(".kern-form-check:not([hidden])"); });
      return count;
    });
  });

  /* Streets to choose from while typing. The whole list is fetched, so that nobody learns what is looked for. */
  each("datalist[data-streets]", async (list) => {
    const input = document.querySelector("input[name=street]");
    const answer = await fetch(list.dataset.streets).catch(() => null);
    if (!input || !answer?.ok) return;
    const { streets } = await answer.json();
    const names = [...new Set(streets.map((street) => street.name))];
    if (!names.length) return;
    list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
    input.setAttribute("list", list.id);
  });

  /* Files that would be refused anyway are told of before they travel. */
  each("input[type=file][data-most]", (input) => {
    const note = document.createElement("p");
    note.className = "tk-filter__found";
    note.setAttribute("role", "status");
    input.after(note);
    input.addEventListener("change", () => {
      const files = [...input.files];
      if (files.length > Number(input.dataset.most)) note.textContent = input.dataset.tooMany;
      else if (files.some((file) => file.size > Number(input.dataset.bytes))) note.textContent = input.dataset.tooLarge;
      else note.textContent = "";
    });
  });
})();
