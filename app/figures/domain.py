"""An office's work in numbers: in, out, open, age, first answers. Pure; suppressed like everything that is counted.

Only months that are over are counted, so that nobody can watch a single report come in. A person never stands behind a
number: neither who reported nor who worked on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import day_of, start_of
from app.core.codes import Topic
from app.core.workdays import Calendar
from app.disclosure.domain import Block, Sum, blocks_of
from app.disclosure.protection import protected
from app.reports.answers import ANSWERS, UNANSWERED, answer_class

MONTHS = 12

OTHER = "other"
"""The area of life of reports that name none."""

AGES = {"two_weeks": 14, "six_weeks": 42, "half_a_year": 182, "older": None}
"""How old open cases are, in days at most."""


class Part(StrEnum):
    """The tables of the figures."""

    IN = "in"
    OUT = "out"
    TOPIC = "topic"
    AGE = "age"
    ANSWER = "answer"


Cell = tuple[Part, str]
"""A cell: its table, and the month (``2026-10``), area of life or class that it counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """Twelve months that are over, the oldest first, as the first days of months."""

    months: tuple[date, ...]

    @classmethod
    def before(cls, day: date) -> Span:
        """The twelve months before the one of a day."""
        count = day.year * 12 + day.month - 1
        return cls(tuple(date(number // 12, number % 12 + 1, 1) for number in range(count - MONTHS, count)))

    @property
    def since(self) -> datetime:
        """The moment at which the first month begins."""
        return start_of(self.months[0])

    @property
    def until(self) -> datetime:
        """The moment at which the last month is over."""
        return start_of(after(self.months[-1]))


@dataclass(frozen=True, slots=True)
class Course:
    """The course of one report, without anything that tells which. ``ended_at`` is None while it is worked on."""

    received_at: datetime
    topic: str | None
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be shown: the number of each cell, None where it is hidden."""

    span: Span
    threshold: int
    numbers: Mapping[Cell, int | None]

    def of(self, part: Part) -> Sequence[tuple[str, int | None]]:
        """The cells of a table in their order."""
        return [(key, number) for (table, key), number in self.numbers.items() if table is part]

    def shown(self, parts: Collection[Part]) -> bool:
        """Whether any number of some tables is shown."""
        return any(number is not None for (part, _key), number in self.numbers.items() if part in parts)

    @property
    def hidden(self) -> int:
        """How many numbers are not shown."""
        return sum(number is None for number in self.numbers.values())


def after(month: date) -> date:
    """The first day of the month after one."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def figures(courses: Iterable[Course], span: Span, calendar: Calendar, threshold: int) -> Figures:
    """Count, then hide what is too small, and whatever would give it away."""
    counts = _counted(courses, span, calendar)
    cells = _cells(span)
    blocks: list[Block[Cell]] = [block for part in cells.values() for block in blocks_of(part)]
    # Every report that came in has one area of life and one class of first answer: readers know these sums.
    came_in = tuple(cells[Part.IN])
    sums = [Sum(came_in, tuple(cells[Part.TOPIC])), Sum(came_in, tuple(cells[Part.ANSWER]))]
    shown = protected({cell: counts[cell] for part in cells.values() for cell in part}, blocks, sums, threshold)
    return Figures(span, threshold, {cell: shown.get(cell) for part in cells.values() for cell in part})


def _cells(span: Span) -> dict[Part, list[Cell]]:
    months = [_month(month) for month in span.months]
    keys: dict[Part, Iterable[str]] = {
        Part.IN: months,
        Part.OUT: months,
        Part.TOPIC: (*Topic, OTHER),
        Part.AGE: AGES,
        Part.ANSWER: (*ANSWERS, UNANSWERED),
    }
    return {part: [(part, str(key)) for key in found] for part, found in keys.items()}


def _counted(courses: Iterable[Course], span: Span, calendar: Calendar) -> Counter[Cell]:
    counts: Counter[Cell] = Counter()
    last = day_of(span.until) - timedelta(days=1)
    for one in courses:
        if one.ended_at is not None and span.since <= one.ended_at < span.until:
            counts[Part.OUT, _month(day_of(one.ended_at))] += 1
        if one.received_at < span.until and (one.ended_at is None or one.ended_at >= span.until):
            counts[Part.AGE, _class(AGES, (last - day_of(one.received_at)).days)] += 1
        if span.since <= one.received_at < span.until:
            counts[Part.IN, _month(day_of(one.received_at))] += 1
            counts[Part.TOPIC, one.topic if one.topic in set(Topic) else OTHER] += 1
            counts[Part.ANSWER, answer_class(one.received_at, one.answered_at, span.until, calendar)] += 1
    return counts


def _class(classes: Mapping[str, int | None], number: int) -> str:
    return next(key for key, most in classes.items() if most is None or number <= most)


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02d}"
