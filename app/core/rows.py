"""Rows that follow an outside source: only what differs is written, so that a second load changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import Point

from app.core.database import WGS84, Base

Position = tuple[float, float]
"""Longitude and latitude in degrees."""


def bring_up_to_date(row: Base, values: Mapping[str, Any]) -> bool:
    """Set the attributes that differ; says whether any did."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def stored_point(position: Position | None) -> WKBElement | None:
    """A position as a geometry column takes it."""
    return None if position is None else from_shape(Point(*position), srid=WGS84)


def position_of(point: WKBElement | None) -> Position | None:
    """A geometry column's point as a position."""
    if point is None:
        return None
    shape = to_shape(point)
    return shape.x, shape.y
