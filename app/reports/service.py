"""Intake: from a draft to a sealed report at the right office, in one transaction, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.codes import Kind, Purpose, State
from app.core.database import db, write, write_one
from app.directory import queries as directory
from app.notifications import service as notifications
from app.places import geometry
from app.places import queries as places
from app.places.domain import AreaCard
from app.plans import queries as plans
from app.privacy import service as privacy
from app.privacy.domain import BoxKey, CannotOpen, Spent
from app.reports import queries
from app.reports.domain import Erased, NobodyCanRead, ReportDraft, SealedContent, Sent, new_number
from app.reports.models import Consent, DecisionRow, Event, MeasureLink, Report
from app.routing import service as routing
from app.routing.domain import Decision

CONTENT = "report"
FILE = "file"


def submit(draft: ReportDraft) -> Sent:
    """Take a report. The same form sent twice makes one report and gives the same receipt.

    Raises:
        NobodyCanRead: every open office is left out.
        Erased: it had arrived and was erased since; sending the form again does not bring it back.
    """
    receipt = privacy.receipt_for(draft.nonce)
    try:
        return _arrived(draft, receipt) or _take(draft, receipt)
    except IntegrityError:
        # The same form was sent twice at the same time, and the other one was quicker.
        db.session.rollback()
        sent = _arrived(draft, receipt)
        if sent is None:
            raise
        return sent


def decide(draft: ReportDraft) -> Decision:
    """Where a draft would go now."""
    area = area_of(draft)
    keys = {area.key} if area else set()
    coarse = geometry.coarse(area) if area else None
    if coarse:
        keys.add(coarse.key)
    return routing.decide_now(draft.facts(frozenset(keys)))


def area_of(draft: ReportDraft) -> AreaCard | None:
    """The area a draft names, on the city's finest level."""
    return places.area_by_key(places.city().facts["needs_level"], draft.area) if draft.area else None


def _arrived(draft: ReportDraft, receipt: str) -> Sent | None:
    """The answer for a form that was sent before."""
    try:
        box = privacy.open_with_receipt(receipt)
    except Spent as spent:
        raise Erased from spent
    except CannotOpen:
        return None
    report = queries.by_box(box.box_id)
    if report is None:
        return None
    content = next(raw for _label, raw in privacy.take_all(box, CONTENT).values())
    same = SealedContent.from_bytes(content).fingerprint == draft.fingerprint(box.secret)
    return Sent(receipt, report.number, repeated=True, changed=not same)


def _take(draft: ReportDraft, receipt: str) -> Sent:
    decision = decide(draft)
    if decision.office is None:
        raise NobodyCanRead
    offices = directory.organisations()
    mailboxes = [str(offices[key].principal_id) for key in decision.readers]
    box, staff_box = privacy.make_boxes(mailboxes, receipt, None)
    _seal(box, draft, decision)
    facts = _clear_facts(draft, decision, box, staff_box)
    _file(write_one(Report, facts), facts["office_id"], draft, decision)
    notifications.tell_office("new", facts["office_id"], facts["number"])
    return Sent(receipt, facts["number"])


def _seal(box: BoxKey, draft: ReportDraft, decision: Decision) -> None:
    files = tuple((privacy.put(box, FILE, file.content), file.media_type) for file in draft.files)
    content = SealedContent(
        text=draft.text,
        contact=draft.contact,
        street=draft.street,
        point=draft.point,
        place_detail=draft.place_detail,
        area=draft.area,
        month=draft.month,
        involved=draft.involved,
        involved_person=draft.involved_person,
        excluded=draft.excluded,
        left_out=decision.left_out,
        files=files,
        fingerprint=draft.fingerprint(box.secret),
    )
    privacy.put(box, CONTENT, content.to_bytes())


def _clear_facts(draft: ReportDraft, decision: Decision, box: BoxKey, staff_box: BoxKey) -> dict[str, Any]:
    """The coded facts. A report of discrimination keeps neither the fine area nor the month."""
    offices = directory.organisations()
    area = area_of(draft)
    coarse = geometry.coarse(area) if area else None
    lead = offices[str(decision.office)]
    return {
        "number": new_number(),
        "state": State.RECEIVED,
        "language": draft.language,
        "kind": draft.kind,
        "role": draft.role,
        "topic": draft.topic,
        "grounds": list(draft.grounds),
        "forms": list(draft.forms),
        "missing": list(draft.missing),
        "targets": list(draft.targets),
        "wish": draft.wish,
        "where": draft.where,
        "area_id": area.id if area and draft.kind is not Kind.DISCRIMINATION else None,
        "coarse_area_id": coarse.id if coarse else None,
        "quarter": clock.quarter(clock.today()),
        "subject": draft.subject,
        "office_id": lead.id,
        "fallback_office_id": offices[decision.reserve].id if decision.reserve else lead.id,
        "box_id": box.box_id,
        "staff_box_id": staff_box.box_id,
        "has_files": bool(draft.files),
    }


def _file(report_id: int, office_id: int, draft: ReportDraft, decision: Decision) -> None:
    """What belongs to a report besides itself: consents, the decision, the first event, the measures concerned."""
    rule = decision.rule
    measures = {measure.key: measure.id for measure in plans.measures()}
    concerned = list(rule.measures) if rule else []
    if draft.subject and draft.subject.startswith("measure:"):
        concerned.append(draft.subject.removeprefix("measure:"))
    write(Consent, *({"report_id": report_id, "purpose": one} for one in sorted(draft.consents | {Purpose.READING})))
    write(
        DecisionRow,
        {
            "report_id": report_id,
            "office_id": office_id,
            "set_version": decision.version,
            "rule": rule.key if rule else None,
            "plan": rule.plan if rule else None,
            "field": rule.field if rule else None,
            "measures": list(rule.measures) if rule else [],
        },
    )
    write(Event, {"report_id": report_id, "kind": "received", "actor": "reporter", "state": State.RECEIVED})
    linked = [measures[key] for key in dict.fromkeys(concerned) if key in measures]
    write(MeasureLink, *({"report_id": report_id, "measure_id": measure_id} for measure_id in linked))
