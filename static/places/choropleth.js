/* Areas by class: the map takes its classes from the table beside it, so that it can never say more. */
"use strict";
(() => {
  const T = window.Teilhabekarte;
  const SVG = "http://www.w3.org/2000/svg";
  /* A pattern for each class besides its colour: more ink, more need; the last is all ink with light dots. */
  const INK = {
    0: "",
    1: "M2 2h.01M7 7h.01",
    2: "M-1 1l2-2M0 10L10 0M9 11l2-2",
    3: "M-1 1l2-2M0 5L5 0M0 10L10 0M5 10l5-5M9 11l2-2",
    4: "M0 10L10 0M0 0l10 10M-1 1l2-2M9 11l2-2M-1 9l2 2M9-1l2 2",
    5: "M2 2h.01M7 7h.01",
    hidden: "M1 3h4M6 8h4",
    "need-1": "M-1 1l2-2M0 10L10 0M9 11l2-2",
    "need-2": "M0 10L10 0M0 0l10 10M-1 1l2-2M9 11l2-2M-1 9l2 2M9-1l2 2",
    even: "",
    "supply-1": "M2 2h.01M7 7h.01",
    "supply-2": "M0 2h10M0 7h10",
  };
  const draw = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const patterns = () => {
    const sheet = draw("svg", { width: 0, height: 0, class: "tk-patterns", "aria-hidden": "true", focusable: "false" });
    const defs = draw("defs", {});
    for (const [kind, path] of Object.entries(INK)) {
      const size = { id: `tk-pattern-${kind}`, class: `tk-pattern tk-pattern--${kind}`, width: 10, height: 10, patternUnits: "userSpaceOnUse" };
      const pattern = draw("pattern", size);
      pattern.append(draw("rect", { width: 10, height: 10 }), draw("path", { d: path }));
      defs.append(pattern);
    }
    sheet.append(defs);
    return sheet;
  };

  T.classes = async (map) => {
    const id = map.getContainer().id;
    const table = document.querySelector(`[data-map-classes="${id}"]`);
    await map.tk.ready;
    if (!table) return;
    document.body.append(patterns());
    document.querySelectorAll("[data-map-swatch] > rect").forEach((rect) => {
      rect.setAttribute("fill", `url(#tk-pattern-${rect.parentNode.dataset.mapSwatch})`);
    });
    const row = (key) => [...table.querySelectorAll("[data-map-area]")].find((one) => one.dataset.mapArea === key);
    const paint = () => map.tk.areas.forEach((layer, key) => {
      const kind = row(key)?.dataset.mapClass;
      const known = kind !== undefined && kind in INK;
      layer.getElement().classList.add("tk-area--class");
      layer.setStyle({ fillOpacity: known ? 1 : 0, fillColor: known ? `url(#tk-pattern-${kind})` : "none" });
    });
    paint();
    new MutationObserver(paint).observe(table, { subtree: true, childList: true, attributeFilter: ["data-map-class"] });

    const name = (layer) => layer.feature.properties.name;
    const box = (key) => row(key)?.querySelector("input[type=checkbox]");
    const line = document.querySelector(`[data-map-picked="${id}"]`);
    const boxes = [...table.querySelectorAll("[data-map-area] input[type=checkbox]")];
    let order = boxes.filter((one) => one.checked).map((one) => one.value);
    const layers = [...map.tk.areas].filter(([key]) => row(key));

    /* What is chosen stands in the list, on the map and in a sentence. Only two can be compared: the first one goes. */
    const mark = () => {
      for (const [key, layer] of layers) {
        const on = Boolean(box(key)?.checked);
        layer.getElement().classList.toggle("tk-area--picked", on);
        layer.getElement().setAttribute("aria-pressed", String(on));
      }
      boxes.forEach((one) => one.closest("[data-map-area]").classList.toggle("tk-row--chosen", one.checked));
      if (!line) return;
      const names = order.map((key) => map.tk.areas.get(key)).filter(Boolean).map(name);
      line.textContent = names.length ? T.filled(line.dataset.some, { areas: names.join(", ") }) : line.dataset.none;
    };
    const pick = (key, on) => {
      order = order.filter((one) => one !== key);
      if (on) order.push(key);
      while (order.length > 2) order.shift();
      boxes.forEach((one) => { one.checked = order.includes(one.value); });
      mark();
    };
    /* An element that is moved to the front loses the focus: only the pointer and `go` may do that. */
    const tell = (key, layer) => {
      layers.forEach(([other, one]) => one.getElement().classList.toggle("tk-area--chosen", other === key));
      T.say(map, [name(layer), row(key)?.dataset.mapText].filter(Boolean).join(": "));
    };
    table.addEventListener("change", ({ target }) => { if (boxes.includes(target)) pick(target.value, target.checked); });

    /* On the map one area is in the way of the tab key; arrow keys go from one to the next. */
    const go = (index) => {
      const [, layer] = layers[(index + layers.length) % layers.length];
      layers.forEach(([, one]) => one.getElement().setAttribute("tabindex", one === layer ? "0" : "-1"));
      layer.bringToFront();
      layer.getElement().focus({ preventScroll: true });
    };
    const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    layers.forEach(([key, layer], index) => {
      const path = layer.getElement();
      const able = Boolean(box(key));
      layer.on("click", () => { tell(key, layer); if (able) pick(key, !box(key).checked); });
      layer.on("mouseover", () => tell(key, layer));
      if (!able) return;
      path.setAttribute("role", "button");
      path.setAttribute("tabindex", index ? "-1" : "0");
      path.setAttribute("aria-label", [name(layer), row(key)?.dataset.mapText].filter(Boolean).join(": "));
      path.addEventListener("focus", () => tell(key, layer));
      path.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") pick(key, !box(key).checked);
        else if (event.key in STEPS) go(index + STEPS[event.key]);
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
    });
    mark();
    const point = (event) => {
      const found = event.target.closest?.("[data-map-area]");
      T.choose(map, found ? found.dataset.mapArea : null);
    };
    table.addEventListener("mouseover", point);
    table.addEventListener("focusin", point);
  };
})();
