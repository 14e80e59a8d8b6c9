"""The same done to several cases at once, each for itself, and taken back as long as nothing else has happened since.

Each case has a savepoint of its own: one that cannot be changed holds up no other.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.core.clock import now
from app.core.codes import Purpose, State
from app.core.database import db
from app.directory import queries as directory
from app.privacy import audit
from app.privacy.domain import CannotOpen
from app.reports import deadlines
from app.reports.domain import NotAllowed
from app.triage import access, assignment, handover, service, work, work_queries
from app.triage.case import Case, Staff, open_case
from app.triage.lists import queries
from app.triage.models import BulkAct, Consultation, Handover
from app.triage.work_domain import LabelCard

UNDONE_WITHIN = timedelta(minutes=30)
"""So long what was done to several cases can be taken back."""


class Deed(StrEnum):
    """What can be done to several cases."""

    TAKE = "take"
    ASSIGN = "assign"
    ACCEPT = "accept"
    LABEL = "label"
    UNLABEL = "unlabel"


NOTED: Mapping[Deed, str] = {
    Deed.TAKE: "case_take",
    Deed.ASSIGN: "case_mine",
    Deed.ACCEPT: "case_accept",
    Deed.LABEL: "case_labels",
    Deed.UNLABEL: "case_labels",
}
"""What the audit trail says of it."""


@dataclass(slots=True)
class Result:
    """What came of it: how many cases were changed, and the others by the reason why not."""

    done: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, number: str, why: str) -> None:
        """One that was not changed."""
        self.refused.setdefault(why, []).append(number)


Before = dict[str, Any]
"""What a case was before, as JSON: enough to go back."""


def act(staff: Staff, me: int, deed: Deed, numbers: Sequence[str], label: LabelCard | None = None) -> Result:
    """Do something to several cases. ``me`` is the person's id; ``label`` the one to put or remove."""
    result, done = Result(), {}
    verb = _VERBS[deed]

    def change(case: Case) -> None:
        before = verb(case, me, label)
        audit.note(NOTED[deed], actor=staff.own, subject=case.report.number, office_id=case.office_id)
        db.session.flush()
        done[str(case.report.id)] = before | {"version": case.report.version}

    for number in dict.fromkeys(numbers):
        _try(staff, number, change, result)
    if done:
        db.session.add(BulkAct(id=secrets.token_urlsafe(12), user_id=me, action=deed, done=done))
        db.session.flush()
    return result


def last_act(me: int) -> BulkAct | None:
    """What somebody has done to several cases a moment ago and can still take back."""
    found = queries.bulk_act(me, now() - UNDONE_WITHIN)
    return None if found is None or found.undone_at is not None else found


def undo(staff: Staff, me: int, act_id: str) -> Result:
    """Take back the last thing done to several cases, in those to which nothing has happened since.

    Raises:
        NotAllowed: it is not the last, was taken back already, or too much time has passed.
    """
    found = last_act(me)
    if found is None or found.id != act_id:
        raise NotAllowed(_("This can no longer be undone."))
    found.undone_at = now()
    result = Result()
    back = _BACK[Deed(found.action)]
    for report_id, number in queries.numbers_of([int(key) for key in found.done]).items():
        before = found.done[str(report_id)]

        def change(case: Case, before: Before = before) -> None:
            if case.report.version != before["version"]:
                raise NotAllowed(_("Something else has happened in the case since."))
            back(case, before)
            audit.note("case_undone", actor=staff.own, subject=case.report.number, office_id=case.office_id)
            db.session.flush()

        _try(staff, number, change, result)
    return result


def _try(staff: Staff, number: str, change: Callable[[Case], None], result: Result) -> None:
    try:
        with db.session.begin_nested():
            change(open_case(staff, number))
    except NotAllowed as refusal:
        db.session.expire_all()
        result.refuse(number, str(refusal))
    except CannotOpen:
        result.refuse(number, _("You cannot open the case."))
    except (IntegrityError, StaleDataError):
        db.session.expire_all()
        result.refuse(number, _("Somebody else changed the case at the same moment."))
    else:
        result.done += 1


# The verbs: each gives what the case was before ----------------------------------------------------------------------


def _before(case: Case) -> Before:
    return {"assignee": case.report.assignee_id, "unread": case.report.unread}


def _take(case: Case, me: int, _label: LabelCard | None) -> Before:
    if case.state is not State.RECEIVED:
        raise NotAllowed(_("The case is in work already."))
    before = _before(case)
    service.take_on(case)
    if case.report.assignee_id != me:
        assignment.assign(case, me)
    return before


def _assign(case: Case, me: int, _label: LabelCard | None) -> Before:
    before = _before(case)
    assignment.assign(case, me)
    return before


def _accept(case: Case, _me: int, _label: LabelCard | None) -> Before:
    offer, report = case.handover, case.report
    before = _before(case) | {"giver": report.office_id, "reserve": report.fallback_office_id}
    along = [one for one in case.consultations if offer and one.office_id == offer.to_office_id]
    before["along"] = [(one.id, one.answered_at is not None) for one in along]
    handover.accept(case)
    return before | {"handover": offer.id if offer else None}


def _put(case: Case, _me: int, label: LabelCard | None) -> Before:
    before = _before(case) | {"label": _known(label).key}
    work.put_label(case, _known(label))
    return before


def _remove(case: Case, _me: int, label: LabelCard | None) -> Before:
    before = _before(case) | {"label": _known(label).key}
    work.remove_label(case, _known(label))
    return before


def _known(label: LabelCard | None) -> LabelCard:
    if label is None:
        raise NotAllowed(_("This label is not in use any more."))
    return label


_VERBS: Mapping[Deed, Callable[[Case, int, LabelCard | None], Before]] = {
    Deed.TAKE: _take,
    Deed.ASSIGN: _assign,
    Deed.ACCEPT: _accept,
    Deed.LABEL: _put,
    Deed.UNLABEL: _remove,
}


# The way back --------------------------------------------------------------------------------------------------------


def _restore(case: Case, before: Before) -> None:
    service.claim(case)
    case.report.assignee_id = before["assignee"]
    case.report.unread = before["unread"]


def _untake(case: Case, before: Before) -> None:
    _restore(case, before)
    case.report.state = State.RECEIVED
    deadlines.follow(case.report)
    service.record(case, "state", state=State.RECEIVED)


def _unassign(case: Case, before: Before) -> None:
    assignment.assign(case, before["assignee"])
    _restore(case, before)


def _unlabel(case: Case, before: Before) -> None:
    work.remove_label(case, _known(work_queries.label(before["label"])))
    _restore(case, before)


def _relabel(case: Case, before: Before) -> None:
    work.put_label(case, _known(work_queries.label(before["label"])))
    _restore(case, before)


def undo_accept(case: Case, before: Before) -> None:
    """Put an accepted case back on offer: the giver is let in again and leads it, as if nobody had answered.

    Raises:
        NotAllowed: the consent was withdrawn meanwhile, or nobody at the giver's may read the case any more.
    """
    offer = db.session.get(Handover, before["handover"])
    giver = directory.organisation_by_id(before["giver"])
    if offer is None or giver is None or not case.allows(Purpose.HANDOVER):
        raise NotAllowed(_("The case cannot be given back to the office that offered it."))
    access.let_in(case, giver)
    _restore(case, before)
    offer.outcome = offer.answered_at = None
    case.report.office_id, case.report.fallback_office_id = before["giver"], before["reserve"]
    for consultation_id, answered in before["along"]:
        _work_along_again(consultation_id, answered=answered)
    service.record(case, "acceptance_undone", office_id=offer.to_office_id)


def _work_along_again(consultation_id: int, *, answered: bool) -> None:
    """What the office had been asked before it took the case over, it is asked again."""
    one = db.session.get(Consultation, consultation_id)
    if one is not None:
        one.ended_at = None
        if not answered:
            one.outcome = one.answered_at = None


_BACK: Mapping[Deed, Callable[[Case, Before], None]] = {
    Deed.TAKE: _untake,
    Deed.ASSIGN: _unassign,
    Deed.ACCEPT: undo_accept,
    Deed.LABEL: _unlabel,
    Deed.UNLABEL: _relabel,
}
