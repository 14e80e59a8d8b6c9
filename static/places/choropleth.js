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

    map.tk.areas.forEach((layer, key) => layer.on("click", ({ latlng }) => {
      const found = row(key);
      T.choose(map, key);
      table.querySelectorAll(".tk-row--chosen").forEach((one) => one.classList.remove("tk-row--chosen"));
      found?.classList.add("tk-row--chosen");
      const { name, lang } = layer.feature.properties;
      const card = T.node("div", "tk-card");
      card.append(T.node("strong", "tk-card__name", name, lang));
      if (found?.dataset.mapText) card.append(T.node("p", "", found.dataset.mapText));
      L.popup(T.POPUP).setLatLng(latlng).setContent(card).openOn(map);
    }));
    const point = (event) => {
      const found = event.target.closest?.("[data-map-area]");
      T.choose(map, found ? found.dataset.mapArea : null);
    };
    table.addEventListener("mouseover", point);
    table.addEventListener("focusin", point);
  };
})();
