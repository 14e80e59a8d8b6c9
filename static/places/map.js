/* The map: ground, areas, words and keys. What a page must bring along stands in app/places/maps.py. */
"use strict";
window.Teilhabekarte = (() => {
  const page = document.documentElement;
  const rightToLeft = page.dir === "rtl";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const near = rightToLeft ? "topright" : "topleft";
  const far = rightToLeft ? "topleft" : "topright";

  /* A node with a class and text; never HTML from data. */
  const node = (tag, name, text, language) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined && text !== null) made.textContent = text;
    if (language) { made.lang = language; made.dir = "auto"; }
    return made;
  };
  const number = (value) => value.toLocaleString(page.lang.split("-")[0]);
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const credit = (map, text) => map.attributionControl.addAttribution(node("bdi", "", text).outerHTML);

  const say = (map, text) => {
    const status = document.getElementById(`${map.getContainer().id}-status`);
    if (status) status.textContent = text;
  };
  const load = async (map, address) => {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      return await answer.json();
    } catch {
      say(map, map.tk.words.failed);
      return null;
    }
  };
  const tell = (map, name, detail) => {
    map.getContainer().dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  };

  /* Large buttons below the map, where they cover nothing of it. */
  const tools = (map, entries) => {
    const row = node("div", "tk-map__tools");
    for (const [text, act] of entries) {
      const button = node("button", "kern-btn kern-btn--secondary");
      button.type = "button";
      button.append(node("span", "kern-label", text));
      button.addEventListener("click", act);
      row.append(button);
    }
    map.getContainer().after(row);
  };

  /* A row of our own buttons in a corner of the map. */
  const toolbar = (map, position, entries) => {
    const Bar = L.Control.extend({
      onAdd() {
        const bar = node("div", "tk-map__bar leaflet-bar");
        for (const [text, act] of entries) {
          const button = node("button", "tk-map__button", text);
          button.type = "button";
          button.addEventListener("click", act);
          bar.append(button);
        }
        L.DomEvent.disableClickPropagation(bar);
        return bar;
      },
    });
    new Bar({ position }).addTo(map);
  };

  /* Popups take the focus and give it back. */
  const POPUP = { className: "tk-popup", minWidth: 180, maxWidth: 300, autoPanPadding: [24, 24] };
  const befriend = (map) => {
    let before = null;
    map.on("popupopen", ({ popup }) => {
      const box = popup.getElement();
      const content = box.querySelector(".leaflet-popup-content");
      const close = box.querySelector(".leaflet-popup-close-button");
      box.setAttribute("role", "dialog");
      box.setAttribute("aria-label", content.querySelector("strong")?.textContent ?? "");
      if (close) { close.setAttribute("aria-label", map.tk.words.close); close.title = map.tk.words.close; }
      content.dir = page.dir || "ltr";
      content.tabIndex = -1;
      before = document.activeElement;
      content.focus({ preventScroll: true });
      box.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(popup); });
    });
    map.on("popupclose", ({ popup }) => {
      const box = popup.getElement();
      if (box && box.contains(document.activeElement)) {
        (before && before.isConnected && before !== document.body ? before : map.getContainer()).focus({ preventScroll: true });
      }
    });
  };

  const locate = (map) => {
    const { words } = map.tk;
    if (!navigator.geolocation) { say(map, words.nearFailed); return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const here = L.latLng(coords.latitude, coords.longitude);
      if (!map.tk.bounds.pad(0.1).contains(here)) { say(map, words.nearOutside); return; }
      map.tk.here?.remove();
      map.tk.here = L.circleMarker(here, { radius: 9, className: "tk-here", interactive: false }).addTo(map);
      map.setView(here, 15, { animate: !still });
      say(map, words.nearHere);
    }, () => say(map, words.nearFailed), { maximumAge: 60000, timeout: 15000 });
  };

  const prepare = (map, settings) => {
    const box = map.getContainer();
    const bounds = L.latLngBounds(settings.bounds);
    let areasCame;
    map.tk = {
      ...settings, bounds, areas: new Map(), labels: [],
      ready: new Promise((resolve) => { areasCame = resolve; }), areasCame: (found) => areasCame(found),
    };
    L.control.zoom({ position: near, zoomInTitle: settings.words.zoomIn, zoomOutTitle: settings.words.zoomOut }).addTo(map);
    map.attributionControl = L.control.attribution({ position: rightToLeft ? "bottomleft" : "bottomright", prefix: false }).addTo(map);
    /* On a tall map the city stands between the buttons and the credits. */
    const fit = (animate) => {
      const { x, y } = map.getSize();
      const tall = y > 1.3 * x;
      map.fitBounds(bounds, { animate, paddingTopLeft: [0, tall ? 80 : 0], paddingBottomRight: [0, tall ? 56 : y > 400 ? 40 : 0] });
    };
    const home = () => fit(!still);
    const entries = [[settings.words.whole, home]];
    if (settings.near && "geolocation" in navigator) entries.push([settings.words.near, () => locate(map)]);
    toolbar(map, far, entries);
    befriend(map);
    const show = () => {
      if (settings.start) map.setView(settings.start.slice(0, 2), settings.start[2], { animate: false });
      else fit(false);
      map.setMaxBounds(bounds.pad(0.4));
    };
    show();
    /* A map in a closed part of the page has no size yet. */
    let seen = map.getSize().x > 0;
    new ResizeObserver(() => {
      map.invalidateSize({ animate: false });
      if (!seen && map.getSize().x > 0) { seen = true; show(); }
    }).observe(box);
    /* The wheel moves the page until the map is in use. */
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
  };

  /* Ground: layers of the local base map, drawn on one canvas in the colours of the style sheet. */
  const WIDTHS = { river: 2.5, stream: 1, path: 0.7, road: 1.2, "road-large": 2.2, bus: 1, rail: 1.2, tram: 1.4 };
  const backdrop = async (map, { layers, attribution }) => {
    map.createPane("tk-ground").style.zIndex = 250;
    map.getPane("tk-ground").style.pointerEvents = "none";
    const renderer = L.canvas({ pane: "tk-ground", padding: 0.3 });
    attribution.forEach((text) => credit(map, text));
    const style = (feature) => {
      const kind = feature.properties.class;
      const colour = getComputedStyle(map.getContainer()).getPropertyValue(`--tk-map-${kind}`).trim() || "#ccc";
      const width = WIDTHS[kind];
      if (!width) return { stroke: false, fill: true, fillColor: colour, fillOpacity: 1 };
      return { stroke: true, fill: false, color: colour, weight: width * Math.max(0.6, 1.5 ** (map.getZoom() - 13)), opacity: 1 };
    };
    const drawn = (await Promise.all(layers.map((address) => load(map, address)))).filter(Boolean).map((data) => L.geoJSON(data, {
      renderer, pane: "tk-ground", interactive: false, style,
      pointToLayer: (feature, at) => L.circleMarker(at, { renderer, pane: "tk-ground", radius: 2.5, interactive: false }),
    }).addTo(map));
    const again = () => drawn.forEach((layer) => layer.setStyle(style));
    map.on("zoomend", again);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(query).addEventListener("change", again);
  };

  /* Areas. */
  const choose = (map, key, zoom = false) => {
    map.tk.areas.forEach((layer, other) => layer.getElement()?.classList.toggle("tk-area--chosen", other === key));
    const layer = map.tk.areas.get(key);
    if (layer) layer.bringToFront();
    if (layer && zoom) map.fitBounds(layer.getBounds(), { maxZoom: 15, animate: !still });
  };

  const areaCard = (map, { properties }, address) => {
    const { words } = map.tk;
    const card = node("div", "tk-card");
    card.append(node("strong", "tk-card__name", properties.name, properties.lang));
    if (properties.residents !== null) {
      const values = { count: number(properties.residents), year: String(properties.year) };
      card.append(node("p", "", filled(words.residents, values)));
    }
    if (address) {
      const link = node("a", "", words.more);
      link.href = address.replace("{key}", encodeURIComponent(properties.key));
      card.append(link);
    }
    return card;
  };

  /* Names as long as there is room: the most people first, below or above a marker that stands in the way. */
  const SHIFTS_PX = [0, 12, -12, 22, -22, 32, -32];
  const markerBoxes = (map) => [...map.getPane("markerPane").querySelectorAll(":scope > :is(.tk-cluster, .tk-pin)")].map((icon) => {
    const { marginLeft, marginTop } = getComputedStyle(icon);
    const corner = L.DomUtil.getPosition(icon).add([Number.parseFloat(marginLeft), Number.parseFloat(marginTop)]);
    const [wide, high] = [icon.offsetWidth / 2, icon.offsetHeight / 2];
    return { x: corner.x + wide, y: corner.y + high, wide, high };
  });
  const declutter = (map) => {
    const taken = markerBoxes(map);
    const left = map.containerPointToLayerPoint([0, 0]).x;
    const right = left + map.getSize().x;
    for (const label of map.tk.labels) {
      const text = label.getElement()?.firstChild;
      if (!text) continue;
      const { x, y } = map.latLngToLayerPoint(label.getLatLng());
      const [wide, high] = [text.offsetWidth / 2 + 2, text.offsetHeight / 2];
      const cut = (x > left && x - wide < left) || (x < right && x + wide > right);
      const shift = cut ? undefined : SHIFTS_PX.find((down) => taken.every((one) => (
        Math.abs(one.x - x) > one.wide + wide || Math.abs(one.y - y - down) > one.high + high)));
      text.classList.toggle("tk-area-label--hidden", shift === undefined);
      if (shift === undefined) continue;
      text.style.setProperty("--tk-shift", `${shift}px`);
      taken.push({ x, y: y + shift, wide, high });
    }
  };

  const areas = async (map, { url, attribution, address, chosen, open }) => {
    const data = await load(map, url);
    if (!data) { map.tk.areasCame([]); return; }
    const people = (feature) => feature.properties.residents ?? -1;
    L.geoJSON(data, {
      style: ({ properties }) => ({ className: properties.schematic ? "tk-area tk-area--schematic" : "tk-area", weight: 1.5, fillOpacity: 1 }),
      onEachFeature: (feature, layer) => {
        const { key, name } = feature.properties;
        map.tk.areas.set(key, layer);
        layer.on("click", (event) => {
          tell(map, "tk:area", { key, name });
          if (!open) return;
          choose(map, key);
          L.popup(POPUP).setLatLng(event.latlng).setContent(areaCard(map, feature, address)).openOn(map);
        });
        layer.on("mouseover", () => layer.getElement().classList.add("tk-area--under"));
        layer.on("mouseout", () => layer.getElement().classList.remove("tk-area--under"));
      },
    }).addTo(map);
    map.tk.labels = [...data.features].sort((a, b) => people(b) - people(a)).map(({ properties }) => {
      const text = node("span", "tk-area-label", properties.name, properties.lang);
      const icon = L.divIcon({ className: "tk-area-anchor", html: text, iconSize: [0, 0] });
      const label = L.marker(properties.label.toReversed(), { icon, interactive: false, keyboard: false, zIndexOffset: -500 }).addTo(map);
      label.getElement().setAttribute("aria-hidden", "true");
      return label;
    });
    map.on("moveend resize tk:markers", () => declutter(map));
    declutter(map);
    attribution.forEach((text) => credit(map, text));
    if (data.features.some((feature) => feature.properties.schematic)) credit(map, map.tk.words.schematic);
    map.tk.areasCame(data.features);
    if (chosen) choose(map, chosen, !map.tk.start);
  };

  /* As the search on the server compares texts. */
  const folded = (text) => text.normalize("NFC").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss").replaceAll("ae", "a").replaceAll("oe", "o").replaceAll("ue", "u")
    .replace(/[^\p{L}\p{N}]/gu, "").replaceAll("strasse", "str").replaceAll("platz", "pl");

  /* A street field with suggestions: the whole list comes once, what is typed goes nowhere. */
  const suggest = async (input) => {
    let streets = null;
    const list = node("datalist");
    list.id = `${input.id}-streets`;
    input.after(list);
    input.setAttribute("list", list.id);
    const fill = async () => {
      streets ??= fetch(input.dataset.streets).then((answer) => answer.json()).then((data) => data.streets).catch(() => []);
      const wanted = folded(input.value);
      const found = wanted ? (await streets).filter((street) => folded(street.name).includes(wanted)) : [];
      list.replaceChildren(...[...new Set(found.map((street) => street.name))].slice(0, 12).map((name) => {
        const option = node("option");
        option.value = name;
        return option;
      }));
    };
    input.addEventListener("input", fill);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("input[data-streets]").forEach(suggest));

  return { prepare, backdrop, areas, choose, node, number, filled, folded, say, load, tell, tools, toolbar, POPUP, far, near, still };
})();
