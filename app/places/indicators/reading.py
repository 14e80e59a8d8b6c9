"""Indicators from a city's tables: one row an area, one column a day, a year, or a number of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.places import queries
from app.places.domain import AreaCard, folded
from app.sheets import readers
from app.sheets.domain import Book, Cell, Fault, Record, Row, Sheet, Wrong, as_text
from app.sheets.domain import folded as folded_head
from app.sheets.readers import Each, Reader
from app.sheets.tables import HEAD_WITHIN, Column, Series, Table, taken

TOTALS = ("gesamt", "insgesamt", "summe", "total", "zusammen")
"""Words in the name of a row that adds the others up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table is about. Without ``columns``, each column headed by a day or a year holds the values of that day.

    With them, each is an indicator of its own as of ``day``. ``area`` is the head of the column with the keys or names
    of areas; without it the column that names most of them is taken. ``left_out`` are rows for no area, such as totals.
    """

    level: str
    key: str
    name: str
    unit: str
    source: str
    day: date | None = None
    columns: tuple[str, ...] = ()
    area: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """An indicator as a table gives it: values by day and id of the area."""

    key: str
    name: str
    days: Mapping[date, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a table gives; nothing may be written while there are faults."""

    indicators: tuple[Values, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[LazyString, ...]


def found(book: Book, wanted: Wanted) -> Found:
    """Read the first sheet of a book."""
    words = _words(book.sheets[0], wanted)
    sheet, remarks = _without(book.sheets[0], words, wanted)
    areas = _Areas(wanted.level)
    head = wanted.area or _area_head(sheet, words, areas)
    if head is None:
        reason = _l("No column holds keys or names of areas of this level. Please name the column.")
        return Found((), (Fault(sheet.name, None, None, None, reason),), book.remarks)
    read = taken(Book(book.file_name, (sheet,)), _table(head, wanted))
    faults = list(read.faults)
    placed: dict[int, Record] = {}
    for record in read.rows:
        area = areas.find(str(record["area"]))
        if area is None and not _says_anything(record, wanted):
            # A word of the office below its table.
            continue
        if area is None:
            faults.append(read.fault(record, "area", _unknown(str(record["area"]))))
        elif area.id in placed:
            reason = _l("This area stands in row %(row)s, too.", row=placed[area.id].number)
            faults.append(read.fault(record, "area", reason))
        else:
            placed[area.id] = record
    indicators = _indicators(placed, wanted)
    if not faults and not any(values for one in indicators for values in one.days.values()):
        faults.append(Fault(sheet.name, None, None, None, _l("The table holds no values.")))
    return Found(indicators, tuple(faults), (*book.remarks, *remarks, *read.remarks))


class _Areas:
    """The areas of a level by key, by key without zeros in front, and by name."""

    def __init__(self, level: str) -> None:
        self._found: dict[str, AreaCard] = {}
        cards = queries.areas(level)
        for said in (_by_name, _by_number, _by_key):
            names = Counter(name for card in cards for name in said(card))
            self._found |= {name: card for card in cards for name in said(card) if names[name] == 1}

    def find(self, said: str) -> AreaCard | None:
        """The area of a key or name."""
        return self._found.get(said) or self._found.get(said.lstrip("0")) or self._found.get(f" {folded(said)}")


def _by_key(card: AreaCard) -> set[str]:
    return {card.key}


def _by_number(card: AreaCard) -> set[str]:
    return {card.key.lstrip("0")} - {""}


def _by_name(card: AreaCard) -> set[str]:
    """Set apart from keys by a blank."""
    return {f" {folded(name)}" for name in card.name.values() if folded(name)}


def _words(sheet: Sheet, wanted: Wanted) -> Mapping[int, str]:
    """The columns that hold no values, with their heads: those may name areas."""
    head = max(islice(sheet.rows, HEAD_WITHIN), key=lambda row: len(_values_in(row, wanted)), default=None)
    if head is None:
        return {}
    values = set(_values_in(head, wanted))
    return {index: as_text(cell).strip() for index, cell in enumerate(head.cells) if index not in values}


def _without(sheet: Sheet, words: Mapping[int, str], wanted: Wanted) -> tuple[Sheet, tuple[LazyString, ...]]:
    """A sheet without the rows that are for no single area, and remarks that say so."""
    unwanted = {folded_head(name) for name in wanted.left_out}
    gone = [
        row
        for row in sheet.rows
        if any(folded_head(as_text(row.cells[index])) in unwanted for index in words if index < len(row.cells))
    ]
    kept = tuple(row for row in sheet.rows if row not in gone)
    remarks = tuple(_l("Row %(row)s was left out: it is for no single area.", row=row.number) for row in gone)
    return replace(sheet, rows=kept), remarks


def _area_head(sheet: Sheet, words: Mapping[int, str], areas: _Areas) -> str | None:
    """The head of the column that names most areas."""
    hits = Counter(
        name
        for row in sheet.rows
        for index, name in words.items()
        if name and index < len(row.cells) and areas.find(as_text(row.cells[index]).strip())
    )
    return max(hits, key=lambda name: hits[name], default=None)


def _values_in(row: Row, wanted: Wanted) -> list[int]:
    """The columns of values that a row is the head of."""
    columns = {folded_head(column) for column in wanted.columns}
    return [
        index
        for index, cell in enumerate(row.cells)
        if (folded_head(as_text(cell)) in columns if columns else _is_moment(cell))
    ]


def _table(head: str, wanted: Wanted) -> Table:
    amount = readers.or_missing(readers.decimal())
    values = tuple(Column(key=name, heads=(name,), reader=amount, may_be_empty=True) for name in wanted.columns)
    return Table(
        columns=(
            Column(key="area", heads=(head,), reader=readers.text(200)),
            *(values or (Series(key="values", heads=_moment(), reader=amount),)),
        ),
        others=True,
    )


def _moment() -> Reader:
    """A day, or a year, which stands for its last day."""
    day, year = readers.day().over(()), readers.year().over(())

    def read(cell: Cell) -> date:
        try:
            return date(int(str(year(cell))), 12, 31)
        except Wrong:
            found = day(cell)
            return found if isinstance(found, date) else date.min

    return Each(read)


def _is_moment(cell: Cell) -> bool:
    try:
        _moment().over(())(cell)
    except Wrong:
        return False
    return True


def _says_anything(record: Record, wanted: Wanted) -> bool:
    values = record["values"] if not wanted.columns else {column: record[column] for column in wanted.columns}
    return isinstance(values, dict) and any(value is not None for value in values.values())


def _unknown(said: str) -> LazyString:
    if any(word in folded_head(said) for word in TOTALS):
        return _l("“%(area)s” looks like a total. Please say which rows are for no single area.", area=said)
    return _l("There is no area “%(area)s” on this level.", area=said)


def _indicators(placed: Mapping[int, Record], wanted: Wanted) -> tuple[Values, ...]:
    if not wanted.columns:
        days: dict[date, dict[int, float]] = {}
        for area, record in placed.items():
            values = record["values"]
            for day, value in values.items() if isinstance(values, dict) else ():
                if value is not None:
                    days.setdefault(day, {})[area] = float(value)
        return (Values(wanted.key, wanted.name, days),)
    if wanted.day is None:
        raise ValueError("columns that are no days need a day")
    several = len(wanted.columns) > 1
    return tuple(
        Values(
            f"{wanted.key}-{_slug(column)}" if several else wanted.key,
            f"{wanted.name}: {column}" if several else wanted.name,
            {wanted.day: _numbers(placed, column)},
        )
        for column in wanted.columns
    )


def _numbers(placed: Mapping[int, Record], column: str) -> dict[int, float]:
    values = {area: record[column] for area, record in placed.items()}
    return {area: float(value) for area, value in values.items() if isinstance(value, Decimal)}


def _slug(words: str) -> str:
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in words.casefold()).split())
