/* A place for a report: the map proposes, the person confirms. Nothing of it is sent before the form is. */
"use strict";
(() => {
  const T = window.Teilhabekarte;

  const inRing = ([x, y], ring) => {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
      if ((yi > y) !== (yj > y) && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  };
  const inArea = (point, { geometry }) => {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return polygons.some(([outer, ...holes]) => inRing(point, outer) && !holes.some((hole) => inRing(point, hole)));
  };

  T.pick = async (map) => {
    const { words } = map.tk;
    const form = document.querySelector(`form[data-map-pick="${map.getContainer().id}"]`);
    const field = (name) => form?.elements.namedItem(form.dataset[name] ?? name) ?? null;
    const features = await map.tk.ready;
    const icon = L.divIcon({ className: "tk-pin tk-pin--picked", html: "", iconSize: [34, 34], iconAnchor: [17, 34] });
    let point = null;
    let ours = false;

    const draw = (at) => {
      point?.remove();
      point = at ? L.marker(at, { icon, keyboard: false, interactive: false }).addTo(map) : null;
      point?.getElement().setAttribute("aria-hidden", "true");
      map.fire("tk:markers");
    };
    const write = (at, area) => {
      const [longitude, latitude, select, confirmed] = ["longitude", "latitude", "area", "confirmed"].map(field);
      if (longitude) longitude.value = at ? at.lng.toFixed(5) : "";
      if (latitude) latitude.value = at ? at.lat.toFixed(5) : "";
      if (confirmed?.type === "checkbox") confirmed.checked = false;
      if (!select || !at) return;
      select.value = area ? area.key : "";
      ours = true;
      (select.nodeType ? select : select[0])?.dispatchEvent(new Event("change", { bubbles: true }));
      ours = false;
    };
    const pick = (at) => {
      const place = map.wrapLatLng ? map.wrapLatLng(at) : at;
      const hit = features.find((feature) => inArea([place.lng, place.lat], feature));
      const area = hit ? { key: hit.properties.key, name: hit.properties.name } : null;
      draw(place);
      write(place, area);
      T.choose(map, area?.key ?? null);
      T.say(map, area ? T.filled(words.picked, { area: area.name }) : words.pickedNowhere);
      T.tell(map, "tk:picked", { longitude: Number(place.lng.toFixed(5)), latitude: Number(place.lat.toFixed(5)), area });
    };
    const remove = () => {
      draw(null);
      write(null, null);
      T.say(map, words.pickRemoved);
      T.tell(map, "tk:unpicked", {});
    };

    map.on("click", (event) => pick(event.latlng));
    map.getContainer().append(T.node("div", "tk-map__cross"));
    T.tools(map, [[words.pickHere, () => pick(map.getCenter())], [words.pickRemove, remove]]);
    if (!form) return;

    /* What the form already holds, and what is chosen there by hand. */
    const [longitude, latitude] = ["longitude", "latitude"].map((name) => Number.parseFloat(field(name)?.value));
    if (Number.isFinite(longitude) && Number.isFinite(latitude)) {
      draw([latitude, longitude]);
      map.setView([latitude, longitude], 15, { animate: false });
    }
    if (field("area")?.value) T.choose(map, field("area").value, !point);
    form.addEventListener("change", (event) => {
      if (ours || event.target.name !== (form.dataset.area ?? "area")) return;
      const key = field("area").value;
      const chosen = features.find((feature) => feature.properties.key === key);
      /* A point in another part of town than the one chosen by hand would contradict it. */
      if (point && !(chosen && inArea([point.getLatLng().lng, point.getLatLng().lat], chosen))) { draw(null); write(null, null); }
      T.say(map, "");
      T.choose(map, key, true);
    });
    T.say(map, words.pickHint);
  };
})();
