"""The numbers that a snapshot tells, each once: what page, table, map and PDF print comes from here and nowhere else.

A cell is a place, an area of life, a group of people and a column; its number is rounded here, so that nobody rounds
in another way. Where there is no number there is a reason. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.disclosure.domain import per_thousand
from app.needs.domain import (
    ALL,
    CITY_TARGETS,
    CITY_TOPICS,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    HIDDEN,
    PARTS,
    Figure,
    Published,
)
from app.needs.snapshot.domain import Indicator, Part, Place, Snapshot
from app.needs.snapshot.mismatch import UNTOLD, Compared, Mismatch, Verdict, mismatches


class Column(StrEnum):
    """What a number counts or measures. Besides these there are indicators and languages: see below."""

    REPORTS = "reports"
    RATE = "reports_per_1000"
    MISMATCH = "mismatch"
    MISMATCH_LOW = "mismatch_low"
    MISMATCH_HIGH = "mismatch_high"
    WITHIN = "services_within"
    NEAR = "services_near"
    FAR = "services_far"
    SHARE_NEAR = "share_near"
    SHARE_FAR = "share_far"
    AVERAGE_NEAR = "average_near"
    AVERAGE_FAR = "average_far"
    EVENING = "services_evening"
    BARRIER_FREE = "services_barrier_free"
    PLANNED = "measures_planned"
    UNDER_WAY = "measures_under_way"
    DONE = "measures_done"
    PAUSED = "measures_paused"
    RESIDENTS = "residents"
    RESIDENTS_YEAR = "residents_year"


INDICATOR, LANGUAGE = "indicator:", "language:"
"""How the names of columns begin that hold an imported indicator, or how many services speak a language."""

NEED = (Column.REPORTS, Column.RATE)
INDEX = (Column.MISMATCH, Column.MISMATCH_LOW, Column.MISMATCH_HIGH)
SUPPLY = (
    Column.WITHIN,
    Column.NEAR,
    Column.FAR,
    Column.SHARE_NEAR,
    Column.SHARE_FAR,
    Column.AVERAGE_NEAR,
    Column.AVERAGE_FAR,
    Column.EVENING,
    Column.BARRIER_FREE,
)
EFFORT = (Column.PLANNED, Column.UNDER_WAY, Column.DONE, Column.PAUSED)
CONTEXT = (Column.RESIDENTS, Column.RESIDENTS_YEAR)

OF_REPORTS = frozenset({*NEED, *INDEX})
"""Columns that need a publication; all others are of the snapshot's day."""


class Why(StrEnum):
    """Why a cell has no number."""

    HIDDEN = "hidden"
    NOT_PUBLISHED = "not_published"
    NOT_BY_PART = "not_by_part"
    """For single parts of town reports are not told apart by area of life or group of people."""
    NOT_HERE = "not_here"
    """Reports are never counted by this division."""
    NOT_TOGETHER = "not_together"
    """Reports are told by area of life or by group of people, never by both at once."""
    NO_RESIDENTS = "no_residents"
    TOO_FEW = "too_few"
    NOT_COMPARABLE = "not_comparable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """A cell as it is told: a rounded number, or the reason why there is none and what is known all the same."""

    value: float | None
    why: Why | None = None
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a snapshot; those of reports are of one year, or there are none."""

    snapshot: Snapshot
    published: Published | None
    _indexes: dict[tuple[str, str, str], dict[str, Mismatch]] = field(default_factory=dict)

    def told(self, place: Place, column: str, topic: str = ALL, target: str = ALL) -> Told:
        """A cell.

        Raises:
            ValueError: there is no such column.
        """
        if column.startswith(INDICATOR):
            return self._indicator(place, column.removeprefix(INDICATOR))
        if column.startswith(LANGUAGE):
            spoken = self.snapshot.languages.get((place.level, place.key), {})
            return Told(spoken.get(column.removeprefix(LANGUAGE), 0))
        known = Column(column)
        if known in OF_REPORTS:
            return self._of_reports(place, known, topic, target)
        if known in SUPPLY:
            return self._supplied(place, known, topic, target)
        if known in EFFORT:
            effort = self.snapshot.effort(place, topic, target)
            return Told(getattr(effort, known.removeprefix("measures_")))
        number = place.residents if known is Column.RESIDENTS else place.residents_year
        return Told(number, None if number is not None else Why.NO_RESIDENTS)

    def part(self, place: Place) -> Part:
        """What the level of a place is for."""
        return next((level.part for level in self.snapshot.levels if level.key == place.level), Part.CITY)

    def mismatch(self, place: Place, topic: str = ALL, target: str = ALL) -> Mismatch:
        """The index of an area among the areas of its level."""
        key = (place.level, topic, target)
        if key not in self._indexes:
            self._indexes[key] = dict(mismatches([self._compared(one, topic, target) for one in self._beside(place)]))
        return self._indexes[key].get(place.key, Mismatch(Verdict.NOT_COMPARABLE))

    def _beside(self, place: Place) -> tuple[Place, ...]:
        return self.snapshot.places_of(place.level)

    def _compared(self, place: Place, topic: str, target: str) -> Compared:
        figure, _why = self._figure(place, topic, target)
        reach = self.snapshot.supplied(place, topic, target).average_far
        return Compared(place.key, figure.value, place.residents, place.residents_year, reach)

    def _of_reports(self, place: Place, column: Column, topic: str, target: str) -> Told:
        figure, why = self._figure(place, topic, target)
        if column is Column.REPORTS:
            return Told(figure.value, why, figure.at_least if figure.value is None else 0)
        if column is Column.RATE:
            rate = per_thousand(figure.value, place.residents)
            return Told(rate, None if rate is not None else why or Why.NO_RESIDENTS)
        if self.part(place) is Part.CITY:
            return Told(None, Why.NOT_COMPARABLE)
        if why not in {None, Why.HIDDEN}:
            return Told(None, why)
        found = self.mismatch(place, topic, target)
        if found.verdict in UNTOLD:
            return Told(None, Why.TOO_FEW if found.verdict is Verdict.TOO_FEW else Why.NOT_COMPARABLE)
        end = {Column.MISMATCH: found.index, Column.MISMATCH_LOW: found.low, Column.MISMATCH_HIGH: found.high}[column]
        return Told(_rounded(end, 2))

    def _figure(self, place: Place, topic: str, target: str) -> tuple[Figure, Why | None]:
        """The number of reports of a cell and why there is none."""
        part = self.part(place)
        if part is Part.CONTEXT:
            return HIDDEN, Why.NOT_HERE
        if ALL not in {topic, target}:
            return HIDDEN, Why.NOT_TOGETHER
        if part is Part.PARTS and (topic != ALL or target != ALL):
            return HIDDEN, Why.NOT_BY_PART
        if self.published is None:
            return HIDDEN, Why.NOT_PUBLISHED
        if part is not Part.CITY and not self.published.whole:
            return HIDDEN, Why.NOT_PUBLISHED
        figure = self._published(self.published, part, place, topic, target)
        return figure, None if figure.value is not None else Why.HIDDEN

    @staticmethod
    def _published(published: Published, part: Part, place: Place, topic: str, target: str) -> Figure:
        if part is Part.PARTS:
            return published.figure(PARTS, place.key)
        if part is Part.GROUPS:
            if target != ALL:
                return published.figure(GROUP_TARGETS, place.key, target)
            return published.figure(*((GROUPS, place.key) if topic == ALL else (GROUP_TOPICS, place.key, topic)))
        if target != ALL:
            return published.figure(CITY_TARGETS, place.key, target)
        if topic != ALL:
            return published.figure(CITY_TOPICS, place.key, topic)
        return Figure(None, published.seen())

    def _supplied(self, place: Place, column: Column, topic: str, target: str) -> Told:
        supplied = self.snapshot.supplied(place, topic, target)
        number = getattr(supplied, column.removeprefix("services_"))
        if number is None:
            return Told(None, Why.UNKNOWN)
        if column in {Column.SHARE_NEAR, Column.SHARE_FAR}:
            return Told(_rounded(100 * number, 0))
        return Told(_rounded(number, 1) if isinstance(number, float) else number)

    def _indicator(self, place: Place, name: str) -> Told:
        named = [one for one in self.snapshot.indicators if name in {one.key, dated(one).removeprefix(INDICATOR)}]
        if not named:
            raise ValueError(name)
        # Of several days the latest comes first.
        indicator = next((one for one in named if one.level == place.level), None)
        value = indicator.values.get(place.key) if indicator else None
        return Told(_rounded(value, 2), None if value is not None else Why.UNKNOWN)


def _rounded(number: float | None, digits: int) -> float | None:
    """A rounded number; never the nought below nought, which nobody understands."""
    return None if number is None else round(number, digits) + 0.0


def columns_of(snapshot: Snapshot, level: str) -> tuple[str, ...]:
    """Every column that has numbers on a level, in the order of tables."""
    indicators = dict.fromkeys(INDICATOR + one.key for one in snapshot.indicators if one.level == level)
    return (*NEED, *INDEX, *SUPPLY, *EFFORT, *CONTEXT, *indicators)


def dated(indicator: Indicator) -> str:
    """The column of an indicator on its day; without a day the column holds the latest."""
    return f"{INDICATOR}{indicator.key}@{indicator.on.isoformat()}"
