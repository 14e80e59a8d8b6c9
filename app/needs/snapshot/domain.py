"""A snapshot: everything that pages, files and reports of the needs show, as of one moment. Values only.

It holds supply (services and how far they are from where people live), effort (measures by state), context (residents
and imported indicators) and need (publications, suppressed before they got here). It never changes; its ``hash`` stands
on everything that was made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.core.texts import Localized
from app.needs.domain import ALL, CITY, Published
from app.places.population.domain import Basis

__all__ = [
    "FAR_METRES", "NEAR_METRES", "SHORT", "Basis", "Cell", "Effort", "Indicator", "Level", "Part", "Place", "Snapshot",
    "Supplied",
]  # fmt: skip

SHORT = 12
"""So many digits of a hash are enough to name a snapshot."""

NEAR_METRES, FAR_METRES = 800.0, 1500.0
"""A walk of about ten and of about twenty minutes, as the crow flies."""


class Part(StrEnum):
    """What a level is for."""

    PARTS = "parts"
    """The level that reports are counted by."""

    GROUPS = "groups"
    """Its groups."""

    CONTEXT = "context"
    """Another division, with supply and context and never a number of reports."""

    CITY = "city"


@dataclass(frozen=True, slots=True)
class Level:
    """A division of the city; ``unconfirmed`` while no official source knows it."""

    key: str
    name: Localized
    part: Part
    unconfirmed: bool
    attribution: str


@dataclass(frozen=True, slots=True)
class Place:
    """An area. ``parent`` is the key of its group. The whole city is the place ``CITY`` of the level ``CITY``."""

    level: str
    key: str
    name: Localized
    parent: str | None
    position: int
    residents: int | None
    residents_year: int | None
    schematic: bool


@dataclass(frozen=True, slots=True)
class Supplied:
    """Services for people in an area. ``near`` and ``far`` stand for ``NEAR_METRES`` and ``FAR_METRES``.

    ``within`` lie in the area; ``near`` and ``far`` lie within a walk of somebody who lives there. ``share_…`` of its
    residents (0 to 1) have at least one within that walk; ``average_…`` is how many an average resident has. Both are
    ``None`` where nobody is known to live. ``evening`` and ``barrier_free`` are how many of ``far`` surely are.
    """

    within: int = 0
    near: int = 0
    far: int = 0
    share_near: float | None = None
    share_far: float | None = None
    average_near: float | None = None
    average_far: float | None = None
    evening: int = 0
    barrier_free: int = 0


@dataclass(frozen=True, slots=True)
class Effort:
    """Measures for an area by state; those for the whole city stand at the place ``CITY`` only."""

    planned: int = 0
    under_way: int = 0
    done: int = 0
    paused: int = 0


@dataclass(frozen=True, slots=True)
class Indicator:
    """An imported number by area, such as households with one person; ``on`` is the day it holds for."""

    key: str
    name: Localized
    unit: Localized
    source: str
    on: date
    level: str
    values: Mapping[str, float]
    """By key of the area; areas without a value are left out."""


Cell = tuple[str, str, str, str]
"""Level, key of the area, area of life or ``ALL``, group of people or ``ALL``."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """See above. ``hash`` is SHA-256 over the content in one canonical form, as hexadecimal digits.

    ``edition`` and ``version`` name the plans that effort comes from; ``basis_source`` and ``basis_on`` tell whose
    numbers say where people live. ``threshold`` holds for the next publication; each year in ``years`` has its own.
    """

    id: int
    hash: str
    made_at: datetime
    on: date
    city: str
    edition: str | None
    version: int | None
    threshold: int
    basis: Basis
    basis_source: str
    basis_on: date | None
    levels: tuple[Level, ...]
    places: tuple[Place, ...]
    supply: Mapping[Cell, Supplied]
    efforts: Mapping[Cell, Effort]
    languages: Mapping[tuple[str, str], Mapping[str, int]]
    """By level and key of the area: how many services in far reach speak a language (BCP 47)."""

    indicators: tuple[Indicator, ...]
    years: Mapping[int, Published]
    """What has been published, the latest year first."""

    editions: Mapping[str, int] = field(default_factory=dict)
    """The number of the published version by key of the edition, for all editions."""

    organisations: Mapping[str, Localized] = field(default_factory=dict)
    """What offices and partners are called, by key."""

    def level(self, part: Part) -> Level | None:
        """The level that parts or groups are on."""
        return next((level for level in self.levels if level.part is part), None)

    def places_of(self, level: str) -> tuple[Place, ...]:
        """The areas of a level by position."""
        return tuple(place for place in self.places if place.level == level)

    def place(self, level: str, key: str) -> Place | None:
        """One area."""
        return next((place for place in self.places if (place.level, place.key) == (level, key)), None)

    def supplied(self, place: Place, topic: str = ALL, target: str = ALL) -> Supplied:
        """Services for an area of life and a group of people. Those for everyone count for each group."""
        found = self.supply.get((place.level, place.key, topic, target))
        if found is not None:
            return found
        # Cells without any service are not kept.
        anything = self.supply.get((place.level, place.key, ALL, ALL))
        nobody = anything is None or anything.share_far is None
        return Supplied() if nobody else Supplied(share_near=0.0, share_far=0.0, average_near=0.0, average_far=0.0)

    def effort(self, place: Place, topic: str = ALL, target: str = ALL) -> Effort:
        """Measures for an area of life and a group of people. Those for everyone count for each group."""
        return self.efforts.get((place.level, place.key, topic, target), Effort())

    @property
    def whole_city(self) -> Place:
        """The city as a place.

        Raises:
            LookupError: the snapshot is damaged.
        """
        place = self.place(CITY, CITY)
        if place is None:
            raise LookupError(CITY)
        return place
