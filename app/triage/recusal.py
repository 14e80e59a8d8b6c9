"""Somebody at a desk is not impartial: the case no longer exists for them, and goes on with the others."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.core.database import db
from app.privacy import audit
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen
from app.reports.domain import NotAllowed
from app.triage import access, queries
from app.triage.case import RECUSED, Case, Staff, unlocked
from app.triage.domain import LOOKED_THROUGH_AT_ONCE
from app.triage.service import claim, record

SEVERAL = 2


def recuse(case: Case, reason: str) -> None:
    """Leave a case to one's colleagues, for good. They see that, and the reason if one is given.

    The office's mailbox opens it no longer: it is sealed to each of the others by their own key.

    Raises:
        NotAllowed: nobody else at the office could read it.
    """
    _leave(case, reason)


def keep_clear(staff: Staff) -> int:
    """Take somebody out of cases that are about an office they came to later; gives how many.

    A case that nobody else at their office could read stays where it is: it does not open for them either way.
    """
    if len(staff.belongs_to) < SEVERAL:
        return 0
    return sum(_kept_clear(staff, number) for number in queries.restricted(staff.reach, LOOKED_THROUGH_AT_ONCE))


def _kept_clear(staff: Staff, number: str) -> bool:
    try:
        with db.session.begin_nested():
            case = unlocked(staff, number)
            if staff.own in case.out:
                _leave(case)
                audit.note("kept_clear", actor=staff.own, subject=number, office_id=case.office_id)
                return True
    except (CannotOpen, IntegrityError, NotAllowed, StaleDataError):
        db.session.expire_all()
    return False


def _leave(case: Case, reason: str = "") -> None:
    unread = case.report.unread
    claim(case)
    case.report.unread = unread
    record(case, "recused", words=reason)
    privacy.put(case.staff_box, RECUSED, case.staff.own.encode())
    alone = {office for office in case.offices if not access.step_out(case, office)}
    access.end_own(case)
    if case.lead_id in alone:
        raise NotAllowed(
            _("Nobody else at your office could read this case. Please hand it over to another office first.")
        )
    if case.handover is not None and case.handover.to_office_id in alone:
        raise NotAllowed(_("Nobody else at your office could read this case. Please return it instead."))
    if any(one.office_id in alone for one in case.consultations):
        raise NotAllowed(_("Nobody else at your office could read this case. Please end your part in it instead."))
    if case.report.assignee_id == case.staff.user_id:
        case.report.assignee_id = None
    if case.report.fallback_office_id in alone:
        # The desk in reserve has nobody left for this case; the office that leads it goes on alone.
        case.report.fallback_office_id = case.report.office_id
    db.session.flush()
