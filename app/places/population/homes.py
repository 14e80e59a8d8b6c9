"""Where walks begin: from the census's grid, else from the settled surface of the base map, else from anywhere."""

from __future__ import annotations

import json

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.core.revisions import remembered
from app.places import queries as places
from app.places.geometry import Index, index
from app.places.population import queries
from app.places.population.domain import Basis, Homes
from app.places.population.raster import Floats, midpoints, points_within

SETTLED_CLASS = "built"
"""The class of the base map's layers that stands for homes, shops and offices."""


@remembered("places", most=1)
def homes() -> Homes:
    """Where people live, by the best that is known.

    Raises:
        NoCity: while no area has an outline.
    """
    present = index()
    grid = queries.grid()
    if grid is not None and grid.cells:
        cells = queries.cells()
        points = midpoints(cells[:, :2], present.plane)
        return Homes(Basis.GRID, grid.source, grid.day, points, cells[:, 2].astype(np.float64))
    settled, attributions = _settled(present)
    if not settled.is_empty:
        return _alike(Basis.SETTLED, "; ".join(attributions), settled, present)
    attributions = list(dict.fromkeys(level.attribution for level in places.levels() if level.attribution))
    return _alike(Basis.OUTLINE, "; ".join(attributions), present.outline, present)


def _settled(present: Index) -> tuple[BaseGeometry, list[str]]:
    """The settled surface within the city's outline, and whose data it is."""
    parts, attributions = [], []
    for layer in places.backdrops():
        features = json.loads(places.backdrop_geojson(layer.key) or b"{}").get("features", [])
        found = [shape(one["geometry"]) for one in features if one["properties"]["class"] == SETTLED_CLASS]
        if found:
            parts += [shapely.make_valid(present.plane.to_metres(one)) for one in found]
            attributions.append(layer.attribution)
    return shapely.union_all(parts).intersection(present.outline), list(dict.fromkeys(attributions))


def _alike(basis: Basis, source: str, surface: BaseGeometry, present: Index) -> Homes:
    """Points on the raster all over a surface, each worth as much as the others."""
    points = points_within(surface, present.plane)
    points = np.concatenate([points, _too_small(points, surface, present)])
    return Homes(basis, source, None, points, np.ones(len(points)))


def _too_small(points: Floats, surface: BaseGeometry, present: Index) -> Floats:
    """A point in each area whose part of the surface lies between the points of the raster."""
    tree = shapely.STRtree(shapely.points(points))
    without = [one for one in present.shapes if not len(tree.query(one, predicate="intersects"))]
    parts = [one.intersection(surface) for one in without]
    middles = {part.representative_point().coords[0] for part in parts if not part.is_empty}
    return np.asarray(sorted(middles), dtype=np.float64).reshape(-1, 2)
