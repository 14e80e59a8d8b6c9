"""Every select on what is late: for the worker that escalates, for the coordination's page and for the weekly mail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core.database import db
from app.reports import queries as reports
from app.reports.domain import UNSEEN
from app.reports.models import Report
from app.triage.domain import Asking, Reach, Unanswered
from app.triage.lists.queries import STILL_OPEN, openable
from app.triage.models import Consultation, Handover
from app.triage.overdue.domain import SHOWN, Late, Level, Week

_UNSEEN = sorted(UNSEEN)


def late(moment: datetime) -> Sequence[int]:
    """The reports whose deadline has passed and whose coordination has not been told, the longest overdue first."""
    return db.session.scalars(
        select(Report.id)
        .where(Report.due_at <= moment, Report.escalation < Level.COORDINATION)
        .order_by(Report.due_at, Report.id)
    ).all()


def known(report_id: int, mailboxes: Collection[Collection[str]]) -> bool:
    """Whether somebody without a key may know of a report, who belongs to offices with these mailboxes."""
    query = select(Report.id).where(Report.id == report_id, Report.state.not_in(_UNSEEN), reports.may_know(mailboxes))
    return db.session.scalar(query) is not None


def late_ones(moment: datetime, mailboxes: Collection[Collection[str]]) -> tuple[tuple[Late, ...], int]:
    """What is overdue of what somebody may know of, the longest overdue first and no more than fit; and how many."""
    rows: Sequence[Any] = db.session.execute(
        select(
            Report.number,
            Report.office_id,
            Report.kind,
            Report.state,
            Report.due_at,
            Report.escalation,
            func.count().over(),
        )
        .where(Report.due_at <= moment, Report.state.not_in(_UNSEEN), reports.may_know(mailboxes))
        .order_by(Report.due_at, Report.id)
        .limit(SHOWN)
    ).all()
    return tuple(Late(*row[:-1]) for row in rows), rows[0][-1] if rows else 0


def request(asked: Unanswered) -> Handover | Consultation | None:
    """What one office has asked of another, as it stands now."""
    if asked.what is Asking.HANDOVER:
        return db.session.get(Handover, asked.row_id, populate_existing=True)
    return db.session.get(Consultation, asked.row_id, populate_existing=True)


def week(reach: Reach, moment: datetime) -> Week:
    """How much there is for somebody: open cases that their offices lead, overdue ones, requests to these offices."""
    offices = sorted(reach.offices)
    led = select(func.count()).select_from(Report).where(STILL_OPEN, Report.office_id.in_(offices), openable(reach))
    offers = (
        select(func.count())
        .select_from(Handover)
        .join(Report, Report.id == Handover.report_id)
        .where(Handover.outcome.is_(None), Handover.to_office_id.in_(offices), openable(reach))
    )
    questions = (
        select(func.count())
        .select_from(Consultation)
        .join(Report, Report.id == Consultation.report_id)
        .where(
            Consultation.answered_at.is_(None),
            Consultation.ended_at.is_(None),
            Consultation.office_id.in_(offices),
            openable(reach),
        )
    )
    counted = (led, led.where(Report.due_at <= moment), offers, questions)
    open_now, overdue, offered, asked = (db.session.scalar(query) or 0 for query in counted)
    return Week(open_now, overdue, offered + asked)
