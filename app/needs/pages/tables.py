"""The tables behind each page: which places, areas of life and periods, and which columns. Pure.

A page, its chart, its files and its PDF are all made from one of these, so that they cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.needs.domain import ALL, CITY, QUARTERLY, TARGETS, TOPICS, Period
from app.needs.pages.look import BY_AREA, IN_MATRIX, Look
from app.needs.snapshot.domain import Part, Place, Snapshot
from app.needs.snapshot.numbers import (
    CONTEXT,
    EFFORT,
    INDEX,
    LANGUAGE,
    NEED,
    SUPPLY,
    Column,
    Numbers,
    Told,
    Why,
    columns_of,
)


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of a place, an area of life and a group of people; ``period`` is a year or quarter, or empty."""

    place: Place
    topic: str
    target: str
    period: str
    cells: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Lines with the same columns. ``name`` stands in names of files."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def told(self, line: Line, column: str) -> Told:
        """One cell."""
        return line.cells[self.columns.index(column)]

    def values(self, column: str) -> list[tuple[Line, float]]:
        """The lines that have a number in a column."""
        cells = ((line, self.told(line, column).value) for line in self.lines)
        return [(line, value) for line, value in cells if value is not None]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that may be compared with each other. ``year`` is that of their residents where that is what counts."""

    lines: tuple[Line, ...]
    year: int | None = None


def by_place(table: Table) -> list[tuple[Place, list[Line]]]:
    """The lines of each place, in order."""
    found: dict[tuple[str, str], tuple[Place, list[Line]]] = {}
    for line in table.lines:
        found.setdefault((line.place.level, line.place.key), (line.place, []))[1].append(line)
    return list(found.values())


def _line(
    numbers: Numbers, place: Place, columns: Iterable[str], topic: str = ALL, target: str = ALL, period: str = ""
) -> Line:
    return Line(place, topic, target, period, tuple(numbers.told(place, column, topic, target) for column in columns))


def _year(numbers: Numbers) -> str:
    return str(numbers.published.year) if numbers.published else ""


def areas(snapshot: Snapshot, look: Look) -> Table:
    """Every area of a level with all that is known of it, for one area of life and one group of people."""
    numbers, columns = look.numbers(snapshot), columns_of(snapshot, look.level)
    places = snapshot.places_of(look.level)
    lines = (_line(numbers, place, columns, look.topic, look.target, _year(numbers)) for place in places)
    return Table("areas", columns, tuple(lines))


def city(snapshot: Snapshot, look: Look) -> Table:
    """The same of the whole city."""
    numbers, columns = look.numbers(snapshot), columns_of(snapshot, CITY)
    return Table("city", columns, (_line(numbers, snapshot.whole_city, columns, look.topic, look.target),))


def matrix(snapshot: Snapshot, look: Look) -> Table:
    """Every area of a level by area of life."""
    numbers, columns = look.numbers(snapshot), (Column.REPORTS, *INDEX, *IN_MATRIX[1:])
    places = snapshot.places_of(look.level)
    lines = (_line(numbers, place, columns, topic, look.target, _year(numbers)) for place in places for topic in TOPICS)
    return Table("matrix", columns, tuple(lines))


def profile(snapshot: Snapshot, look: Look) -> Table:
    """The areas that were picked: all areas of life together, each of them, and each group of people."""
    numbers = look.numbers(snapshot)
    spoken = sorted(
        {code for one in look.places(snapshot) for code in snapshot.languages.get((one.level, one.key), ())}
    )
    columns = (*columns_of(snapshot, look.level), *(LANGUAGE + code for code in spoken))
    cells = [(ALL, ALL), *((topic, ALL) for topic in TOPICS), *((ALL, target) for target in TARGETS)]
    lines = (
        _line(numbers, place, columns, topic, target, _year(numbers))
        for place in look.places(snapshot)
        for topic, target in cells
    )
    return Table("profile", columns, tuple(lines))


def quarters(snapshot: Snapshot, look: Look) -> Table:
    """Reports of the whole city by quarter, for one area of life or for each of them."""
    topics = TOPICS if look.topic == ALL else (look.topic,)
    periods = sorted(
        (period for year in snapshot.years.values() for period in year.periods if period.quarter),
        key=lambda period: period.first_day,
    )
    lines = (
        Line(snapshot.whole_city, topic, ALL, period.name, (_quarter(snapshot, topic, period),))
        for topic in topics
        for period in periods
    )
    return Table("quarters", (Column.REPORTS,), tuple(lines))


def _quarter(snapshot: Snapshot, topic: str, period: Period) -> Told:
    figure = snapshot.years[period.year].figure(QUARTERLY, CITY, topic, period)
    return Told(figure.value, None if figure.value is not None else Why.HIDDEN)


def years(snapshot: Snapshot, look: Look) -> Table:
    """Reports of each area by year, the oldest first."""
    places = look.places(snapshot) or (*snapshot.places_of(look.level), snapshot.whole_city)
    lines = (
        _line(Numbers(snapshot, snapshot.years[year]), place, NEED, look.topic, look.target, str(year))
        for place in places
        for year in sorted(year for year, published in snapshot.years.items() if published.whole)
    )
    return Table("years", NEED, tuple(lines))


def everything(snapshot: Snapshot, look: Look) -> Table:
    """All levels with each area of life and each group of people: the file for those who work with numbers."""
    numbers = look.numbers(snapshot)
    columns = (*NEED, *INDEX, *SUPPLY, *EFFORT, *CONTEXT)
    cells = [(ALL, ALL), *((topic, ALL) for topic in TOPICS), *((ALL, target) for target in TARGETS)]
    lines = (
        _line(numbers, place, columns, topic, target, _year(numbers))
        for place in snapshot.places
        for topic, target in cells
    )
    return Table("everything", columns, tuple(lines))


def arranged(table: Table, look: Look) -> tuple[Group, ...]:
    """The lines in order. Rates are only compared where residents were counted in the same year."""
    lines = sorted(table.lines, key=lambda line: line.place.position)
    if look.sort == BY_AREA or look.sort not in table.columns:
        return (Group(tuple(reversed(lines) if look.descending else lines)),)
    known = [line for line in lines if table.told(line, look.sort).value is not None]
    known.sort(key=lambda line: table.told(line, look.sort).value or 0, reverse=look.descending)
    hidden = [line for line in lines if table.told(line, look.sort).value is None]
    # What is not shown stands below all that is, whichever way round.
    ordered = [*known, *hidden]
    if look.sort != Column.RATE:
        return (Group(tuple(ordered)),)
    counted = Counter(line.place.residents_year for line in ordered)
    in_order = sorted(counted, key=lambda year: (year is None, -counted[year], -(year or 0)))
    return tuple(Group(tuple(line for line in ordered if line.place.residents_year == year), year) for year in in_order)


def neighbours(snapshot: Snapshot, place: Place) -> tuple[Place, ...]:
    """The other members of an area's group, or the members of a group."""
    if any(level.key == place.level and level.part is Part.GROUPS for level in snapshot.levels):
        parts = snapshot.level(Part.PARTS)
        return tuple(one for one in snapshot.places_of(parts.key if parts else "") if one.parent == place.key)
    beside = (one for one in snapshot.places_of(place.level) if one.key != place.key)
    return tuple(one for one in beside if place.parent is not None and one.parent == place.parent)
