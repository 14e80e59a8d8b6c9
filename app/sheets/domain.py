"""Tables as people send them: a book of sheets, and what is wrong with a cell. Pure.

Rows are counted from 1, and columns have letters, as a spreadsheet program shows them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

BYTES_MAX = 10 * 1024 * 1024
"""The largest file that is read."""

ROWS_MAX = 200_000
COLUMNS_MAX = 1_000

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet program runs."""


class Unreadable(ValueError):  # noqa: N818
    """A file is no table that can be read; ``str()`` is a whole sentence for the person, in their language."""

    def __init__(self, reason: LazyString) -> None:
        """Keep the sentence untranslated."""
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class Wrong(ValueError):  # noqa: N818
    """A cell is not what its column asks for; ``reason`` is a whole sentence."""

    def __init__(self, reason: LazyString) -> None:
        """Keep the sentence untranslated."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Percent:
    """A number that its cell shows in percent: 12.5 for ``12.5 %``."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes its value. Nobody knows here when that was computed last, and from what."""

    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose computation failed, such as ``#REF!``."""

    text: str


Cell: TypeAlias = str | int | Decimal | bool | date | Percent | Formula | Broken | None
"""What a cell holds. CSV knows texts only; an empty cell is None."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell in a column, counted from 0; None beyond the end."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that were joined: their range as ``B2:C3``, and its first and last row."""

    area: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its rows that are not empty. The only sheet of a CSV file has no name."""

    name: str
    rows: tuple[Row, ...]
    merged: tuple[Merged, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A file that was read. ``remarks`` say what a person should know about how."""

    file_name: str
    sheets: tuple[Sheet, ...]
    remarks: tuple[LazyString, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are in all sheets."""
        return sum(len(sheet.rows) for sheet in self.sheets)


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in the way of taking a table over: where, and why in a whole sentence.

    ``column`` is the letter, ``head`` what stands at the column's top. What concerns a whole row or sheet has neither.
    """

    sheet: str
    row: int | None
    column: str | None
    head: str | None
    reason: LazyString


@dataclass(frozen=True, slots=True)
class Record:
    """A row that was understood: its values by the key of the column."""

    sheet: str
    number: int
    values: Mapping[str, object]

    def __getitem__(self, key: str) -> object:
        """A value by the key of its column."""
        return self.values[key]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table says. ``rows`` holds the rows without a fault; nothing may be taken over while there are faults."""

    rows: tuple[Record, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[LazyString, ...] = ()
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Letter and head of a column by its key."""

    def fault(self, record: Record, key: str | None, reason: LazyString) -> Fault:
        """A fault that only the caller can see, such as an area that is not known, at a value of a row."""
        letter, head = self.places.get(key or "", (None, None))
        return Fault(record.sheet, record.number, letter, head, reason)


def letter(column: int) -> str:
    """The letters of a column that is counted from 0: A, B, … Z, AA, and so on."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def folded(text: str) -> str:
    """A word as names are compared: without case, spaces and punctuation, umlauts spelled out."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_SPELLED_OUT)
    return "".join(sign for sign in spelled if sign.isalnum())


def as_text(cell: Cell) -> str:
    """A cell as a text, as its author sees it in a file in English; days as ISO 8601."""
    match cell:
        case None:
            return ""
        case Percent(value):
            return f"{value:f} %"
        case Formula(text) | Broken(text):
            return text
        case Decimal():
            return f"{cell:f}"
        case _:
            return str(cell)
