"""The street list: lines or points with names become one entry a street, with a point on it and its area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from app.places import queries
from app.places.domain import AreaCard, folded
from app.places.geometry import Index, index
from app.places.models import Street
from app.places.reading import FileRefused, Source

SAME_STREET_METRES = 300.0
"""Pieces of one name farther apart than this are different streets, unless they lie in the same area."""
NAME_MAX = 120


@dataclass(frozen=True, slots=True)
class StreetList:
    """Streets ready to be kept, and how many rows did not make it."""

    streets: tuple[Street, ...]
    nameless: int
    outside: int


def street_list(source: Source, name_field: str) -> StreetList:
    """Merge the rows of a file by name, within the city.

    Raises:
        FileRefused: without the property, or when no street of the city is left.
    """
    source.need(name_field, "--name-property")
    present = index()
    pieces: dict[str, list[BaseGeometry]] = {}
    names: dict[str, str] = {}
    nameless = outside = 0
    for row in source.rows:
        name = " ".join(row.text(name_field).split())[:NAME_MAX]
        if not any(letter.isalpha() for letter in name) or row.shape is None or row.shape.is_empty:
            nameless += 1
            continue
        shape = present.plane.to_metres(row.shape)
        if not present.limit.intersects(shape):
            outside += 1
            continue
        # Merged by the name as the search knows it: one file's "Str." is another's "Straße".
        names.setdefault(folded(name), name)
        pieces.setdefault(folded(name), []).append(shape)
    streets = [street for key in sorted(pieces) for street in _streets(names[key], pieces[key], present)]
    if not streets:
        raise FileRefused.whole(f"{source.name} has no named street in the city")
    return StreetList(tuple(streets), nameless, outside)


def _streets(name: str, pieces: Sequence[BaseGeometry], present: Index) -> list[Street]:
    """One street for each area that a group of connected pieces mostly lies in."""
    by_area: dict[int | None, list[BaseGeometry]] = {}
    for group in _connected(pieces):
        area = _mostly_in(group, present)
        by_area.setdefault(area.id if area else None, []).append(group)
    streets = []
    for area_id, groups in sorted(by_area.items(), key=lambda item: item[0] or 0):
        spot = present.plane.to_degrees(_spot(groups))
        streets.append(
            Street(
                name=name,
                folded=folded(name),
                area_id=area_id,
                longitude=round(spot.x, 5),
                latitude=round(spot.y, 5),
            )
        )
    return streets


def _connected(pieces: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Pieces near each other, joined."""
    blobs = shapely.get_parts(shapely.union_all([shapely.buffer(piece, SAME_STREET_METRES / 2) for piece in pieces]))
    groups: list[list[BaseGeometry]] = [[] for _blob in blobs]
    tree = shapely.STRtree(blobs)
    for piece in pieces:
        groups[int(tree.query(piece, predicate="intersects")[0])].append(piece)
    return [shapely.union_all(group) for group in groups if group]


def _mostly_in(shape: BaseGeometry, present: Index) -> AreaCard | None:
    """The area that most of a street lies in, on the level that residents choose from."""
    level = queries.city().needs_level
    shares = [
        (present.shapes[number].intersection(shape).length, -number)
        for number in present.tree.query(shape, predicate="intersects").tolist()
        if present.cards[number].level == level
    ]
    return present.cards[-max(shares)[1]] if shares else None


def _spot(groups: Sequence[BaseGeometry]) -> BaseGeometry:
    """A point on a street: the middle of its longest line, or one of its points."""
    parts = [part for group in groups for part in shapely.get_parts(shapely.line_merge(group))] or [
        part for group in groups for part in shapely.get_parts(group)
    ]
    longest = max(parts, key=lambda part: part.length)
    return (
        longest.interpolate(0.5, normalized=True)
        if longest.length and longest.geom_type == "LineString"
        else (longest.representative_point())
    )
