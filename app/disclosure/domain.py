"""From true counts to numbers that may be published. Pure; every table, map and file that leaves the house uses it.

What is published is a list of cells. Cells are tied to each other by sums (the quarters of a year, the parts of an
area, the topics of a total), also across tables and across publications of the past, which never change again.

**The reader.** Somebody who holds all publications, knows every sum, knows this module line by line with its threshold
and its blocks, and has all the time in the world. Promised is: each cell that is not shown could, as far as the reader
can work out, be 0, and could as well be the threshold or more. Of a sum that is not shown, the shown parts are known;
promised is the same of what it has beyond them. Not covered: knowledge from elsewhere (somebody knows of the report
they sent themselves, or that nobody lives in an area).

**The rule.** Cells come in fixed *blocks* of two or more, laid out from public facts alone (:func:`blocks_of`).

1. A block is shown when each of its cells reaches the threshold; otherwise the whole block is hidden. So a hidden cell
   may be large, and nobody knows which cell of a block was the small one.
2. The *reader's test* (:class:`app.disclosure.reader.Reader`) uses nothing but the cells that are shown and the blocks
   that are not. For each hidden cell it looks for two tables of whole numbers that agree with everything shown, one
   with 0 in that cell and one with the threshold or more, **in which each hidden block has a small cell**. While a cell
   has no such table, further blocks are hidden (complementary suppression, :mod:`app.disclosure.protection`).

Why knowing the rule does not help: had one of these tables been the true one, step 1 would have hidden exactly the
blocks that are hidden in the end, and step 2, which sees the same cells and the same blocks, would have found nothing
to add. So the very same publication would have appeared. (Usual complementary suppression hides a *large* cell beside
a small one and so gives away which is which to whoever knows the method; here both kinds look the same.)

Literature: L. H. Cox, "Network models for complementary cell suppression", JASA 90 (1995); M. Fischetti and
J. J. Salazar, "Models and algorithms for optimizing cell suppression in tabular data with linear constraints",
JASA 95 (2000); R. C.-W. Wong and others, "Minimality attack in privacy preserving data publishing", VLDB 2007.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

Block = tuple[K, ...]
"""Cells that are shown or hidden together. A cell that is alone in its block is never shown."""

SMALLEST_THRESHOLD = 2
PAIR = 2


@dataclass(frozen=True, slots=True)
class Sum(Generic[K]):
    """What every reader knows of cells: the ``whole`` together are as many as the ``parts`` together, or ``more``."""

    whole: tuple[K, ...]
    parts: tuple[K, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Known(Generic[K]):
    """Everything that readers hold: the cells shown, the blocks hidden, and how cells are tied to each other."""

    threshold: int
    shown: Mapping[K, int]
    hidden: tuple[Block[K], ...]
    sums: tuple[Sum[K], ...]

    def floor(self, cell: K) -> int:
        """What is known of a hidden cell without any effort: the most that its shown parts come to.

        Only where it is the whole by itself, or all that it is the whole with are shown.
        """
        return max(
            (
                sum(self.shown.get(part, 0) for part in one.parts)
                - sum(self.shown[more] for more in one.whole if more != cell)
                for one in self.sums
                if cell in one.whole and all(more == cell or more in self.shown for more in one.whole)
            ),
            default=0,
        )


def blocks_of(cells: Sequence[K]) -> tuple[Block[K], ...]:
    """Pairs of neighbours in a public order, with three in the last block where one would be left alone.

    Cells that may be expected to be of about the same size should stand beside each other.
    """
    pairs = [tuple(cells[start : start + PAIR]) for start in range(0, len(cells), PAIR)]
    if len(pairs) > 1 and len(pairs[-1]) < PAIR:
        pairs[-2:] = [pairs[-2] + pairs[-1]]
    return tuple(pairs)


def large(block: Block[K], counts: Mapping[K, int], threshold: int) -> bool:
    """Whether a block may be shown as far as it alone is concerned."""
    return len(block) >= PAIR and all(counts.get(cell, 0) >= threshold for cell in block)


def per_thousand(count: int | None, residents: int | None) -> float | None:
    """A rate per 1,000 residents with one decimal, from a number that is shown; otherwise ``None``."""
    return None if count is None or not residents else round(1000 * count / residents, 1)


def cells_of(blocks: Iterable[Block[K]]) -> tuple[K, ...]:
    """The cells of some blocks in their order."""
    return tuple(cell for block in blocks for cell in block)
