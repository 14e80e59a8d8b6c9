"""What the holder of a receipt does: read the case, write, withdraw consents, take the report away, erase it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, update

from app.core.clock import now
from app.core.codes import Purpose, State
from app.core.database import db
from app.notifications import service as notifications
from app.privacy import service as privacy
from app.privacy.domain import BoxKey, CannotOpen
from app.reports import queries
from app.reports.domain import NotAllowed, SealedContent
from app.reports.models import DecisionRow, Event, MeasureLink, Report
from app.reports.service import CONTENT

MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Message:
    """Words of one side. ``from_office`` tells which; ``office_id`` which office."""

    at: datetime
    text: str
    from_office: bool
    office_id: int | None


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A report with its box open: in memory only, for the length of a request."""

    report: Report
    box: BoxKey
    content: SealedContent
    messages: tuple[Message, ...]
    events: tuple[Event, ...]


def open_by_receipt(digits: str) -> OpenedReport:
    """Open a report with the digits of its receipt.

    Raises:
        CannotOpen: there is no such receipt.
    """
    return read(privacy.open_with_receipt(digits))


def read(box: BoxKey) -> OpenedReport:
    """Everything in an open box, with the events around it.

    Raises:
        CannotOpen: the box belongs to no report.
    """
    report = queries.by_box(box.box_id)
    if report is None:
        raise CannotOpen
    held = privacy.take_all(box, CONTENT, MESSAGE)
    content = next(SealedContent.from_bytes(raw) for label, raw in held.values() if label == CONTENT)
    events = tuple(queries.events(report.id))
    messages = tuple(
        Message(event.at, json.loads(held[event.sealed_id][1])["text"], event.actor == "office", event.office_id)
        for event in events
        if event.kind == MESSAGE and event.sealed_id in held
    )
    return OpenedReport(report, box, content, messages, events)


def file_of(opened: OpenedReport, position: int) -> tuple[str, bytes]:
    """Media type and bytes of a file by its position, counted from 0.

    Raises:
        IndexError: there is no such file.
    """
    sealed_id, media_type = opened.content.files[position]
    return media_type, privacy.take(opened.box, sealed_id)


def put_message(opened: OpenedReport, text: str, *, office_id: int | None = None) -> None:
    """Add words to the dialogue: an office's, or without one the reporter's."""
    sealed_id = privacy.put(opened.box, MESSAGE, json.dumps({"text": text}, ensure_ascii=False).encode())
    db.session.flush()
    actor = "office" if office_id else "reporter"
    db.session.add(
        Event(report_id=opened.report.id, kind=MESSAGE, actor=actor, office_id=office_id, sealed_id=sealed_id)
    )
    opened.report.changed_at = now()


def write(opened: OpenedReport, text: str) -> None:
    """The reporter writes. An answer to a question brings the case back to work.

    Raises:
        NotAllowed: the report was withdrawn.
    """
    report = opened.report
    if report.state == State.WITHDRAWN:
        raise NotAllowed(_("You have withdrawn this report, so nobody would read a message."))
    put_message(opened, text)
    report.unread = True
    if report.state in {State.WAITING, State.ANSWERED}:
        _move(report, State.IN_REVIEW)
    notifications.tell_office("answer", report.office_id, report.number)
    db.session.flush()


def withdraw_consent(opened: OpenedReport, purpose: Purpose) -> None:
    """Take back a consent. Without consent to reading the whole report is withdrawn."""
    if purpose is Purpose.READING:
        withdraw(opened)
        return
    for consent in queries.consents(opened.report.id):
        if consent.purpose == purpose and consent.withdrawn_at is None:
            consent.withdrawn_at = now()
            db.session.add(
                Event(report_id=opened.report.id, kind="consent_withdrawn", actor="reporter", reason=purpose)
            )
    db.session.flush()


def withdraw(opened: OpenedReport) -> None:
    """Take the report away from every office; only the receipt still opens it."""
    report = opened.report
    for box_id in (report.box_id, report.staff_box_id):
        if box_id:
            privacy.take_away_all(box_id)
    for consent in queries.consents(report.id):
        consent.withdrawn_at = consent.withdrawn_at or now()
    if report.state != State.WITHDRAWN:
        _move(report, State.WITHDRAWN)
    db.session.flush()


def erase(opened: OpenedReport) -> None:
    """Destroy everything that was said. A row of coded facts without place or words remains, to count that it was."""
    report = opened.report
    boxes = [box_id for box_id in (report.box_id, report.staff_box_id) if box_id]
    withdraw(opened)
    report.area_id = report.coarse_area_id = report.topic = report.role = report.subject = None
    report.grounds = report.forms = report.missing = report.targets = []
    report.box_id = report.staff_box_id = None
    # The rule, and the measures it names, would still tell what the report was about.
    db.session.execute(
        update(DecisionRow)
        .where(DecisionRow.report_id == report.id)
        .values(rule=None, plan=None, field=None, measures=[])
    )
    db.session.execute(delete(MeasureLink).where(MeasureLink.report_id == report.id))
    db.session.flush()
    for box_id in boxes:
        privacy.shred(box_id)
    db.session.flush()


def _move(report: Report, state: State) -> None:
    report.state = state
    report.changed_at = now()
    db.session.add(Event(report_id=report.id, kind="state", actor="reporter", state=state))
