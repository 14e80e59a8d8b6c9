"""How a report leaves the offices again, and who else has to know that it did."""

from __future__ import annotations

from collections.abc import Callable

from app.core.clock import now
from app.core.codes import Purpose, State
from app.core.database import db
from app.directory import queries as directory
from app.privacy import service as privacy
from app.reports import deadlines
from app.reports.models import Event, Report

_listeners: list[Callable[[int], None]] = []
_without_consent: list[Callable[[Report, Purpose], None]] = []


def when_left(listener: Callable[[int], None]) -> None:
    """Have something done, with the report's id, whenever a report leaves the offices. For rooms above this one."""
    if listener not in _listeners:
        _listeners.append(listener)


def left(report: Report) -> None:
    """Say that no office works on a report any more."""
    for listener in _listeners:
        listener(report.id)


def when_consent_withdrawn(listener: Callable[[Report, Purpose], None]) -> None:
    """Have something done whenever a reporter takes back a consent. For rooms above this one."""
    if listener not in _without_consent:
        _without_consent.append(listener)


def consent_withdrawn(report: Report, purpose: Purpose) -> None:
    """Say that a consent is no longer in force."""
    for listener in _without_consent:
        listener(report, purpose)


def keep_if_outside(report: Report) -> None:
    """Without consent an independent desk reads no longer; the report then waits for its reporter.

    What the desk noted goes with it: nobody else has ever had a way to that.
    """
    lead = directory.organisation_by_id(report.office_id) if report.office_id is not None else None
    if lead is None or lead.kind != "independent" or report.box_id is None:
        return
    privacy.take_away_all(report.box_id)
    notes = report.staff_box_id
    report.state, report.outcome, report.changed_at, report.unread = State.KEPT, None, now(), False
    deadlines.follow(report)
    report.office_id = report.fallback_office_id = report.staff_box_id = None
    db.session.add(Event(report_id=report.id, kind="state", actor="reporter", state=State.KEPT))
    db.session.flush()
    if notes is not None:
        privacy.shred(notes)
    left(report)
