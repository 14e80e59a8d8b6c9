"""Every select on cases. The desks' ones begin with the grants that a person's mailboxes hold: no other way in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_

from app.core.codes import State
from app.core.database import db
from app.privacy.models import Grant
from app.reports import queries as reports
from app.reports.domain import ENDED, UNSEEN
from app.reports.models import DecisionRow, MeasureLink, Report
from app.triage.domain import PAGE_SIZE, Counts, FactsLine, Line, OfficeCount, Reach, Task, Wanted
from app.triage.models import Handover, Reassignment

Listed: TypeAlias = "Select[*tuple[Any, ...]]"

_ENDED = sorted(ENDED)
_UNSEEN = sorted(UNSEEN)


def _granted(reach: Reach) -> ColumnElement[bool]:
    """Only reports that one of the mailboxes can open, or the person's own key on behalf of an office of theirs."""
    by_mailbox = select(Grant.box_id).where(Grant.principal_id.in_(sorted(reach.mailboxes)))
    by_person = select(Grant.box_id).where(Grant.principal_id == reach.own)
    mine = sorted(reach.belongs_to)
    concerned = or_(Report.office_id.in_(mine), Report.fallback_office_id.in_(mine), _offered_to(mine))
    return or_(Report.box_id.in_(by_mailbox), and_(Report.box_id.in_(by_person), concerned))


def _offered_to(offices: Collection[int]) -> ColumnElement[bool]:
    return exists().where(
        Handover.report_id == Report.id, Handover.outcome.is_(None), Handover.to_office_id.in_(sorted(offices))
    )


_ASKED = exists().where(Reassignment.report_id == Report.id, Reassignment.outcome.is_(None)).correlate(Report)

_ON_OFFER = exists().where(Handover.report_id == Report.id, Handover.outcome.is_(None))

_LINE = (
    Report.id,
    Report.number,
    Report.received_at,
    Report.kind,
    Report.topic,
    func.coalesce(Report.area_id, Report.coarse_area_id),
    Report.language,
    Report.state,
    Report.office_id,
    Report.unread,
    Report.has_files,
)


def _page(query: Listed, wanted: Wanted) -> tuple[Sequence[Any], bool, bool]:
    """One page of a list sorted by (received_at, id): its rows, and whether there are more before and after."""
    key = tuple_(Report.received_at, Report.id)
    backwards = wanted.before is not None
    edge = wanted.before or wanted.after
    newest_first = wanted.newest_first is not backwards
    if edge is not None:
        at = (edge.received_at, edge.report_id)
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


def queue(reach: Reach, wanted: Wanted) -> tuple[tuple[Line, ...], bool, bool]:
    """A page of the reports that somebody can open, and whether there are more before and after it.

    Their offices decide what is "mine" and "offered to me".
    """
    offered = _offered_to(reach.offices)
    query = _filtered(select(*_LINE, offered, _ASKED).where(_granted(reach)), wanted)
    if wanted.whose == "mine":
        query = query.where(Report.office_id.in_(sorted(reach.offices)))
    elif wanted.whose == "offered":
        query = query.where(offered)
    rows, before, after = _page(query, wanted)
    return tuple(Line(*row) for row in rows), before, after


def counts(reach: Reach) -> Counts:
    """How many open cases somebody can open, and how many of them are unread, mine, offered to me."""

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        select(
            func.count(),
            how_many(Report.unread.is_(True)),
            how_many(Report.office_id.in_(sorted(reach.offices))),
            how_many(_offered_to(reach.offices)),
        )
        .select_from(Report)
        .where(_granted(reach), Report.state.not_in(_ENDED))
    ).one()
    return Counts(*row)


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
            *_LINE,
            _ON_OFFER,
            _ASKED,
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
    width = len(_LINE) + 2
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
            func.sum(case((_ON_OFFER, 1), else_=0)),
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
        .where(Report.restricted, _granted(reach))
        .order_by(Report.received_at.desc(), Report.id.desc())
        .limit(most)
    ).all()


def open_tasks(reach: Reach, most: int) -> Sequence[str]:
    """The numbers of cases that somebody can open and the coordination wants handed over, the most urgent first."""
    return db.session.scalars(
        select(Report.number)
        .join(Reassignment, Reassignment.report_id == Report.id)
        .where(Reassignment.outcome.is_(None), _granted(reach))
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
