"""From one office to another: offered with a reason, accepted or returned, and never lost between the two.

The giver keeps its access until the other accepts. What is not answered within a working day shows at the coordination.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import update

from app.core.clock import now
from app.core.codes import Purpose
from app.core.database import db
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.reports import deadlines, readers
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Event, Report
from app.routing import queries as routing
from app.triage import access, consultation, queries
from app.triage.case import Case
from app.triage.domain import DAYS_TO_ANSWER
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
    moment = now()
    db.session.add(
        Handover(
            report_id=case.report.id,
            from_office_id=case.lead_id,
            to_office_id=office.id,
            offered_at=moment,
            due_at=deadlines.city_calendar().after(moment, DAYS_TO_ANSWER),
        )
    )
    access.let_in(case, office)
    record(case, "offered", code=office.key, words=reason)
    if case.task is not None:
        case.task.outcome = "done" if case.task.to_office_id == office.id else "cancelled"
        case.task.ended_at = moment
    db.session.flush()
    readers.tell("offered", case.report, office.id, case.opened.content)


def accept(case: Case) -> None:
    """Take over the lead. The giver's way in ends, unless it is the reserve desk; whoever works along goes on.

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
    consultation.end_for(case, handover.to_office_id)
    report.office_id = handover.to_office_id
    report.assignee_id = None
    report.unread = False
    if not _is_reserve_desk(report, giver) and report.fallback_office_id == giver:
        report.fallback_office_id = report.office_id
    db.session.flush()
    access.shut_out(report, giver)
    record(case, "accepted", office_id=handover.to_office_id)


def give_back(case: Case, reason: str) -> None:
    """Return an offered case with a reason; the office's way in ends, unless it is something else to the case.

    Raises:
        NotAllowed: there is no offer to the person's office, or no reason.
    """
    handover = _offer_to(case)
    if not reason:
        raise NotAllowed(_("Please say why."))
    claim(case)
    record(case, "returned", words=reason, office_id=handover.to_office_id)
    _end_offer(case.report, handover)
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
    _end_offer(case.report, handover)


def _offer_to(case: Case) -> Handover:
    handover = case.handover
    if handover is None or handover.to_office_id not in case.offices:
        raise NotAllowed(_("This case is not on offer to your office."))
    return handover


def _end_offer(report: Report, handover: Handover) -> None:
    handover.outcome, handover.answered_at = "returned", now()
    db.session.flush()
    access.shut_out(report, handover.to_office_id)


def end_without_consent(report: Report, purpose: Purpose) -> None:
    """The reporter no longer agrees that another office receives the report.

    What waits for an answer ends at once, and so does the way in of everybody who works along. An office that leads by
    then goes on.
    """
    if purpose is not Purpose.HANDOVER:
        return
    ended = {one.office_id for one in consultation.end_every(report)}
    handover = queries.open_handover(report.id)
    if handover is not None:
        _end_offer(report, handover)
        ended.add(handover.to_office_id)
    for office_id in sorted(ended):
        db.session.add(Event(report_id=report.id, kind="sharing_ended", actor="reporter", office_id=office_id))
    db.session.flush()


def end_all(report_id: int) -> None:
    """A report has left the offices: what was asked of anybody about it is over, and nobody works on it."""
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
    consultation.forget_all(report_id)
    db.session.execute(update(Report).where(Report.id == report_id).values(assignee_id=None))


def _is_reserve_desk(report: Report, office_id: int) -> bool:
    """Whether an office was named to the reporter as the desk in reserve, and still is.

    Where there was none to name, the first lead office stands in its column; it keeps nothing.
    """
    reserve = directory.organisations().get(routing.rules().fallback)
    return reserve is not None and reserve.id == office_id == report.fallback_office_id
