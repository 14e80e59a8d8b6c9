"""Every select on cases but those of the queue. The desks' ones ask for a grant to a person's key: no other way in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, func, select, tuple_

from app.core.codes import State
from app.core.database import db
from app.reports import queries as reports
from app.reports.domain import ENDED, UNSEEN
from app.reports.models import DecisionRow, MeasureLink, Report
from app.triage.domain import PAGE_SIZE, Asking, FactsLine, Line, OfficeCount, Reach, Task, Unanswered, Wanted
from app.triage.lists.queries import ASKED, LINE, ON_OFFER, openable
from app.triage.models import Consultation, Handover, Reassignment

Listed: TypeAlias = "Select[*tuple[Any, ...]]"

_ENDED = sorted(ENDED)
_UNSEEN = sorted(UNSEEN)


def _page(query: Listed, wanted: Wanted) -> tuple[Sequence[Any], bool, bool]:
    """One page of a list sorted by (received_at, id): its rows, and whether there are more before and after."""
    key = tuple_(Report.received_at, Report.id)
    backwards = wanted.before is not None
    edge = wanted.before or wanted.after
    newest_first = wanted.newest_first is not backwards
    if edge is not None:
        at = (edge.at, edge.report_id)
        query = query.where(key < at if newest_first else key > at)
    order = (Report.received_at, Report.id)
    query = query.order_by(*(column.desc() if newest_first else column.asc() for column in order))
    rows = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    further = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if backwards:
        return rows[::-1], further, True
    return rows, edge is not None, further


def _filtered(query: Listed, wanted: Wanted) -> Listed:
    if wanted.open_only:
        query = query.where(Report.state.not_in(_ENDED))
    if wanted.kind is not None:
        query = query.where(Report.kind == wanted.kind)
    if wanted.office is not None:
        query = query.where(Report.office_id == wanted.office)
    return query


# Of the coordination -------------------------------------------------------------------------------------------------


def _known_to(mailboxes: Collection[Collection[str]]) -> ColumnElement[bool]:
    """What the coordination may know of, that belongs to offices with these mailboxes."""
    return and_(Report.state.not_in(_UNSEEN), reports.may_know(mailboxes))


def facts(wanted: Wanted, mailboxes: Collection[Collection[str]]) -> tuple[tuple[FactsLine, ...], bool, bool]:
    """A page of the coded facts of the reports that somebody may know of, with the latest decision and task."""
    rows, before, after = _page(_filtered(_facts(mailboxes), wanted), wanted)
    return tuple(_facts_line(row) for row in rows), before, after


def facts_of(number: str, mailboxes: Collection[Collection[str]]) -> FactsLine | None:
    """The coded facts of one report; None also for one that the person may not know of."""
    row = db.session.execute(_facts(mailboxes).where(Report.number == number).order_by(Report.id)).first()
    return _facts_line(row) if row else None


def _facts(mailboxes: Collection[Collection[str]]) -> Listed:
    latest = (
        select(func.max(DecisionRow.id)).where(DecisionRow.report_id == Report.id).correlate(Report).scalar_subquery()
    )
    last = (
        select(func.max(Reassignment.id)).where(Reassignment.report_id == Report.id).correlate(Report).scalar_subquery()
    )
    return (
        select(
            *LINE,
            ON_OFFER,
            ASKED,
            Report.wish,
            Report.role,
            Report.grounds,
            Report.forms,
            Report.missing,
            Report.targets,
            Report.outcome,
            DecisionRow.rule,
            DecisionRow.set_version,
            Reassignment.to_office_id,
            Reassignment.decided_at,
            Reassignment.due_at,
            Reassignment.outcome,
        )
        .outerjoin(DecisionRow, DecisionRow.id == latest)
        .outerjoin(Reassignment, Reassignment.id == last)
        .where(_known_to(mailboxes))
    )


def _facts_line(row: Sequence[Any]) -> FactsLine:
    width = len(LINE) + 2
    wish, role, grounds, forms, missing, targets, outcome, rule, version, *task = row[width:]
    details = (
        *(f"ground:{key}" for key in grounds),
        *(f"form:{key}" for key in forms),
        *(f"missing:{key}" for key in missing),
        *(f"target:{key}" for key in targets),
    )
    asked = Task(*task) if task[0] is not None else None
    return FactsLine(Line(*row[:width]), wish, role, details, outcome, rule, version, asked)


def office_counts(mailboxes: Collection[Collection[str]]) -> tuple[OfficeCount, ...]:
    """How many cases each office leads, the busiest first, as far as somebody may know of them."""
    still_open = Report.state.not_in(_ENDED)
    open_now = func.sum(case((still_open, 1), else_=0))
    rows = db.session.execute(
        select(
            Report.office_id,
            open_now,
            func.sum(case((Report.state == State.DANGER, 1), else_=0)),
            func.sum(case((ON_OFFER, 1), else_=0)),
            func.count(),
        )
        .where(_known_to(mailboxes), Report.office_id.is_not(None))
        .group_by(Report.office_id)
        .order_by(open_now.desc(), Report.office_id)
    )
    return tuple(OfficeCount(*row) for row in rows)


def open_handover(report_id: int) -> Handover | None:
    """The offer of a case that nobody has answered yet; there is at most one."""
    return db.session.scalars(
        select(Handover).where(Handover.report_id == report_id, Handover.outcome.is_(None)).order_by(Handover.id)
    ).first()


def consultations(report_id: int) -> Sequence[Consultation]:
    """The offices that are asked to work along, or do so, as long as that has not ended; in the order of asking."""
    return db.session.scalars(
        select(Consultation)
        .where(Consultation.report_id == report_id, Consultation.ended_at.is_(None))
        .order_by(Consultation.id)
    ).all()


def unanswered(moment: datetime, mailboxes: Collection[Collection[str]] | None = None) -> tuple[Unanswered, ...]:
    """What offices should have answered by a moment and have not, the longest overdue first.

    With ``mailboxes`` only of reports that somebody may know of who belongs to offices with these; without, of all.
    """
    offers = _overdue(Handover, Handover.from_office_id, Handover.to_office_id, Handover.offered_at).where(
        Handover.outcome.is_(None), Handover.due_at <= moment
    )
    questions = _overdue(Consultation, Consultation.asked_by_id, Consultation.office_id, Consultation.asked_at).where(
        Consultation.answered_at.is_(None), Consultation.ended_at.is_(None), Consultation.due_at <= moment
    )
    known = Report.state.not_in(_UNSEEN) if mailboxes is None else _known_to(mailboxes)
    found = [
        Unanswered(what, *row)
        for what, query in ((Asking.HANDOVER, offers), (Asking.CONSULTATION, questions))
        for row in db.session.execute(query.where(known))
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.what, one.row_id)))


def _overdue(table: type[Handover | Consultation], *columns: Any) -> Listed:  # noqa: ANN401
    return (
        select(table.id, Report.id, Report.number, *columns, table.due_at, table.escalated_at)
        .join(Report, Report.id == table.report_id)
        .order_by(table.due_at, table.id)
    )


def open_reassignment(report_id: int) -> Reassignment | None:
    """What the coordination asks for and nobody has carried out yet; there is at most one."""
    return db.session.scalars(
        select(Reassignment)
        .where(Reassignment.report_id == report_id, Reassignment.outcome.is_(None))
        .order_by(Reassignment.id)
    ).first()


def restricted(reach: Reach, most: int) -> Sequence[str]:
    """The numbers of cases that somebody can open and some office must not learn of, newest first."""
    return db.session.scalars(
        select(Report.number)
        .where(Report.restricted, openable(reach))
        .order_by(Report.received_at.desc(), Report.id.desc())
        .limit(most)
    ).all()


def open_tasks(reach: Reach, most: int) -> Sequence[str]:
    """The numbers of cases that somebody can open and the coordination wants handed over, the most urgent first."""
    return db.session.scalars(
        select(Report.number)
        .join(Reassignment, Reassignment.report_id == Report.id)
        .where(Reassignment.outcome.is_(None), openable(reach))
        .order_by(Reassignment.due_at, Reassignment.id)
        .limit(most)
    ).all()


def measure_link(report_id: int, measure_id: int) -> MeasureLink | None:
    """The link between a report and a measure."""
    return db.session.scalars(
        select(MeasureLink)
        .where(MeasureLink.report_id == report_id, MeasureLink.measure_id == measure_id)
        .order_by(MeasureLink.id)
    ).first()
