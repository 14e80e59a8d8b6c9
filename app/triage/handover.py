"""From one office to another: offered with a reason, accepted or returned, and never lost between the two.

The giver keeps its access until the other accepts.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import update

from app.core.clock import now
from app.core.codes import Purpose
from app.core.database import db
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.reports import readers
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Report
from app.routing import queries as routing
from app.triage import access
from app.triage.case import Case
from app.triage.models import Handover, Reassignment
from app.triage.service import claim, record


def offer(case: Case, office: OrganisationCard, reason: str) -> None:
    """Offer a case to another office: it can read from now on, and decides whether it takes over.

    Raises:
        NotAllowed: without consent or a reason, to an office that may not read it, or while it is on offer.
    """
    if not reason:
        raise NotAllowed(_("Please say why."))
    may_offer(case, office)
    claim(case)
    put_on_offer(case, office, reason)


def may_offer(case: Case, office: OrganisationCard) -> None:
    """Look whether a case may be offered to an office now.

    Raises:
        NotAllowed: without consent, to an office that may not read it, or while it is on offer.
    """
    if not case.works or case.state in ENDED:
        raise NotAllowed(_("The case cannot be handed over from where it stands now."))
    if not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The person has not agreed that another office may receive the report."))
    if case.handover is not None:
        raise NotAllowed(_("The case is on offer to another office already."))
    if office not in case.receivers:
        raise NotAllowed(_("This office cannot receive the case."))


def put_on_offer(case: Case, office: OrganisationCard, reason: str = "") -> None:
    """Let an office in and ask it. What the coordination has asked for is settled by that."""
    db.session.add(Handover(report_id=case.report.id, from_office_id=case.lead_id, to_office_id=office.id))
    access.let_in(case, office)
    record(case, "offered", code=office.key, words=reason)
    if case.task is not None:
        case.task.outcome = "done" if case.task.to_office_id == office.id else "cancelled"
        case.task.ended_at = now()
    db.session.flush()
    readers.tell("offered", case.report, office.id, case.opened.content)


def accept(case: Case) -> None:
    """Take over the lead. The giver's way in ends, unless it is the reserve desk.

    Raises:
        NotAllowed: there is no offer to the person's office, or the consent was withdrawn meanwhile.
    """
    handover = _offer_to(case)
    if not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The person has withdrawn their consent to this handover. Please return the case."))
    report = case.report
    giver = case.lead_id
    claim(case)
    handover.outcome, handover.answered_at = "accepted", now()
    report.office_id = handover.to_office_id
    report.unread = False
    if not _is_reserve_desk(report, giver):
        if report.fallback_office_id == giver:
            report.fallback_office_id = report.office_id
        access.shut_out(case, giver, _desks_of(report))
    record(case, "accepted", office_id=handover.to_office_id)


def give_back(case: Case, reason: str) -> None:
    """Return an offered case with a reason; the office's way in ends, unless it is the reserve desk.

    Raises:
        NotAllowed: there is no offer to the person's office, or no reason.
    """
    handover = _offer_to(case)
    if not reason:
        raise NotAllowed(_("Please say why."))
    claim(case)
    record(case, "returned", words=reason, office_id=handover.to_office_id)
    _end_offer(case, handover)
    # Nothing is lost while nobody looks: the giver sees that something is new.
    case.report.unread = True
    db.session.flush()
    readers.tell("answer", case.report, handover.from_office_id, case.opened.content)


def take_back(case: Case) -> None:
    """Take back an offer that nobody has accepted yet.

    Raises:
        NotAllowed: there is none, or it is not this office's.
    """
    handover = case.handover
    if handover is None or not case.works:
        raise NotAllowed(_("There is no offer that you could take back."))
    claim(case)
    record(case, "taken_back")
    _end_offer(case, handover)


def _offer_to(case: Case) -> Handover:
    handover = case.handover
    if handover is None or handover.to_office_id not in case.offices:
        raise NotAllowed(_("This case is not on offer to your office."))
    return handover


def _end_offer(case: Case, handover: Handover) -> None:
    handover.outcome, handover.answered_at = "returned", now()
    if handover.to_office_id != case.report.fallback_office_id:
        access.shut_out(case, handover.to_office_id, _desks_of(case.report))
    db.session.flush()


def end_all(report_id: int) -> None:
    """A report has left the offices: what was asked of anybody about it is over."""
    moment = now()
    db.session.execute(
        update(Handover)
        .where(Handover.report_id == report_id, Handover.outcome.is_(None))
        .values(outcome="returned", answered_at=moment)
    )
    db.session.execute(
        update(Reassignment)
        .where(Reassignment.report_id == report_id, Reassignment.outcome.is_(None))
        .values(outcome="cancelled", ended_at=moment)
    )


def _desks_of(report: Report) -> set[int]:
    return {office for office in (report.office_id, report.fallback_office_id) if office is not None}


def _is_reserve_desk(report: Report, office_id: int) -> bool:
    """Whether an office was named to the reporter as the desk in reserve, and still is.

    Where there was none to name, the first lead office stands in its column; it keeps nothing.
    """
    reserve = directory.organisations().get(routing.rules().fallback)
    return reserve is not None and reserve.id == office_id == report.fallback_office_id
