"""What is late, and who is told of it when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from app.core.clock import day_of
from app.core.workdays import Calendar

SHOWN = 50
"""How many overdue cases, and how many unanswered requests, the coordination sees on one page."""

PATIENCE = 1
"""How many working days the office has, once it was told, before the coordination is."""


class Level(IntEnum):
    """Who has been told that a case is overdue."""

    NOBODY = 0
    OFFICE = 1
    COORDINATION = 2


@dataclass(frozen=True, slots=True)
class Late:
    """An overdue case as the coordination sees it: facts in the clear only."""

    number: str
    office_id: int
    kind: str
    state: str
    due_at: datetime
    escalation: int


@dataclass(frozen=True, slots=True)
class Week:
    """How much there is for somebody at the beginning of a week: numbers, and nothing else."""

    open: int
    overdue: int
    waiting: int

    def __bool__(self) -> bool:
        """Whether there is anything at all."""
        return bool(self.open or self.waiting)


def last_moment(due_at: datetime) -> datetime:
    """The last moment of the day on which something was due: a deadline is the first of the next."""
    return due_at - timedelta(microseconds=1)


def for_the_coordination(due_at: datetime, working: Calendar) -> datetime:
    """From when on the coordination is told, if the office has not done what was due."""
    return working.after(last_moment(due_at), PATIENCE)


def opens_the_week(moment: datetime, working: Calendar) -> bool:
    """Whether a moment lies in the first working day of its week, a holiday on Monday passed over."""
    day = day_of(moment)
    return working.works(day) and not any(
        working.works(day - timedelta(days=back)) for back in range(1, day.weekday() + 1)
    )
