"""Degrees and metres: a map projection laid through the middle of the city, true to millimetres in a kilometre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pyproj
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

G = TypeVar("G", bound=BaseGeometry)


class Plane:
    """Transverse Mercator around a point (degrees): lengths in metres, areas in square metres."""

    def __init__(self, longitude: float, latitude: float) -> None:
        """Lay the plane through a point."""
        self.definition = f"+proj=tmerc +lon_0={longitude} +lat_0={latitude} +k=1 +ellps=GRS80 +units=m"
        """As PROJ writes it."""
        local = pyproj.CRS.from_proj4(self.definition)
        self._there = pyproj.Transformer.from_crs("EPSG:4326", local, always_xy=True)
        self._back = pyproj.Transformer.from_crs(local, "EPSG:4326", always_xy=True)

    @classmethod
    def around(cls, shapes: Sequence[BaseGeometry]) -> Plane:
        """The plane through the middle of some shapes (degrees)."""
        west, south, east, north = shapely.total_bounds(np.asarray(shapes, dtype=object))
        return cls(round(float(west + east) / 2, 3), round(float(south + north) / 2, 3))

    def point(self, longitude: float, latitude: float) -> Point:
        """A point in metres."""
        return Point(*self._there.transform(longitude, latitude))

    def metres(self, longitudes: np.ndarray, latitudes: np.ndarray) -> np.ndarray:
        """Many points at once: (n, 2) in metres."""
        return np.column_stack(self._there.transform(longitudes, latitudes))

    def to_metres(self, shape: G) -> G:
        """A shape in degrees, in metres."""
        return _moved(shape, self._there)

    def to_degrees(self, shape: G) -> G:
        """A shape in metres, in degrees."""
        return _moved(shape, self._back)


def _moved(shape: G, transformer: pyproj.Transformer) -> G:
    def move(points: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return shapely.transform(shape, move)  # type: ignore[no-any-return, unused-ignore]
