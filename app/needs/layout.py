"""The cells of a publication, which of them are shown together, and how they are tied to each other. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.disclosure.domain import Block, Known, Sum, blocks_of
from app.disclosure.protection import protected
from app.needs.domain import (
    ALL,
    CITY,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    LIST,
    NOWHERE,
    PARTS,
    QUARTERLY,
    TARGETS,
    TOPICS,
    Columns,
    Geography,
    Key,
    Length,
    Listed,
    Period,
    Rows,
)
from app.places.domain import AreaCard


@dataclass(frozen=True, slots=True)
class Facts:
    """The true numbers of a period. They live as long as it takes to publish it."""

    gaps: Mapping[tuple[int, str, str], int]
    """Gap reports by (quarter, part of town or ``NOWHERE``, area of life)."""

    targets: Mapping[tuple[str, str], int]
    """Gap reports by (part of town or ``NOWHERE``, group of people)."""

    discrimination: Mapping[str, int]
    """Reports of discrimination by area of life."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is published; those with the same ``block`` are shown or hidden together."""

    key: Key
    block: int
    value: int | None


def publication(
    period: Period, facts: Facts, geography: Geography, threshold: int, earlier: Sequence[Cell]
) -> tuple[Cell, ...]:
    """What is published of a period. ``earlier`` are the cells published of its year, which stay as they are."""
    if period.length is Length.QUARTER:
        return _quarter(period, facts, threshold, earlier)
    return _Year(period, facts, geography, threshold, earlier).cells()


def known(threshold: int, published: Iterable[Cell]) -> Known[Key]:
    """What readers hold of publications that no sums tie together yet: those of single quarters."""
    blocks: dict[tuple[str, str, int], list[Cell]] = {}
    for cell in published:
        blocks.setdefault((cell.key.table, cell.key.period, cell.block), []).append(cell)
    hidden = tuple(tuple(cell.key for cell in block) for block in blocks.values() if block[0].value is None)
    return Known(threshold, {cell.key: cell.value for cell in published if cell.value is not None}, hidden, ())


def _quarter(period: Period, facts: Facts, threshold: int, earlier: Sequence[Cell]) -> tuple[Cell, ...]:
    numbers: Counter[str] = Counter()
    for (_quarter, _part, topic), number in facts.gaps.items():
        numbers[topic] += number
    counts = {Key(QUARTERLY.name, period.name, CITY, topic): numbers[topic] for topic in TOPICS}
    blocks = blocks_of(list(counts))
    values = protected(counts, blocks, (), threshold, known(threshold, earlier))
    return _numbered(blocks, values)


def _numbered(blocks: Iterable[Block[Key]], values: Mapping[Key, int]) -> tuple[Cell, ...]:
    return tuple(Cell(key, number, values.get(key)) for number, block in enumerate(blocks) for key in block)


class _Year:
    """The tables of a year beside those of its quarters.

    A year's number by area of life is published as what its quarters have not shown yet. So it never changes or
    contradicts what has been said, and ``Key(CITY_TOPICS…)`` stands for that rest until the very end.
    """

    def __init__(
        self, period: Period, facts: Facts, geography: Geography, threshold: int, earlier: Sequence[Cell]
    ) -> None:
        self._period, self._facts, self._geography = period, facts, geography
        self._before = known(threshold, earlier)
        self._groups = sorted(geography.groups, key=lambda group: self._size(geography.members(group)))
        quarters = [one for one in period.quarters if any(cell.key.period == one.name for cell in earlier)]
        self._quarters = {topic: [Key(QUARTERLY.name, one.name, CITY, topic) for one in quarters] for topic in TOPICS}
        self._open = {
            topic: [key for key in keys if key not in self._before.shown] for topic, keys in self._quarters.items()
        }
        self._counts: dict[Key, int] = {}
        self._count()

    @staticmethod
    def _size(parts: Iterable[AreaCard]) -> int:
        """Where an area stands in the public order: those with most residents first."""
        return -sum(part.residents or 0 for part in parts)

    def _key(self, table: Listed, row: str, column: str = ALL) -> Key:
        return Key(table.name, self._period.name, row, column)

    def _rows(self) -> list[str]:
        return [*(group.key for group in self._groups), NOWHERE]

    # Counting ----------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        counts, facts = self._counts, self._facts
        by_part: Counter[tuple[str, str]] = Counter()
        by_quarter: Counter[tuple[str, str]] = Counter()
        for (quarter, place, topic), number in facts.gaps.items():
            by_part[place, topic] += number
            by_quarter[Period(self._period.year, quarter).name, topic] += number
        for part in self._geography.parts:
            counts[self._key(PARTS, part.key)] = sum(by_part[part.key, topic] for topic in TOPICS)
        for group in self._groups:
            members = [part.key for part in self._geography.members(group)]
            counts[self._key(GROUPS, group.key)] = sum(counts[self._key(PARTS, key)] for key in members)
            for topic in TOPICS:
                counts[self._key(GROUP_TOPICS, group.key, topic)] = sum(by_part[key, topic] for key in members)
            for target in TARGETS:
                number = sum(facts.targets.get((key, target), 0) for key in members)
                counts[self._key(GROUP_TARGETS, group.key, target)] = number
        for topic in TOPICS:
            rest = sum(by_quarter[key.period, topic] for key in self._open[topic])
            counts[self._key(CITY_TOPICS, CITY, topic)] = rest
            told = sum(self._before.shown.get(key, 0) for key in self._quarters[topic])
            placed = sum(counts[self._key(GROUP_TOPICS, group.key, topic)] for group in self._groups)
            # Reports may have been corrected since their quarter was published; nothing is less than nothing.
            counts[self._key(GROUP_TOPICS, NOWHERE, topic)] = max(told + rest - placed, 0)
            counts[self._key(DISCRIMINATION, CITY, topic)] = facts.discrimination.get(topic, 0)
        for target in TARGETS:
            everywhere = sum(number for (_part, named), number in facts.targets.items() if named == target)
            placed = sum(counts[self._key(GROUP_TARGETS, group.key, target)] for group in self._groups)
            counts[self._key(CITY_TARGETS, CITY, target)] = everywhere
            counts[self._key(GROUP_TARGETS, NOWHERE, target)] = everywhere - placed

    # Blocks and sums ---------------------------------------------------------------------------------------------

    def _blocks(self) -> list[Block[Key]]:
        blocks: list[Block[Key]] = []
        for listed in (one for one in LIST if one.length is Length.YEAR):
            columns = {Columns.ALL: (ALL,), Columns.TOPICS: TOPICS, Columns.TARGETS: TARGETS}[listed.columns]
            if listed.rows is Rows.CITY:
                blocks += blocks_of([self._key(listed, CITY, column) for column in columns])
            elif listed.rows is Rows.PARTS:
                parts = sorted(self._geography.parts, key=lambda part: self._size([part]))
                blocks += blocks_of([self._key(listed, part.key) for part in parts])
            elif self._groups:
                rows = self._rows() if listed.columns is not Columns.ALL else self._rows()[:-1]
                for column in columns:
                    blocks += blocks_of([self._key(listed, row, column) for row in rows])
        return blocks

    def _sums(self) -> list[Sum[Key]]:
        sums = []
        for topic, quarters in self._quarters.items():
            rest = self._key(CITY_TOPICS, CITY, topic)
            sums.append(Sum((rest,), tuple(self._open[topic])))
            if self._groups:
                told = (key for key in quarters if key in self._before.shown)
                sums.append(Sum((rest, *told), tuple(self._key(GROUP_TOPICS, row, topic) for row in self._rows())))
        for target in TARGETS if self._groups else ():
            whole = (self._key(CITY_TARGETS, CITY, target),)
            sums.append(Sum(whole, tuple(self._key(GROUP_TARGETS, row, target) for row in self._rows())))
        for group in self._groups:
            whole = (self._key(GROUPS, group.key),)
            sums.append(Sum(whole, tuple(self._key(GROUP_TOPICS, group.key, topic) for topic in TOPICS)))
            members = self._geography.members(group)
            sums.append(Sum(whole, tuple(self._key(PARTS, part.key) for part in members)))
            sums += [Sum(whole, (self._key(GROUP_TARGETS, group.key, one),), more=True) for one in TARGETS]
        return sums

    def cells(self) -> tuple[Cell, ...]:
        """Everything, protected."""
        blocks = self._blocks()
        # The rest of a single quarter is that quarter's hidden number: it is never a cell of its own.
        wide = [block for block in blocks if all(self._is_rest_of_several(key) for key in block)]
        values = protected(self._counts, wide, self._sums(), self._before.threshold, self._before)
        return tuple(replace(cell, value=self._with_quarters(cell)) for cell in _numbered(blocks, values))

    def _is_rest_of_several(self, key: Key) -> bool:
        return key.table != CITY_TOPICS.name or len(self._open[key.column]) > 1

    def _with_quarters(self, cell: Cell) -> int | None:
        """A cell's value as it is told: the whole year where only the rest of it was looked at."""
        key = cell.key
        if key.table != CITY_TOPICS.name:
            return cell.value
        rest = cell.value if self._open[key.column] else 0
        return (
            None if rest is None else rest + sum(self._before.shown.get(one, 0) for one in self._quarters[key.column])
        )
