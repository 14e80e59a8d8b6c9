"""Surveyed outlines from a file: what it holds, what is wrong with it, and what it would change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.places import queries, service
from app.places.domain import AreaCard, Unknown, folded
from app.places.plane import Plane
from app.places.reading import Fault, FileRefused, Row, Source
from app.places.service import Surveyed

Extent = tuple[float, float, float, float]

WORLD: Extent = (-180.0, -90.0, 180.0, 90.0)
ROOM = 1.0
"""Outlines may reach beyond the city's extent by this share of its size; what lies farther off is in another place."""
SAME_DEGREES = 1e-7
"""Corners that differ by less (about a centimetre) are the same."""
NOTEWORTHY_OVERLAP_KM2 = 0.001


@dataclass(frozen=True, slots=True)
class Outline:
    """A usable row of a file: its key, its name (either may be empty), its outline in degrees, counter-clockwise."""

    row: int
    key: str
    name: str
    shape: MultiPolygon


def outlines(source: Source, key: str | None, name: str | None, extent: Extent | None = None) -> tuple[Outline, ...]:
    """The outlines of a file. ``key`` and ``name`` are its properties; ``extent`` is the city's.

    Raises:
        FileRefused: with every faulty row and its reason. Ring order is repaired, nothing else.
    """
    source.need(key, "--key")
    source.need(name, "--name")
    if key is None and name is None:
        raise FileRefused.whole("name the property that tells areas apart: --key, --name, or both")
    plausible = _widened(extent)
    faults = []
    found = []
    for row in source.rows:
        reasons = [*_nameless(row, key, name), *(_unusable(row) or _misplaced(row, plausible))]
        faults += [Fault(row.number, reason) for reason in reasons]
        if not reasons and row.shape is not None:
            found.append(Outline(row.number, row.text(key), row.text(name), _repaired(row.shape)))
    faults += _repeated(source.rows, key if key is not None else name)
    if faults:
        raise FileRefused(*sorted(faults, key=lambda fault: fault.row or 0))
    return tuple(found)


def _nameless(row: Row, key: str | None, name: str | None) -> list[str]:
    options = [field for field in ((key,) if key is not None else (name,)) if field is not None]
    return [f"no value for {field}" for field in options if not row.text(field)]


def _unusable(row: Row) -> list[str]:
    """Why a geometry cannot be an outline: the first reason that applies."""
    published = row.published
    if published is None or row.shape is None:
        return ["no geometry, or one that cannot be read"]
    if published.is_empty:
        return ["the geometry is empty"]
    if not isinstance(published, Polygon | MultiPolygon):
        return [f"a {published.geom_type} is no area: polygons are needed"]
    if not np.isfinite(shapely.get_coordinates([published, row.shape])).all():
        return ["coordinates that are no places on Earth"]
    for shape in (published, row.shape):
        if not shape.is_valid:
            return [f"invalid geometry: {shapely.is_valid_reason(shape)}"]
    return []


def _misplaced(row: Row, plausible: Extent) -> list[str]:
    """Whether an outline lies where it cannot belong."""
    west, south, east, north = shapely.bounds(row.shape).tolist()
    bounds = (west, south, east, north)
    if not _within(bounds, plausible):
        hint = "; are longitude and latitude swapped?" if _within((south, west, north, east), plausible) else ""
        return [f"lies far from the city (around {(west + east) / 2:.3f} E, {(south + north) / 2:.3f} N){hint}"]
    return []


def _repeated(rows: Sequence[Row], field: str | None) -> list[Fault]:
    texts = [(row.number, row.text(field)) for row in rows]
    often = Counter(text for _number, text in texts if text)
    return [Fault(number, f"{field} {text} stands in several rows") for number, text in texts if often[text] > 1]


def _widened(extent: Extent | None) -> Extent:
    if extent is None:
        return WORLD
    west, south, east, north = extent
    across, up = (east - west) * ROOM, (north - south) * ROOM
    return (west - across, south - up, east + across, north + up)


def _within(bounds: Extent, limits: Extent) -> bool:
    return bounds[0] >= limits[0] and bounds[1] >= limits[1] and bounds[2] <= limits[2] and bounds[3] <= limits[3]


def _repaired(shape: BaseGeometry) -> MultiPolygon:
    """Outer rings counter-clockwise, holes clockwise (RFC 7946, section 3.1.6), always of several parts."""
    ordered = shapely.orient_polygons(shape)
    return ordered if isinstance(ordered, MultiPolygon) else MultiPolygon([ordered])


class Change(StrEnum):
    """What an import does with an area."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    MISSING = "missing from file"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plan; sizes in square kilometres."""

    change: Change
    key: str
    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. ``matched_by`` tells how rows found their areas."""

    level: str
    matched_by: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    surveyed: tuple[Surveyed, ...]

    def count(self, change: Change) -> int:
        """How many areas undergo a change."""
        return sum(line.change is change for line in self.lines)


def plan(level_key: str, found: Sequence[Outline]) -> Plan:
    """Match outlines with the areas of a level and say what would change.

    By key where the file's keys are known ones; by name where it has none, or none that is known, or where they
    belong to other names. A level without areas takes every row as a new area.

    Raises:
        Unknown: when there is no such level, or its areas are groups of others.
        FileRefused: when rows cannot be matched.
    """
    if queries.level(level_key) is None:
        there = ", ".join(card.key for card in queries.levels()) or "none yet"
        raise Unknown(f"there is no level {level_key}; there are: {there}")
    if queries.is_grouping(level_key):
        raise Unknown(f"the outlines of {level_key} are the unions of their members: import these instead")
    drawn = {one.card.id: one for one in queries.drawn_areas() if one.card.level == level_key}
    matched_by, matches = _matched([one.card for one in drawn.values()], found)
    plane = Plane.around([one.shape for one in found])
    lines, surveyed = [], []
    for one in sorted(found, key=lambda one: _natural(one.key or one.name)):
        after = _km2(one.shape, plane)
        card = matches.get(one.row)
        if card is None:
            lines.append(Line(Change.NEW, one.key, one.name or one.key, None, after))
            surveyed.append(Surveyed(one.key, one.name or one.key, None, one.shape))
            continue
        old = drawn[card.id].outline
        same = old is not None and not card.schematic and old.equals_exact(one.shape, SAME_DEGREES)
        change = Change.UNCHANGED if same else Change.REPLACED
        lines.append(Line(change, card.key, str(card.name), _km2(old, plane), after))
        if not same:
            surveyed.append(Surveyed(card.key, str(card.name), card.id, one.shape))
    reached = {card.id for card in matches.values()}
    lines += [
        Line(Change.MISSING, one.card.key, str(one.card.name), _km2(one.outline, plane), None)
        for one in drawn.values()
        if one.card.id not in reached
    ]
    return Plan(level_key, matched_by, tuple(lines), _remarks(found, plane), tuple(surveyed))


def carry_out(plan: Plan, attribution: str | None = None) -> None:
    """Write what a plan says, all of it. Without anything to change only the attribution is kept."""
    service.replace_outlines(plan.level, plan.surveyed, attribution)


def _matched(cards: Sequence[AreaCard], found: Sequence[Outline]) -> tuple[str, Mapping[int, AreaCard]]:
    """How rows were matched, and the area of each row number; rows without one are new areas."""
    keyed = all(one.key for one in found)
    if not cards:
        if not keyed:
            raise FileRefused.whole("this level has no areas yet: new ones need a key (--key)")
        if nameless := [Fault(one.row, "a new area needs a name (--name)") for one in found if not one.name]:
            raise FileRefused(*nameless)
        return "key, as new areas", {}
    by_key = {card.key: card for card in cards}
    by_name = _unique_names(cards)
    matches = {one.row: by_key[one.key] for one in found if one.key in by_key}
    misled = [
        one for one in found
        if one.row in matches and by_name.get(folded(one.name), matches[one.row]).id != matches[one.row].id
    ]  # fmt: skip
    if matches and not misled:
        nameless = [
            Fault(one.row, "a new area needs a name (--name)") for one in found if not (one.row in matches or one.name)
        ]
        if nameless:
            raise FileRefused(*nameless)
        return "key", matches
    if misled:
        return _matched_by_name(found, by_name, "the file's keys belong to other names")
    return _matched_by_name(found, by_name, "no key in the file is that of an area" if keyed else "rows have no key")


def _matched_by_name(
    found: Sequence[Outline], by_name: Mapping[str, AreaCard], why: str
) -> tuple[str, Mapping[int, AreaCard]]:
    matches = {one.row: by_name[folded(one.name)] for one in found if folded(one.name) in by_name}
    if not matches:
        raise FileRefused.whole("no key and no name in the file is that of an area on this level")
    faults = [Fault(one.row, f"no area is called {one.name}") for one in found if one.row not in matches]
    often = Counter(card.id for card in matches.values())
    faults += [
        Fault(one.row, f"{one.name} stands in several rows")
        for one in found
        if one.row in matches and often[matches[one.row].id] > 1
    ]
    if faults:
        raise FileRefused(*sorted(faults, key=lambda fault: fault.row or 0))
    return f"name, because {why}", matches


def _unique_names(cards: Sequence[AreaCard]) -> dict[str, AreaCard]:
    """Areas by each of their names in any language, without the names that several share."""
    named: dict[str, dict[int, AreaCard]] = {}
    for card in cards:
        for name in card.name.values():
            named.setdefault(folded(name), {})[card.id] = card
    return {name: next(iter(those.values())) for name, those in named.items() if name and len(those) == 1}


def _remarks(found: Sequence[Outline], plane: Plane) -> tuple[str, ...]:
    shapes = [plane.to_metres(one.shape) for one in found]
    overlap = (sum(shape.area for shape in shapes) - shapely.union_all(shapes).area) / 1e6
    return (f"outlines overlap by {overlap:.3f} km² in all",) if overlap > NOTEWORTHY_OVERLAP_KM2 else ()


def _km2(shape: BaseGeometry | None, plane: Plane) -> float | None:
    return None if shape is None else float(plane.to_metres(shape).area) / 1e6


def _natural(key: str) -> list[tuple[int, int | str]]:
    """Sort keys as people do: 2 before 11."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", key) if part]
