"""Two reports of the same incident: linked for the offices that can open both, and two voices all the same."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.core.database import db
from app.privacy.domain import CannotOpen
from app.reports.domain import NotAllowed
from app.triage import work_queries
from app.triage.case import Case, open_case
from app.triage.models import Related
from app.triage.service import claim, must_work, record

SAME_INCIDENT = "same_incident"


def relate(case: Case, number: str) -> None:
    """Say that another case tells of the same incident. Whoever cannot open both never learns of it.

    Raises:
        NotAllowed: the person does not work on both cases, whether or not there is such a one; or they are linked.
    """
    must_work(case)
    other = _other(case, number)
    if work_queries.link(case.report.id, other.report.id):
        raise NotAllowed(_("These two cases are linked already."))
    claim(case)
    first, second = sorted((case.report.id, other.report.id))
    try:
        with db.session.begin_nested():
            db.session.add(Related(report_id=first, other_id=second, why=SAME_INCIDENT))
    except IntegrityError:
        # Somebody linked them from the other case at this very moment.
        raise NotAllowed(_("These two cases are linked already.")) from None
    _note(case, other, "related")


def part(case: Case, number: str) -> None:
    """Say that two cases do not belong together after all.

    Raises:
        NotAllowed: the person does not work on both cases, or they are not linked as the same incident.
    """
    must_work(case)
    other = _other(case, number)
    link = work_queries.link(case.report.id, other.report.id)
    if link is None or link.why != SAME_INCIDENT:
        raise NotAllowed(_("These two cases are not linked."))
    claim(case)
    db.session.delete(link)
    _note(case, other, "unrelated")


def _other(case: Case, number: str) -> Case:
    """The other case, which the person works on, too."""
    if number == case.report.number:
        raise NotAllowed(_("This is the number of this very case."))
    try:
        other = open_case(case.staff, number)
    except CannotOpen:
        other = None
    if other is None or not other.works:
        raise NotAllowed(_("You work on no case with this number."))
    return other


def _note(case: Case, other: Case, kind: str) -> None:
    """An event in both. The other one is not claimed: nothing that somebody could overwrite changes there."""
    record(case, kind, code=other.report.number)
    record(other, kind, code=case.report.number)
