/* Services, measures and places of history: clustered, filtered together with the list beside the map. */
"use strict";
(() => {
  const T = window.Teilhabekarte;

  const NamedIcon = L.DivIcon.extend({
    createIcon(old) {
      const icon = L.DivIcon.prototype.createIcon.call(this, old);
      icon.setAttribute("aria-label", this.options.name);
      return icon;
    },
  });
  const ending = ({ kind, shape }) => (kind === "measure" ? [].concat(shape ?? [])[0] ?? "circle" : kind);

  const card = (map, { properties }) => {
    const { words } = map.tk;
    const made = T.node("div", "tk-card");
    const name = T.node("strong", "tk-card__name");
    const link = T.node("a", "", properties.name, properties.lang);
    link.href = properties.href;
    name.append(properties.href ? link : T.node("span", "", properties.name, properties.lang));
    made.append(name);
    if (properties.note) made.append(T.node("p", "", properties.note));
    if (properties.rough) made.append(T.node("p", "tk-card__small", words.rough));
    return made;
  };

  const marker = (map, feature) => {
    const { properties, geometry } = feature;
    const name = T.filled(map.tk.words[properties.kind] ?? "{name}", { name: properties.name });
    const className = `tk-pin tk-pin--${ending(properties)}${properties.rough ? " tk-pin--rough" : ""}`;
    const [longitude, latitude] = geometry.coordinates;
    /* A drop stands on its point, a shape lies on it. */
    const anchors = properties.kind === "service" ? { iconAnchor: [15, 30], popupAnchor: [0, -26] } : { iconAnchor: [15, 15], popupAnchor: [0, -11] };
    return L.marker([latitude, longitude], { icon: new NamedIcon({ name, className, html: "", iconSize: [30, 30], ...anchors }) })
      .bindPopup(() => card(map, feature), T.POPUP);
  };

  const clusters = (map) => L.markerClusterGroup({
    maxClusterRadius: 46,
    showCoverageOnHover: false,
    animate: !T.still,
    spiderLegPolylineOptions: { className: "tk-leg", weight: 1.5, opacity: 1 },
    iconCreateFunction: (cluster) => {
      const count = T.number(cluster.getChildCount());
      const html = T.node("span", "", count);
      return new NamedIcon({ name: T.filled(map.tk.words.cluster, { count }), className: "tk-cluster", html, iconSize: [40, 40] });
    },
  });

  /* What the form asks for, as far as the points know of it: a list of values for each field. */
  const wishes = (form, known) => {
    const wanted = new Map();
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || !value.trim() || !(name === "q" || known.has(name))) continue;
      wanted.set(name, [...(wanted.get(name) ?? []), value]);
    }
    return wanted;
  };
  const fits = ({ properties }, wanted, text) => [...wanted].every(([name, values]) => {
    if (name === "q") {
      const said = T.folded(`${properties.name} ${properties.note ?? ""} ${text}`);
      return values[0].split(/\s+/).every((word) => said.includes(T.folded(word)));
    }
    const own = [].concat(properties[name] ?? []).map(String);
    return values.some((value) => own.includes(value));
  });

  T.points = async (map, { urls, found }) => {
    const id = map.getContainer().id;
    const beside = (name) => document.querySelector(`[data-map-${name}="${id}"]`);
    const [form, list, count, none, search] = ["filter", "list", "count", "none", "search"].map(beside);
    if (search) look(map, search, beside("found"), found);
    const group = clusters(map).addTo(map);
    const marked = () => map.fire("tk:markers");
    group.on("animationend spiderfied unspiderfied", marked);
    const answers = await Promise.all(urls.map((address) => T.load(map, address)));
    const features = answers.filter(Boolean).flatMap((answer) => answer.features);
    const markers = new Map(features.filter((feature) => feature.geometry).map((feature) => [feature, marker(map, feature)]));
    const entries = new Map(list ? [...list.querySelectorAll("[data-key]")].map((entry) => [entry.dataset.key, entry]) : []);
    const complete = answers.every(Boolean);
    const known = new Set(features.flatMap((feature) => Object.keys(feature.properties)));
    const texts = new Map([...entries].map(([key, entry]) => [key, entry.textContent]));

    const apply = (asked, typing = false) => {
      const wanted = form ? wishes(form, known) : new Map();
      /* What the server chose stands until somebody changes the form: the server also knows streets. */
      const fitting = features.filter((feature) => (
        (!list || (asked && !typing) || entries.has(feature.id))
        && ((list && !asked) || fits(feature, wanted, texts.get(feature.id) ?? ""))));
      const keys = new Set(fitting.map((feature) => feature.id));
      /* The server sent a shorter list than the form now asks for: only the server has the rest. */
      if (asked && !typing && list && form && [...keys].some((key) => !entries.has(key))) { form.requestSubmit(); return; }
      group.clearLayers();
      group.addLayers(fitting.map((feature) => markers.get(feature)).filter(Boolean));
      marked();
      if (complete) entries.forEach((entry, key) => { entry.hidden = !keys.has(key); });
      if (complete && asked && count) count.textContent = T.filled(count.dataset.text, { count: T.number(keys.size) });
      if (none && complete) none.hidden = keys.size > 0;
      const areas = wanted.get("area") ?? [];
      map.tk.ready.then(() => T.choose(map, areas.length === 1 ? areas[0] : null, asked));
    };
    if (form) {
      form.addEventListener("change", (event) => apply(true, event.target.name === "q"));
      form.elements.namedItem("q")?.addEventListener?.("input", () => apply(true, true));
      form.addEventListener("reset", () => setTimeout(apply, 0, true));
    }
    apply(false);

    /* From the list to the map. */
    entries.forEach((entry, key) => {
      const button = entry.querySelector("[data-map-show]");
      const shown = features.find((feature) => feature.id === key && feature.geometry);
      if (!button || !shown) return;
      button.hidden = false;
      button.addEventListener("click", () => {
        map.getContainer().scrollIntoView({ block: "center", behavior: T.still ? "auto" : "smooth" });
        const pin = markers.get(shown);
        if (group.hasLayer(pin)) group.zoomToShowLayer(pin, () => pin.openPopup());
      });
    });
    if (!form && markers.size && !map.tk.start) {
      map.fitBounds(L.featureGroup([...markers.values()]).getBounds().pad(0.2), { maxZoom: 15, animate: false });
    }
  };

  /* Looking for a part of town or a street. */
  const look = (map, input, place, address) => {
    let running = null;
    let waiting = 0;
    const go = (found, isArea) => {
      if (isArea && map.tk.areas.has(found.key)) T.choose(map, found.key, true);
      else {
        map.tk.found?.remove();
        map.tk.found = L.circleMarker([found.latitude, found.longitude], { radius: 10, className: "tk-found", interactive: false }).addTo(map);
        map.setView([found.latitude, found.longitude], 16, { animate: !T.still });
      }
      place?.replaceChildren();
      map.getContainer().focus();
    };
    const entry = (found, isArea) => {
      const button = T.node("button", "tk-found-list__entry");
      button.type = "button";
      button.append(T.node("span", "", found.name, isArea ? found.lang : "de"));
      if (found.area) button.append(T.node("span", "tk-found-list__where", found.area.name, found.area.lang));
      button.addEventListener("click", () => go(found, isArea));
      const line = T.node("li");
      line.append(button);
      return line;
    };
    const ask = async () => {
      running?.abort();
      running = new AbortController();
      const text = input.value.trim();
      if (text.length < 2) { place?.replaceChildren(); return; }
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { signal: running.signal });
        const { areas, streets } = await answer.json();
        const list = T.node("ul", "tk-found-list");
        list.setAttribute("role", "list");
        list.append(...areas.map((area) => entry(area, true)), ...streets.map((street) => entry(street, false)));
        place?.replaceChildren(list.childElementCount ? list : T.node("p", "", map.tk.words.nothing));
      } catch { /* The next letter asks again. */ }
    };
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 250); });
  };
})();
