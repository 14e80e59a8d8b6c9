"""From true counts to numbers that may be published. Pure; every table, map and file that leaves the house uses it.

The rule, as statistical offices use it for tables of counts (threshold rule with complementary suppression; Hundepool
and others, "Handbook on Statistical Disclosure Control", 2nd edition, chapters 4 and 5):

1. A count below the threshold is hidden; 0 as well, for an exact 0 makes its neighbours easier to work out.
2. Totals are published only as far as they leave every hidden cell free: to a reader who holds the whole publication,
   each hidden cell could still be any number from 0 to the threshold - 1. Where an exact total would say more, a range
   stands in its place: the cells that are shown, and what the hidden ones can be together. Totals give way rather than
   cells: so "under 5" is always true, and no large cell is lost.
3. A published number is replaced by a newer one only when the two differ by at least the threshold. So subtracting one
   publication from the next never isolates a handful of people.

For a single row or column this holds even for a reader who runs this module on every possible table. In two directions
which totals are withheld can be a faint hint in tables of a few cells. Not covered: knowledge from elsewhere (somebody
knows of the report they sent themselves), and tables that overlap other than as rows and columns of one table: publish
each fact in one table only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import product
from typing import Generic, TypeVar

from app.disclosure.ranges import Network

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)

SMALLEST_THRESHOLD = 2
PAIR = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it may be published: ``value``, or ``None`` and the range that it lies in as far as people may know.

    While a published number waits for a change of at least the threshold, the range is as old as that number.
    """

    value: int | None
    at_least: int
    at_most: int

    @classmethod
    def of(cls, value: int) -> Figure:
        """A number that is shown."""
        return cls(value, value, value)

    @property
    def hidden(self) -> bool:
        """Whether there is no number to show."""
        return self.value is None

    @property
    def limit(self) -> int | None:
        """What to say of a hidden number that may be 0: that it is under this."""
        return self.at_most + 1 if self.value is None and self.at_least == 0 else None


@dataclass(frozen=True, slots=True)
class Table(Generic[R, C]):
    """A published table: cells by (row, column), totals by row and by column, and the total of everything."""

    threshold: int
    cells: Mapping[tuple[R, C], Figure]
    rows: Mapping[R, Figure]
    columns: Mapping[C, Figure]
    total: Figure


def publishable(
    counts: Mapping[tuple[R, C], int],
    rows: Sequence[R],
    columns: Sequence[C],
    threshold: int,
    before: Table[R, C] | None = None,
) -> Table[R, C]:
    """The table that may be published. Pairs without a count are 0; ``before`` is the publication it follows.

    Raises:
        ValueError: a count is negative or outside the table, or the threshold is below 2.
    """
    keys = list(product(rows, columns))
    if threshold < SMALLEST_THRESHOLD or min(counts.values(), default=0) < 0 or not set(keys).issuperset(counts):
        message = "counts must be whole, not negative and inside the table, and the threshold at least 2"
        raise ValueError(message)
    if before is not None and before.threshold != threshold:
        before = None
    true = {key: counts.get(key, 0) for key in keys}
    cells = {
        key: _steady(count, before.cells.get(key) if before else None, threshold)
        if count >= threshold
        else Figure(None, 0, threshold - 1)
        for key, count in true.items()
    }
    by_row = {row: _Line([(row, column) for column in columns], true, threshold) for row in rows}
    by_column = {column: _Line([(row, column) for row in rows], true, threshold) for column in columns}
    everything = _Line(keys, true, threshold)
    _Protection(true, by_row, by_column, everything, threshold).establish()
    rows_before = before.rows if before else {}
    columns_before = before.columns if before else {}
    return Table(
        threshold,
        cells,
        {row: line.figure(cells, rows_before.get(row)) for row, line in by_row.items()},
        {column: line.figure(cells, columns_before.get(column)) for column, line in by_column.items()},
        everything.figure(cells, before.total if before else None),
    )


def per_thousand(count: Figure, residents: int | None) -> float | None:
    """A rate per 1,000 residents with one decimal, from a number that is shown; otherwise ``None``."""
    return None if count.value is None or not residents else round(1000 * count.value / residents, 1)


def rounded(count: int, base: int) -> int:
    """A count as the nearest multiple of ``base``, halves upwards: for figures of which only the size matters."""
    return (2 * count + base) // (2 * base) * base


def _steady(count: int, before: Figure | None, threshold: int) -> Figure:
    """The number published before, unless the new one differs by at least the threshold."""
    if before is not None and before.value is not None and abs(count - before.value) < threshold:
        return before
    return Figure.of(count)


class _Told(Enum):
    """What is published of a total, beyond what follows from the cells that are shown."""

    EXACT = auto()
    SMALL = auto()
    """That its hidden cells together are below the threshold."""
    RANGE = auto()
    """That they are not; of :attr:`_Line.vague` totals nothing at all."""


@dataclass(slots=True)
class _Line(Generic[R, C]):
    """The cells that a total is the sum of, and what to tell of that total."""

    keys: list[tuple[R, C]]
    true: Mapping[tuple[R, C], int]
    threshold: int
    hidden: list[tuple[R, C]] = field(init=False)
    rest: int = field(init=False)
    """The sum of the hidden cells."""
    told: _Told = field(init=False)
    vague: bool = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = [key for key in self.keys if self.true[key] < self.threshold]
        self.rest = sum(self.true[key] for key in self.hidden)
        # Two small numbers that are 5 or more together are each at least 1: of a pair nothing can be told.
        self.vague = len(self.hidden) == PAIR
        if not self.hidden:
            self.told = _Told.EXACT
        elif self.vague:
            self.told = _Told.RANGE
        elif self.rest < self.threshold:
            self.told = _Told.SMALL
        elif self.rest < (len(self.hidden) - 1) * (self.threshold - 1):
            self.told = _Told.EXACT
        else:
            # So many that no hidden cell could be 0, or just one fewer: then silence means either.
            self.told = _Told.RANGE

    @property
    def total(self) -> int:
        """The true total."""
        return sum(self.true[key] for key in self.keys)

    def bounds(self) -> tuple[int, int]:
        """The lowest and highest sum of the hidden cells that a reader thinks possible."""
        if self.told is _Told.EXACT:
            return self.rest, self.rest
        if self.told is _Told.SMALL:
            return 0, self.threshold - 1
        return 0 if self.vague else self.threshold, len(self.hidden) * (self.threshold - 1)

    def figure(self, cells: Mapping[tuple[R, C], Figure], before: Figure | None) -> Figure:
        """The total as published beside these cells."""
        shown = sum(cells[key].at_least for key in self.keys)
        most = sum(cells[key].at_most for key in self.keys)
        if not self.hidden:
            return Figure.of(shown)
        if self.told is _Told.EXACT:
            figure = _steady(self.total, before, self.threshold)
            # A total that waits for a larger change may no longer fit cells that have moved.
            return figure if shown <= figure.at_least <= most else Figure(None, shown, most)
        low, high = self.bounds()
        return Figure(None, shown + low, shown + high)


class _Protection(Generic[R, C]):
    """Withholds totals until no hidden number can be narrowed down."""

    def __init__(
        self,
        true: Mapping[tuple[R, C], int],
        rows: Mapping[R, _Line[R, C]],
        columns: Mapping[C, _Line[R, C]],
        everything: _Line[R, C],
        threshold: int,
    ) -> None:
        self._top = threshold - 1
        first_row, first_column = 2, 2 + len(rows)
        self._network = network = Network(first_column + len(columns))
        self._lines: dict[int, _Line[R, C]] = {network.add(1, 0, everything.bounds(), everything.rest): everything}
        row_node = {row: first_row + position for position, row in enumerate(rows)}
        column_node = {column: first_column + position for position, column in enumerate(columns)}
        for row, line in rows.items():
            self._lines[network.add(0, row_node[row], line.bounds(), line.rest)] = line
        for column, line in columns.items():
            self._lines[network.add(column_node[column], 1, line.bounds(), line.rest)] = line
        self._cells = [
            network.add(row_node[row], column_node[column], (0, self._top), true[row, column])
            for row, column in everything.hidden
        ]

    def establish(self) -> None:
        """Withhold what has to be withheld. One pass is enough: withholding only ever widens what was free before."""
        for edge in (*self._cells, *self._lines):
            for wanted in (0, self._top):
                while self._protected(edge) and (cut := self._network.obstacle(edge, wanted)) is not None:
                    self._withhold(cut)

    def _protected(self, edge: int) -> bool:
        line = self._lines.get(edge)
        return line is None or line.told is _Told.SMALL

    def _withhold(self, cut: Iterable[int]) -> None:
        """Open a cut: give up its smallest published total; where it has none, give up saying "under 5" of totals."""
        side = set(cut)
        edges = self._network.edges
        exact = [
            (line.total, number)
            for number, line in self._lines.items()
            if line.told is _Told.EXACT and line.hidden and (edges[number].tail in side) != (edges[number].head in side)
        ]
        if exact:
            chosen = [min(exact)[1]]
        else:
            chosen = [number for number, line in self._lines.items() if line.told is not _Told.EXACT]
            for number in chosen:
                self._lines[number].vague = True
        for number in chosen:
            self._lines[number].told = _Told.RANGE
            edges[number].low, edges[number].high = self._lines[number].bounds()
