"""Where a service is, from what its provider says: part of town and address."""

from __future__ import annotations

from dataclasses import dataclass

from app.directory.domain import Precision, ServiceCard
from app.places import queries as places


@dataclass(frozen=True, slots=True)
class Place:
    """How well a place is known, the point on the map (longitude, latitude), and the area."""

    precision: Precision
    point: tuple[float, float] | None
    area_id: int | None


def place(area_key: str | None, address: str | None, before: ServiceCard | None) -> Place:
    """The place of a service. ``area_key`` is one of the level that needs are told by.

    The point stays as long as area and address do. Otherwise only the part of town is known: nobody looks up the new
    address.
    """
    area = places.area_by_key(places.city().needs_level or "", area_key) if area_key else None
    area_id = area.id if area else None
    if (
        before is not None
        and before.longitude is not None
        and before.latitude is not None
        and before.area_id == area_id
        and (before.precision == "area" or (before.address or "") == (address or ""))
    ):
        return Place(before.precision, (before.longitude, before.latitude), area_id)
    if area is None or area.longitude is None or area.latitude is None:
        return Place("area", None, area_id)
    return Place("area", (area.longitude, area.latitude), area_id)
