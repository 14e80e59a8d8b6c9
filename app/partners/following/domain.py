"""Which published numbers somebody follows, and when one has grown. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.needs.domain import (
    ALL,
    CITY,
    CITY_TARGETS,
    CITY_TOPICS,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    PARTS,
    QUARTERLY,
    QUARTERS,
    TOPICS,
    Key,
    Length,
    Listed,
    Period,
    Published,
    Rows,
)
from app.needs.snapshot.trend import Course, trend


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody follows. ``groups`` and ``parts`` are keys of planning areas and parts of town.

    No area means the whole city. Neither areas of life nor groups of people: every area of life.
    """

    city: bool = False
    groups: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is followed at all."""
        return bool(self.city or self.groups or self.parts or self.topics or self.targets)

    def needs(self) -> tuple[Need, ...]:
        """The published numbers that this comes to, from the city downwards."""
        if not self:
            return ()
        columns = (*self.topics, *self.targets)
        found = []
        if self.city or not (self.groups or self.parts):
            found += [Need(Rows.CITY, CITY, column) for column in columns or TOPICS]
        found += [Need(Rows.GROUPS, group, column) for group in self.groups for column in columns or (ALL, *TOPICS)]
        # By part of town there is nothing but the number of all areas of life together.
        found += [Need(Rows.PARTS, part, ALL) for part in self.parts]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Need:
    """What is counted in one number: where, and of which area of life or group of people."""

    rows: Rows
    area: str
    column: str

    def table(self, length: Length) -> Listed | None:
        """The table of the list that tells it by year or by quarter; None where none does."""
        by_topic = self.column in TOPICS
        if length is Length.QUARTER:
            return QUARTERLY if self.rows is Rows.CITY and by_topic else None
        if self.column == ALL:
            return {Rows.GROUPS: GROUPS, Rows.PARTS: PARTS}.get(self.rows)
        if self.rows is Rows.PARTS:
            return None
        if self.rows is Rows.CITY:
            return CITY_TOPICS if by_topic else CITY_TARGETS
        return GROUP_TOPICS if by_topic else GROUP_TARGETS


class Verdict(StrEnum):
    """What two published numbers say of a need."""

    GROWN = "grown"
    NOT_GROWN = "not_grown"
    TOO_FEW = "too_few"
    """At least one of them is not shown."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A need in a period and in the one before."""

    need: Need
    period: Period
    before: int | None
    now: int | None

    @property
    def earlier(self) -> Period:
        """The period it is compared with."""
        return preceding(self.period)

    @property
    def verdict(self) -> Verdict:
        """Whether it has grown, by the rule of the pages of the needs; a number that is not shown says nothing."""
        course = trend(self.before, self.now).course
        return {Course.UNKNOWN: Verdict.TOO_FEW, Course.ROSE: Verdict.GROWN}.get(course, Verdict.NOT_GROWN)


def preceding(period: Period) -> Period:
    """The period of the same length before."""
    if period.quarter is None:
        return Period(period.year - 1)
    if period.quarter == QUARTERS[0]:
        return Period(period.year - 1, QUARTERS[-1])
    return Period(period.year, period.quarter - 1)


def latest(years: Mapping[int, Published]) -> tuple[Period, ...]:
    """The latest published year and the latest published quarter, as far as there are any; the longer one first."""
    periods = {period for one in years.values() for period in one.periods}
    newest = (
        max((one for one in periods if one.length is length), key=lambda one: one.first_day, default=None)
        for length in (Length.YEAR, Length.QUARTER)
    )
    return tuple(one for one in newest if one is not None)


def compared(need: Need, period: Period, years: Mapping[int, Published]) -> Comparison | None:
    """A need in a period beside the one before; None where there is no such number, or nothing to compare it with."""
    table, earlier = need.table(period.length), preceding(period)
    if table is None or not all(_is_published(one, years) for one in (earlier, period)):
        return None
    return Comparison(need, period, *(_number(need, table, one, years) for one in (earlier, period)))


def _is_published(period: Period, years: Mapping[int, Published]) -> bool:
    return period.year in years and period in years[period.year].periods


def _number(need: Need, table: Listed, period: Period, years: Mapping[int, Published]) -> int | None:
    return years[period.year].cells.get(Key(table.name, period.name, need.area, need.column))
