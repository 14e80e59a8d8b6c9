"""Several offices at one case: the lead stays where it is, and another office is asked to work along.

It accepts or returns the question with a reason. Then it reads, keeps notes, and says when its part is done. Answers to
the reporter, and the end of the case, stay with the office that leads.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, update

from app.core.clock import now
from app.core.codes import Purpose
from app.core.database import db
from app.directory.domain import OrganisationCard
from app.reports import deadlines, readers
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Report
from app.triage import access, queries
from app.triage.case import Case
from app.triage.domain import DAYS_TO_ANSWER
from app.triage.models import Consultation
from app.triage.service import claim, record


def ask(case: Case, office: OrganisationCard, reason: str) -> None:
    """Ask another office to work along: it can read from now on, and decides whether it does.

    Raises:
        NotAllowed: without consent or a reason, of an office that may not read the case or is something to it already.
    """
    if not reason:
        raise NotAllowed(_("Please say why."))
    if not case.works or case.state in ENDED:
        raise NotAllowed(_("No other office can be asked about the case from where it stands now."))
    if not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The person has not agreed that another office may receive the report."))
    if office not in case.advisers:
        raise NotAllowed(_("This office cannot be asked about the case."))
    claim(case)
    moment = now()
    db.session.add(
        Consultation(
            report_id=case.report.id,
            office_id=office.id,
            asked_by_id=case.office_id,
            asked_at=moment,
            due_at=deadlines.city_calendar().after(moment, DAYS_TO_ANSWER),
        )
    )
    access.let_in(case, office)
    record(case, "consulted", code=office.key, words=reason)
    readers.tell("asked", case.report, office.id, case.opened.content)


def accept(case: Case) -> None:
    """Say that the person's office works along.

    Raises:
        NotAllowed: it is not asked, has answered already, or the consent was withdrawn meanwhile.
    """
    asked = _question_to(case)
    if not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The person has withdrawn their consent to this. Please return the question."))
    claim(case)
    asked.outcome, asked.answered_at = "accepted", now()
    record(case, "consultation_accepted", office_id=asked.office_id)


def give_back(case: Case, reason: str) -> None:
    """Say with a reason that the person's office does not work along; its way in ends.

    Raises:
        NotAllowed: it is not asked, has answered already, or gives no reason.
    """
    asked = _question_to(case)
    if not reason:
        raise NotAllowed(_("Please say why."))
    claim(case)
    record(case, "consultation_returned", words=reason, office_id=asked.office_id)
    asked.outcome, asked.answered_at = "returned", now()
    _end(case.report, asked)
    _tell_the_lead(case)


def finish(case: Case, words: str) -> None:
    """Say that the person's office has done its part, with words to the office that leads; its way in ends.

    Raises:
        NotAllowed: it does not work along, or says nothing.
    """
    working = case.consultation
    if working is None or working.outcome != "accepted":
        raise NotAllowed(_("Your office does not work along in this case."))
    if not words:
        raise NotAllowed(_("Please say what came of it."))
    claim(case)
    record(case, "consultation_done", words=words, office_id=working.office_id)
    _end(case.report, working)
    _tell_the_lead(case)


def call_off(case: Case, office_id: int) -> None:
    """No longer ask an office, or no longer let it work along; its way in ends.

    Raises:
        NotAllowed: it is not asked, or the person's office is not the one to say so.
    """
    asked = next((one for one in case.consultations if one.office_id == office_id), None)
    if asked is None or not case.works:
        raise NotAllowed(_("This office is not asked about the case."))
    claim(case)
    record(case, "consultation_ended", office_id=office_id)
    asked.outcome = "taken_back"
    _end(case.report, asked)


def end_for(case: Case, office_id: int) -> None:
    """An office takes over the lead, so it no longer only works along. It stays in."""
    for one in case.consultations:
        if one.office_id == office_id:
            one.outcome, one.answered_at = "accepted", one.answered_at or now()
            one.ended_at = now()
    db.session.flush()


def end_every(report: Report) -> Sequence[Consultation]:
    """End everything that is asked about a report and every way in that hangs on it; gives what has ended."""
    running = queries.consultations(report.id)
    for one in running:
        one.outcome = "taken_back"
        _end(report, one)
    return running


def forget_all(report_id: int) -> None:
    """The report has left the offices, so nobody is asked about it any more. Its keys are gone already."""
    db.session.execute(
        update(Consultation)
        .where(Consultation.report_id == report_id, Consultation.ended_at.is_(None))
        .values(outcome=func.coalesce(Consultation.outcome, "taken_back"), ended_at=now())
    )


def _question_to(case: Case) -> Consultation:
    asked = next((one for one in case.consultations if one.office_id in case.offices and one.outcome is None), None)
    if asked is None:
        raise NotAllowed(_("Your office is not asked about this case."))
    return asked


def _end(report: Report, asked: Consultation) -> None:
    asked.ended_at = now()
    db.session.flush()
    access.shut_out(report, asked.office_id)


def _tell_the_lead(case: Case) -> None:
    """Nothing is lost while nobody looks: the office that leads sees that something is new."""
    case.report.unread = True
    db.session.flush()
    readers.tell("answer", case.report, case.lead_id, case.opened.content)
