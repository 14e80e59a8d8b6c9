"""The cells of a publication, which of them are shown together, and how they are tied to each other. Pure.

What every reader knows of a year, and so what is protected:

- A number by area of life is the sum of its quarters, and of the groups of parts of town with what is not counted by
  area. A group is the sum of its areas of life, and of its parts. A number by who is concerned is the sum of its
  groups, and none exceeds the group, for a report may name several.
- Experiences of discrimination by area of life and, where the city has chosen so, by group with what is not counted by
  area have the same total.
- Reports of all kinds by language and by time until the first answer have the same total. It is at least what gap
  reports and experiences of discrimination come to together: ideas, praise and corrections come on top, and how many
  these are is told nowhere.
- A report may move several measures or none, so none of their numbers exceeds that total. None counts experiences of
  discrimination, so with all of these it does not exceed it either.

Within these sums the tables are independent of each other: for any that agree with them there are reports that have
exactly these languages, answers, areas of life and measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.core.languages import DEFAULT
from app.disclosure.domain import Block, Known, Sum, blocks_of
from app.disclosure.protection import protected
from app.needs.domain import (
    ALL,
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_MEASURES,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    LIST,
    NOWHERE,
    PARTS,
    QUARTERLY,
    TARGETS,
    TONGUES,
    TOPICS,
    WAITED,
    Columns,
    Geography,
    Key,
    Length,
    Listed,
    Period,
    Rows,
)
from app.places.domain import AreaCard
from app.reports.answers import UNANSWERED


@dataclass(frozen=True, slots=True)
class Facts:
    """The true numbers of a period. They live as long as it takes to publish it. A quarter has ``gaps`` only."""

    gaps: Mapping[tuple[int, str, str], int]
    """Gap reports by (quarter, part of town or ``NOWHERE``, area of life)."""

    targets: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Gap reports by (part of town or ``NOWHERE``, group of people)."""

    discrimination: Mapping[str, int] = field(default_factory=dict)
    """Reports of discrimination by area of life."""

    languages: Mapping[str, int] = field(default_factory=dict)
    """Reports of all kinds by the language they were written in."""

    answers: Mapping[str, int] = field(default_factory=dict)
    """Reports of all kinds by how long the first answer took."""

    measures: Mapping[str, int] = field(default_factory=dict)
    """Reports but those of discrimination by the measure they are linked to. Names each measure that there is."""

    placed_discrimination: Mapping[str, int] | None = None
    """Reports of discrimination by group of parts of town, or ``NOWHERE``; None where that is not to be told."""


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
        self._discrimination = self._columns(DISCRIMINATION)
        self._languages = self._columns(CITY_LANGUAGES)
        self._answers = self._columns(CITY_ANSWERS)
        self._measures = self._columns(CITY_MEASURES)
        self._counts: dict[Key, int] = {}
        self._count()

    @staticmethod
    def _size(parts: Iterable[AreaCard]) -> int:
        """Where an area stands in the public order: those with most residents first."""
        return -sum(part.residents or 0 for part in parts)

    def _key(self, table: Listed, row: str, column: str = ALL) -> Key:
        return Key(table.name, self._period.name, row, column)

    def _columns(self, listed: Listed) -> list[Key]:
        """The cells of a table of the whole city, in the public order."""
        columns = {
            Columns.TOPICS: TOPICS,
            Columns.TARGETS: TARGETS,
            Columns.TONGUES: TONGUES,
            Columns.WAITED: WAITED,
            Columns.MEASURES: sorted(self._facts.measures),
        }
        return [self._key(listed, CITY, column) for column in columns[listed.columns]]

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
        for target in TARGETS:
            everywhere = sum(number for (_part, named), number in facts.targets.items() if named == target)
            placed = sum(counts[self._key(GROUP_TARGETS, group.key, target)] for group in self._groups)
            counts[self._key(CITY_TARGETS, CITY, target)] = everywhere
            counts[self._key(GROUP_TARGETS, NOWHERE, target)] = everywhere - placed
        self._count_discrimination()
        self._count_all_kinds()

    def _count_discrimination(self) -> None:
        counts, by_group = self._counts, self._facts.placed_discrimination
        for key in self._discrimination:
            counts[key] = self._facts.discrimination.get(key.column, 0)
        if by_group is not None:
            placed = {self._key(GROUP_DISCRIMINATION, group.key): by_group.get(group.key, 0) for group in self._groups}
            everywhere = sum(counts[key] for key in self._discrimination)
            counts |= placed
            counts[self._key(GROUP_DISCRIMINATION, NOWHERE)] = everywhere - sum(placed.values())

    def _count_all_kinds(self) -> None:
        counts, facts = self._counts, self._facts
        counts |= {key: facts.languages.get(key.column, 0) for key in self._languages}
        counts |= {key: facts.answers.get(key.column, 0) for key in self._answers}
        counts |= {key: facts.measures[key.column] for key in self._measures}
        told = sum(self._before.shown[key] for key in self._told())
        gaps = told + sum(counts[self._key(CITY_TOPICS, CITY, topic)] for topic in TOPICS)
        discrimination = sum(counts[key] for key in self._discrimination)
        # Reports withdrawn since their quarter was published still count as gaps; so they still count here.
        missing = max(gaps + discrimination - sum(counts[key] for key in self._languages), 0)
        counts[self._key(CITY_LANGUAGES, CITY, DEFAULT)] += missing
        counts[self._key(CITY_ANSWERS, CITY, UNANSWERED)] += missing

    def _told(self) -> list[Key]:
        """The numbers that the quarters have shown."""
        return [key for keys in self._quarters.values() for key in keys if key in self._before.shown]

    # Blocks and sums ---------------------------------------------------------------------------------------------

    def _blocks(self) -> list[Block[Key]]:
        blocks: list[Block[Key]] = []
        for listed in (one for one in LIST if one.length is Length.YEAR):
            if listed.rows is Rows.CITY:
                blocks += blocks_of(self._columns(listed))
            elif listed.rows is Rows.PARTS:
                parts = sorted(self._geography.parts, key=lambda part: self._size([part]))
                blocks += blocks_of([self._key(listed, part.key) for part in parts])
            elif self._groups and (not listed.by_choice or self._facts.placed_discrimination is not None):
                blocks += self._blocks_of_groups(listed)
        return blocks

    def _blocks_of_groups(self, listed: Listed) -> list[Block[Key]]:
        columns = {Columns.ALL: (ALL,), Columns.TOPICS: TOPICS, Columns.TARGETS: TARGETS}[listed.columns]
        # All gap reports that are not counted by area together would come near their total.
        rows = self._rows()[:-1] if listed is GROUPS else self._rows()
        return [block for column in columns for block in blocks_of([self._key(listed, row, column) for row in rows])]

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
        return sums + self._sums_of_all_kinds()

    def _sums_of_all_kinds(self) -> list[Sum[Key]]:
        everything, discrimination = tuple(self._languages), tuple(self._discrimination)
        gaps = (*self._columns(CITY_TOPICS), *self._told())
        sums = [Sum(everything, tuple(self._answers)), Sum(everything, (*gaps, *discrimination), more=True)]
        sums += [Sum(everything, (*discrimination, measure), more=True) for measure in self._measures]
        if self._groups and self._facts.placed_discrimination is not None:
            rows = tuple(self._key(GROUP_DISCRIMINATION, row) for row in self._rows())
            sums.append(Sum(discrimination, rows))
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
