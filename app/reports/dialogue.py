"""What the holder of a receipt does: read the case, write, withdraw consents, take the report away, erase it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from flask_babel import gettext as _

from app.core.clock import now
from app.core.codes import Kind, Purpose, Role, State, Where, Wish
from app.core.database import db
from app.privacy import receipts
from app.privacy import service as privacy
from app.privacy.domain import BoxKey, CannotOpen, Spent
from app.reports import deadlines, flow, queries, readers, retention
from app.reports.domain import ENDED, Coded, NotAllowed, SealedContent
from app.reports.flow import Known
from app.reports.models import Event, Report
from app.reports.service import CONTENT, FACTS

MESSAGE = "message"
WORDS = ("text", "contact", "street", "place_detail", "month", "involved_person")
"""What a correction changes in the box."""

CODES = ("grounds", "forms", "missing", "targets")
"""Lists of codes that a correction changes. They have decided who reads the report, once, and decide nothing later."""


@dataclass(frozen=True, slots=True)
class Message:
    """Words of one side. ``from_office`` tells which; ``office_id`` which office."""

    at: datetime
    text: str
    from_office: bool
    office_id: int | None


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A report with its box open: in memory only, for the length of a request.

    ``version`` changes whenever the content is corrected. ``sealed_facts`` are there, with their id in the box, only in
    a restricted report.
    """

    report: Report
    box: BoxKey
    content: SealedContent
    messages: tuple[Message, ...]
    events: tuple[Event, ...]
    version: str
    sealed_facts: tuple[str, Coded] | None

    @property
    def coded(self) -> Coded:
        """The coded facts, wherever they stand. Those in the clear name no rule: that is the decision's."""
        row = self.report
        lists: dict[str, Any] = {name: tuple(getattr(row, name)) for name in CODES}
        return self.sealed_facts[1] if self.sealed_facts else Coded(topic=row.topic, subject=row.subject, **lists)

    @property
    def decision(self) -> Decided | None:
        """The latest decision; None for a report that went nowhere."""
        row = queries.decision(self.report.id)
        if row is None:
            return None
        by = self.coded if self.sealed_facts else row
        return Decided(row.decided_at, row.office_id, row.set_version, by.rule, by.plan, by.field)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: when, which office first, by which rule of which version; no rule means the fallback desk."""

    decided_at: datetime
    office_id: int
    set_version: str
    rule: str | None
    plan: str | None
    field: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reporter may put right. Where a report lies and whom it is about decides who reads it, so it stays."""

    text: str
    contact: str
    street: str
    place_detail: str
    month: str
    involved_person: str
    topic: str | None
    grounds: tuple[str, ...]
    forms: tuple[str, ...]
    missing: tuple[str, ...]
    targets: tuple[str, ...]

    @classmethod
    def of(cls, opened: OpenedReport) -> Self:
        """What stands in a report now."""
        said: dict[str, Any] = {name: getattr(opened.content, name) for name in WORDS}
        coded = opened.coded
        said |= {name: getattr(coded, name) for name in CODES}
        return cls(**said, topic=coded.topic)


def open_by_receipt(digits: str, part: str = "") -> OpenedReport:
    """Open a report with the digits of its receipt.

    ``part`` is the number of the report that is meant, where something was split off the first. Without one it is the
    first, or what is left when that is gone; with one it is never another.

    Raises:
        CannotOpen: there is no such receipt.
        Exchanged: another receipt has taken its place.
        Spent: the report that is meant is gone.
    """
    boxes = receipts.open_all_with_receipt(digits)
    if part and len(boxes) > 1:
        found = {report.number: report.box_id for report in queries.by_boxes([box.box_id for box in boxes])}
        boxes = [box for box in boxes if box.box_id == found.get(part)]
    opened = read(boxes[0]) if boxes else None
    if opened is None or part not in {"", opened.report.number}:
        raise Spent
    return opened


def parts(digits: str) -> Sequence[Report]:
    """The reports that a receipt opens: one, or several where something was split off it. The oldest first."""
    return queries.by_boxes(receipts.boxes_behind(digits))


def read(box: BoxKey) -> OpenedReport:
    """Everything in an open box, with the events around it.

    Raises:
        CannotOpen: the box belongs to no report.
    """
    report = queries.by_box(box.box_id)
    if report is None:
        raise CannotOpen
    held = privacy.take_all(box, CONTENT, FACTS, MESSAGE)
    version, content = next(
        (key, SealedContent.from_bytes(raw)) for key, (label, raw) in held.items() if label == CONTENT
    )
    facts = next(((key, Coded.from_bytes(raw)) for key, (label, raw) in held.items() if label == FACTS), None)
    events = tuple(queries.events(report.id))
    messages = tuple(
        Message(event.at, json.loads(held[event.sealed_id][1])["text"], event.actor == "office", event.office_id)
        for event in events
        if event.kind == MESSAGE and event.sealed_id in held
    )
    return OpenedReport(report, box, content, messages, events, version, facts)


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


def write(opened: OpenedReport, text: str) -> None:
    """The reporter writes. An answer to a question brings the case back to work, and so does a word after its end.

    Raises:
        NotAllowed: nobody would read it.
    """
    report = opened.report
    _must_be_read(report)
    retention.claim(report)
    put_message(opened, text)
    ended = report.state in ENDED
    if ended or report.state in {State.WAITING, State.ANSWERED}:
        report.state, report.outcome = State.IN_REVIEW, None
        deadlines.follow(report)
        kind = "reopened" if ended else "state"
        db.session.add(Event(report_id=report.id, kind=kind, actor="reporter", state=State.IN_REVIEW))
    readers.tell("answer", report, report.office_id, opened.content)
    db.session.flush()


def correct(opened: OpenedReport, correction: Correction, seen: str) -> None:
    """Put right what was said; the new version takes the place of the old one. Without a difference nothing happens.

    ``seen`` is the :attr:`OpenedReport.version` that the correction began with.

    Raises:
        NotAllowed: the report was taken away, or has been corrected since it was seen.
    """
    report = opened.report
    if report.state == State.WITHDRAWN:
        raise NotAllowed(_("You have withdrawn this report, so nobody would read a correction."))
    if seen != opened.version:
        raise NotAllowed(
            _("Your report was corrected in another window meanwhile. Please compare what stands here, and save again.")
        )
    if correction == Correction.of(opened):
        return
    retention.claim(report)
    words: dict[str, Any] = {name: getattr(correction, name) for name in WORDS}
    codes: dict[str, Any] = {name: getattr(correction, name) for name in CODES}
    if opened.sealed_facts:
        identity, facts = opened.sealed_facts
        privacy.put(opened.box, FACTS, replace(facts, topic=correction.topic, **codes).to_bytes())
        privacy.drop(opened.box, identity)
    else:
        report.topic = correction.topic
        for name, said in codes.items():
            setattr(report, name, list(said))
    privacy.put(opened.box, CONTENT, replace(opened.content, **words).to_bytes())
    privacy.drop(opened.box, opened.version)
    db.session.add(Event(report_id=report.id, kind="corrected", actor="reporter"))
    readers.tell("answer", report, report.office_id, opened.content)
    db.session.flush()


def waits_to_be_taken_over(opened: OpenedReport) -> bool:
    """Whether somebody else wrote the report down and has seen its receipt, and nobody has exchanged it since."""
    return _waits(opened.events)


def _waits(events: Sequence[Event]) -> bool:
    """The same by what has happened. How a report came in stands with its arrival; with that of a part, nothing."""
    written_down = any(event.kind == "received" and event.reason is not None for event in events)
    return written_down and not any(event.kind == "taken_over" for event in events)


def exchange_receipt(opened: OpenedReport, old: str, new: str) -> None:
    """Let a new receipt take the place of the one that opened the report; the old one opens nothing any more.

    Where the report was split the new one opens every part.

    Raises:
        CannotOpen: the old one has been exchanged already.
        sqlalchemy.orm.exc.StaleDataError: somebody else changed the report at the same moment.
    """
    whole = {report.id: report for report in (opened.report, *parts(old))}
    for report in whole.values():
        # The office has nothing new to read.
        report.changed_at = now()
    db.session.flush()
    receipts.exchange_receipt(opened.box, old, new)
    for report_id in whole:
        kind = "taken_over" if _waits(queries.events(report_id)) else "receipt_exchanged"
        db.session.add(Event(report_id=report_id, kind=kind, actor="reporter"))
    db.session.flush()


def withdraw_consent(opened: OpenedReport, purpose: Purpose) -> None:
    """Take back a consent. Without consent to reading the whole report is withdrawn."""
    if purpose is Purpose.READING:
        withdraw(opened)
    else:
        retention.withdraw_consent(opened.report, purpose)


def give_consent(opened: OpenedReport, purpose: Purpose) -> None:
    """Give a consent, for the first time or again.

    Raises:
        NotAllowed: nobody works on the report any more, or this person cannot agree to it.
    """
    if opened.report.state == State.WITHDRAWN or purpose not in offered(opened.report):
        raise NotAllowed(_("This cannot be agreed to from here."))
    retention.give_consent(opened.report, purpose)


def offered(report: Report) -> tuple[Purpose, ...]:
    """What the reporter may agree to later. Reading is not among it: without it nothing is left to agree to."""
    known = Known(Kind(report.kind), Role.named(report.role), Where(report.where), Wish.CONTACT)
    return tuple(purpose for purpose in flow.offered_purposes(known) if purpose is not Purpose.READING)


def withdraw(opened: OpenedReport) -> None:
    """Take the report away from every office; only the receipt still opens it."""
    retention.take_away(opened.report)


def erase(opened: OpenedReport) -> None:
    """Destroy everything that was said. A row of coded facts without place or words remains, to count that it was."""
    retention.erase(opened.report)


def _must_be_read(report: Report) -> None:
    if report.state == State.WITHDRAWN:
        raise NotAllowed(_("You have withdrawn this report, so nobody would read a message."))
    if report.state == State.KEPT:
        raise NotAllowed(_("Your report is kept for you alone, so nobody would read a message."))
