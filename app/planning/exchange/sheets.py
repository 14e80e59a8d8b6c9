"""The sheets of a workbook with an edition: which columns each has, and how their cells are read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.codes import Budget, MeasureState
from app.core.languages import in_office_languages
from app.planning.exchange.heads import COLUMNS, SHEETS
from app.planning.forms import TEXT_MAX
from app.planning.labels import SHAPES
from app.sheets import readers
from app.sheets.domain import Cell, as_text
from app.sheets.readers import Reader
from app.sheets.tables import Column, Table, Texts

LINE_MAX = 300


def _keys(cell: Cell) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,;\n]", as_text(cell)) if part.strip())


KEYS = readers.Each(_keys)
"""Any number of keys, parted by commas, semicolons or line ends."""

LISTS = frozenset({"fields", "goals", "plans", "topics", "targets", "areas", "partners"})
FLAGS = frozenset({"unconfirmed", "example"})
YEARS = frozenset({"from", "to", "since", "updated", "target_year"})
DAYS = frozenset({"adopted_on", "on", "due", "reached_on"})
NUMBERS = frozenset({"target", "value"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet: the names of its columns in order. ``texts`` are in every language, ``needed`` must not be empty."""

    name: str
    columns: tuple[str, ...]
    texts: frozenset[str]
    needed: frozenset[str]
    unique: tuple[str, ...] = ("key",)

    def table(self, languages: Sequence[str]) -> Table:
        """What the sheet should look like."""
        return Table(
            sheets=SHEETS[self.name],
            columns=tuple(self._column(name, languages) for name in self.columns),
            unique=self.unique,
            required=self.name in {"edition", "plans", "fields", "measures"},
        )

    def _column(self, name: str, languages: Sequence[str]) -> Column | Texts:
        needed = name in self.needed
        if name in self.texts:
            return Texts(key=name, heads=COLUMNS[name], most=TEXT_MAX, languages=tuple(languages), required=needed)
        return Column(
            key=name,
            heads=COLUMNS[name],
            reader=_reader(name),
            required=needed,
            may_be_empty=not needed,
            default=_default(name),
        )

    def heads(self, languages: Sequence[str], german: bool) -> list[str]:  # noqa: FBT001
        """The names of the columns as they are written."""
        found = []
        for name in self.columns:
            head = COLUMNS[name][0 if german else 1]
            found += [f"{head} ({code})" for code in languages] if name in self.texts else [head]
        return found

    def row(self, values: Mapping[str, Any], languages: Sequence[str]) -> list[Any]:
        """The cells of an entry, as ``document.told`` tells of it."""
        cells: list[Any] = []
        for name in self.columns:
            value = values.get(name)
            if name in self.texts:
                cells += [(value or {}).get(code) for code in languages]
            else:
                cells.append(_cell(name, value))
        return cells


def _reader(name: str) -> Reader:
    if name in LISTS:
        return KEYS
    for names, reader in (
        (FLAGS, readers.yes_no()),
        (YEARS, readers.year()),
        (DAYS, readers.day()),
        (NUMBERS, readers.decimal()),
    ):
        if name in names:
            return reader
    # Names in both languages, so that a workbook can be edited by hand in either.
    lists: Mapping[str, Iterable[Any]] = {"state": MeasureState, "budget": Budget}
    if name in lists:
        return readers.one_of({str(one): tuple(in_office_languages(one.label).values()) for one in lists[name]})
    if name == "shape":
        return readers.one_of({key: tuple(in_office_languages(label).values()) for key, label in SHAPES.items()})
    return readers.text(LINE_MAX)


def _default(name: str) -> object:
    return () if name in LISTS else False if name in FLAGS else None


def _cell(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in LISTS:
        return ", ".join(value or ())
    if name in FLAGS:
        return bool(value)
    if name in DAYS and value is not None:
        return date.fromisoformat(value)
    return value


PAPERS: Mapping[str, Paper] = {
    one.name: one
    for one in (
        Paper(
            "edition",
            ("key", "name", "adopted_on", "from", "to", "source"),
            frozenset({"name", "source"}),
            frozenset({"key", "name", "from", "source"}),
        ),
        Paper("goals", ("key", "name", "fields", "unconfirmed"), frozenset({"name"}), frozenset({"key", "name"})),
        Paper(
            "plans",
            ("key", "name", "short", "summary", "since", "updated", "source", "shape"),
            frozenset({"name", "short", "summary", "source"}),
            frozenset({"key", "name", "short", "summary", "source", "shape"}),
        ),
        Paper(
            "fields",
            (
                "key", "plan", "name", "summary", "unconfirmed", "not_by_reports", "topics", "targets", "statement",
            ),
            frozenset({"name", "summary", "not_by_reports", "statement"}),
            frozenset({"key", "plan", "name", "summary"}),
        ),
        Paper(
            "measures",
            (
                "key", "name", "summary", "example", "state", "reason", "plans", "fields", "goals", "topics",
                "targets", "areas", "office", "partners", "from", "to", "budget", "evidence", "source",
            ),
            frozenset({"name", "summary", "reason", "evidence", "source"}),
            frozenset({"key", "name", "summary", "state", "plans", "fields", "topics", "targets"}),
        ),
        Paper(
            "indicators",
            ("measure", "key", "name", "unit", "target", "target_year", "source"),
            frozenset({"name", "unit", "source"}),
            frozenset({"measure", "key", "name", "unit"}),
            unique=("measure", "key"),
        ),
        Paper(
            "values",
            ("measure", "indicator", "on", "value", "source"),
            frozenset(),
            frozenset({"measure", "indicator", "on", "value"}),
            unique=("measure", "indicator", "on"),
        ),
        Paper(
            "milestones",
            ("measure", "key", "name", "due", "reached_on"),
            frozenset({"name"}),
            frozenset({"measure", "key", "name"}),
            unique=("measure", "key"),
        ),
    )
}  # fmt: skip
"""By name, in the order of a workbook."""
