"""The European 100 m grid (EPSG:3035, INSPIRE): cells are numbered by hundreds of metres east and north."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from app.places.plane import Plane

CELL_METRES = 100
MIDDLE = CELL_METRES // 2

Floats = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]


@functools.cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:3035", "EPSG:4326", always_xy=True)


def midpoints(cells: Cells, plane: Plane) -> Floats:
    """The middles of cells (n, 2), in the metres of a plane."""
    east, north = (cells * CELL_METRES + MIDDLE).T.astype(np.float64)
    return plane.metres(*_to_degrees().transform(east, north))


def cells_around(shape: BaseGeometry, plane: Plane) -> Cells:
    """All cells (n, 2) of the box around a shape that is in the metres of a plane."""
    degrees = plane.to_degrees(shapely.box(*shape.bounds).segmentize(10 * CELL_METRES))
    longitudes, latitudes = shapely.get_coordinates(degrees).T
    east, north = _to_degrees().transform(longitudes, latitudes, direction=pyproj.enums.TransformDirection.INVERSE)
    x = np.arange(int(min(east)) // CELL_METRES, int(max(east)) // CELL_METRES + 1)
    y = np.arange(int(min(north)) // CELL_METRES, int(max(north)) // CELL_METRES + 1)
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


def points_within(shape: BaseGeometry, plane: Plane) -> Floats:
    """The middles (n, 2) of all cells whose middle lies in a shape, both in the metres of a plane."""
    points = midpoints(cells_around(shape, plane), plane)
    shapely.prepare(shape)
    inside: Floats = points[shapely.contains_xy(shape, *points.T)]
    return inside
