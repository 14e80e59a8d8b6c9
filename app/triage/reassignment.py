"""The coordination decides on facts, without a key, that another office shall be asked about a case.

That is a task with a deadline. The next session of somebody who can open the case carries it out: as an offer, if the
reporter's consents and the conflicts of interest that only the box knows allow it.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.accounts.models import User
from app.core.clock import now
from app.core.database import db
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import audit
from app.privacy.domain import CannotOpen, Keyring
from app.reports import queries as reports
from app.reports import readers
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Event
from app.routing import queries as routing
from app.triage import handover, queries, recusal
from app.triage.case import Case, Staff, open_case
from app.triage.domain import TASKS_AT_ONCE, TIME_FOR_A_TASK, FactsLine
from app.triage.models import Reassignment
from app.triage.service import claim, record


def offices() -> list[OrganisationCard]:
    """The offices that may be asked: open ones of the city."""
    desks = routing.desks()
    return [card for key, card in directory.organisations().items() if desks[key].opens and not desks[key].independent]


def possible(facts: FactsLine) -> bool:
    """Whether another office may be asked about a case now."""
    return facts.line.state not in ENDED and not (facts.line.asked or facts.line.offered)


def ask(facts: FactsLine, office: OrganisationCard | None) -> None:
    """Decide that an office shall be asked to take over a case.

    Raises:
        NotAllowed: the case has ended, this office leads it, or something is asked already.
    """
    line = facts.line
    if not possible(facts):
        raise NotAllowed(_("This case is closed, or another office is being asked about it already."))
    if office is None or office.id == line.office_id or office not in offices():
        raise NotAllowed(_("This case cannot be handed to that office."))
    moment = now()
    db.session.add(
        Reassignment(
            report_id=line.report_id, to_office_id=office.id, decided_at=moment, due_at=moment + TIME_FOR_A_TASK
        )
    )
    _note(line.report_id, "reassigned", office.key)
    db.session.flush()
    report = reports.by_number(line.number)
    if report is not None:
        readers.tell("answer", report, report.office_id)


def cancel(facts: FactsLine) -> None:
    """Take back what was decided, while nobody has carried it out.

    Raises:
        NotAllowed: there is nothing to take back.
    """
    task = queries.open_reassignment(facts.line.report_id)
    if task is None:
        raise NotAllowed(_("There is nothing that you could take back."))
    task.outcome, task.ended_at = "cancelled", now()
    _note(facts.line.report_id, "reassignment_cancelled")
    db.session.flush()


def carry_out(staff: Staff) -> int:
    """Carry out what the coordination asks for in the cases that somebody can open; gives how many were settled.

    What may not be done is refused, and nobody but those who can open the case learns why. A case that a colleague
    changes at the same moment waits for the next session.
    """
    return sum(_settle(staff, number) for number in queries.open_tasks(staff.reach, TASKS_AT_ONCE))


def at_sign_in(user: User, keyring: Keyring) -> None:
    """Do what waits for somebody's keys: keep them clear of what is about their offices, and carry out tasks."""
    staff = Staff.of(user, keyring)
    recusal.keep_clear(staff)
    carry_out(staff)


def _settle(staff: Staff, number: str) -> bool:
    try:
        with db.session.begin_nested():
            case = open_case(staff, number)
            if case.works and case.task is not None:
                return _carry_out(case, case.task)
    except (CannotOpen, IntegrityError, StaleDataError):
        db.session.expire_all()
    return False


def _carry_out(case: Case, task: Reassignment) -> bool:
    office = directory.organisation_by_id(task.to_office_id)
    unread = case.report.unread
    claim(case)
    # A task carried out is nothing that anybody has read.
    case.report.unread = unread
    if office is not None and _may_offer(case, office):
        handover.put_on_offer(case, office)
    else:
        task.outcome, task.ended_at = "refused", now()
        record(case, "reassignment_refused")
    audit.note("reassignment_carried_out", actor=case.staff.own, subject=case.report.number, office_id=case.office_id)
    db.session.flush()
    return True


def _may_offer(case: Case, office: OrganisationCard) -> bool:
    try:
        handover.may_offer(case, office)
    except NotAllowed:
        return False
    return True


def _note(report_id: int, kind: str, code: str | None = None) -> None:
    db.session.add(Event(report_id=report_id, kind=kind, actor="coordination", reason=code))
