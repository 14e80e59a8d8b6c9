"""An edition from a workbook. Faults name sheet, row and column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from app.core.entries import Entry
from app.core.texts import Localized
from app.planning.exchange.domain import Said
from app.planning.exchange.reasons import reason
from app.planning.exchange.sheets import PAPERS
from app.plans.document import About, Edition, FieldOfAction, Goal, Head, Indicator, Measure, Milestone, Plan, Value
from app.sheets.domain import Book, Fault, Record, Taken
from app.sheets.tables import taken

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

E = TypeVar("E", bound=Entry)

_SHEET_OF = {
    About.HEAD: "edition",
    About.GOAL: "goals",
    About.PLAN: "plans",
    About.FIELD: "fields",
    About.MEASURE: "measures",
}


def said(book: Book, languages: Sequence[str], step: Callable[[int, int], None] | None = None) -> Said:
    """What a workbook says. ``languages`` are those that its columns may be in."""
    return _Reading(book, languages, step).said()


class _Reading:
    """A workbook, being read sheet by sheet from the innermost entries outwards."""

    def __init__(self, book: Book, languages: Sequence[str], step: Callable[[int, int], None] | None) -> None:
        self._taken: dict[str, Taken] = {}
        self._keys: dict[str, frozenset[tuple[str, ...]]] = {}
        before = 0
        for name, paper in PAPERS.items():
            counted = None if step is None else _counted(step, before, book.rows)
            self._taken[name] = taken(book, paper.table(languages), counted)
            before += len(self._taken[name].rows)
        self._faults = [fault for found in self._taken.values() for fault in found.faults]

    def said(self) -> Said:
        head = self._head()
        goals = self._entries("goals", Goal)
        fields = self._inside("fields", FieldOfAction, "plan", "plans")
        plans = self._entries("plans", Plan, lambda key: {"fields": fields.get((key,), ())})
        values = self._inside("values", Value, "measure", "measures", "indicator", "indicators")
        indicators = self._inside(
            "indicators", Indicator, "measure", "measures", add=lambda *keys: {"values": values.get(keys, ())}
        )
        milestones = self._inside("milestones", Milestone, "measure", "measures")
        measures = self._entries(
            "measures",
            Measure,
            lambda key: {"indicators": indicators.get((key,), ()), "milestones": milestones.get((key,), ())},
        )
        remarks = tuple(remark for found in self._taken.values() for remark in found.remarks)
        if self._faults or head is None:
            return Said(None, tuple(self._faults), self._placed, remarks)
        edition = Edition.model_validate({**_told(head), "goals": goals, "plans": plans, "measures": measures})
        return Said(edition, (), self._placed, remarks)

    def _head(self) -> Head | None:
        found = self._taken["edition"]
        for record in found.rows[1:]:
            self._faults.append(found.fault(record, "key", _l("A file holds one edition only.")))
        if not found.rows:
            if not found.faults:
                self._faults.append(Fault("", None, None, None, _l("There is no row that names the edition.")))
            return None
        heads = self._entries("edition", Head)
        return heads[0] if heads else None

    def _entries(self, name: str, kind: type[E], add: Callable[[str], dict[str, Any]] | None = None) -> list[E]:
        """The entries of a sheet that are sound; the faults of all others are noted."""
        found, entries = self._taken[name], []
        for record in found.rows:
            made = self._entry(found, record, kind, {} if add is None else add(str(record["key"])))
            if made is not None:
                entries.append(made)
        return entries

    def _inside(
        self, name: str, kind: type[E], *named: str, add: Callable[..., dict[str, Any]] | None = None
    ) -> dict[tuple[str, ...], tuple[E, ...]]:
        """The entries of a sheet by what they belong to. ``named``: a column, then the sheet that it names a row of."""
        found = self._taken[name]
        columns, sheets = named[::2], named[1::2]
        entries: dict[tuple[str, ...], tuple[E, ...]] = {}
        for record in found.rows:
            owner = tuple(str(record[column]) for column in columns)
            if not self._belongs(found, record, owner, columns, sheets):
                continue
            more = {} if add is None else add(*owner, str(record["key"]))
            made = self._entry(found, record, kind, more, without=columns)
            if made is not None:
                entries[owner] = (*entries.get(owner, ()), made)
        return entries

    def _belongs(
        self, found: Taken, record: Record, owner: tuple[str, ...], columns: Sequence[str], sheets: Sequence[str]
    ) -> bool:
        """Whether what an entry belongs to is there. Where that sheet has faults, nobody can tell: none is added."""
        for at, (column, sheet) in enumerate(zip(columns, sheets, strict=True)):
            above = self._taken[sheet]
            if owner[: at + 1] in self._keys_of(sheet, columns[:at]):
                continue
            if not above.faults:
                why = _l("The sheet “%(sheet)s” has no “%(key)s”.", sheet=_title(above, sheet), key=owner[at])
                self._faults.append(found.fault(record, column, why))
            return False
        return True

    def _keys_of(self, sheet: str, columns: Sequence[str]) -> frozenset[tuple[str, ...]]:
        """What names each row of a sheet: the columns of what it belongs to, and its key."""
        if sheet not in self._keys:
            rows = self._taken[sheet].rows
            self._keys[sheet] = frozenset((*(str(one[name]) for name in columns), str(one["key"])) for one in rows)
        return self._keys[sheet]

    def _entry(
        self, found: Taken, record: Record, kind: type[E], more: dict[str, Any], without: Sequence[str] = ()
    ) -> E | None:
        values = {
            name: None if isinstance(value, Localized) and not value else value
            for name, value in record.values.items()
            if name not in without
        }
        try:
            return kind.model_validate({**values, **more})
        except ValidationError as error:
            for one in error.errors(include_url=False):
                column = str(one["loc"][0]) if one["loc"] else "key"
                why = _NO_FIELD if column == "fields" and kind is Plan else reason(one)
                self._faults.append(found.fault(record, column if column in record.values else "key", why))
            return None

    def _placed(self, about: About, key: str, attribute: str, why: LazyString) -> Fault:
        """A fault at an attribute of an entry."""
        found = self._taken[_SHEET_OF[about]]
        for record in found.rows:
            if about is About.HEAD or record["key"] == key:
                return found.fault(record, attribute if attribute in record.values else "key", why)
        return Fault("", None, None, None, why)


_NO_FIELD = _l("This plan has no row in the sheet of the fields of action.")


def _title(found: Taken, name: str) -> str:
    return found.rows[0].sheet if found.rows else PAPERS[name].table(()).sheets[0]


def _told(head: Head) -> dict[str, Any]:
    return head.model_dump(by_alias=True, exclude={"goals"})


def _counted(step: Callable[[int, int], None], before: int, total: int) -> Callable[[int, int], None]:
    """Steps over all sheets together."""
    return lambda done, _rows: step(min(before + done, total), total)
