"""What a cell may say: readers of values, by the kind of a column. Each refuses in a whole sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Protocol
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from app.core.fields import tidy
from app.sheets import numbers
from app.sheets.domain import Broken, Cell, Formula, Percent, Wrong, as_text, folded

Reading = Callable[[Cell], object]
"""Reads one cell. Raises Wrong."""

MISSING_SIGNS = frozenset({"-", "–", "—", ".", "·", "•", "/", "x", "…", "...", "k. A.", "k.A.", "n/a", "N/A"})
"""What statistical offices write where a value is not known, is secret, or makes no sense."""

TEXT_MAX = 2_000
ADDRESS_MAX = 500

_KEY = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_BROKEN_LETTERS = re.compile("\ufffd|Ã[¤¶¼Ÿ„–œ]|â€[œž“”™]")
"""What German letters become when a program reads them in the wrong encoding and saves them."""

_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_YEARS = range(1500, 2201)


class Reader(Protocol):
    """Reads the cells of a column."""

    def over(self, cells: Sequence[Cell]) -> Reading:
        """How to read one cell, once all cells of the column are known."""


@dataclass(frozen=True, slots=True)
class Each:
    """A reader that looks at one cell at a time."""

    read: Reading

    def over(self, cells: Sequence[Cell]) -> Reading:  # noqa: ARG002
        """The same for every column."""
        return self.read


def sound(cell: Cell) -> Cell:
    """A cell that says something itself.

    Raises:
        Wrong: it is a formula or the error of one, or its letters were broken before.
    """
    if isinstance(cell, Formula):
        raise Wrong(_l("This cell contains a formula. Please replace it by its value (copy, then paste as values)."))
    if isinstance(cell, Broken):
        raise Wrong(_l("This cell contains the error %(error)s instead of a value.", error=cell.text))
    if isinstance(cell, str) and _BROKEN_LETTERS.search(cell):
        raise Wrong(_l("Letters of “%(text)s” were lost when the file was made. Please write it anew.", text=cell))
    return cell


def text(most: int = TEXT_MAX) -> Reader:
    """A text of so many characters at most. Line ends stay, signs that nobody sees do not."""

    def read(cell: Cell) -> str:
        if isinstance(cell, date):
            raise Wrong(
                _l("A spreadsheet program has made a date of this. Please format the cell as text and write it anew.")
            )
        found = tidy(as_text(cell))
        if len(found) > most:
            raise Wrong(_l("This text is too long: up to %(most)s characters fit.", most=most))
        return found

    return Each(read)


def key() -> Reader:
    """A key: letters without accents and digits, parted by ``-``, ``_`` or ``.``."""

    def read(cell: Cell) -> str:
        found = "" if isinstance(cell, date) else as_text(cell).strip()
        if not _KEY.fullmatch(found):
            raise Wrong(
                _l("“%(text)s” is not a key: only letters from A to Z, digits and hyphens.", text=as_text(cell))
            )
        return found

    return Each(read)


@dataclass(frozen=True, slots=True)
class Number:
    """A reader of numbers. ``percent`` lets a sign of percent stand behind them."""

    whole: bool
    least: Decimal | None
    most: Decimal | None
    percent: bool = False

    def over(self, cells: Sequence[Cell]) -> Reading:
        """Let the whole column say which sign is the decimal one."""
        marks = numbers.decimal_marks(self._bare(cell) for cell in cells if isinstance(cell, str))
        return lambda cell: self._read(cell, marks)

    def _bare(self, said: str) -> str:
        said = said.strip()
        return said.removesuffix("%").rstrip() if self.percent else said

    def _read(self, cell: Cell, marks: frozenset[str]) -> Decimal | int:
        value = self._value(cell, marks)
        if self.least is not None and value < self.least:
            raise Wrong(_l("%(value)s is too small: at least %(least)s.", value=as_text(value), least=f"{self.least}"))
        if self.most is not None and value > self.most:
            raise Wrong(_l("%(value)s is too large: at most %(most)s.", value=as_text(value), most=f"{self.most}"))
        if not self.whole:
            return value
        if value != value.to_integral_value():
            raise Wrong(_l("“%(text)s” is not a whole number.", text=as_text(cell)))
        return int(value)

    def _value(self, cell: Cell, marks: frozenset[str]) -> Decimal:
        match cell:
            case Percent(value):
                return value if self.percent else value / 100
            case int() | Decimal() if not isinstance(cell, bool):
                return Decimal(cell)
            case str():
                return numbers.parsed(self._bare(cell), marks, whole=self.whole)
            case _:
                raise Wrong(_l("“%(text)s” is not a number.", text=as_text(cell)))


def whole(least: int | None = None, most: int | None = None) -> Reader:
    """A whole number, as int."""
    return Number(True, _bound(least), _bound(most))  # noqa: FBT003


def decimal(least: float | None = None, most: float | None = None) -> Reader:
    """A number with or without decimals, as Decimal."""
    return Number(False, _bound(least), _bound(most))  # noqa: FBT003


def percent(least: float | None = None, most: float | None = None) -> Reader:
    """A share in percent, with or without the sign: 12.5 for ``12,5 %`` and for ``12,5``."""
    return Number(False, _bound(least), _bound(most), percent=True)  # noqa: FBT003


def _bound(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def day() -> Reader:
    """A day: ``31.12.2024``, ``2024-12-31``, or a cell with a date."""

    def read(cell: Cell) -> date:
        if isinstance(cell, date):
            return cell
        said = as_text(cell).strip()
        if found := _GERMAN_DAY.fullmatch(said):
            parts = found[3], found[2], found[1]
        elif found := _ISO_DAY.fullmatch(said):
            parts = found[1], found[2], found[3]
        else:
            raise Wrong(_l("“%(text)s” is not a day. Please write it as 31.12.2026 or 2026-12-31.", text=said))
        try:
            return date(*map(int, parts))
        except ValueError:
            raise Wrong(_l("There is no day %(text)s.", text=said)) from None

    return Each(read)


def year() -> Reader:
    """A year of four digits, as int."""

    def read(cell: Cell) -> int:
        said = "" if isinstance(cell, bool) else as_text(cell).strip()
        if not re.fullmatch(r"[0-9]{4}", said) or int(said) not in _YEARS:
            raise Wrong(_l("“%(text)s” is not a year of four digits.", text=as_text(cell)))
        return int(said)

    return Each(read)


_YES = frozenset({"ja", "j", "x", "yes", "y", "wahr", "true", "1", "✓", "✔", "☑"})
_NO = frozenset({"", "nein", "n", "no", "falsch", "false", "0", "-", "–", "☐"})


def yes_no() -> Reader:
    """Yes or no, as bool. An empty cell says no where the column may be empty."""

    def read(cell: Cell) -> bool:
        said = as_text(cell).strip().casefold()
        if said not in _YES | _NO:
            raise Wrong(_l("Please write yes or no instead of “%(text)s”.", text=as_text(cell)))
        return said in _YES

    return Each(read)


def one_of(codes: Mapping[str, Iterable[str]]) -> Reader:
    """One code of a list, by its key or one of its names. ``codes`` has the names by key."""
    finder = _Finder(codes)
    return Each(lambda cell: finder.find(as_text(cell)))


def some_of(codes: Mapping[str, Iterable[str]]) -> Reader:
    """Any number of codes, parted by semicolons, lines or commas, as a tuple in the order of the list."""
    finder = _Finder(codes)

    def read(cell: Cell) -> tuple[str, ...]:
        found: set[str] = set()
        for part in re.split(r"[;\n]", as_text(cell)):
            # A name may itself have a comma.
            pieces = [part] if folded(part) in finder.known else part.split(",")
            found |= {finder.find(piece.strip()) for piece in pieces if piece.strip()}
        return tuple(code for code in codes if code in found)

    return Each(read)


class _Finder:
    def __init__(self, codes: Mapping[str, Iterable[str]]) -> None:
        self.known = {folded(name): code for code, names in codes.items() for name in names}
        self.known |= {folded(code): code for code in codes}
        self._examples = ", ".join(list(codes)[:EXAMPLES])

    def find(self, said: str) -> str:
        found = self.known.get(folded(said))
        if found is None:
            raise Wrong(
                _l("“%(text)s” is not known here. Known are for example: %(known)s", text=said, known=self._examples)
            )
        return found


EXAMPLES = 12
"""How many codes are named to somebody whose code is not known."""


def member(kind: type[Enum], names: Mapping[Enum, Iterable[str]]) -> Reader:
    """One member of an enum, by its value or one of its names."""
    by_value = {str(one.value): one for one in kind}
    finder = _Finder({str(one.value): names.get(one, ()) for one in kind})
    return Each(lambda cell: by_value[finder.find(as_text(cell))])


def web_address() -> Reader:
    """An address in the web; ``https://`` is put before one that begins with ``www.``."""

    def read(cell: Cell) -> str:
        said = as_text(cell).strip()
        address = f"https://{said}" if said.casefold().startswith("www.") else said
        try:
            parts = urlsplit(address)
            right = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and parts.port != 0
        except ValueError:
            right = False
        if not right or "@" in address.partition("//")[2].partition("/")[0] or re.search(r"\s", address):
            raise Wrong(_l("“%(text)s” is not an address in the web, such as https://example.org.", text=said))
        if len(address) > ADDRESS_MAX:
            raise Wrong(_l("This address is too long: up to %(most)s characters fit.", most=ADDRESS_MAX))
        return address

    return Each(read)


@dataclass(frozen=True, slots=True)
class Missing:
    """A reader that gives None for an empty cell or one of these signs, and else asks another reader."""

    reader: Reader
    signs: frozenset[str] = field(default=MISSING_SIGNS)

    def over(self, cells: Sequence[Cell]) -> Reading:
        """Leave the signs out of what the column says."""
        read = self.reader.over([cell for cell in cells if not self._missing(cell)])
        return lambda cell: None if self._missing(cell) else read(cell)

    def _missing(self, cell: Cell) -> bool:
        return cell is None or (isinstance(cell, str) and cell.strip() in self.signs)


def or_missing(reader: Reader, signs: frozenset[str] = MISSING_SIGNS) -> Reader:
    """Let a column hold signs for values that are not known; they are read as None."""
    return Missing(reader, signs)
