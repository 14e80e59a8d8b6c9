"""Every select of the queue: the cases that somebody can open, by the way in which their offices are concerned.

Each way (an office leads, is in reserve, is offered a case, is asked to work along) walks an index in the order of the
list and stops after a page, so that a page takes no longer where there are more reports. A case is on a list only with
a grant for one of the person's mailboxes, or for their own key on behalf of an office that is concerned.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from app.accounts.models import User
from app.core.clock import now, start_of, today
from app.core.database import db
from app.privacy.models import Grant
from app.reports.domain import OPEN
from app.reports.models import MeasureLink, Report
from app.triage.domain import PAGE_SIZE, Line, Place, Reach
from app.triage.lists.selection import COUNTED_UP_TO, Group, Order, Selection
from app.triage.models import BulkAct, CaseLabel, Consultation, Handover, Reassignment, SavedFilter, ToDo

Listed: TypeAlias = "Select[*tuple[Any, ...]]"
Condition: TypeAlias = ColumnElement[bool]

# The states stand in the statement itself: only so the databases see that an index of open cases fits.
STILL_OPEN = Report.state.in_([literal_column(f"'{state}'") for state in OPEN])

ASKED = exists().where(Reassignment.report_id == Report.id, Reassignment.outcome.is_(None)).correlate(Report)
"""The coordination asks for a handover that nobody has carried out yet."""

ON_OFFER = exists().where(Handover.report_id == Report.id, Handover.outcome.is_(None)).correlate(Report)

LINE = (
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
    Report.changed_at,
    Report.due_at,
    Report.assignee_id,
)

# Who may see what ----------------------------------------------------------------------------------------------------


def openable(reach: Reach) -> Condition:
    """Only reports that one of the mailboxes can open, or the person's own key on behalf of an office of theirs."""
    mine = sorted(reach.belongs_to)
    concerned = or_(
        Report.office_id.in_(mine),
        Report.fallback_office_id.in_(mine),
        Report.id.in_(_offered_to(mine)),
        Report.id.in_(_consulted(mine)),
    )
    return or_(_granted(reach.mailboxes), and_(_granted([reach.own]), concerned))


def _granted(principals: Collection[str]) -> Condition:
    if not principals:
        return false()
    found = exists().where(Grant.box_id == Report.box_id, Grant.principal_id.in_(sorted(principals)))
    return found.correlate(Report)


def _offered_to(offices: Collection[int]) -> Select[int]:
    return select(Handover.report_id).where(Handover.outcome.is_(None), Handover.to_office_id.in_(offices))


def _consulted(offices: Collection[int]) -> Select[int]:
    return select(Consultation.report_id).where(Consultation.ended_at.is_(None), Consultation.office_id.in_(offices))


@dataclass(frozen=True, slots=True)
class _Office:
    """One office of the person, with the condition that they can open a case in which it is concerned."""

    office_id: int
    granted: Condition

    @property
    def leads(self) -> Condition:
        return and_(Report.office_id == self.office_id, self.granted)

    def in_reserve(self, apart_from: Collection[int]) -> Condition:
        others = Report.office_id.not_in(sorted(apart_from))
        return and_(Report.fallback_office_id == self.office_id, others, self.granted)

    @property
    def offered(self) -> Condition:
        return and_(Report.id.in_(_offered_to([self.office_id])), self.granted)

    @property
    def consulted(self) -> Condition:
        return and_(Report.id.in_(_consulted([self.office_id])), self.granted)

    @property
    def asked(self) -> Condition:
        unanswered = _consulted([self.office_id]).where(Consultation.answered_at.is_(None))
        return and_(Report.id.in_(unanswered), self.granted)


def _offices(reach: Reach) -> Iterator[_Office]:
    """Where nobody has passed the office's key on yet, the few grants to the person themselves lead to its cases."""
    single = Report.box_id.in_(select(Grant.box_id).where(Grant.principal_id == reach.own))
    for office_id in sorted(reach.offices | reach.belongs_to):
        if office_id in reach.offices:
            own = {reach.own} & ({reach.own} if office_id in reach.belongs_to else set())
            yield _Office(office_id, _granted(reach.mailboxes | own))
        else:
            yield _Office(office_id, single)


def _ways(reach: Reach, me: int, group: Group) -> list[Condition]:
    """The ways to the cases of a group. A case may come by several."""
    offices = list(_offices(reach))
    leads = [office.leads for office in offices]
    reserve = [office.in_reserve(reach.offices) for office in offices]
    everything = [*leads, *reserve, *(way for office in offices for way in (office.offered, office.consulted))]
    ways: Mapping[Group, Callable[[], list[Condition]]] = {
        Group.ALL: lambda: everything,
        Group.ME: lambda: [and_(Report.assignee_id == me, openable(reach))],
        Group.OFFICE: lambda: leads,
        Group.RESERVE: lambda: reserve,
        Group.WAITING: lambda: [
            *(way for office in offices for way in (office.offered, office.asked)),
            and_(Report.id.in_(_asked_by_us(reach)), openable(reach)),
        ],
        Group.OVERDUE: lambda: [
            and_(way, Report.due_at < bindparam(None, callable_=now)) for way in (*leads, *reserve)
        ],
        Group.NEW: lambda: [and_(way, Report.unread) for way in everything],
        Group.TO_DO: lambda: [and_(Report.id.in_(_to_do(reach)), openable(reach))],
    }
    return ways[group]()


def _asked_by_us(reach: Reach) -> Any:  # noqa: ANN401  (a compound select, which has no type that one can write)
    mine = sorted(reach.offices | reach.belongs_to)
    offers = select(Handover.report_id).where(Handover.outcome.is_(None), Handover.from_office_id.in_(mine))
    questions = select(Consultation.report_id).where(
        Consultation.ended_at.is_(None), Consultation.answered_at.is_(None), Consultation.asked_by_id.in_(mine)
    )
    return union(offers, questions)


def _to_do(reach: Reach) -> Select[int]:
    mine = sorted(reach.offices | reach.belongs_to)
    return select(ToDo.report_id).where(
        ToDo.done_at.is_(None), ToDo.due_on <= bindparam(None, callable_=today), ToDo.office_id.in_(mine)
    )


def _filters(wanted: Selection) -> Iterator[Condition]:
    if wanted.state is not None:
        yield Report.state == wanted.state
    elif wanted.open_only:
        yield STILL_OPEN
    for column, value in (
        (Report.kind, wanted.kind),
        (Report.topic, wanted.topic),
        (Report.language, wanted.language),
        (Report.office_id, wanted.office_id),
    ):
        if value is not None:
            yield column == value
    if wanted.area_id is not None:
        yield or_(Report.area_id == wanted.area_id, Report.coarse_area_id == wanted.area_id)
    if wanted.label_id is not None:
        yield exists().where(CaseLabel.report_id == Report.id, CaseLabel.label_id == wanted.label_id)
    if wanted.measure_id is not None:
        yield exists().where(MeasureLink.report_id == Report.id, MeasureLink.measure_id == wanted.measure_id)
    if wanted.since is not None:
        yield Report.received_at >= start_of(wanted.since)
    if wanted.until is not None:
        yield Report.received_at < start_of(wanted.until + timedelta(days=1))


# Pages ---------------------------------------------------------------------------------------------------------------


def queue(reach: Reach, me: int, wanted: Selection) -> tuple[tuple[Line, ...], bool, bool]:
    """A page of the reports that somebody can open, and whether there are more before and after it.

    ``me`` is the person's id: some cases are assigned to them.
    """
    backwards = wanted.before is not None
    edge = wanted.before or wanted.after
    conditions = list(_filters(wanted))
    if edge is not None:
        conditions.append(_beyond(wanted.order, edge, backwards))
    order = _sorted(wanted.order, backwards)
    found = _together(_ways(reach, me, wanted.group), conditions, PAGE_SIZE + 1, order)
    query = select(*_marked(reach)).where(Report.id.in_(found)).order_by(*order).limit(PAGE_SIZE + 1)
    rows = db.session.execute(query).all()
    further = len(rows) > PAGE_SIZE
    lines = tuple(Line(*row) for row in rows[:PAGE_SIZE])
    if backwards:
        return lines[::-1], further, True
    return lines, edge is not None, further


def _marked(reach: Reach) -> tuple[ColumnElement[Any], ...]:
    """The columns of a line, with what waits for an answer of the person's offices."""
    mine = sorted(reach.offices)
    waits = _consulted(mine).where(Consultation.answered_at.is_(None))
    works = select(User.title).where(User.id == Report.assignee_id).scalar_subquery()
    return (
        *(column.expression for column in LINE),
        Report.id.in_(_offered_to(mine)),
        ASKED,
        Report.id.in_(waits),
        works,
    )


def counts(reach: Reach, me: int) -> Mapping[Group, int]:
    """How many open cases each group has; ``COUNTED_UP_TO + 1`` stands for any number above it."""
    row = db.session.execute(_counting(reach, me)).one()
    return dict(zip(Group, row, strict=True))


@functools.lru_cache(maxsize=256)
def _counting(reach: Reach, me: int) -> Listed:
    """The statement of :func:`counts`. To write it down takes as long as the answer, and it stays as it is."""
    most = COUNTED_UP_TO + 1
    counted = []
    for group in Group:
        found = _together(_ways(reach, me, group), [STILL_OPEN], most).subquery()
        counted.append(select(func.count()).select_from(select(found.c.id).limit(most).subquery()).scalar_subquery())
    return select(*counted)


def _together(
    ways: Sequence[Condition],
    conditions: Sequence[Condition],
    most: int,
    order: Sequence[ColumnElement[Any]] = (),
) -> Any:  # noqa: ANN401  (a select or a compound one)
    """The ids of the first reports of each way; each once."""
    if not ways:
        return select(Report.id).where(false())
    each = [select(Report.id).where(way, *conditions).order_by(*order).limit(most).subquery() for way in ways]
    return union(*(select(way.c.id) for way in each))


def _key(order: Order) -> ColumnElement[Any]:
    return {Order.DUE: Report.due_at, Order.CHANGED: Report.changed_at}.get(order, Report.received_at).expression


def _rises(order: Order, backwards: bool) -> bool:  # noqa: FBT001
    return (order in {Order.OLDEST, Order.DUE}) is not backwards


def _sorted(order: Order, backwards: bool) -> tuple[ColumnElement[Any], ...]:  # noqa: FBT001
    key, rises = _key(order), _rises(order, backwards)
    if order is Order.DUE:
        key = key.asc().nulls_last() if rises else key.desc().nulls_first()
        return key, Report.id.asc() if rises else Report.id.desc()
    return (key.asc(), Report.id.asc()) if rises else (key.desc(), Report.id.desc())


def _beyond(order: Order, edge: Place, backwards: bool) -> Condition:  # noqa: FBT001
    """What comes after an edge in the direction of reading. A case without a deadline comes after all that have one."""
    key, rises = _key(order), _rises(order, backwards)
    if edge.at is None:
        if rises:
            return and_(key.is_(None), Report.id > edge.report_id)
        return or_(key.is_not(None), Report.id < edge.report_id)
    at = (edge.at, edge.report_id)
    if not rises:
        return tuple_(key, Report.id) < at
    later = tuple_(key, Report.id) > at
    return or_(later, key.is_(None)) if order is Order.DUE else later


@dataclass(frozen=True, slots=True)
class Searched:
    """A case to look through, with its boxes."""

    line: Line
    box_id: str
    staff_box_id: str


def searched(reach: Reach, most: int) -> Sequence[Searched]:
    """The open cases that the person's offices work on, newest first."""
    order = _sorted(Order.NEWEST, backwards=False)
    ways = [*_ways(reach, 0, Group.OFFICE), *_ways(reach, 0, Group.RESERVE)]
    boxes = (Report.box_id.is_not(None), Report.staff_box_id.is_not(None))
    found = _together(ways, [STILL_OPEN, *boxes], most, order)
    query = select(Report.box_id, Report.staff_box_id, *_marked(reach)).where(Report.id.in_(found))
    rows = db.session.execute(query.order_by(*order).limit(most))
    return [Searched(Line(*line), str(box), str(staff_box)) for box, staff_box, *line in rows]


def numbers_of(report_ids: Collection[int]) -> Mapping[int, str]:
    """The case numbers of reports by id."""
    rows = db.session.execute(select(Report.id, Report.number).where(Report.id.in_(report_ids)).order_by(Report.id))
    return {report_id: number for report_id, number in rows}  # noqa: C416


# What a person keeps -------------------------------------------------------------------------------------------------


def saved_filters(user_id: int) -> Sequence[SavedFilter]:
    """The selections that somebody has given names, in the order they were made."""
    return db.session.scalars(select(SavedFilter).where(SavedFilter.user_id == user_id).order_by(SavedFilter.id)).all()


def saved_filter(user_id: int, filter_id: int) -> SavedFilter | None:
    """One of them; None also for somebody else's."""
    return db.session.scalars(
        select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.user_id == user_id).order_by(SavedFilter.id)
    ).first()


def bulk_act(user_id: int, since: datetime) -> BulkAct | None:
    """The last thing that somebody did to several cases since a moment, unless it was undone."""
    return db.session.scalars(
        select(BulkAct)
        .where(BulkAct.user_id == user_id, BulkAct.at >= since)
        .order_by(BulkAct.at.desc(), BulkAct.id)
        .limit(1)
    ).first()
