"""By when a report is answered and concluded: in working days, by kind and wish, paused while its reporter is asked.

Deadlines tell the offices what is late, and the reporter what to expect. They promise nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.choices import chosen
from app.core.clock import now
from app.core.codes import Kind, Purpose, State, Wish
from app.core.workdays import Calendar, calendar
from app.places import queries as places
from app.reports import queries
from app.reports.domain import ENDED
from app.reports.models import Report

CHOICE = "deadlines"
"""What the city has chosen: ``{kind: {"answer": days, "conclusion": days}}``, for some kinds or for all."""


@dataclass(frozen=True, slots=True)
class Days:
    """In how many working days a report is answered for the first time, and concluded."""

    answer: int
    conclusion: int


DEFAULTS: Mapping[Kind, Days] = {
    Kind.DISCRIMINATION: Days(4, 20),
    Kind.GAP: Days(10, 30),
    Kind.BARRIER: Days(10, 30),
    Kind.IDEA: Days(15, 40),
    Kind.PRAISE: Days(15, 40),
    Kind.CORRECTION: Days(15, 40),
}
"""What holds where the city has chosen nothing."""


def table() -> Mapping[Kind, Days]:
    """The working days that hold for each kind."""
    ours: Mapping[str, Mapping[str, int]] = chosen(CHOICE, {})
    return {kind: Days(**ours[kind]) if kind in ours else days for kind, days in DEFAULTS.items()}


def days_for(kind: str, wish: str) -> Days:
    """The working days for a report. Who wishes for an answer waits two thirds of the time for the first one."""
    days = table()[Kind(kind)]
    return days if wish == Wish.DOCUMENT else Days(-(-days.answer * 2 // 3), days.conclusion)


def city_calendar() -> Calendar:
    """The working days of the city's offices."""
    return calendar(places.city().subdivision)


def begin(kind: str, wish: str, moment: datetime) -> dict[str, Any]:
    """The columns of a report whose time begins at a moment."""
    days, working = days_for(kind, wish), city_calendar()
    answer_by = working.after(moment, days.answer)
    return {
        "answer_by": answer_by,
        "conclude_by": working.after(moment, days.conclusion),
        "due_at": answer_by,
        "answered_at": None,
        "paused_at": None,
        "escalation": 0,
    }


def follow(report: Report) -> None:
    """Let the deadlines follow the state of a report, after each change of it.

    While the reporter is asked nothing runs; the working days that were left then run from their answer on. What has
    ended has no deadline. What begins again, or came before there were deadlines, gets new ones.
    """
    if report.state in ENDED:
        report.paused_at = None
        _due(report, None)
    elif report.state == State.WAITING:
        report.paused_at = report.paused_at or now()
        _due(report, None)
    else:
        _run(report)


def answered(report: Report) -> None:
    """Say that the first answer went out; from now on the conclusion counts."""
    report.answered_at = report.answered_at or now()
    if report.due_at is not None:
        _due(report, report.conclude_by)


def _run(report: Report) -> None:
    if report.paused_at is not None and report.answer_by is not None and report.conclude_by is not None:
        report.answer_by = _resumed(report.answer_by, report.paused_at)
        report.conclude_by = _resumed(report.conclude_by, report.paused_at)
    elif report.due_at is None:
        for name, value in begin(report.kind, report.wish, now()).items():
            setattr(report, name, value)
    report.paused_at = None
    if report.answered_at is None and report.state != State.RECEIVED and not _wants_an_answer(report):
        # Nobody may write to this person: that somebody has begun is all the answer there will be.
        report.answered_at = now()
    _due(report, report.answer_by if report.answered_at is None else report.conclude_by)


def _wants_an_answer(report: Report) -> bool:
    consented = report.wish != Wish.DOCUMENT and queries.allows(report.id, Purpose.CONTACT)
    return consented or queries.has_written(report.id)


def _resumed(deadline: datetime, paused_at: datetime) -> datetime:
    """A deadline that was left when the pause began, counted from now; there is always one day to read the answer."""
    working = city_calendar()
    # A deadline is the end of its day, which is the first moment of the next.
    left = working.between(paused_at, deadline - timedelta(microseconds=1))
    return working.after(now(), max(left, 1))


def _due(report: Report, moment: datetime | None) -> None:
    if report.due_at != moment:
        report.due_at, report.escalation = moment, 0
