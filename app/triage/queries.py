"""Every select on cases. The desks' ones begin with the grants that a person's mailboxes hold: no other way in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, case, exists, func, select, tuple_

from app.core.codes import State
from app.core.database import db
from app.privacy.models import Grant
from app.reports.domain import ENDED
from app.reports.models import DecisionRow, MeasureLink, Report
from app.routing.models import RuleRow, RuleSet
from app.triage.domain import PAGE_SIZE, Counts, FactsLine, Line, OfficeCount, Wanted
from app.triage.models import Handover

Listed: TypeAlias = "Select[*tuple[Any, ...]]"

_ENDED = sorted(ENDED)


def _granted(mailboxes: Collection[str]) -> ColumnElement[bool]:
    """Only reports whose box one of the mailboxes can open."""
    return Report.box_id.in_(select(Grant.box_id).where(Grant.principal_id.in_(sorted(mailboxes))))


def _offered_to(offices: Collection[int]) -> ColumnElement[bool]:
    return exists().where(
        Handover.report_id == Report.id, Handover.outcome.is_(None), Handover.to_office_id.in_(sorted(offices))
    )


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


def queue(mailboxes: Collection[str], offices: Collection[int], wanted: Wanted) -> tuple[tuple[Line, ...], bool, bool]:
    """A page of the reports that the mailboxes can open, and whether there are more before and after it.

    ``offices`` are the person's own: they decide what is "mine" and "offered to me".
    """
    offered = _offered_to(offices)
    query = _filtered(select(*_LINE, offered).where(_granted(mailboxes)), wanted)
    if wanted.whose == "mine":
        query = query.where(Report.office_id.in_(sorted(offices)))
    elif wanted.whose == "offered":
        query = query.where(offered)
    rows, before, after = _page(query, wanted)
    return tuple(Line(*row) for row in rows), before, after


def counts(mailboxes: Collection[str], offices: Collection[int]) -> Counts:
    """How many open cases the mailboxes can open, and how many of them are unread, mine, offered to me."""

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        select(
            func.count(),
            how_many(Report.unread.is_(True)),
            how_many(Report.office_id.in_(sorted(offices))),
            how_many(_offered_to(offices)),
        )
        .select_from(Report)
        .where(_granted(mailboxes), Report.state.not_in(_ENDED))
    ).one()
    return Counts(*row)


def facts(wanted: Wanted) -> tuple[tuple[FactsLine, ...], bool, bool]:
    """A page of the coded facts of all reports with the rule of the latest decision. Opens nothing."""
    latest = (
        select(func.max(DecisionRow.id)).where(DecisionRow.report_id == Report.id).correlate(Report).scalar_subquery()
    )
    query = _filtered(
        select(
            *_LINE,
            _ON_OFFER,
            Report.wish,
            Report.role,
            Report.grounds,
            Report.forms,
            Report.missing,
            Report.targets,
            Report.outcome,
            DecisionRow.rule,
            DecisionRow.set_version,
        ).outerjoin(DecisionRow, DecisionRow.id == latest),
        wanted,
    )
    rows, before, after = _page(query, wanted)
    width = len(_LINE) + 1
    return tuple(_facts_line(Line(*row[:width]), row[width:]) for row in rows), before, after


def _facts_line(line: Line, rest: Iterable[Any]) -> FactsLine:
    wish, role, grounds, forms, missing, targets, outcome, rule, version = rest
    details = (
        *(f"ground:{key}" for key in grounds),
        *(f"form:{key}" for key in forms),
        *(f"missing:{key}" for key in missing),
        *(f"target:{key}" for key in targets),
    )
    return FactsLine(line, wish, role, details, outcome, rule, version)


def office_counts() -> tuple[OfficeCount, ...]:
    """How many cases each office leads, the busiest first."""
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
        .group_by(Report.office_id)
        .order_by(open_now.desc(), Report.office_id)
    )
    return tuple(OfficeCount(*row) for row in rows)


def open_handover(report_id: int) -> Handover | None:
    """The offer of a case that nobody has answered yet; there is at most one."""
    return db.session.scalars(
        select(Handover).where(Handover.report_id == report_id, Handover.outcome.is_(None)).order_by(Handover.id)
    ).first()


def rule_of(decision: DecisionRow) -> RuleRow | None:
    """The rule that a decision names, as long as its version of the rules is kept."""
    return db.session.scalars(
        select(RuleRow)
        .join(RuleSet, RuleRow.set_id == RuleSet.id)
        .where(RuleSet.version == decision.set_version, RuleRow.key == decision.rule)
        .order_by(RuleRow.id)
    ).first()


def measure_link(report_id: int, measure_id: int) -> MeasureLink | None:
    """The link between a report and a measure."""
    return db.session.scalars(
        select(MeasureLink)
        .where(MeasureLink.report_id == report_id, MeasureLink.measure_id == measure_id)
        .order_by(MeasureLink.id)
    ).first()
