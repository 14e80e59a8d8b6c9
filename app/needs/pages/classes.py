"""The classes of the map and the matrix: each with a pattern or sign besides its colour, and words in the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask_babel import gettext as _

from app.needs.pages.labels import REASONS, VERDICTS, number_label
from app.needs.pages.tables import Line, Table
from app.needs.snapshot.mismatch import Compared, Verdict, main_year
from app.needs.snapshot.numbers import EFFORT, Column, Numbers, Told, Why

NOTHING, HIDDEN = "0", "hidden"
STEPS = ("1", "2", "3", "4", "5")
RATE_STEPS = (0.5, 1.0, 2.0, 4.0)
"""Where classes begin, in gap reports a year per 1,000 residents: the same for every area of life and year."""
SHARES = frozenset({Column.SHARE_NEAR, Column.SHARE_FAR})
SHARE_STEPS = (20.0, 40.0, 60.0, 80.0)
COUNTED = frozenset({Column.WITHIN, Column.NEAR, Column.FAR, Column.AVERAGE_NEAR, Column.AVERAGE_FAR, *EFFORT})
ZEROED = COUNTED | SHARES
"""Columns of which a nought is worth a class of its own."""

BY_VERDICT: Mapping[Verdict, str] = {
    Verdict.MUCH_MORE_NEED: "need-2",
    Verdict.MORE_NEED: "need-1",
    Verdict.NO_DIFFERENCE: "even",
    Verdict.MORE_SUPPLY: "supply-1",
    Verdict.MUCH_MORE_SUPPLY: "supply-2",
    Verdict.TOO_FEW: HIDDEN,
    Verdict.NOT_COMPARABLE: NOTHING,
}
SIGNS: Mapping[str, str] = {
    "need-2": "▲▲",
    "need-1": "▲",
    "even": "=",
    "supply-1": "▼",
    "supply-2": "▼▼",
    HIDDEN: "–",
    NOTHING: "·",
    "1": "▁",
    "2": "▂",
    "3": "▄",
    "4": "▆",
    "5": "█",
}
"""What stands before a number of a class, so that colour is never alone."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one column. ``legend`` is every class with its words, in order."""

    column: str
    legend: tuple[tuple[str, str], ...]
    steps: tuple[float, ...] = ()
    year: int | None = None

    def of(self, numbers: Numbers, line: Line, told: Told) -> str:
        """The class of a cell of a line."""
        if self.column == Column.MISMATCH:
            return BY_VERDICT[numbers.mismatch(line.place, line.topic, line.target).verdict]
        if told.value is None:
            return NOTHING if told.why is Why.NO_RESIDENTS else HIDDEN
        if self.column == Column.RATE and line.place.residents_year != self.year:
            return NOTHING
        if self.column in ZEROED and not told.value:
            return NOTHING
        return STEPS[sum(told.value >= step for step in self.steps)]


def classes(table: Table, column: str) -> Classes:
    """The classes of a column of a table, with the fewest and most that it holds."""
    if column == Column.MISMATCH:
        return Classes(column, tuple((code, str(VERDICTS[verdict])) for verdict, code in BY_VERDICT.items()))
    if column == Column.RATE:
        return _rates(table)
    values = sorted(value for _line, value in table.values(column))
    if column in SHARES:
        steps: tuple[float, ...] = SHARE_STEPS
    else:
        steps = _steps([value for value in values if value or column not in COUNTED])
    legend = list(zip(STEPS, _ranges(column, steps), strict=False))
    if column in COUNTED:
        legend.insert(0, (NOTHING, str(_("none"))))
    elif column in SHARES:
        legend.insert(0, (NOTHING, str(_("nobody"))))
    return Classes(column, (*legend, (HIDDEN, str(REASONS[Why.UNKNOWN]))), steps)


def _rates(table: Table) -> Classes:
    compared = [
        Compared(one.place.key, 1, one.place.residents, one.place.residents_year, None)
        for one, _value in table.values(Column.RATE)
    ]
    year = main_year(compared)
    other = (
        _("not comparable: residents are not known")
        if year is None
        else _("not comparable: residents were not counted in %(year)s", year=year)
    )
    legend = zip(STEPS, _ranges(Column.RATE, RATE_STEPS), strict=True)
    return Classes(Column.RATE, (*legend, (HIDDEN, str(REASONS[Why.HIDDEN])), (NOTHING, str(other))), RATE_STEPS, year)


def _steps(values: Sequence[float]) -> tuple[float, ...]:
    """Where classes of about as many areas each begin; fewer classes where there are fewer numbers."""
    distinct = sorted(set(values))
    if len(distinct) <= len(STEPS):
        return tuple(distinct[1:])
    at = [values[len(values) * place // len(STEPS)] for place in range(1, len(STEPS))]
    return tuple(step for step in dict.fromkeys(at) if step > distinct[0])


def _ranges(column: str, steps: Sequence[float]) -> list[str]:
    """The words for the classes that some steps make."""
    if not steps:
        return [str(_("all the same"))]
    said = [number_label(column, step) for step in steps]
    return [
        str(_("under %(step)s", step=said[0])),
        *(str(_("%(step)s to under %(next)s", step=one, next=following)) for one, following in pairwise(said)),
        str(_("%(step)s or more", step=said[-1])),
    ]


def sign(code: str) -> str:
    """What stands before a number of a class."""
    return SIGNS[code]
