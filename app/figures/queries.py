"""The courses of an office's reports: moments and areas of life, nothing that tells which report it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import func, or_, select

from app.core.database import db
from app.figures.domain import Course, Span
from app.reports import queries as reports
from app.reports.domain import ENDED, UNSEEN
from app.reports.models import Event, Report

AT_ONCE = 2000


def courses(office_id: int, span: Span, mailboxes: Collection[Collection[str]] | None) -> Iterator[Course]:
    """The reports that an office leads and that were open or came in during a time.

    ``mailboxes`` are those of a coordinator, who may not know of every report; None stands for the office itself.
    """
    ended = sorted(ENDED)
    last = (
        select(func.coalesce(func.max(Event.at), Report.changed_at))
        .where(Event.report_id == Report.id, Event.kind == "state", Event.state.in_(ended))
        .correlate(Report)
        .scalar_subquery()
    )
    query = (
        select(Report.received_at, Report.topic, Report.answered_at, Report.state, last)
        .where(
            Report.office_id == office_id,
            Report.state.not_in(sorted(UNSEEN)),
            or_(Report.state.not_in(ended), Report.changed_at >= span.since),
        )
        .order_by(Report.received_at, Report.id)
        .execution_options(yield_per=AT_ONCE)
    )
    if mailboxes is not None:
        query = query.where(reports.may_know(mailboxes))
    for received_at, topic, answered_at, state, ended_at in db.session.execute(query):
        yield Course(received_at, topic, answered_at, ended_at if state in ENDED else None)
