/* Beside the map: filters that are open where there is room, and the list by distance. Map and list are filtered by
   places/points.js. Where somebody is stays in this page: it is neither sent nor kept. */
"use strict";
(() => {
  const more = document.querySelector("[data-open-wide]");
  if (more && matchMedia("(min-width: 62em)").matches) more.open = true;

  /* On a phone each group begins short; one button shows the rest. */
  const list = document.querySelector("[data-map-list]");
  list?.querySelectorAll("[data-list-all]").forEach((button) => {
    if (matchMedia("(min-width: 62em)").matches) return;
    const group = button.closest("section");
    const shown = (entry) => entry.getClientRects().length > 0;
    group.classList.add("tk-entries--short");
    button.hidden = false;
    button.addEventListener("click", () => {
      const entries = [...group.querySelectorAll(".tk-entry")];
      const before = new Set(entries.filter(shown));
      group.classList.remove("tk-entries--short");
      button.hidden = true;
      entries.find((entry) => shown(entry) && !before.has(entry))?.querySelector("a")?.focus();
    });
  });

  const near = document.querySelector("[data-near]");
  if (!near || !list || !navigator.geolocation) return;
  near.hidden = false;
  const status = near.querySelector("[data-near-status]");
  const RADIUS_KM = 6371;
  const radians = (degrees) => degrees * Math.PI / 180;
  const kilometres = (here, [longitude, latitude]) => {
    const x = radians(longitude - here.longitude) * Math.cos(radians((latitude + here.latitude) / 2));
    return RADIUS_KM * Math.hypot(x, radians(latitude - here.latitude));
  };
  const places = (entry) => (entry.dataset.place ?? "").split(" ").filter(Boolean).map((place) => place.split(",").map(Number));
  const say = (distance) => status.dataset.distance.replace(
    "{distance}", distance.toLocaleString(document.documentElement.lang.split("-")[0], { maximumFractionDigits: 1 }));

  const sort = ({ coords }) => {
    list.querySelectorAll(".tk-entries__list").forEach((group) => {
      const entries = [...group.children].map((entry) => [Math.min(...places(entry).map((place) => kilometres(coords, place))), entry]);
      entries.sort(([one], [other]) => (one === other ? 0 : one - other));
      for (const [distance, entry] of entries) {
        let line = entry.querySelector(".tk-entry__distance");
        if (Number.isFinite(distance)) {
          if (!line) {
            line = document.createElement("p");
            line.className = "tk-entry__distance";
            entry.querySelector("h3").after(line);
          }
          line.textContent = say(distance);
        }
        group.append(entry);
      }
    });
    status.textContent = status.dataset.done;
  };
  near.querySelector("button").addEventListener("click", () => {
    status.textContent = status.dataset.asking;
    navigator.geolocation.getCurrentPosition(sort, () => { status.textContent = status.dataset.failed; },
      { maximumAge: 60000, timeout: 15000 });
  });
})();
