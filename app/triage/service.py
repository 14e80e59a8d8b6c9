"""What staff do with a case: take it on, answer, note, link measures, move it, close it.

Every verb claims the case first: its version changes in the database, so of two people at one case the slower one gets
``StaleDataError`` and overwrites nothing. Free text is sealed; an event carries codes only.
"""

from __future__ import annotations

import json

from flask_babel import gettext as _

from app.core.clock import now
from app.core.codes import Outcome, State
from app.core.database import db
from app.plans.domain import MeasureCard
from app.privacy import service as privacy
from app.reports import deadlines, dialogue, readers
from app.reports.domain import ENDED, NotAllowed
from app.reports.models import Event, MeasureLink
from app.triage import domain, queries
from app.triage.case import NOTE, REASON, Case


def claim(case: Case) -> None:
    """Say that the case is about to change; whoever works on it has seen what is new.

    Raises:
        sqlalchemy.orm.exc.StaleDataError: somebody else changed it in the meantime.
    """
    case.report.changed_at = now()
    if case.works:
        case.report.unread = False
    db.session.flush()


def record(
    case: Case,
    kind: str,
    *,
    state: State | None = None,
    code: str | None = None,
    words: str = "",
    label: str = REASON,
    office_id: int | None = None,
) -> Event:
    """Append an event. ``words`` go into the offices' box, ``code`` stays in the clear."""
    sealed_id = None
    if words:
        content = json.dumps({"text": words, "by": case.staff.title}, ensure_ascii=False).encode()
        sealed_id = privacy.put(case.staff_box, label, content)
        db.session.flush()
    event = Event(
        report_id=case.report.id,
        kind=kind,
        actor="office",
        office_id=office_id or case.office_id,
        state=state,
        reason=code,
        sealed_id=sealed_id,
    )
    db.session.add(event)
    db.session.flush()
    return event


def must_work(case: Case) -> None:
    """See that the person's office works on the case.

    Raises:
        NotAllowed: it has not accepted the case.
    """
    if not case.works:
        raise NotAllowed(_("Your office has not accepted this case yet, so it cannot change it."))


def take_on(case: Case) -> None:
    """Start work on a new case, or say that what is new in it has been read.

    Raises:
        NotAllowed: there is nothing new.
    """
    must_work(case)
    if case.state is State.RECEIVED:
        move(case, State.IN_REVIEW)
        return
    if not case.report.unread:
        raise NotAllowed(_("There is nothing new in this case."))
    claim(case)
    record(case, "read")


def reply(case: Case, text: str, *, question: bool) -> None:
    """Write to the reporter; a question waits for their answer.

    Raises:
        NotAllowed: the case is closed, or the reporter does not wish to be written to.
    """
    must_work(case)
    if not case.may_write:
        raise NotAllowed(_("The person has not agreed to be written to, so nothing was sent."))
    to = domain.after_reply(case.state, question=question, standings=case.standings)
    if to is None:
        raise NotAllowed(_("This case is closed. Please reopen it before you write."))
    claim(case)
    dialogue.put_message(case.opened, text, office_id=case.office_id)
    if to is not case.state:
        _set_state(case, to)
    deadlines.answered(case.report)
    db.session.flush()


def note(case: Case, text: str) -> None:
    """Keep an internal note."""
    claim(case)
    record(case, NOTE, words=text, label=NOTE)


def move(case: Case, to: State, reason: str = "") -> None:
    """Move a case along the table.

    Raises:
        NotAllowed: there is no such way, it is not this office's to go, or it needs a reason.
    """
    step = domain.transition(case.state, to, case.standings)
    if step is None or to in domain.WITH_AN_OUTCOME | domain.WITH_A_REPLY:
        raise NotAllowed(_("The case cannot be moved there from where it stands now."))
    if step.needs_reason and not reason:
        raise NotAllowed(_("Please say why."))
    _end_offers_first(case, to)
    claim(case)
    _set_state(case, to, words=reason)
    if to is State.DANGER:
        _raise_alarm(case)


def close(case: Case, outcome: Outcome, words: str = "") -> None:
    """Close a case with an outcome that is safe to publish.

    Raises:
        NotAllowed: it cannot be closed now or not by this office, or it cannot end like that.
    """
    if domain.transition(case.state, State.CLOSED, case.standings) is None:
        raise NotAllowed(_("The case cannot be closed from where it stands now."))
    if outcome not in domain.outcomes(case.report.kind):
        raise NotAllowed(_("A case of this kind cannot end like that."))
    _end_offers_first(case, State.CLOSED)
    claim(case)
    _set_state(case, State.CLOSED, outcome=outcome, words=words)


def link(case: Case, measure: MeasureCard) -> None:
    """Say that a case concerns a measure.

    Raises:
        NotAllowed: it is linked already.
    """
    must_work(case)
    if queries.measure_link(case.report.id, measure.id):
        raise NotAllowed(_("The case is linked to this measure already."))
    claim(case)
    db.session.add(MeasureLink(report_id=case.report.id, measure_id=measure.id))
    record(case, "linked", code=measure.key)


def unlink(case: Case, measure: MeasureCard) -> None:
    """Say that a case does not concern a measure.

    Raises:
        NotAllowed: it is not linked.
    """
    must_work(case)
    found = queries.measure_link(case.report.id, measure.id)
    if found is None:
        raise NotAllowed(_("The case is not linked to this measure."))
    claim(case)
    db.session.delete(found)
    record(case, "unlinked", code=measure.key)


def _set_state(case: Case, state: State, *, outcome: Outcome | None = None, words: str = "") -> None:
    case.report.state = state
    case.report.outcome = outcome
    deadlines.follow(case.report)
    record(case, "state", state=state, code=outcome, words=words)


def _end_offers_first(case: Case, to: State) -> None:
    """A case that is between two offices must not end there."""
    if to in ENDED and case.handover is not None:
        raise NotAllowed(_("The case is on offer to another office. Please take the offer back before you close it."))
    if to in ENDED and case.consultations:
        raise NotAllowed(_("Another office still works along in this case. Please end that before you close it."))


def _raise_alarm(case: Case) -> None:
    """Tell the other desks at once: whoever reads the case may be the one who can act."""
    report = case.report
    others = {case.lead_id, report.fallback_office_id or case.lead_id, *(one.office_id for one in case.consultations)}
    if case.handover is not None:
        others.add(case.handover.to_office_id)
    for office_id in sorted(others - {case.office_id}):
        readers.tell("danger", report, office_id, case.opened.content)
