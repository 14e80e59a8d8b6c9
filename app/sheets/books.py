"""Workbooks (.xlsx): values, and what is none. Nothing that a file names is fetched, run or unpacked at length."""

from __future__ import annotations

import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from defusedxml.ElementTree import iterparse
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from app.sheets.csvs import check_size
from app.sheets.domain import Book, Broken, Cell, Formula, Merged, Percent, Row, Sheet, Unreadable

UNPACKED_MAX = 120 * 1024 * 1024
"""Bytes that a workbook may have unpacked."""

PARTS_MAX = 2_000
"""Files inside a workbook."""

SHEET_ROWS = 1_048_576
"""What spreadsheet programs allow. A sheet whose last row is painted has that many."""

_RANGE = re.compile(r"[A-Z]+([0-9]+)(?::[A-Z]+([0-9]+))?")
_SHEET_XML = re.compile(rb"<(?:\w+:)?mergeCell\b")


def read_workbook(content: bytes, file_name: str) -> Book:
    """A workbook as a book. Sheets that are hidden are left out with a remark.

    Raises:
        Unreadable: it is none, of another kind, or far larger than a table of an office.
    """
    _look_inside(content)
    try:
        with warnings.catch_warnings():
            # The library says which decoration it does not know.
            warnings.simplefilter("ignore")
            return _read(content, file_name)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook makes the library fail in any way
        raise _not_to_open() from None


def unpacked_bytes(content: bytes) -> int:
    """How large a file is unpacked, as it says itself; one that is no archive is as large as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return len(content)


def _not_to_open() -> Unreadable:
    return Unreadable(_l("This workbook cannot be opened. Please save it anew as .xlsx."))


def _look_inside(content: bytes) -> None:
    """Refuse other kinds of files and those that unpack without end, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise _not_to_open() from None
    names = {part.filename for part in parts}
    if "xl/vbaProject.bin" in names:
        raise Unreadable(_l("This workbook contains macros. Please save it as .xlsx without macros."))
    if "xl/workbook.xml" not in names and not any(name.endswith("workbook.xml") for name in names):
        raise Unreadable(_l("This is no workbook of the kind .xlsx. Please save it as .xlsx or CSV."))
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise Unreadable(_l("This workbook is too large. Please keep only the sheet that is needed."))


def _read(content: bytes, file_name: str) -> Book:
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheets, remarks = [], []
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                remarks.append(_hidden(sheet.title))
                continue
            # What a sheet says of its own size may be wrong.
            sheet.reset_dimensions()
            sheets.append(Sheet(sheet.title, tuple(_rows(sheet)), _merged(sheet)))
        if not sheets:
            raise Unreadable(_l("This workbook has no sheet that can be seen."))
        return Book(file_name, tuple(sheets), tuple(remarks))
    finally:
        book.close()


def _hidden(name: str) -> LazyString:
    return _l("The sheet “%(sheet)s” is hidden and was ignored.", sheet=name)


def _rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - the library's class for reading has other methods than its base
    filled = 0
    for number, cells in enumerate(itertools.islice(sheet.iter_rows(), SHEET_ROWS), 1):
        values = [_value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if values:
            filled += 1
            check_size(filled, len(values))
            yield Row(number, tuple(values))


def _value(cell: ReadOnlyCell | EmptyCell) -> Cell:
    value = cell.value
    if isinstance(cell, EmptyCell) or value is None or value == "":
        return None
    if cell.data_type == "f":
        return Formula(value if isinstance(value, str) else "=")
    if cell.data_type == "e":
        return Broken(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, cell.number_format or "")
    if isinstance(value, date | time):
        return _moment(value)
    return value if isinstance(value, bool | str) else str(value)


def _number(value: float, number_format: str) -> Cell:
    exact = Decimal(repr(value))
    if "%" in number_format:
        return Percent(exact * 100)
    return int(exact) if exact == exact.to_integral_value() else exact


def _moment(value: date | time) -> Cell:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else str(value)
    return value


def _merged(sheet: Any) -> tuple[Merged, ...]:  # noqa: ANN401 - as above
    # The reader that holds one row at a time does not tell of joined cells: they stand behind all rows.
    with sheet._get_source() as source:  # noqa: SLF001
        raw = source.read()
    if not _SHEET_XML.search(raw):
        return ()
    found = []
    for _event, element in iterparse(io.BytesIO(raw)):
        bounds = _RANGE.fullmatch(element.get("ref", "")) if element.tag.endswith("}mergeCell") else None
        if bounds:
            found.append(Merged(element.get("ref", ""), int(bounds[1]), int(bounds[2] or bounds[1])))
        elif element.tag.endswith("}row"):
            element.clear()
    return tuple(found)
