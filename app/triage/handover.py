"""From one office to another: offered with a reason, accepted or returned, and never lost between the two.

The giver keeps its access until the other accepts.
"""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.clock import now
from app.core.codes import Purpose
from app.core.database import db
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.notifications import service as notifications
from app.privacy import service as privacy
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Report
from app.routing import queries as routing
from app.triage.case import Case
from app.triage.models import Handover
from app.triage.service import claim, record


def offer(case: Case, office: OrganisationCard, reason: str) -> None:
    """Offer a case to another office: it can read from now on, and decides whether it takes over.

    Raises:
        NotAllowed: without consent or a reason, to an office that may not read it, or while it is on offer.
    """
    if not case.works or case.state in ENDED:
        raise NotAllowed(_("The case cannot be handed over from where it stands now."))
    if not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The person has not agreed that another office may receive the report."))
    if case.handover is not None:
        raise NotAllowed(_("The case is on offer to another office already."))
    if office not in case.receivers or office.principal_id is None:
        raise NotAllowed(_("This office cannot receive the case."))
    if not reason:
        raise NotAllowed(_("Please say why."))
    claim(case)
    db.session.add(Handover(report_id=case.report.id, from_office_id=case.report.office_id, to_office_id=office.id))
    for box in (case.opened.box, case.staff_box):
        privacy.give(box, [office.principal_id])
    record(case, "offered", code=office.key, words=reason)
    notifications.tell_office("offered", office.id, case.report.number)


def accept(case: Case) -> None:
    """Take over the lead. The giver's way in ends, unless it is the reserve desk.

    Raises:
        NotAllowed: there is no offer to the person's office, or the consent was withdrawn meanwhile.
    """
    handover = _offer_to(case)
    if not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The person has withdrawn their consent to this handover. Please return the case."))
    report = case.report
    giver = report.office_id
    claim(case)
    handover.outcome, handover.answered_at = "accepted", now()
    report.office_id = handover.to_office_id
    report.unread = False
    if not _is_reserve_desk(report, giver):
        _take_away(case, giver)
        if report.fallback_office_id == giver:
            report.fallback_office_id = report.office_id
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
    notifications.tell_office("answer", handover.from_office_id, case.report.number)


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
    if handover is None or handover.to_office_id not in case.staff.offices:
        raise NotAllowed(_("This case is not on offer to your office."))
    return handover


def _end_offer(case: Case, handover: Handover) -> None:
    handover.outcome, handover.answered_at = "returned", now()
    if handover.to_office_id != case.report.fallback_office_id:
        _take_away(case, handover.to_office_id)
    db.session.flush()


def _is_reserve_desk(report: Report, office_id: int) -> bool:
    """Whether an office was named to the reporter as the desk in reserve, and still is.

    Where there was none to name, the first lead office stands in its column; it keeps nothing.
    """
    reserve = directory.organisations().get(routing.rules().fallback)
    return reserve is not None and reserve.id == office_id == report.fallback_office_id


def _take_away(case: Case, office_id: int) -> None:
    card = directory.organisation_by_id(office_id)
    if card is not None and card.principal_id is not None:
        for box in (case.opened.box, case.staff_box):
            privacy.take_away(box.box_id, [card.principal_id])
