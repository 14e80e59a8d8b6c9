"""Who is told of what is late: the deputies of the office first, a working day later the coordination.

The worker runs this every hour; told once, nobody is told again. Words of a case play no part in it, and no key. On a
day on which the offices do not work nobody is told anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.orm.exc import StaleDataError

from app.accounts import queries as accounts
from app.accounts.service import mailboxes_by_office
from app.core.clock import day_of, now
from app.core.database import db
from app.notifications import service as notifications
from app.reports import queries as reports
from app.reports import readers
from app.reports.deadlines import city_calendar
from app.reports.models import Event, Report
from app.triage import queries
from app.triage.domain import Unanswered
from app.triage.overdue import queries as deadline_queries
from app.triage.overdue.domain import Level, for_the_coordination


def escalate_due() -> int:
    """Tell who has to know of overdue cases and of requests that no office answers; gives how many were told of.

    Commits one by one: a case that somebody changes at the same moment waits for the next hour and holds up no other.
    """
    moment = now()
    if not city_calendar().works(day_of(moment)):
        return 0
    told = sum(_alone(partial(_overdue, one, moment)) for one in deadline_queries.late(moment))
    requests = _requests(moment)
    return told + sum(_alone(partial(_unanswered, one, to, moment)) for one, to in requests)


def _alone(deed: Callable[[], bool]) -> bool:
    try:
        done = deed()
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        return False
    return done


def _overdue(report_id: int, moment: datetime) -> bool:
    report = reports.afresh(report_id)
    if report is None or report.due_at is None or report.due_at > moment:
        return False
    people = _office(report) if report.escalation == Level.NOBODY else []
    if people:
        _tell(report, Level.OFFICE, people)
        return True
    # Where nobody at the office could be told, there is nobody to wait for.
    if report.escalation == Level.NOBODY or moment >= for_the_coordination(report.due_at, city_calendar()):
        _tell(report, Level.COORDINATION, _coordination(report))
        return True
    return False


def _office(report: Report) -> list[int]:
    """The deputies of the office that leads a case; where there are none, everybody there who can open it."""
    people = readers.at_office(report, report.office_id)
    deputies = [user.id for membership, user in people if membership.deputy]
    return deputies or [user.id for _membership, user in people]


def _coordination(report: Report) -> list[int]:
    """The coordinators who may know that there is this report."""
    return [user.id for user in accounts.coordinators() if deadline_queries.known(report.id, mailboxes_by_office(user))]


def _tell(report: Report, level: Level, people: Collection[int]) -> None:
    report.escalation = level
    if people:
        db.session.add(Event(report_id=report.id, kind="escalated", actor="worker", reason=level.name.lower()))
    db.session.flush()
    notifications.tell_people("overdue", people, report.number)


def _requests(moment: datetime) -> Sequence[tuple[Unanswered, list[int]]]:
    """What no office has answered and nobody was told of, with the coordinators who may know of it."""
    found: dict[Unanswered, list[int]] = {}
    for user in accounts.coordinators():
        for asked in queries.unanswered(moment, mailboxes_by_office(user)):
            if asked.escalated_at is None:
                found.setdefault(asked, []).append(user.id)
    return list(found.items())


def _unanswered(asked: Unanswered, people: Collection[int], moment: datetime) -> bool:
    row = deadline_queries.request(asked)
    if row is None or row.outcome is not None or row.escalated_at is not None:
        return False
    row.escalated_at = moment
    db.session.flush()
    notifications.tell_people("unanswered", people, asked.number)
    return True
