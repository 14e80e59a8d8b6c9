"""Schematic outlines from rough centres: they tile the city without gap or overlap, and claim no more than that.

Every place belongs to the nearest centre (Voronoi cells), within a rounded hull of all centres. Neighbours share
their corners exactly. Pure: no database, no request.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import shapely
from shapely import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

from app.places.domain import PlaceError
from app.places.plane import Plane

Extent = tuple[float, float, float, float]

APART_METRES = 20.0
"""Centres nearer to each other than this cannot be told apart."""
MARGIN = 0.75
"""How far the outline runs around the outermost centres, in typical distances between neighbours."""
MARGIN_METRES = (400.0, 4000.0)
GRID_DEGREES = 1e-6
"""Corners lie on this grid (about a tenth of a metre), so that neighbours agree on them to the last digit."""
SLIT_METRES = 60.0
"""Slits and holes between neighbours narrower than this are faults of digitising, not places."""


class SchematicError(PlaceError):
    """Centres from which no outlines can be computed."""


def tiling(
    centres: Mapping[str, tuple[float, float]], extent: Extent | None = None
) -> dict[str, Polygon | MultiPolygon]:
    """An outline (degrees) for each key, from centres given as longitude and latitude.

    Raises:
        SchematicError: when centres coincide or lie outside the extent (west, south, east, north).
    """
    if not centres:
        return {}
    _check_centres(centres, extent)
    plane = Plane.around([Point(*centre) for centre in centres.values()])
    points = {key: plane.point(*centre) for key, centre in centres.items()}
    _check_apart(points)
    outline = city_outline(list(points.values()), plane, extent)
    lines: list[BaseGeometry] = [outline.boundary]
    if len(points) > 1:
        cells = shapely.voronoi_polygons(
            MultiPoint(list(points.values())), extend_to=plane.to_metres(outline.buffer(0.05)), only_edges=True
        )
        lines.append(plane.to_degrees(cells))
    # Noding on a grid first, then walking the faces: each border is one line that both neighbours get.
    network = shapely.union_all(lines, grid_size=GRID_DEGREES)
    nearest = shapely.STRtree(list(points.values()))
    keys = list(points)
    faces: dict[str, list[Polygon]] = {key: [] for key in keys}
    for face in polygonize(list(shapely.get_parts(network))):
        middle = face.representative_point()
        if outline.covers(middle):
            faces[keys[int(nearest.nearest(plane.to_metres(middle)))]].append(face)
    return {key: shapely.orient_polygons(shapely.union_all(parts)) for key, parts in faces.items()}


def city_outline(points: Sequence[Point], plane: Plane, extent: Extent | None) -> Polygon:
    """A plausible outline (degrees) of a city from its parts' centres (metres): a rounded hull within the extent."""
    low, high = MARGIN_METRES
    margin = min(max(MARGIN * _typical_distance(points), low), high)
    hull = shapely.concave_hull(MultiPoint(list(points)), ratio=0.6) if len(points) > 3 else None  # noqa: PLR2004
    if not isinstance(hull, Polygon):
        hull = MultiPoint(list(points)).convex_hull
    rounded = shapely.set_precision(plane.to_degrees(hull.buffer(margin, quad_segs=4)), GRID_DEGREES)
    if extent is not None:
        rounded = shapely.intersection(rounded, shapely.box(*extent), grid_size=GRID_DEGREES)
    return max(shapely.get_parts(rounded), key=lambda part: part.area)


def _typical_distance(points: Sequence[Point]) -> float:
    """The median distance to the nearest neighbour."""
    distances = sorted(min((a.distance(b) for b in points if b is not a), default=0.0) for a in points)
    return distances[len(distances) // 2]


def _check_centres(centres: Mapping[str, tuple[float, float]], extent: Extent | None) -> None:
    for key, (longitude, latitude) in centres.items():
        if not (math.isfinite(longitude) and math.isfinite(latitude)):
            raise SchematicError(f"{key} has no usable centre")
        if extent and not (extent[0] <= longitude <= extent[2] and extent[1] <= latitude <= extent[3]):
            raise SchematicError(f"the centre of {key} ({longitude}, {latitude}) lies outside the city's extent")


def _check_apart(points: Mapping[str, Point]) -> None:
    tree = shapely.STRtree(list(points.values()))
    keys = list(points)
    for key, point in points.items():
        near = [keys[i] for i in tree.query(point, predicate="dwithin", distance=APART_METRES) if keys[i] != key]
        if near:
            raise SchematicError(f"the centres of {key} and {near[0]} are the same place: please move one of them")


def cut(outline: BaseGeometry, surveyed: Sequence[BaseGeometry]) -> BaseGeometry:
    """What surveyed neighbours leave of a schematic outline; all of it when they would leave nothing."""
    near = [other for other in surveyed if other.intersects(outline)]
    if not near:
        return outline
    rest = outline.difference(shapely.union_all(near))
    plane = Plane.around([outline])
    parts = [part for part in shapely.get_parts(rest) if isinstance(part, Polygon) and not _is_slit(part, plane)]
    return shapely.orient_polygons(MultiPolygon(parts)) if parts else outline


def joined(outlines: Sequence[BaseGeometry]) -> MultiPolygon:
    """The union of neighbours, without the slits that survey files leave between them."""
    whole = shapely.union_all(list(outlines))
    plane = Plane.around(outlines)
    parts = [
        Polygon(part.exterior, [ring for ring in part.interiors if not _is_slit(Polygon(ring), plane)])
        for part in shapely.get_parts(whole)
        if isinstance(part, Polygon)
    ]
    return shapely.orient_polygons(MultiPolygon(parts))


def _is_slit(shape: Polygon, plane: Plane) -> bool:
    """Whether a shape (degrees) is too narrow to be a place."""
    return bool(plane.to_metres(shape).buffer(-SLIT_METRES / 2).is_empty)
