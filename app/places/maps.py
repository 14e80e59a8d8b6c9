"""The one place that builds maps: folium writes the Leaflet calls, our own scripts do the rest.

A page gets ``MapParts``: HTML for its body and a script for ``<script nonce>``; ``templates/places/map.html`` places
both. Nothing comes from another host, no data stands in the page: layers fetch it from GeoJSON endpoints.

What the layers of points expect of a feature (``PointSource``): an ``id`` such as ``service/tafel``, and properties
``kind`` (service, measure, history), ``name`` (and ``lang`` where it is not in the page's language), ``href``,
``note`` (a line of text, may be empty), ``rough`` (only the part of town is known), ``shape`` (a measure's first
plan), and for each filter of the page a list under the filter's name, such as ``plan`` or ``topic``.

What they expect of the page, with ``map`` as the map's name:

- ``<form data-map-filter="map">``: fields named like the properties; ``q`` searches names. Nothing chosen: no filter.
- ``<… data-map-list="map">`` with ``data-key`` (a feature's ``id``) on each entry: hidden and shown with the points.
  A button ``data-map-show`` inside an entry (``hidden`` until scripts run) leads to it on the map.
- ``<… data-map-count="map" data-text="{count} …">`` and ``<… data-map-none="map" hidden>``.
- ``<input data-map-search="map">`` with ``<div data-map-found="map" role="status">`` for areas and streets.
- needs: ``data-map-area`` (an area's key) and ``data-map-class`` (0 to 5, ``hidden``, ``even``, ``need-1`` and so on)
  on each row of the table inside ``data-map-classes="map"``; ``data-map-text`` is what the map says of it. A checkbox
  in a row makes its area one to be picked, two at most; ``<… data-map-picked="map" data-none data-some>`` says which.
- pick: ``<form data-map-pick="map">`` with fields ``longitude``, ``latitude``, ``area`` (or other names in
  ``data-longitude`` and so on). ``tk:picked`` is dispatched on the map, and bubbles, with ``detail``
  ``{longitude, latitude, area: {key, name} or null}``: a proposal that the person confirms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import folium
import shapely
from branca.element import MacroElement
from flask import url_for
from flask_babel import gettext as _
from folium.template import Template
from markupsafe import Markup

from app.core.languages import language
from app.core.revisions import mark, remembered
from app.places import queries
from app.places.domain import Unknown

Bounds = tuple[float, float, float, float]

MARGIN_DEGREES = 0.03
ZOOM_FARTHEST, ZOOM_CLOSEST, ZOOM_START = 9, 18, 12
ZOOM_ON_A_PLACE = 15


class MapKind(StrEnum):
    """What a map is for."""

    CITY = "city"
    """Look around: areas and points, with filters and a list."""
    PLACE = "place"
    """Where one thing is: an area, or a few points."""
    PICK = "pick"
    """Propose a place for a report."""
    NEEDS = "needs"
    """Areas by class, like the table beside it."""


SCRIPTS: Mapping[MapKind, tuple[str, ...]] = {
    MapKind.CITY: ("places/map.js", "places/points.js"),
    MapKind.PLACE: ("places/map.js", "places/points.js"),
    MapKind.PICK: ("places/map.js", "places/picker.js"),
    MapKind.NEEDS: ("places/map.js", "places/choropleth.js"),
}
"""Our own scripts for each kind, after Leaflet's bundle ``map.js``."""


@dataclass(frozen=True, slots=True)
class MapParts:
    """A map in parts. ``script`` goes into ``<script nonce>``; ``scripts`` are the assets to be loaded before."""

    html: Markup
    script: Markup
    scripts: tuple[str, ...]


class CityMap(folium.Map):
    """A Leaflet map without anything that folium would load from elsewhere, sized by CSS, free to be zoomed."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
<div class="tk-map tk-map--{{ this.kind }}">
<div class="tk-map__view" id="{{ this.get_name() }}" role="region" aria-label="{{ this.label|e }}"></div>
<p class="tk-map__status" role="status" id="{{ this.get_name() }}-status"></p>
</div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
  center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}});
Teilhabekarte.prepare({{ this.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, kind: MapKind, label: str, bounds: Bounds, settings: Mapping[str, object]) -> None:
        """Make the map ``name`` that shows ``bounds`` (west, south, east, north)."""
        west, south, east, north = bounds
        super().__init__(
            location=((south + north) / 2, (west + east) / 2),
            tiles=None,
            zoom_start=ZOOM_START,
            zoom_control=False,
            zoom_snap=0.25,
            attribution_control=False,
            scroll_wheel_zoom=False,
        )
        self.default_js, self.default_css = [], []
        # folium knows these two only for tiles.
        self.options |= {"min_zoom": ZOOM_FARTHEST, "max_zoom": ZOOM_CLOSEST}
        # The same map has the same words for ever, so that pages with it can be kept.
        self._name, self._id = "map", name
        self.kind, self.label = kind.value, label
        self.settings = {"bounds": [[south, west], [north, east]], **settings}


class Call(MacroElement):
    """A call of one of our own scripts with the map and settings; folium's plugins would bring inline styles."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
Teilhabekarte.{{ this.verb }}({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, verb: str, settings: Mapping[str, object]) -> None:
        """Call ``verb``; one call of a verb a map."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = verb, verb
        self.verb, self.settings = verb, dict(settings)


def base_map(
    kind: MapKind,
    label: str,
    *,
    name: str = "city",
    level: str | None = None,
    points: tuple[str, ...] = (),
    area_address: str = "",
    focus: tuple[float, float] | None = None,
    chosen: str | None = None,
) -> MapParts:
    """Build a map in the language of the page.

    Args:
        kind: what it is for.
        label: what a screen reader calls it.
        name: tells several maps of a page apart; the element's id, and what ``data-map-…`` of the page name, is
            ``map_<name>``. Letters, digits and underscores.
        level: the areas to show; by default the level that residents choose from.
        points: addresses of GeoJSON endpoints with points, with the mark of their content (``?v=``).
        area_address: address of an area's page with ``{key}`` in the place of its key.
        focus: longitude and latitude to start at.
        chosen: key of an area to highlight and start at.

    Raises:
        Unknown: when there is no such level.
        ValueError: when a map that is to pick a place is given one: that is an answer, and answers are not kept.
            The page's form holds it, and the script reads it from there.
    """
    if kind is MapKind.PICK and (focus or chosen):
        raise ValueError("a picked place stays in the form")
    level = level or queries.city().needs_level
    if level is None or queries.level(level) is None:
        raise Unknown(f"there is no level {level}")
    return _built(
        language().code,
        kind=kind,
        label=label,
        name=name,
        level=level,
        points=points,
        area_address=area_address,
        focus=focus,
        chosen=chosen,
    )


@remembered("places", most=256)
def _built(  # noqa: PLR0913
    code: str,  # noqa: ARG001 - tells apart what is kept: the words are in this language
    *,
    kind: MapKind,
    label: str,
    name: str,
    level: str,
    points: tuple[str, ...],
    area_address: str,
    focus: tuple[float, float] | None,
    chosen: str | None,
) -> MapParts:
    start = [focus[1], focus[0], ZOOM_ON_A_PLACE] if focus else None
    settings = {"words": words(), "near": kind in {MapKind.CITY, MapKind.PICK}, "start": start}
    city_map = CityMap(name, kind, label, city_bounds(), settings)
    current = mark("places")
    if layers := queries.backdrops():
        city_map.add_child(
            Call(
                "backdrop",
                {
                    "layers": [url_for("places.backdrop", key=layer.key, v=current) for layer in layers],
                    "attribution": list(dict.fromkeys(layer.attribution for layer in layers)),
                },
            )
        )
    level_card = queries.level(level)
    city_map.add_child(
        Call(
            "areas",
            {
                "url": url_for("places.areas", level=level, v=current),
                "attribution": [level_card.attribution] if level_card and level_card.attribution else [],
                "address": area_address,
                "chosen": chosen,
                "open": kind in {MapKind.CITY, MapKind.PLACE},
            },
        )
    )
    if points:
        city_map.add_child(Call("points", {"urls": list(points), "found": url_for("places.found")}))
    if kind is MapKind.PICK:
        city_map.add_child(Call("pick", {}))
    if kind is MapKind.NEEDS:
        city_map.add_child(Call("classes", {}))
    root: Any = city_map.get_root()
    root.render()
    # Scripts with `defer` have run when this event comes, wherever in the page this one stands.
    script = f'document.addEventListener("DOMContentLoaded", () => {{\n{root.script.render().strip()}\n}});'
    return MapParts(Markup(root.html.render().strip()), Markup(script), ("map.js", *SCRIPTS[kind]))  # noqa: S704


@remembered("places", most=1)
def city_bounds() -> Bounds:
    """West, south, east, north of everything drawn, or of the extent that the content names."""
    outlines = [one.outline for one in queries.drawn_areas() if one.outline is not None]
    if outlines:
        west, south, east, north = (round(float(value), 4) for value in shapely.total_bounds(outlines))
        return (west, south, east, north)
    city = queries.city()
    if city.extent:
        return city.extent
    longitude, latitude = city.centre or (0.0, 0.0)
    margin = MARGIN_DEGREES
    return (longitude - margin, latitude - margin, longitude + margin, latitude + margin)


def words() -> dict[str, str]:
    """What the scripts say, in the language of the page."""
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "whole": _("Show the whole city"),
        "close": _("Close"),
        "failed": _("The map cannot be loaded right now. The list beside it says the same."),
        "schematic": _("The outlines are schematic: they show roughly where a part of town is."),
        "residents": _("%(count)s residents (%(year)s)", count="{count}", year="{year}"),
        "more": _("More about this part of town"),
        "cluster": _("%(count)s entries close to each other. Choose to see them.", count="{count}"),
        "service": _("Service: %(name)s", name="{name}"),
        "measure": _("Measure: %(name)s", name="{name}"),
        "history": _("Place of colonial history: %(name)s", name="{name}"),
        "rough": _("Only the part of town is known, not the exact place."),
        "near": _("Near me"),
        "nearHere": _("The map now shows where you are. Nobody else learns it."),
        "nearFailed": _("Your device did not tell us where you are. You can search for a street instead."),
        "nearOutside": _("You seem to be outside the city."),
        "nothing": _("Nothing was found."),
        "pickHere": _("Choose the middle of the map"),
        "pickRemove": _("Remove the point"),
        "picked": _(
            "You have marked a place. It seems to be in %(area)s. Please check below whether this is right.",
            area="{area}",
        ),
        "pickedNowhere": _(
            "You have marked a place outside the parts of town we know. Please choose one from the list."
        ),
        "pickRemoved": _("The point has been removed."),
        "pickHint": _("Click on the map, or move the map and choose its middle."),
    }
