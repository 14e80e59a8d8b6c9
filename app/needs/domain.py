"""District needs: which numbers are published, when, and of which reports. Values only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.core.codes import Kind, State, Target, Topic
from app.places.domain import AreaCard
from app.reports.answers import ANSWERS, UNANSWERED

ALL = "all"
"""In place of an area of life or a group of people: all of them together."""

OTHER = "other"
"""In place of an area of life: what the reporter found in none of them."""

CITY = "city"
"""In place of an area: the whole city, reports that name no place included."""

NOWHERE = "nowhere"
"""In place of an area: reports that are not counted by area.

They name none; or they are kept for the reporter, or some office must not learn of them; or they have been withdrawn
since their quarter was published.
"""

TOPICS: tuple[str, ...] = (
    Topic.HOUSING,
    Topic.AUTHORITY,
    Topic.HEALTH_CARE,
    Topic.EDUCATION,
    Topic.SOCIAL_COUNSELLING,
    Topic.WORK,
    Topic.PUBLIC_TRANSPORT,
    Topic.LEISURE,
    Topic.PUBLIC_SPACE,
    Topic.GOODS_SERVICES,
    Topic.INTERNET_MEDIA,
    Topic.POLICE_JUSTICE,
    OTHER,
)
"""Each report stands in exactly one. Neighbours, of which one is shown only with the other, may be expected to be of
about the same size; a poor guess costs numbers, never protection."""

TARGETS: tuple[str, ...] = (
    Target.FAMILIES,
    Target.CHILDREN,
    Target.NEWCOMERS,
    Target.EVERYONE,
    Target.OLDER_PEOPLE,
    Target.PEOPLE_WITH_DISABILITIES,
    Target.YOUNG_PEOPLE,
    Target.PEOPLE_WITHOUT_HOME,
)
"""A report may name several. The order as in :data:`TOPICS`."""

GAPS = (Kind.GAP, Kind.BARRIER)

TONGUES: tuple[str, ...] = ("de", "en", "ar", "de-simple")
"""The languages that reports are written in, by :data:`app.core.languages.LANGUAGES`; the order as in :data:`TOPICS`.

There is no row for others: it would always be empty, and an empty row is never shown and hides its neighbours.
"""

WAITED: tuple[str, ...] = (*ANSWERS, UNANSWERED)
"""How long the first answer took, as of the day from which a year may be published."""

UNCOUNTED_STATES = (State.SPAM, State.ABUSE, State.WITHDRAWN)

WAITING = timedelta(days=7)
"""Between the end of a period and its publication: time to sort out what is no report."""

QUARTERS = (1, 2, 3, 4)

# The list of publications --------------------------------------------------------------------------------------------


class Length(StrEnum):
    """How long a period is."""

    QUARTER = "quarter"
    YEAR = "year"


class Rows(StrEnum):
    """The one hierarchy that reports are counted on: parts of town, their groups, the city."""

    CITY = "city"
    GROUPS = "groups"
    PARTS = "parts"


class Columns(StrEnum):
    """What reports are told apart by."""

    ALL = "all"
    TOPICS = "topics"
    TARGETS = "targets"
    TONGUES = "languages"
    WAITED = "answers"
    MEASURES = "measures"


@dataclass(frozen=True, slots=True)
class Listed:
    """A table on the list: one for each closed period of its length, of reports of these kinds.

    One ``by_choice`` is published for the years that end while the city has chosen so.
    """

    name: str
    length: Length
    rows: Rows
    columns: Columns
    kinds: tuple[Kind, ...] = GAPS
    by_choice: bool = False


QUARTERLY = Listed("city-topics-quarter", Length.QUARTER, Rows.CITY, Columns.TOPICS)
CITY_TOPICS = Listed("city-topics", Length.YEAR, Rows.CITY, Columns.TOPICS)
CITY_TARGETS = Listed("city-targets", Length.YEAR, Rows.CITY, Columns.TARGETS)
GROUPS = Listed("groups", Length.YEAR, Rows.GROUPS, Columns.ALL)
GROUP_TOPICS = Listed("groups-topics", Length.YEAR, Rows.GROUPS, Columns.TOPICS)
GROUP_TARGETS = Listed("groups-targets", Length.YEAR, Rows.GROUPS, Columns.TARGETS)
PARTS = Listed("parts", Length.YEAR, Rows.PARTS, Columns.ALL)
DISCRIMINATION = Listed("city-discrimination", Length.YEAR, Rows.CITY, Columns.TOPICS, (Kind.DISCRIMINATION,))
GROUP_DISCRIMINATION = Listed(
    "groups-discrimination", Length.YEAR, Rows.GROUPS, Columns.ALL, (Kind.DISCRIMINATION,), by_choice=True
)
CITY_LANGUAGES = Listed("city-languages", Length.YEAR, Rows.CITY, Columns.TONGUES, tuple(Kind))
CITY_ANSWERS = Listed("city-answers", Length.YEAR, Rows.CITY, Columns.WAITED, tuple(Kind))
CITY_MEASURES = Listed(
    "city-measures",
    Length.YEAR,
    Rows.CITY,
    Columns.MEASURES,
    tuple(kind for kind in Kind if kind is not Kind.DISCRIMINATION),
)

LIST = (
    QUARTERLY,
    CITY_TOPICS,
    CITY_TARGETS,
    GROUPS,
    GROUP_TOPICS,
    GROUP_TARGETS,
    PARTS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    CITY_LANGUAGES,
    CITY_ANSWERS,
    CITY_MEASURES,
)
"""Everything that is ever published of reports. There is no total over all areas of life, nothing by kind of report,
and nothing by part of town *and* area of life: at a few hundred reports a year nearly all of it would be hidden, and
would hide the rest.

What gap reports are counted by is a chain (part of town, group, area of life, quarter): whatever agrees with each table
agrees with all of them. The tables of all kinds of report are tied to it only by how many there are. So the sums in
:mod:`app.needs.layout` are all that a reader knows.
"""

TABLES: Mapping[str, Listed] = {one.name: one for one in LIST}


class Key(NamedTuple):
    """A published cell: of which table and period, and where in it."""

    table: str
    period: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar year or a quarter of one."""

    year: int
    quarter: int | None = None

    @classmethod
    def named(cls, name: str) -> Period:
        """From ``2026`` or ``2026-Q3``.

        Raises:
            ValueError: the name is neither.
        """
        found = re.fullmatch(r"(\d{4})(?:-Q([1-4]))?", name, re.ASCII)
        if found is None:
            raise ValueError("a period is a year or a quarter such as 2026-Q3")
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    @property
    def name(self) -> str:
        """``2026`` or ``2026-Q3``."""
        return f"{self.year}" if self.quarter is None else f"{self.year}-Q{self.quarter}"

    @property
    def length(self) -> Length:
        """Which tables of the list it has."""
        return Length.YEAR if self.quarter is None else Length.QUARTER

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.quarter is None else 3 * self.quarter - 2, 1)

    @property
    def end(self) -> date:
        """The day after its last."""
        month = 13 if self.quarter is None else 3 * self.quarter + 1
        return date(self.year + month // 13, (month - 1) % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def due_on(self) -> date:
        """The day from which it may be published."""
        return self.end + WAITING

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters of a year; a quarter itself."""
        return tuple(Period(self.year, number) for number in QUARTERS) if self.quarter is None else (self,)

    @property
    def siblings(self) -> tuple[Period, ...]:
        """All periods of its year."""
        return (*Period(self.year).quarters, Period(self.year))


def due_periods(first: date, today: date) -> tuple[Period, ...]:
    """The periods to be published by today, beginning with those of the first day. Quarters come before their year."""
    years = range(first.year, today.year + 1)
    periods = (period for year in years for period in Period(year).siblings)
    return tuple(period for period in periods if period.end > first and period.due_on <= today)


def next_due(today: date) -> date:
    """The day on which the quarter that today lies in is published."""
    return Period(today.year, (today.month - 1) // 3 + 1).due_on


# What has been published ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is told: ``value``, or ``None`` and what its shown parts come to."""

    value: int | None
    at_least: int = 0


HIDDEN = Figure(None)


@dataclass(frozen=True, slots=True)
class Geography:
    """The hierarchy as it stands: groups with the keys of their members, and all parts; each in a public order."""

    groups: tuple[AreaCard, ...]
    parts: tuple[AreaCard, ...]

    def members(self, group: AreaCard) -> tuple[AreaCard, ...]:
        """The parts of a group."""
        return tuple(part for part in self.parts if part.parent_id == group.id)

    def residents(self, group: AreaCard) -> tuple[int | None, int | None]:
        """Residents of a group with their year, where all members were counted in the same one."""
        members = self.members(group)
        years = {part.residents_year if part.residents else None for part in members}
        if len(years) != 1 or None in years:
            return None, None
        return sum(part.residents or 0 for part in members), years.pop()


@dataclass(frozen=True, slots=True)
class Published:
    """All publications of one calendar year. ``cells`` holds every cell of them, ``None`` where it is hidden."""

    year: int
    threshold: int
    periods: tuple[Period, ...]
    cells: Mapping[Key, int | None]
    published_at: datetime

    @property
    def whole(self) -> bool:
        """Whether the tables of the whole year are out."""
        return Period(self.year) in self.periods

    def figure(self, table: Listed, row: str, column: str = ALL, period: Period | None = None) -> Figure:
        """A cell as it is told; a hidden one that has shown parts is at least these."""
        key = Key(table.name, (period or Period(self.year)).name, row, column)
        value = self.cells.get(key)
        return Figure(value, value if value is not None else self._at_least(table, column))

    def _at_least(self, table: Listed, column: str) -> int:
        """What the shown parts of a number for the whole city and year come to."""
        if table is not CITY_TOPICS:
            return 0
        quarters = (self.cells.get(Key(QUARTERLY.name, one.name, CITY, column)) for one in Period(self.year).quarters)
        return sum(value or 0 for value in quarters)

    def columns(self, table: Listed) -> tuple[str, ...]:
        """What a table of the whole year tells apart, in the order of their keys; nothing where it is not out."""
        name = Period(self.year).name
        return tuple(sorted({key.column for key in self.cells if (key.table, key.period) == (table.name, name)}))

    def seen(self) -> int:
        """How many gap reports lie in numbers by area of life that are shown: the city has had at least as many."""
        return sum(self.figure(CITY_TOPICS, CITY, topic).at_least for topic in TOPICS)
