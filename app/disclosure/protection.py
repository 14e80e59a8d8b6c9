"""Complementary suppression: which blocks may be shown, see :mod:`app.disclosure.domain`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from app.disclosure.domain import SMALLEST_THRESHOLD, Block, K, Known, Sum, large
from app.disclosure.reader import Program, Reader


def protected(
    counts: Mapping[K, int],
    blocks: Sequence[Block[K]],
    sums: Sequence[Sum[K]],
    threshold: int,
    before: Known[K] | None = None,
) -> dict[K, int]:
    """The cells that may be shown, with their counts. ``before`` is what has been published and stays as it is.

    The same for the same counts, on any machine.

    Raises:
        ValueError: a count is negative, or the threshold is below 2.
    """
    if threshold < SMALLEST_THRESHOLD or min(counts.values(), default=0) < 0:
        raise ValueError("counts must not be negative, and the threshold must be at least 2")
    plan = _Plan(counts, tuple(blocks), tuple(sums), before or Known(threshold, {}, (), ()))
    hidden = {block for block in blocks if not large(block, counts, threshold)}
    first = frozenset(hidden)
    while (gap := Reader(plan.known(hidden)).narrowed()) is not None and (yielding := plan.yielding(hidden)):
        hidden.update(Program(plan.known(hidden), yielding).cheapest(*gap) or yielding)
    # What was hidden for one cell may have become needless by what was hidden for another.
    for block in sorted((block for block in blocks if block in hidden - first), key=plan.cost, reverse=True):
        if Reader(plan.known(hidden - {block})).narrowed() is None:
            hidden.remove(block)
    return {cell: counts[cell] for block in blocks if block not in hidden for cell in block}


@dataclass(frozen=True, slots=True)
class _Plan(Generic[K]):
    """What could be published, on top of what is."""

    counts: Mapping[K, int]
    blocks: tuple[Block[K], ...]
    sums: tuple[Sum[K], ...]
    before: Known[K]

    def known(self, hidden: Collection[Block[K]]) -> Known[K]:
        """What readers would hold."""
        shown = {cell: self.counts[cell] for block in self.blocks if block not in hidden for cell in block}
        return Known(
            self.before.threshold,
            {**self.before.shown, **shown},
            (*self.before.hidden, *(block for block in self.blocks if block in hidden)),
            (*self.before.sums, *self.sums),
        )

    def yielding(self, hidden: Collection[Block[K]]) -> dict[Block[K], int]:
        """The blocks that could still be hidden, with what that would cost."""
        return {block: self.cost(block) for block in self.blocks if block not in hidden}

    def cost(self, block: Block[K]) -> int:
        """How many reports would not be seen in these cells."""
        return 1 + sum(self.counts.get(cell, 0) for cell in block)
