"""The points of the map as GeoJSON (RFC 7946): made once per language and revision of the content, then kept as bytes.

A measure that concerns several parts of town stands once for each of them, under the same ``id``; one for the whole
city has no geometry. So counting different ids counts entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask import Response, url_for

from app.core.languages import language
from app.core.revisions import mark, remembered
from app.core.texts import Localized
from app.places import queries as places
from app.places.geojson import DIGITS, collection, named
from app.places.responses import GEOJSON_TYPE, geojson_response
from app.plans import queries as plans
from app.site.domain import Entry, Kind
from app.site.listing import BODIES, entries, sorted_entries

ENDPOINTS = {Kind.SERVICE: "site.service", Kind.MEASURE: "site.measure", Kind.HISTORY: "site.history"}
"""The page of each kind of entry."""

LAYERS = {"services": Kind.SERVICE, "measures": Kind.MEASURE, "history": Kind.HISTORY}
"""The name of each kind in addresses."""


@remembered(*BODIES, most=16)
def points(kind: Kind, code: str) -> bytes:
    """All entries of a kind in a language."""
    return collection(part for entry in sorted_entries(code) if entry.kind is kind for part in _features(entry, code))


@remembered(*BODIES, most=256)
def point(entry_id: str, code: str) -> bytes | None:
    """One entry in a language; None when there is none."""
    entry = entries().get(entry_id)
    return None if entry is None else collection(_features(entry, code))


def current() -> str:
    """The mark of the content that the points are made of."""
    return mark(*BODIES)


def address(entry: Entry) -> str:
    """The page of an entry."""
    return url_for(ENDPOINTS[entry.kind], key=entry.key)


def _features(entry: Entry, code: str) -> Iterable[bytes]:
    shapes = {plan.key: plan.shape for plan in plans.plans()}
    properties: dict[str, object] = {
        "kind": entry.kind,
        **named(entry.name, code),
        "href": url_for(ENDPOINTS[entry.kind], key=entry.key, lang=code),
        "note": _note(entry, code),
    }
    if entry.kind is Kind.MEASURE and entry.plans:
        properties["shape"] = shapes[entry.plans[0]]
    lists = {"plan": entry.plans, "topic": entry.topics, "target": entry.serves, "language": entry.languages}
    properties |= {name: values for name, values in lists.items() if values}
    area_keys = [card.key for area_id in entry.area_ids if (card := places.area_by_id(area_id))]
    if area_keys:
        properties["area"] = area_keys
    for name in ("rough", "example"):
        if getattr(entry, name):
            properties[name] = True
    head = f'{{"type":"Feature","id":{_json(entry.id)},"properties":{_json(properties)},"geometry":'
    if not entry.places:
        yield f"{head}null}}".encode()
    for longitude, latitude in entry.places:
        position = _json([round(longitude, DIGITS), round(latitude, DIGITS)])
        yield f'{head}{{"type":"Point","coordinates":{position}}}}}'.encode()


def _note(entry: Entry, code: str) -> str:
    """Who offers it and where, in one line."""
    told: list[Localized] = [entry.organisation] if entry.organisation else []
    told += [card.name for area_id in entry.area_ids[:3] if (card := places.area_by_id(area_id))]
    return " · ".join(text.shown(code).text for text in told)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def layers() -> tuple[str, ...]:
    """The addresses of all points in the language of the page, each with the mark of its content."""
    revision = current()
    return tuple(url_for("site.points", kind=name, v=revision) for name in LAYERS)


def one_layer(entry: Entry) -> str:
    """The address of one entry's points in the language of the page."""
    return url_for("site.point", kind=entry.kind, key=entry.key, v=current(), lang=language().code)


def answer(body: bytes, content_type: str = GEOJSON_TYPE) -> Response:
    """Send kept bytes of this content."""
    return geojson_response(body, current(), content_type)
