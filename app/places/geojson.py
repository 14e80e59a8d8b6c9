"""Outlines as GeoJSON for the browser: small, and still without gaps between neighbours."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.core.revisions import remembered
from app.core.texts import Localized
from app.places import queries
from app.places.plane import Plane

DIGITS = 5
"""Decimal places of a degree: about a metre."""
TOLERANCE_METRES = 15.0
"""Corners that make less than the square of this in area go: far under a pixel until one zooms in closely."""


def feature(shape: BaseGeometry, properties: Mapping[str, object], identity: str | None = None) -> bytes:
    """One GeoJSON feature with rounded coordinates, outer rings counter-clockwise."""
    geometry: bytes = shapely.to_geojson(shapely.orient_polygons(rounded(shape))).encode()
    head = b"" if identity is None else b'"id":' + _json(identity) + b","
    return b'{"type":"Feature",' + head + b'"properties":' + _json(properties) + b',"geometry":' + geometry + b"}"


def point_feature(
    longitude: float, latitude: float, properties: Mapping[str, object], identity: str | None = None
) -> bytes:
    """One GeoJSON feature at a point (degrees)."""
    return feature(shapely.Point(longitude, latitude), properties, identity)


def collection(features: Iterable[bytes], attribution: str = "") -> bytes:
    """A GeoJSON feature collection."""
    credit = b'"attribution":' + _json(attribution) + b"," if attribution else b""
    return b'{"type":"FeatureCollection",' + credit + b'"features":[' + b",".join(features) + b"]}"


def rounded(shape: BaseGeometry) -> BaseGeometry:
    """A shape on the grid of ``DIGITS``; neighbours' shared corners move alike."""
    plain = _round(shape)
    if not plain.is_valid:
        # What is thinner than a metre folds onto itself or is gone.
        plain = _round(shapely.set_precision(shape, 10**-DIGITS))
    return shapely.remove_repeated_points(plain)


def _round(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda points: np.round(points, DIGITS))


def simplified(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Neighbouring areas (degrees) with fewer corners, their common borders changed alike."""
    if not shapes:
        return []
    plane = Plane.around(shapes)
    metres = np.asarray([plane.to_metres(shape) for shape in shapes], dtype=object)
    simple = shapely.coverage_simplify(metres, TOLERANCE_METRES)
    # Survey files whose areas overlap can come out faulty; those are simplified one by one.
    return [
        plane.to_degrees(after if after.is_valid and not after.is_empty else before.simplify(TOLERANCE_METRES))
        for before, after in zip(metres, simple, strict=True)
    ]


@remembered("places")
def outlines(level_key: str) -> Mapping[str, BaseGeometry]:
    """The simplified outlines of a level's areas (degrees) by key; areas without one are left out."""
    drawn = [one for one in queries.drawn_areas() if one.card.level == level_key and one.outline is not None]
    shapes = simplified([one.outline for one in drawn if one.outline is not None])
    return {one.card.key: shape for one, shape in zip(drawn, shapes, strict=True)}


@remembered("places")
def areas_geojson(level_key: str, language: str) -> bytes | None:
    """The areas of a level with their names in a language; ``None`` for a level that does not exist.

    Properties: ``key``, ``name`` (with ``lang`` where it is in another language), ``group`` (key of the group),
    ``residents`` and ``year``, ``schematic``, ``label`` (longitude and latitude of a point well inside).
    """
    level = queries.level(level_key)
    if level is None:
        return None
    shapes = outlines(level_key)
    features = []
    for card in queries.areas(level_key):
        if card.key in shapes:
            group = queries.area_by_id(card.parent_id) if card.parent_id is not None else None
            properties: dict[str, object] = {
                "key": card.key,
                **named(card.name, language),
                "group": group.key if group else None,
                "residents": card.residents,
                "year": card.residents_year,
                "schematic": card.schematic,
                "label": [card.longitude, card.latitude],
            }
            features.append(feature(shapes[card.key], properties, f"{level_key}/{card.key}"))
    return collection(features, level.attribution)


def named(name: Localized, language: str) -> dict[str, str]:
    """A name as properties: ``name``, and ``lang`` only where it is not in the language asked for."""
    shown = name.shown(language)
    return {"name": shown.text} if shown.language == language else {"name": shown.text, "lang": shown.language}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
