"""District needs: what is counted, over which period, and how the published numbers are laid out. Values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.codes import Kind, State, Topic
from app.disclosure.domain import Figure, Table, per_thousand
from app.places.domain import AreaCard

ALL = "all"
"""In place of an area of life: all of them together."""

OTHER = "other"
"""In place of an area of life: what the reporter found in none of them."""

TOPICS: tuple[str, ...] = (*Topic, OTHER)
"""The columns that gap reports are counted in: each report stands in exactly one."""

COUNTED_KINDS = (Kind.GAP, Kind.BARRIER)
"""Experiences of racism and discrimination are never among them."""

UNCOUNTED_STATES = (State.SPAM, State.ABUSE, State.WITHDRAWN)

RATE_STEPS = (0.5, 1.0, 2.0, 4.0)
"""Where the classes of the map begin, in gap reports per 1,000 residents: the same for every topic and every day."""


def period(today: date) -> tuple[date, date]:
    """First and last day that are counted: the last 12 full months and what has passed of the present one.

    The period ends today, so that the next night's table counts what was reported today. Two things keep a reader from
    learning about single reports by subtracting one night's table from the next: the period's beginning moves once a
    month, by a whole month; and a published number stands until it differs by at least the threshold
    (:func:`app.disclosure.domain.publishable`), so a single report never shows as a difference of one.
    """
    return date(today.year - 1, today.month, 1), today


SPOKEN = ("de", "en", "ar", "uk", "ru", "fa", "es", "fr", "tr", "vi", "pl", "ro", "zh")
"""Languages that providers are asked about (BCP 47)."""

CONFIRMED_FOR = timedelta(days=365)
"""After a year a provider is asked again: is this still right?"""


def due(confirmed_on: date | None, today: date) -> bool:
    """Whether a provider should look at a service again."""
    return confirmed_on is None or today - confirmed_on >= CONFIRMED_FOR


@dataclass(frozen=True, slots=True)
class AreaNeeds:
    """One area in one area of life: services there, measures there, gap reports from there."""

    services: int
    measures: int
    reports: Figure


@dataclass(frozen=True, slots=True)
class CityNeeds:
    """The whole city in one area of life. ``citywide`` are the measures for no area in particular."""

    services: int
    measures: int
    citywide: int
    reports: Figure


@dataclass(frozen=True, slots=True)
class Needs:
    """A published snapshot: areas by (area id, topic), the city by topic; a topic may be ``ALL``."""

    taken_at: datetime
    from_day: date
    to_day: date
    threshold: int
    areas: Mapping[tuple[int, str], AreaNeeds]
    city: Mapping[str, CityNeeds]

    def reports(self) -> Table[int, str]:
        """The gap reports as the table that was published."""
        return Table(
            self.threshold,
            {key: needs.reports for key, needs in self.areas.items() if key[1] != ALL},
            {area: needs.reports for (area, topic), needs in self.areas.items() if topic == ALL},
            {topic: needs.reports for topic, needs in self.city.items() if topic != ALL},
            self.city[ALL].reports,
        )


class Sort(StrEnum):
    """What the table is sorted by."""

    AREA = "area"
    SERVICES = "services"
    MEASURES = "measures"
    REPORTS = "reports"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wants to see of the snapshot."""

    topic: str = ALL
    sort: Sort = Sort.AREA
    descending: bool = False

    @classmethod
    def asked(cls, arguments: Mapping[str, str]) -> Look:
        """From an address; what it does not know stays as it is by default."""
        topic, sort = arguments.get("topic", ALL), arguments.get("sort", Sort.AREA)
        return cls(
            topic if topic in TOPICS else ALL,
            Sort(sort) if sort in set(Sort) else Sort.AREA,
            arguments.get("order") == "descending",
        )

    def arguments(self, **changes: str) -> dict[str, str]:
        """The same as arguments of an address, without what is the default."""
        wanted = {"topic": self.topic, "sort": str(self.sort), "order": "descending" if self.descending else ""}
        wanted |= changes
        usual = {"topic": ALL, "sort": str(Sort.AREA), "order": ""}
        return {name: value for name, value in wanted.items() if value != usual[name]}


@dataclass(frozen=True, slots=True)
class Line:
    """An area with its numbers; ``rate`` is per 1,000 residents and ``None`` unless the count is shown."""

    area: AreaCard
    services: int
    measures: int
    reports: Figure
    rate: float | None

    def weight(self, sort: Sort) -> tuple[float, ...]:
        """What the line is sorted by. Hidden numbers stand below all that are shown."""
        if sort is Sort.AREA:
            return (self.area.position,)
        if sort is Sort.SERVICES:
            return (self.services,)
        if sort is Sort.MEASURES:
            return (self.measures,)
        if sort is Sort.REPORTS:
            return (self.reports.at_least, self.reports.at_most)
        return (-1.0 if self.rate is None else self.rate,)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that may be compared with each other. ``year`` is that of their residents where that is what counts."""

    lines: tuple[Line, ...]
    year: int | None = None


def lines(needs: Needs, areas: Iterable[AreaCard], topic: str) -> tuple[Line, ...]:
    """The areas of the snapshot that still exist, with their numbers."""
    found = ((area, needs.areas.get((area.id, topic))) for area in areas)
    return tuple(
        Line(area, cell.services, cell.measures, cell.reports, per_thousand(cell.reports, area.residents))
        for area, cell in found
        if cell is not None
    )


def arranged(unsorted: Sequence[Line], look: Look) -> tuple[Group, ...]:
    """The lines in order, ties by position. Rates are only compared where residents were counted in the same year."""
    in_place = sorted(unsorted, key=lambda line: line.area.position)
    ordered = sorted(in_place, key=lambda line: line.weight(look.sort), reverse=look.descending)
    if look.sort is not Sort.RATE:
        return (Group(tuple(ordered)),)
    return tuple(
        Group(tuple(line for line in ordered if line.area.residents_year == year), year) for year in _years(ordered)
    )


def _years(ordered: Iterable[Line]) -> list[int | None]:
    """The years that residents were counted in: the one of most areas first, unknown ones last."""
    areas = Counter(line.area.residents_year for line in ordered)
    return sorted(areas, key=lambda year: (year is None, -areas[year], -(year or 0)))


def main_year(found: Iterable[Line]) -> int | None:
    """The year that residents of most areas were counted in: the only one whose rates the map compares."""
    years = _years(found)
    return years[0] if years else None


class Shade(StrEnum):
    """How an area is filled on the map: the classes that the map's script and style sheet know."""

    HIDDEN = "hidden"
    NOT_COMPARABLE = "0"
    RATE_1 = "1"
    RATE_2 = "2"
    RATE_3 = "3"
    RATE_4 = "4"
    RATE_5 = "5"


RATES = (Shade.RATE_1, Shade.RATE_2, Shade.RATE_3, Shade.RATE_4, Shade.RATE_5)


def shade(line: Line, year: int | None) -> Shade:
    """The fill of an area beside areas whose residents were counted in ``year``.

    A count of which only a range is known has a class of its own when both ends of the range fall into that class.
    """
    if line.reports.limit is not None:
        return Shade.HIDDEN
    residents = line.area.residents
    if not residents or line.area.residents_year != year:
        return Shade.NOT_COMPARABLE
    least, most = (_class(1000 * count / residents) for count in (line.reports.at_least, line.reports.at_most))
    return least if least is most else Shade.NOT_COMPARABLE


def _class(rate: float) -> Shade:
    return RATES[sum(rate >= step for step in RATE_STEPS)]
