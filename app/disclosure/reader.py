"""What somebody can work out from everything published: whole-numbered tables that agree with it, found with HiGHS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic

import highspy
import numpy as np

from app.disclosure.domain import PAIR, Block, K, Known, cells_of

NODES = 2000
"""After so many branches a search counts as failed: a cell is rather hidden once too often. The same on any machine."""

NEAR_ENOUGH = 0.5
"""How far a table may be from the one that is preferred most, where any will do: relative to what that one is worth."""

HALF = 0.5


class Program(Generic[K]):
    """The tables that agree with what is known, as a mixed integer program.

    ``yielding`` are shown blocks that may give way, each at a cost; what they would be hidden for is told by
    :meth:`cheapest`. Each hidden block has a cell below the threshold. With ``any_will_do`` a search does not
    insist on the table that is preferred most.
    """

    def __init__(
        self, known: Known[K], yielding: Mapping[Block[K], int] | None = None, *, any_will_do: bool = False
    ) -> None:
        """Set it up; nothing is solved yet."""
        self._known = known
        self._yielding = yielding or {}
        self._most = sum(known.shown.values()) + 10 * known.threshold
        self._solver = solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_max_nodes", NODES)
        solver.setOptionValue("mip_rel_gap", NEAR_ENOUGH if any_will_do else 0.0)
        self._column: dict[K, int] = {}
        self._gives: dict[Block[K], int] = {}
        free = {cell for block in self._yielding for cell in block}
        for one in known.sums:
            for cell in (*one.whole, *one.parts):
                if cell not in known.shown or cell in free:
                    self._add_cell(cell)
        for block in known.hidden:
            self._add_block(block, None)
        for block, cost in self._yielding.items():
            self._add_block(block, cost)
        for one in known.sums:
            self._tie(one.whole, one.parts, more=one.more)

    def _variable(self, most: float) -> int:
        column: int = self._solver.getNumCol()
        self._solver.addVar(0.0, float(most))
        self._solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        return column

    def _row(self, low: float, high: float, terms: Mapping[int, float]) -> None:
        self._solver.addRow(
            low, high, len(terms), np.array(list(terms), dtype=np.int32), np.array(list(terms.values()), dtype=float)
        )

    def _add_cell(self, cell: K) -> int:
        if cell not in self._column:
            self._column[cell] = self._variable(self._most)
        return self._column[cell]

    def _add_block(self, block: Block[K], cost: int | None) -> None:
        """A hidden block has a small cell; one that yields either stays as it is shown or has a small cell, too."""
        gives = None
        if cost is not None:
            gives = self._gives[block] = self._variable(1)
            self._solver.changeColCost(gives, float(cost))
        small: dict[int, float] = {}
        for cell in block:
            column = self._add_cell(cell)
            if gives is not None:
                count = self._known.shown[cell]
                self._row(-highspy.kHighsInf, count, {column: 1.0, gives: float(count - self._most)})
                self._row(count, highspy.kHighsInf, {column: 1.0, gives: float(count)})
            if len(block) >= PAIR:
                is_small = self._variable(1)
                room = self._most - self._known.threshold + 1
                self._row(-highspy.kHighsInf, self._most, {column: 1.0, is_small: float(room)})
                small[is_small] = 1.0
        if small:
            self._row(
                0.0 if gives is not None else 1.0,
                highspy.kHighsInf,
                small | ({gives: -1.0} if gives is not None else {}),
            )

    def _tie(self, whole: Sequence[K], parts: Sequence[K], *, more: bool) -> None:
        terms: dict[int, float] = {}
        constant = 0.0
        for cells, sign in ((whole, 1.0), (parts, -1.0)):
            for cell in cells:
                if cell in self._column:
                    terms[self._column[cell]] = terms.get(self._column[cell], 0.0) + sign
                else:
                    constant += sign * self._known.shown[cell]
        if terms:
            self._row(-constant, highspy.kHighsInf if more else -constant, terms)

    def prefer(self, wishes: Mapping[K, float]) -> None:
        """Look first among tables with little in cells with a positive wish, and much in those with a negative one."""
        for cell, wish in wishes.items():
            self._solver.changeColCost(self._column[cell], wish)

    def table(self, cell: K, low: int, high: int | None = None) -> dict[K, int] | None:
        """A table that agrees and has a cell within bounds; ``None`` when there is none, or none is found."""
        column = self._column[cell]
        self._solver.changeColBounds(column, float(low), float(self._most if high is None else high))
        self._solver.run()
        found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = self._solver.getSolution().col_value
        self._solver.changeColBounds(column, 0.0, float(self._most))
        if not found:
            return None
        self._gave = tuple(block for block, column in self._gives.items() if values[column] > HALF)
        return {one: round(values[column]) for one, column in self._column.items()}

    def cheapest(self, cell: K, low: int, high: int | None = None) -> tuple[Block[K], ...]:
        """The yielding blocks that together cost least of those without which a cell could be within bounds."""
        return self._gave if self.table(cell, low, high) is not None else tuple(self._yielding)


class Reader(Generic[K]):
    """Applies the reader's test of :mod:`app.disclosure.domain`."""

    def __init__(self, known: Known[K]) -> None:
        """Look at everything that is known."""
        self._known = known
        self._program = Program(known, any_will_do=True)
        self._floors = {cell: known.floor(cell) for cell in cells_of(known.hidden)}
        self._low: set[K] = set()
        self._high: set[K] = set()

    def narrowed(self) -> tuple[K, int, int | None] | None:
        """The first hidden cell that is not protected, with the bounds that it cannot be within; ``None`` is good."""
        for cell, floor in self._floors.items():
            reach = floor + self._known.threshold
            if cell not in self._low and not self._reaches(cell, floor, floor):
                return cell, floor, floor
            if cell not in self._high and not self._reaches(cell, reach, None):
                return cell, reach, None
        return None

    def _reaches(self, cell: K, low: int, high: int | None) -> bool:
        """Whether a cell can be within bounds. A table that is found speaks for other cells, too."""
        self._program.prefer({one: self._wish(one) for one in self._floors})
        table = self._program.table(cell, low, high)
        if table is None:
            return False
        for one, floor in self._floors.items():
            if table[one] == floor:
                self._low.add(one)
            if table[one] >= floor + self._known.threshold:
                self._high.add(one)
        return True

    def _wish(self, cell: K) -> float:
        """What the next table should have in a cell, so that it speaks for as many as possible."""
        if cell not in self._low:
            return 1.0
        return 0.0 if cell in self._high else -1.0
