"""Supply by area, area of life and group of people: which services lie in an area, and who can walk to them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.codes import Target
from app.directory.domain import ServiceCard
from app.needs.domain import ALL, CITY, TARGETS, TOPICS
from app.needs.snapshot.domain import FAR_METRES, NEAR_METRES, Cell, Level, Part, Place, Supplied
from app.places.domain import AreaCard
from app.places.geometry import Index
from app.places.population.domain import Homes
from app.places.reach import NONE, Flags, Floats, Numbers, Origins, Reached, located, reached

COLUMNS = tuple((topic, target) for topic in (ALL, *TOPICS) for target in (ALL, *TARGETS))
"""The cells of an area."""

SHARE_DIGITS, AVERAGE_DIGITS = 4, 3


@dataclass(frozen=True, slots=True)
class Supplies:
    """Supply by cell, and how many services in far reach speak a language, by level and area."""

    cells: Mapping[Cell, Supplied]
    languages: Mapping[tuple[str, str], Mapping[str, int]]


def supplies(
    levels: Sequence[Level],
    areas: Sequence[Place],
    services: Sequence[ServiceCard],
    homes: Homes,
    present: Index,
    cards: Mapping[int, AreaCard],
) -> Supplies:
    """Count and measure. ``areas`` are those of all levels, the whole city among them; ``cards`` all areas by id."""
    numbers = {(place.level, place.key): number for number, place in enumerate(areas)}
    belonging = np.stack([_belonging(level, numbers, homes.points, present) for level in levels], axis=1)
    origins = Origins(homes.points, homes.residents, belonging)
    known = {number: spot for number, service in enumerate(services) if (spot := _position(service, cards)) is not None}
    placed, positions = list(known), list(known.values())
    spots = present.plane.metres(*np.asarray(positions, dtype=np.float64).reshape(-1, 2).T)
    groups = _groups(services)
    near, far = reached(origins, len(areas), spots, groups[placed], (NEAR_METRES, FAR_METRES))
    within = _within(levels, numbers, services, present, cards)
    cells = _cells(areas, within, near, far, groups, placed, services)
    return Supplies(cells, _languages(areas, far, [services[number] for number in placed]))


def _belonging(level: Level, numbers: Mapping[tuple[str, str], int], points: Floats, present: Index) -> Numbers:
    """The number of the area of a level that each point belongs to."""
    if level.part is Part.CITY:
        return np.where(located(points, [present.outline]) == NONE, NONE, numbers[CITY, CITY])
    cards, shapes = _drawn(level, numbers, present)
    found = located(points, shapes)
    own = np.asarray([*(numbers[card.level, card.key] for card in cards), NONE], dtype=np.int64)
    return own[found]


def _drawn(level: Level, numbers: Mapping[tuple[str, str], int], present: Index) -> tuple[list[AreaCard], list[object]]:
    pairs = [
        (card, shape)
        for card, shape in zip(present.cards, present.shapes, strict=True)
        if card.level == level.key and (card.level, card.key) in numbers
    ]
    return [card for card, _shape in pairs], [shape for _card, shape in pairs]


def _position(service: ServiceCard, cards: Mapping[int, AreaCard]) -> tuple[float, float] | None:
    """Where a service is (degrees): its own point, else the middle of the area it names."""
    if service.longitude is not None and service.latitude is not None:
        return service.longitude, service.latitude
    area = cards.get(service.area_id or 0)
    if area is None or area.longitude is None or area.latitude is None:
        return None
    return area.longitude, area.latitude


def _within(
    levels: Sequence[Level],
    numbers: Mapping[tuple[str, str], int],
    services: Sequence[ServiceCard],
    present: Index,
    cards: Mapping[int, AreaCard],
) -> Flags:
    """(areas, services): which service lies in which area.

    The area that a service names holds for its level and the group above; on other levels its point decides.
    """
    found = np.zeros((len(numbers), len(services)), dtype=np.bool_)
    own = [number for number, service in enumerate(services) if service.longitude is not None]
    degrees = np.asarray([(services[n].longitude, services[n].latitude) for n in own], dtype=np.float64).reshape(-1, 2)
    spots = present.plane.metres(*degrees.T)
    by_level = {level.key: np.full(len(services), NONE) for level in levels}
    for level in levels:
        if level.part is Part.CITY:
            by_level[level.key][:] = numbers[CITY, CITY]
        elif own:
            by_level[level.key][own] = _belonging(level, numbers, spots, present)
    for number, service in enumerate(services):
        named = cards.get(service.area_id or 0)
        while named is not None:
            if (named.level, named.key) in numbers:
                by_level[named.level][number] = numbers[named.level, named.key]
            named = cards.get(named.parent_id or 0)
    for areas in by_level.values():
        inside = np.flatnonzero(areas != NONE)
        found[areas[inside], inside] = True
    return found


def _groups(services: Sequence[ServiceCard]) -> Flags:
    """(services, ``COLUMNS``): which service counts in which cell. Those for everyone count for each group."""
    found = np.zeros((len(services), len(COLUMNS)), dtype=np.bool_)
    for number, service in enumerate(services):
        topics = {ALL, *service.topics}
        targets = {ALL, *(TARGETS if Target.EVERYONE in service.targets else service.targets)}
        found[number] = [topic in topics and target in targets for topic, target in COLUMNS]
    return found


def _cells(
    areas: Sequence[Place],
    within: Flags,
    near: Reached,
    far: Reached,
    groups: Flags,
    placed: Sequence[int],
    services: Sequence[ServiceCard],
) -> dict[Cell, Supplied]:
    """The cells with any service, and that of all services of each area."""
    there = groups[placed]
    evening, barrier_free = (
        np.asarray([bool(getattr(services[number], name)) for number in placed], dtype=np.bool_)[:, None]
        for name in ("evening", "barrier_free")
    )
    counts = [
        _count(within, groups),
        _count(near.services, there),
        _count(far.services, there),
        _count(far.services, there & evening),
        _count(far.services, there & barrier_free),
    ]
    anything = counts[0] + counts[2] > 0
    anything[:, COLUMNS.index((ALL, ALL))] = True
    rows, columns = np.nonzero(anything)
    numbers = [count[rows, columns].astype(np.int64).tolist() for count in counts]
    ratios = [
        _rounded(found[rows, columns], digits)
        for found, digits in (
            (near.share, SHARE_DIGITS),
            (far.share, SHARE_DIGITS),
            (near.average, AVERAGE_DIGITS),
            (far.average, AVERAGE_DIGITS),
        )
    ]
    names = [
        (areas[area].level, areas[area].key, *COLUMNS[column])
        for area, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    inside, close, reachable, late, level = numbers
    values = zip(inside, close, reachable, *ratios, late, level, strict=True)
    return {cell: Supplied(*value) for cell, value in zip(names, values, strict=True)}


def _count(areas: Flags, columns: Flags) -> npt.NDArray[np.float64]:
    """How many services an area and a column have in common. Counted in floating point, which is exact for counts."""
    product: npt.NDArray[np.float64] = areas.astype(np.float64) @ columns.astype(np.float64)
    return product


def _rounded(values: Floats, digits: int) -> list[float | None]:
    return [None if math.isnan(value) else round(value, digits) for value in values.tolist()]


def _languages(
    areas: Sequence[Place], far: Reached, services: Sequence[ServiceCard]
) -> dict[tuple[str, str], Mapping[str, int]]:
    spoken = sorted({language for service in services for language in service.languages})
    speaks = np.asarray(
        [[language in service.languages for language in spoken] for service in services], dtype=np.bool_
    )
    counted = _count(far.services, speaks.reshape(len(services), len(spoken)))
    return {
        (place.level, place.key): {
            language: int(number) for language, number in zip(spoken, row, strict=True) if number
        }
        for place, row in zip(areas, counted, strict=True)
    }
