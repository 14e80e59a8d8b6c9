"""How the needs page lays out what is published, beside what there is: rows, their order, their shade on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.directory.domain import ServiceCard
from app.disclosure.domain import per_thousand
from app.needs.domain import (
    ALL,
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_MEASURES,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    HIDDEN,
    PARTS,
    QUARTERLY,
    TARGETS,
    TONGUES,
    TOPICS,
    WAITED,
    Figure,
    Geography,
    Published,
)
from app.places.domain import AreaCard
from app.plans.domain import MeasureCard

RATE_STEPS = (0.5, 1.0, 2.0, 4.0)
"""Where the classes of the map begin, in gap reports a year per 1,000 residents: the same for every topic and year."""


class Sort(StrEnum):
    """What the table is sorted by."""

    AREA = "area"
    SERVICES = "services"
    MEASURES = "measures"
    REPORTS = "reports"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wants to see. Without a year: the latest whose tables by area are out, else the latest."""

    topic: str = ALL
    sort: Sort = Sort.AREA
    descending: bool = False
    year: int | None = None

    @classmethod
    def asked(cls, arguments: Mapping[str, str], years: Iterable[int] = ()) -> Look:
        """From an address; what it does not know stays as it is by default."""
        topic, sort = arguments.get("topic", ALL), arguments.get("sort", Sort.AREA)
        known = {str(year): year for year in years}
        return cls(
            topic if topic in TOPICS else ALL,
            Sort(sort) if sort in set(Sort) else Sort.AREA,
            arguments.get("order") == "descending",
            known.get(arguments.get("year", "")),
        )

    def arguments(self, **changes: str) -> dict[str, str]:
        """The same as arguments of an address, without what is the default."""
        wanted = {
            "topic": self.topic,
            "sort": str(self.sort),
            "order": "descending" if self.descending else "",
            "year": str(self.year or ""),
        }
        wanted |= changes
        usual = {"topic": ALL, "sort": str(Sort.AREA), "order": "", "year": ""}
        return {name: value for name, value in wanted.items() if value != usual[name]}

    def published(self, years: Mapping[int, Published]) -> Published | None:
        """The publications to be shown."""
        if self.year is not None:
            return years.get(self.year)
        newest_first = [years[year] for year in sorted(years, reverse=True)]
        return next((one for one in newest_first if one.whole), newest_first[0] if newest_first else None)


# What there is -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Supply:
    """Services and measures: nobody's secret, counted afresh whenever they change."""

    services: tuple[ServiceCard, ...]
    measures: tuple[MeasureCard, ...]

    def services_in(self, area_ids: frozenset[int] | None, topic: str) -> int:
        """Services on offer in some areas, or anywhere."""
        return sum(
            (area_ids is None or one.area_id in area_ids) and topic in {ALL, *one.topics} for one in self.services
        )

    def measures_in(self, area_ids: frozenset[int] | None, topic: str) -> int:
        """Measures in some areas, or all of them; those for the whole city are in no area."""
        return sum(
            (area_ids is None or not area_ids.isdisjoint(one.area_ids)) and topic in {ALL, *one.topics}
            for one in self.measures
        )

    def citywide(self, topic: str) -> int:
        """Measures for the whole city."""
        return sum(not one.area_ids and topic in {ALL, *one.topics} for one in self.measures)


@dataclass(frozen=True, slots=True)
class Line:
    """An area with its numbers; ``rate`` is per 1,000 residents and ``None`` unless the count is shown."""

    area: AreaCard
    services: int
    measures: int
    reports: Figure
    residents: int | None
    residents_year: int | None

    @property
    def rate(self) -> float | None:
        """Gap reports of the year per 1,000 residents."""
        return per_thousand(self.reports.value, self.residents)

    def weight(self, sort: Sort) -> tuple[float, ...]:
        """What the line is sorted by. Hidden numbers stand below all that are shown."""
        if sort is Sort.AREA:
            return (self.area.position,)
        if sort is Sort.SERVICES:
            return (self.services,)
        if sort is Sort.MEASURES:
            return (self.measures,)
        value = self.reports.value if sort is Sort.REPORTS else self.rate
        return (-1.0 if value is None else value,)


def part_lines(published: Published | None, geography: Geography, supply: Supply) -> tuple[Line, ...]:
    """Parts of town, with all areas of life together."""
    return tuple(
        Line(
            part,
            supply.services_in(frozenset({part.id}), ALL),
            supply.measures_in(frozenset({part.id}), ALL),
            published.figure(PARTS, part.key) if published else HIDDEN,
            part.residents,
            part.residents_year,
        )
        for part in geography.parts
    )


def group_lines(published: Published | None, geography: Geography, supply: Supply, topic: str) -> tuple[Line, ...]:
    """Groups of parts of town, in one area of life or in all together."""
    lines = []
    for group in geography.groups:
        members = frozenset(part.id for part in geography.members(group))
        figure = HIDDEN
        if published:
            table, column = (GROUPS, ALL) if topic == ALL else (GROUP_TOPICS, topic)
            figure = published.figure(table, group.key, column)
        lines.append(
            Line(
                group,
                supply.services_in(members, topic),
                supply.measures_in(members, topic),
                figure,
                *geography.residents(group),
            )
        )
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of one of the smaller tables: an area of life or a group of people, and its numbers in order."""

    column: str
    figures: tuple[Figure, ...]


def quarter_rows(published: Published) -> tuple[Row, ...]:
    """The whole city by area of life: each quarter that is out, and the year."""
    quarters = [period for period in published.periods if period.quarter]
    return tuple(
        Row(
            topic,
            (
                *(published.figure(QUARTERLY, CITY, topic, period) for period in quarters),
                published.figure(CITY_TOPICS, CITY, topic),
            ),
        )
        for topic in TOPICS
    )


def target_rows(published: Published, geography: Geography) -> tuple[Row, ...]:
    """Who is concerned: in each group of parts of town, and in the whole city."""
    return tuple(
        Row(
            target,
            (
                *(published.figure(GROUP_TARGETS, group.key, target) for group in geography.groups),
                published.figure(CITY_TARGETS, CITY, target),
            ),
        )
        for target in TARGETS
    )


def discrimination_rows(published: Published) -> tuple[Row, ...]:
    """Experiences of racism and discrimination in the whole city and year: the areas of life that are shown."""
    rows = (Row(topic, (published.figure(DISCRIMINATION, CITY, topic),)) for topic in TOPICS)
    return tuple(row for row in rows if row.figures[0].value is not None)


def placed_discrimination_rows(published: Published, geography: Geography) -> tuple[Row, ...]:
    """Experiences of discrimination by group, where the city has chosen so: those that are shown."""
    rows = (Row(group.key, (published.figure(GROUP_DISCRIMINATION, group.key),)) for group in geography.groups)
    return tuple(row for row in rows if row.figures[0].value is not None)


def measure_rows(published: Published) -> tuple[Row, ...]:
    """How many reports moved a measure: the measures whose number is shown."""
    rows = (Row(key, (published.figure(CITY_MEASURES, CITY, key),)) for key in published.columns(CITY_MEASURES))
    return tuple(row for row in rows if row.figures[0].value is not None)


@dataclass(frozen=True, slots=True)
class Participation:
    """Reports of all kinds of a year: by language, by how long the first answer took, and how many at least."""

    year: int
    languages: tuple[Row, ...]
    answers: tuple[Row, ...]
    at_least: int


def taking_part(published: Published) -> Participation:
    """What is told of all kinds of reports. How many there were exactly is told only where every part of it is."""
    languages, answers = (
        tuple(Row(column, (published.figure(table, CITY, column),)) for column in columns)
        for table, columns in ((CITY_LANGUAGES, TONGUES), (CITY_ANSWERS, WAITED))
    )
    by_topic = (published.figure(DISCRIMINATION, CITY, topic).at_least for topic in TOPICS)
    told = [sum(row.figures[0].at_least for row in rows) for rows in (languages, answers)]
    return Participation(published.year, languages, answers, max(*told, published.seen() + sum(by_topic)))


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that may be compared with each other. ``year`` is that of their residents where that is what counts."""

    lines: tuple[Line, ...]
    year: int | None = None


def arranged(unsorted: Sequence[Line], look: Look) -> tuple[Group, ...]:
    """The lines in order, ties by position. Rates are only compared where residents were counted in the same year."""
    in_place = sorted(unsorted, key=lambda line: line.area.position)
    ordered = sorted(in_place, key=lambda line: line.weight(look.sort), reverse=look.descending)
    if look.sort is not Sort.RATE:
        return (Group(tuple(ordered)),)
    return tuple(
        Group(tuple(line for line in ordered if line.residents_year == year), year) for year in _years(ordered)
    )


def _years(ordered: Iterable[Line]) -> list[int | None]:
    """The years that residents were counted in: the one of most areas first, unknown ones last."""
    areas = Counter(line.residents_year for line in ordered)
    return sorted(areas, key=lambda year: (year is None, -areas[year], -(year or 0)))


def main_year(found: Iterable[Line]) -> int | None:
    """The year that residents of most areas were counted in: the only one whose rates the map compares."""
    years = _years(found)
    return years[0] if years else None


# The map -------------------------------------------------------------------------------------------------------------


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
    """The fill of an area beside areas whose residents were counted in ``year``."""
    if line.reports.value is None:
        return Shade.HIDDEN
    if not line.residents or line.residents_year != year:
        return Shade.NOT_COMPARABLE
    rate = 1000 * line.reports.value / line.residents
    return RATES[sum(rate >= step for step in RATE_STEPS)]
