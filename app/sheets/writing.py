"""Tables as files: workbooks whose numbers are numbers, and CSV as a language has it. Same input, same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from app.core.languages import LANGUAGES
from app.sheets.csvs import defused
from app.sheets.domain import FORMULA_STARTS, Percent

Value: TypeAlias = str | int | float | Decimal | bool | date | Percent | None
"""What can be written. A workbook keeps 15 digits of a number, as spreadsheet programs do."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it common spreadsheet programs take UTF-8 for something else."""

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"

TITLE_MAX = 31
CELL_MAX = 32_767
"""What spreadsheet programs allow for the name of a sheet and the text of a cell."""

FIRST_DAY = date(1900, 3, 1)
"""Before it programs count days differently; such a day is written as a text."""

DIGITS_MAX = 15
WIDTHS = (9, 60)
MEASURED = 1_000
"""From how many rows the width of a column is told."""

_NEVER = datetime(2000, 1, 1)  # noqa: DTZ001 - workbooks know no zones
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSheet:
    """A sheet to write: lines ``above`` (title, source, date), then the names of the columns, then rows."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    above: Sequence[str] = ()


def workbook(sheets: Sequence[NewSheet], title: str, language: str) -> bytes:
    """A workbook (.xlsx). Each sheet's row of names is bold and stays in sight; no text ever becomes a formula.

    ``title`` and ``language``, a code of ``core.languages``, stand in the document's properties. Nothing tells when it
    was made, so that the same content gives the same bytes.
    """
    book = Workbook(write_only=True)
    properties = book.properties
    properties.title, properties.language = title, LANGUAGES[language].formal
    properties.creator = "Teilhabekarte"
    properties.created = properties.modified = _NEVER
    names: set[str] = set()
    german = LANGUAGES[language].formal == "de"
    papers = [_Paper(book, _title(sheet.title, names), sheet, german=german) for sheet in sheets]
    # Only when every value is known to fit: a sheet that was begun has to be ended.
    for paper in papers:
        paper.write()
    packed = io.BytesIO()
    # The library's own way of saving sets the time of day.
    ExcelWriter(book, zipfile.ZipFile(packed, "w")).save()
    return _without_times(packed)


def _title(wanted: str, names: set[str]) -> str:
    """A name that spreadsheet programs accept, and that no sheet has yet."""
    base = _NOT_IN_TITLES.sub(" ", _UNWRITABLE.sub("", wanted)).strip()[:TITLE_MAX].strip() or "1"
    name, number = base, 1
    while name.casefold() in names:
        number += 1
        end = f" ({number})"
        name = base[: TITLE_MAX - len(end)] + end
    names.add(name.casefold())
    return name


class _Paper:
    """One sheet of a workbook, being written."""

    def __init__(self, book: Workbook, title: str, sheet: NewSheet, *, german: bool) -> None:
        # The stubs know neither a sheet's columns here nor that a cell can hold a day.
        self._paper: Any = book.create_sheet(title)
        self._cell_of: Any = WriteOnlyCell
        self._german = german
        self._widths = list(_widths(sheet))
        self._rows: list[list[Cell | None]] = [[self._text(line, wrap=False)] for line in sheet.above]
        if sheet.above:
            self._rows.append([])
        self._rows.append([self._head(name) for name in sheet.heads])
        self._paper.freeze_panes = f"A{len(self._rows) + 1}"
        self._rows += [[self._cell(value) for value in row] for row in sheet.rows]

    def write(self) -> None:
        for index, width in enumerate(self._widths, 1):
            self._paper.column_dimensions[get_column_letter(index)].width = width
        for row in self._rows:
            self._paper.append(row)

    def _head(self, name: str) -> Cell:
        cell = self._text(name, wrap=True)
        cell.font = Font(bold=True)
        return cell

    def _cell(self, value: Value) -> Cell | None:
        match value:
            case None | "":
                return None
            case str():
                return self._text(value, wrap=len(value) > WIDTHS[1] or "\n" in value)
            case date():
                return self._day(value)
            case bool():
                made: Cell = self._cell_of(self._paper, value)
                return made
            case Percent(share):
                return self._number(share / 100, "0.0##%")
            case _:
                return self._number(value)

    def _day(self, value: date) -> Cell:
        if isinstance(value, datetime):
            raise TypeError("a sheet holds days; say a moment as a text")
        if value < FIRST_DAY:
            return self._text(value.isoformat(), wrap=False)
        cell: Cell = self._cell_of(self._paper, value)
        cell.number_format = "dd.mm.yyyy" if self._german else "yyyy-mm-dd"
        return cell

    def _number(self, value: float | Decimal, number_format: str = "General") -> Cell:
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        cell: Cell = self._cell_of(self._paper, _fit(exact))
        cell.number_format = number_format
        return cell

    def _text(self, value: str, *, wrap: bool) -> Cell:
        plain = _UNWRITABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))[:CELL_MAX]
        cell: Cell = self._cell_of(self._paper, plain)
        # The library takes what begins with "=" for a formula, and "#N/A" for an error.
        cell.data_type = "s"
        if plain.startswith(FORMULA_STARTS):
            # Tells a program that somebody who edits the cell wants a text, too.
            cell.quotePrefix = True
        if wrap:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell


def _widths(sheet: NewSheet) -> Iterator[float]:
    least, most = WIDTHS
    for index, head in enumerate(sheet.heads):
        lengths = [
            max(map(len, str(row[index]).splitlines()), default=0)
            for row in sheet.rows[:MEASURED]
            if index < len(row) and row[index] is not None
        ]
        yield float(min(max(least, len(head) + 2, *(length + 2 for length in lengths)), most))


def _fit(number: int | Decimal) -> int | Decimal:
    """A number with no more digits than programs keep.

    Raises:
        ValueError: it has more before its decimal sign, and would become another.
    """
    if abs(number) >= 10**DIGITS_MAX:
        raise ValueError("a sheet keeps 15 digits of a number; say a longer one as a text")
    if isinstance(number, int):
        return number
    left = DIGITS_MAX - max(number.adjusted() + 1, 0)
    return round(number, left) if number else Decimal(0)


def _without_times(packed: io.BytesIO) -> bytes:
    """The archive with its parts in the same order and of the same time, whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(packed) as parts, zipfile.ZipFile(made, "w") as archive:
        for part in parts.infolist():
            fixed = zipfile.ZipInfo(part.filename, _ZIP_TIME)
            fixed.external_attr = 0o600 << 16
            archive.writestr(fixed, parts.read(part), zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def csv_bytes(rows: Iterable[Sequence[Value]], *, german: bool) -> bytes:
    """Rows, the names of the columns first, as CSV in UTF-8 with a mark of it.

    With semicolons and decimal commas for German, else with commas and points. Days are ISO 8601. A text that a
    program would run as a formula begins with an apostrophe; :func:`app.sheets.reading.read` takes it away.
    """
    written = io.StringIO()
    written.write(BYTE_ORDER_MARK)
    lines = csv.writer(written, delimiter=";" if german else ",", lineterminator="\r\n")
    lines.writerows([_plain(value, german=german) for value in row] for row in rows)
    return written.getvalue().encode()


def _plain(value: Value, *, german: bool) -> str:
    match value:
        case str():
            return defused(value)
        case bool():
            return ("ja" if value else "nein") if german else ("yes" if value else "no")
        case Percent(share):
            return f"{_point(share, german=german)} %"
        case float() | Decimal():
            return _point(Decimal(repr(value)) if isinstance(value, float) else value, german=german)
        case _:
            return "" if value is None else str(value)


def _point(number: Decimal, *, german: bool) -> str:
    said = f"{number:f}"
    return said.replace(".", ",") if german else said
