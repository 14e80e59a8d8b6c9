"""What a table should look like, said once; and what a file says by it, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.core.languages import LANGUAGES
from app.core.texts import Localized
from app.sheets.domain import Book, Cell, Fault, Record, Row, Sheet, Taken, Wrong, as_text, folded, letter
from app.sheets.readers import Missing, Reader, Reading, sound, text

HEAD_WITHIN = 60
"""In how many rows from the top the head is looked for."""

FAULTS_MAX = 500
"""How many faults are told. Whoever has more has one that repeats."""

Step: TypeAlias = Callable[[int, int], None]
"""Is told how many rows of how many are done. May raise to stop the reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``heads`` are its accepted names, German and English; the first one is what people are told.

    Case, spaces, punctuation and the spelling of umlauts make no difference. The key is a name, too.
    """

    key: str
    heads: tuple[str, ...]
    reader: Reader
    required: bool = True
    """Whether the column has to be there. Where it is not, its value is ``default`` in every row."""
    may_be_empty: bool = False
    """Whether a cell may be empty, which gives ``default``."""
    default: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A text in several languages: one column each, such as ``Name (de)`` or ``name_en``; gives a Localized.

    A column without a language is the German one.
    """

    key: str
    heads: tuple[str, ...]
    most: int = 2_000
    languages: tuple[str, ...] = tuple(LANGUAGES)
    required: bool = True
    """Whether a row needs the text in at least one language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Any number of columns whose heads are values themselves, such as days or years.

    Gives a dict of the cells' values by the heads'. Empty cells are left out.
    """

    key: str
    heads: Reader
    reader: Reader
    required: bool = True
    """Whether there has to be at least one such column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table should look like.

    ``sheets`` are accepted names of its sheet; a book with one sheet may call it anything. ``unique`` are columns whose
    values together name a row; there must be no two rows with the same. ``others`` lets further columns stand, with a
    remark. ``passes_over`` looks at a row's cells by key before they are read (of a text in several languages at the
    German one), and gives a reason to leave the row out, with a remark: for totals and footnotes.
    """

    columns: tuple[Column | Texts | Series, ...]
    sheets: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    others: bool = False
    passes_over: Callable[[Mapping[str, Cell]], LazyString | None] | None = None
    required: bool = True
    """Whether the sheet has to be there. A table that is not there has no rows."""


def taken(book: Book, table: Table, step: Step | None = None) -> Taken:
    """What a book says by a table, and all that is wrong.

    There are no rows to take over where there are faults, but those without one are given, so that a caller can look
    for further faults in them.
    """
    sheet = _sheet(book, table)
    if sheet is None:
        return Taken((), () if not table.required else (_no_sheet(table),))
    found = _head(sheet, table)
    if found is None:
        return Taken((), (_no_head(sheet, table),))
    return _Reading(sheet, table, *found).taken(step)


def _sheet(book: Book, table: Table) -> Sheet | None:
    wanted = {folded(name) for name in table.sheets}
    named = next((sheet for sheet in book.sheets if folded(sheet.name) in wanted), None)
    if named is not None:
        return named
    if len(book.sheets) == 1 and table.required:
        return book.sheets[0]
    if wanted:
        return None
    # Of several sheets the one whose head fits best; the first one where none does.
    return max(book.sheets, key=lambda sheet: _best(sheet, table)[0])


def _no_sheet(table: Table) -> Fault:
    return Fault("", None, None, None, _l("There is no sheet “%(sheet)s” in this file.", sheet=table.sheets[0]))


def _no_head(sheet: Sheet, table: Table) -> Fault:
    names = ", ".join(_told(column) for column in table.columns if column.required and not isinstance(column, Series))
    return Fault(
        sheet.name,
        None,
        None,
        None,
        _l("There is no row with the names of the columns. These are needed: %(names)s", names=names),
    )


def _told(column: Column | Texts | Series) -> str:
    return column.key if isinstance(column, Series) else column.heads[0]


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of the sheet that is known: of which column of the table, and which language or head value it has."""

    column: Column | Texts | Series
    part: object = None


def _places(row: Row, table: Table) -> dict[int, _Place]:
    known: dict[str, _Place] = {}
    for column in table.columns:
        if isinstance(column, Column):
            known |= {folded(name): _Place(column) for name in (*column.heads, column.key)}
        elif isinstance(column, Texts):
            for name in (*column.heads, column.key):
                known.setdefault(folded(name), _Place(column, "de"))
                known |= {folded(f"{name} {code}"): _Place(column, code) for code in column.languages}
    found = {}
    for index, cell in enumerate(row.cells):
        place = known.get(folded(as_text(cell))) if cell is not None else None
        if place is None and cell is not None:
            place = _in_series(cell, table)
        if place is not None:
            found[index] = place
    return found


def _in_series(cell: Cell, table: Table) -> _Place | None:
    for column in table.columns:
        if isinstance(column, Series):
            try:
                return _Place(column, column.heads.over([cell])(sound(cell)))
            except Wrong:
                continue
    return None


def _best(sheet: Sheet, table: Table) -> tuple[int, Row | None]:
    """How many columns the best row for a head names, and that row. Members of a series count as one."""
    best: tuple[int, Row | None] = (0, None)
    for row in islice(sheet.rows, HEAD_WITHIN):
        named = {
            (place.column.key, None if isinstance(place.column, Series) else place.part)
            for place in _places(row, table).values()
        }
        if len(named) > best[0]:
            best = (len(named), row)
    return best


def _head(sheet: Sheet, table: Table) -> tuple[Row, dict[int, _Place]] | None:
    row = _best(sheet, table)[1]
    return None if row is None else (row, _places(row, table))


class _Reading:
    """One table of one sheet, being read."""

    def __init__(self, sheet: Sheet, table: Table, head: Row, places: dict[int, _Place]) -> None:
        self.sheet, self.table, self.head = sheet, table, head
        self.faults: list[Fault] = []
        self.remarks: list[LazyString] = []
        self.places = self._checked(places)
        self.rows = [row for row in sheet.rows if row.number > head.number]

    def taken(self, step: Step | None) -> Taken:
        self._refuse_merged()
        readings = self._readings()
        records: list[Record] = []
        seen: dict[tuple[str, ...], int] = {}
        for done, row in enumerate(self.rows):
            if step is not None:
                step(done, len(self.rows))
            if self._passed_over(row):
                continue
            record = self._record(row, readings)
            if self._is_new(row, seen, readings) and record is not None:
                records.append(record)
        if len(self.faults) > FAULTS_MAX:
            more = len(self.faults) - FAULTS_MAX
            self.remarks.append(_l("There are %(more)s more faults. They are told when these are mended.", more=more))
        places = {
            place.column.key: (letter(index), as_text(self.head.cell(index)))
            for index, place in reversed(self.places.items())
        }
        return Taken(tuple(records), tuple(self.faults[:FAULTS_MAX]), tuple(self.remarks), places)

    def _fault(self, row: int | None, index: int | None, reason: LazyString) -> None:
        head = None if index is None else as_text(self.head.cell(index)) or None
        self.faults.append(Fault(self.sheet.name, row, None if index is None else letter(index), head, reason))

    def _checked(self, places: dict[int, _Place]) -> dict[int, _Place]:
        """Name columns that are there twice, are missing, or are not known; give those that are right."""
        first: dict[tuple[str, object], int] = {}
        right = {}
        for index, place in places.items():
            before = first.setdefault((place.column.key, place.part), index)
            if before == index:
                right[index] = place
            else:
                self._fault(
                    self.head.number,
                    index,
                    _l("This column is there twice: it is in %(column)s, too.", column=letter(before)),
                )
        there = {place.column.key for place in places.values()}
        for column in self.table.columns:
            if column.required and column.key not in there:
                self._fault(self.head.number, None, _l("The column “%(name)s” is missing.", name=_told(column)))
        for index, cell in enumerate(self.head.cells):
            if cell is not None and as_text(cell).strip() and index not in places:
                self._unknown(index, as_text(cell))
        return right

    def _unknown(self, index: int, name: str) -> None:
        if self.table.others:
            self.remarks.append(_l("The column “%(name)s” is not known here and was ignored.", name=name))
        else:
            self._fault(self.head.number, index, _l("The column “%(name)s” is not known here.", name=name))

    def _refuse_merged(self) -> None:
        for merged in self.sheet.merged:
            if merged.last >= self.head.number:
                self._fault(
                    merged.first,
                    None,
                    _l("The cells %(area)s are joined. Please part them and fill each one.", area=merged.area),
                )

    def _readings(self) -> dict[int, Reading]:
        """How to read the cells of each column, now that all of them are known."""
        cells: dict[str, list[Cell]] = {}
        for index, place in self.places.items():
            cells.setdefault(place.column.key, []).extend(row.cell(index) for row in self.rows)
        by_key: dict[str, Reading] = {}
        for place in self.places.values():
            column = place.column
            if column.key not in by_key:
                reader = text(column.most) if isinstance(column, Texts) else column.reader
                by_key[column.key] = reader.over([cell for cell in cells[column.key] if not _is_empty(cell)])
        return {index: by_key[place.column.key] for index, place in self.places.items()}

    def _passed_over(self, row: Row) -> bool:
        if self.table.passes_over is None:
            return False
        cells: dict[str, Cell] = {column.key: None for column in self.table.columns}
        for index, place in self.places.items():
            if isinstance(place.column, Column) or place.part == "de":
                cells[place.column.key] = row.cell(index)
        reason = self.table.passes_over(cells)
        if reason is not None:
            self.remarks.append(_l("Row %(row)s was ignored. %(reason)s", row=row.number, reason=reason))
        return reason is not None

    def _record(self, row: Row, readings: Mapping[int, Reading]) -> Record | None:
        before = len(self.faults)
        values: dict[str, object] = {}
        for column in self.table.columns:
            values[column.key] = (
                column.default if isinstance(column, Column) else Localized() if isinstance(column, Texts) else {}
            )
        for index, place in self.places.items():
            self._take(values, place, index, row, readings[index])
        for column in self.table.columns:
            if isinstance(column, Texts) and column.required and not values[column.key]:
                self._empty(row, next((at for at, one in self.places.items() if one.column is column), None), column)
        for index, cell in enumerate(row.cells):
            if not _is_empty(cell) and _is_empty(self.head.cell(index)):
                self._fault(row.number, index, _l("There is a value in a column without a name."))
        return Record(self.sheet.name, row.number, values) if len(self.faults) == before else None

    def _take(self, values: dict[str, object], place: _Place, index: int, row: Row, reading: Reading) -> None:
        """Put the value of one cell into a row's values, or note its fault."""
        column, cell = place.column, row.cell(index)
        try:
            if _is_empty(cell):
                if isinstance(column, Column) and not column.may_be_empty and not isinstance(column.reader, Missing):
                    self._empty(row, index, column)
                return
            value = reading(sound(cell))
        except Wrong as wrong:
            self._fault(row.number, index, wrong.reason)
            return
        if isinstance(column, Column):
            values[column.key] = value
        elif value is not None and value != "":
            values[column.key][place.part] = value  # type: ignore[index]

    def _empty(self, row: Row, index: int | None, column: Column | Texts) -> None:
        self._fault(row.number, index, _l("“%(name)s” must not be empty.", name=_told(column)))

    def _is_new(self, row: Row, seen: dict[tuple[str, ...], int], readings: Mapping[int, Reading]) -> bool:
        """Whether no row before has the same key; compares what was read, so that ``1`` and ``1,0`` are the same."""
        if not self.table.unique:
            return True
        parts = []
        for wanted in self.table.unique:
            index = next((at for at, place in self.places.items() if place.column.key == wanted), None)
            cell = None if index is None else row.cell(index)
            if index is None or _is_empty(cell):
                return True
            try:
                parts.append(str(readings[index](cell)))
            except Wrong:
                return True
        first = seen.setdefault(tuple(parts), row.number)
        if first != row.number:
            index = next(at for at, place in self.places.items() if place.column.key == self.table.unique[0])
            self._fault(
                row.number,
                index,
                _l("“%(key)s” is there twice: row %(row)s has it, too.", key=" / ".join(parts), row=first),
            )
        return first == row.number


def _is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def notes(cells: Mapping[str, Cell]) -> LazyString | None:
    """For ``Table.passes_over``: leaves out rows with one cell only, such as the source below a table."""
    return _l("It holds a note only.") if sum(not _is_empty(cell) for cell in cells.values()) <= 1 else None


def localized_heads(name: str, languages: Iterable[str] = LANGUAGES) -> Sequence[str]:
    """The heads under which a text in several languages is written and read back."""
    return [f"{name} ({code})" for code in languages]
