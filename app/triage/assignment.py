"""Who works on a case: a person of an office that works on it, or nobody. The reporter learns of it, not of whom."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import or_, update

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.database import db
from app.directory import queries as directory
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Report
from app.routing import queries as routing
from app.triage.case import Case
from app.triage.service import claim, record


def colleagues(case: Case) -> tuple[User, ...]:
    """The people who can be given the case: they read it for the office that leads, or for the desk in reserve."""
    desks = routing.desks()
    able: dict[int, frozenset[str]] = {}
    for office_id in sorted({case.lead_id, case.report.fallback_office_id or case.lead_id}):
        card = directory.organisation_by_id(office_id)
        if card is not None:
            readers = desks[card.key].readers
            able[office_id] = (readers if card.principal_id in case.granted else readers & case.granted) - case.out
    found = {
        user.id: user
        for membership, user in accounts.readers(sorted(able))
        if user.principal_id in able[membership.organisation_id]
    }
    return tuple(found.values())


def assign(case: Case, user_id: int | None) -> None:
    """Give a case to somebody who can read it, or to nobody.

    Raises:
        NotAllowed: the person's office does not work on the case, it has ended, nothing would change, or the other
            cannot read it.
    """
    if not case.works or case.state in ENDED:
        raise NotAllowed(_("The case cannot be given to anybody from where it stands now."))
    if user_id == case.report.assignee_id:
        raise NotAllowed(_("That is so already."))
    person = next((one for one in colleagues(case) if one.id == user_id), None)
    if user_id is not None and person is None:
        raise NotAllowed(_("This person cannot read the case."))
    claim(case)
    case.report.assignee_id = user_id
    # Whom it was given to is for the offices alone, so the name is sealed like a reason.
    record(case, "assigned" if person else "unassigned", words=person.title if person else "")


def release(user: User, offices: Collection[int]) -> None:
    """Somebody no longer reads for some offices: their cases there are nobody's again."""
    mine = sorted(offices)
    db.session.execute(
        update(Report)
        .where(Report.assignee_id == user.id, or_(Report.office_id.in_(mine), Report.fallback_office_id.in_(mine)))
        .values(assignee_id=None)
    )
