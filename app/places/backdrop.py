"""Layers of the local base map: what stays of a file when only a shape and a short class are needed to draw it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiLineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from app.places.geojson import collection, feature
from app.places.plane import Plane
from app.places.reading import FileRefused, Row, Source

TAGS: Mapping[str, Mapping[str, str]] = {
    "highway": {
        "motorway": "road-large", "trunk": "road-large", "primary": "road-large", "secondary": "road-large",
        "tertiary": "road", "unclassified": "road", "residential": "road", "living_street": "road",
        "service": "path", "path": "path", "footway": "path", "cycleway": "path", "pedestrian": "path",
        "track": "path", "steps": "path", "bus_stop": "stop",
    },
    "railway": {"tram": "tram", "tram_stop": "stop", "rail": "rail", "light_rail": "rail", "station": "stop"},
    "route": {"tram": "tram", "train": "rail", "bus": "bus"},
    "waterway": {
        "river": "river", "canal": "river", "riverbank": "water", "stream": "stream", "ditch": "stream",
        "drain": "stream",
    },
    "natural": {"water": "water", "wood": "wood", "scrub": "green", "grassland": "green", "heath": "green"},
    "landuse": {
        "reservoir": "water", "basin": "water", "forest": "wood", "meadow": "green", "grass": "green",
        "allotments": "green", "cemetery": "green", "village_green": "green", "recreation_ground": "green",
        "farmland": "field", "orchard": "green", "vineyard": "green", "residential": "built", "retail": "built",
        "commercial": "built", "industrial": "works", "railway": "works",
    },
    "leisure": {"park": "green", "garden": "green", "common": "green", "pitch": "green"},
}  # fmt: skip
"""OpenStreetMap's tags, by property and value; ``motorway_link`` and the like count as ``motorway``."""

GROUND = ("field", "built", "works", "green", "wood", "water")
LINES = ("stream", "river", "path", "road", "road-large", "bus", "rail", "tram")
POINTS = ("stop",)
CLASSES = (*GROUND, *LINES, *POINTS)
"""In the order they are drawn."""

DIMENSIONS = {0: 0, 1: 1, 2: 1, 3: 2, 4: 0, 5: 1, 6: 2}
"""Shapely's type numbers: points, lines, areas."""

GROUND_TOLERANCE_METRES = 6.0
LINE_TOLERANCE_METRES = 4.0
SMALLEST_GROUND_M2 = 400.0


@dataclass(frozen=True, slots=True)
class BackdropLayer:
    """A layer ready to be kept: gzip-compressed GeoJSON, and where in the order it is drawn."""

    position: int
    attribution: str
    geojson: bytes
    counts: Mapping[str, int]


def backdrop_layer(
    source: Source, limit: BaseGeometry, *, attribution: str = "", only_class: str | None = None
) -> BackdropLayer:
    """Make a layer from a file: clipped to ``limit`` (degrees), simplified, one feature a class.

    ``only_class`` is the class of every row, for files without OpenStreetMap's tags.

    Raises:
        FileRefused: without an attribution, with an unknown class, or when nothing is left to draw.
    """
    credit = attribution or source.attribution
    if not credit:
        raise FileRefused.whole(f"{source.name} does not say whose data it is: add --attribution")
    if only_class is not None and only_class not in CLASSES:
        raise FileRefused.whole(f"there is no class {only_class}; there are: {', '.join(CLASSES)}")
    plane = Plane.around([limit])
    border = plane.to_metres(limit)
    shapely.prepare(border)
    sorted_out: dict[str, list[BaseGeometry]] = {}
    for row in source.rows:
        kind = only_class or class_of(row)
        if kind is not None and row.shape is not None and not row.shape.is_empty:
            sorted_out.setdefault(kind, []).append(plane.to_metres(row.shape))
    features = []
    counts = {}
    for kind in CLASSES:
        drawn = _drawn(kind, sorted_out.get(kind, []), border)
        if not drawn.is_empty:
            counts[kind] = len(shapely.get_parts(drawn))
            features.append(feature(plane.to_degrees(drawn), {"class": kind}))
    if not features:
        raise FileRefused.whole(f"{source.name} has nothing to draw in the city; a class can be given with --class")
    # Compressed without a time, so that the same file makes the same bytes.
    body = gzip.compress(collection(features), compresslevel=9, mtime=0)
    return BackdropLayer(min(CLASSES.index(kind) for kind in counts), credit, body, counts)


def class_of(row: Row) -> str | None:
    """The class of a row from its tags; ``None`` for what is no part of a base map."""
    for tag, values in TAGS.items():
        value = row.text(tag)
        found = values.get(value) or values.get(value.removesuffix("_link"))
        if found:
            return found
    return None


def _drawn(kind: str, shapes: Sequence[BaseGeometry], border: BaseGeometry) -> BaseGeometry:
    """Everything of a class in one shape (metres). Faulty shapes are mended: a background proves nothing."""
    dimension = 2 if kind in GROUND else 1 if kind in LINES else 0
    near = [shape for shape in shapes if border.intersects(shape)]
    whole = shapely.union_all([shapely.make_valid(shape) for shape in near])
    clipped = whole if border.contains(whole) else whole.intersection(border)
    parts = [leaf for part in shapely.get_parts(clipped) for leaf in shapely.get_parts(part)]
    parts = [part for part in parts if DIMENSIONS[shapely.get_type_id(part)] == dimension]
    if dimension == 1:
        return shapely.line_merge(MultiLineString(parts)).simplify(LINE_TOLERANCE_METRES)
    if dimension == 0:
        return MultiPoint(parts)
    simple = shapely.get_parts(MultiPolygon(parts).simplify(GROUND_TOLERANCE_METRES))
    return MultiPolygon([part for part in simple if part.area >= SMALLEST_GROUND_M2])
