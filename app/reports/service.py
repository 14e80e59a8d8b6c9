"""Intake: from a draft to a sealed report at the right office, in one transaction, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.codes import Channel, Kind, Purpose, State
from app.core.database import db, write, write_one
from app.directory import queries as directory
from app.notifications import service as notifications
from app.places import geometry
from app.places import queries as places
from app.places.domain import AreaCard
from app.plans import queries as plans
from app.privacy import service as privacy
from app.privacy.domain import BoxKey, CannotOpen, Exchanged, Spent
from app.reports import deadlines, queries
from app.reports.domain import BY_THE_REPORTER, Coded, Erased, Filing, ReportDraft, SealedContent, Sent, new_number
from app.reports.models import Consent, DecisionRow, Event, MeasureLink, Report
from app.routing import service as routing
from app.routing.domain import Decision

CONTENT = "report"
FILE = "file"
FACTS = "facts"
"""The coded facts of a restricted report; those of others stand in the clear."""


def submit(draft: ReportDraft, filing: Filing = BY_THE_REPORTER) -> Sent:
    """Take a report. The same form sent twice makes one report and gives the same receipt.

    Where nobody may read it, it is kept for the reporter: only the receipt opens it.

    Raises:
        Erased: it had arrived and was erased since; sending the form again does not bring it back.
        Exchanged: it had arrived, and its receipt was exchanged since; nobody is told the new one.
    """
    receipt = privacy.receipt_for(draft.nonce)
    try:
        return _arrived(draft, receipt) or _take(draft, receipt, filing)
    except IntegrityError:
        # The same form was sent twice at the same time, and the other one was quicker.
        db.session.rollback()
        sent = _arrived(draft, receipt)
        if sent is None:
            raise
        return sent


def decide(draft: ReportDraft) -> Decision:
    """Where a draft would go now."""
    return routing.decide_now(draft.facts(area_names(area_of(draft), draft.point)))


def area_names(area: AreaCard | None, point: tuple[float, float] | None = None) -> frozenset[str]:
    """What rules call the areas of a place: ``level:key`` each, and that of the finest level by its bare key too."""
    if area is None:
        return frozenset()
    by_level = {card.level: card for card in geometry.areas_at(*point)} if point else {}
    # What the person confirmed counts for more than where the mark was set.
    by_level |= {card.level: card for card in (geometry.coarse(area), area) if card}
    return frozenset({area.key, *(f"{level}:{card.key}" for level, card in by_level.items())})


def area_of(draft: ReportDraft) -> AreaCard | None:
    """The area a draft names, on the city's finest level."""
    return area_named(draft.area)


def area_named(key: str | None) -> AreaCard | None:
    """An area of the city's finest level."""
    return places.area_by_key(places.city().facts["needs_level"], key) if key else None


def _arrived(draft: ReportDraft, receipt: str) -> Sent | None:
    """The answer for a form that was sent before."""
    try:
        box = privacy.open_with_receipt(receipt)
    except Spent as spent:
        raise Erased from spent
    except Exchanged:
        raise
    except CannotOpen:
        return None
    report = queries.by_box(box.box_id)
    if report is None:
        return None
    content = next(raw for _label, raw in privacy.take_all(box, CONTENT).values())
    same = SealedContent.from_bytes(content).fingerprint == draft.fingerprint(box.secret)
    return Sent(receipt, report.number, repeated=True, changed=not same)


def _take(draft: ReportDraft, receipt: str, filing: Filing) -> Sent:
    decision = decide(draft)
    box, staff_box = _boxes(decision, receipt)
    seal(box, draft, decision)
    facts = clear_facts(draft, decision, box, staff_box) | {"channel": filing.channel}
    _file(write_one(Report, facts), draft, decision, facts, filing)
    if facts["office_id"] is not None:
        notifications.tell_office("new", facts["office_id"], facts["number"])
    return Sent(receipt, facts["number"])


def _boxes(decision: Decision, receipt: str) -> tuple[BoxKey, BoxKey | None]:
    """The box of the report and that of the offices; a report that is kept has none of the latter."""
    if decision.office is None:
        return privacy.make_box((), receipt), None
    box, staff_box = privacy.make_boxes(mailboxes_of(decision), receipt, None)
    return box, staff_box


def mailboxes_of(decision: Decision) -> list[str]:
    """The mailboxes that a decision lets in."""
    offices = directory.organisations()
    return [str(offices[key].principal_id) for key in decision.readers]


def seal(box: BoxKey, draft: ReportDraft, decision: Decision) -> None:
    """Put into the box of a report what only its readers may know."""
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
    if draft.restricted:
        privacy.put(box, FACTS, _coded(draft, decision).to_bytes())


def _coded(draft: ReportDraft, decision: Decision) -> Coded:
    rule = decision.rule
    return Coded(
        topic=draft.topic,
        grounds=draft.grounds,
        forms=draft.forms,
        missing=draft.missing,
        targets=draft.targets,
        subject=draft.subject,
        rule=rule.key if rule else None,
        plan=rule.plan if rule else None,
        field=rule.field if rule else None,
    )


def clear_facts(draft: ReportDraft, decision: Decision, box: BoxKey, staff_box: BoxKey | None) -> dict[str, Any]:
    """What stands in the clear: of discrimination neither fine area nor month, of a restricted report hardly a fact."""
    area = None if draft.restricted else area_of(draft)
    coarse = geometry.coarse(area) if area else None
    coded = Coded() if draft.restricted else _coded(draft, decision)
    return {
        "number": new_number(),
        "state": State.RECEIVED if decision.office else State.KEPT,
        "language": draft.language,
        "kind": draft.kind,
        "role": draft.role,
        "topic": coded.topic,
        "grounds": list(coded.grounds),
        "forms": list(coded.forms),
        "missing": list(coded.missing),
        "targets": list(coded.targets),
        "wish": draft.wish,
        "where": draft.where,
        "area_id": area.id if area and draft.kind is not Kind.DISCRIMINATION else None,
        "coarse_area_id": coarse.id if coarse else None,
        "quarter": clock.quarter(clock.today()),
        "subject": coded.subject,
        **desks_of(decision),
        **(deadlines.begin(draft.kind, draft.wish, clock.now()) if decision.office else {}),
        "restricted": draft.restricted,
        "box_id": box.box_id,
        "staff_box_id": staff_box.box_id if staff_box else None,
        "has_files": bool(draft.files),
    }


def desks_of(decision: Decision) -> dict[str, int | None]:
    """The columns that say which office leads and which one stands in reserve; the lead where there is no other."""
    offices = directory.organisations()
    lead = offices[decision.office].id if decision.office else None
    return {"office_id": lead, "fallback_office_id": offices[decision.reserve].id if decision.reserve else lead}


def _file(report_id: int, draft: ReportDraft, decision: Decision, facts: dict[str, Any], filing: Filing) -> None:
    """What belongs to a report besides itself: consents, the decision, the first event, the measures concerned."""
    write(Consent, *({"report_id": report_id, "purpose": one} for one in sorted(draft.consents | {Purpose.READING})))
    if facts["office_id"] is not None:
        note_decision(report_id, decision, facts["office_id"], restricted=draft.restricted)
    received = {"kind": "received", "actor": filing.actor, "office_id": filing.office_id, "state": facts["state"]}
    reason = None if filing.channel is Channel.WEB else filing.channel
    write(Event, {"report_id": report_id, "reason": reason, **received})
    link_measures(report_id, draft, decision)


def link_measures(report_id: int, draft: ReportDraft, decision: Decision) -> None:
    """Link a report to the measures that its rule names and to the one that it began from, unless it is restricted."""
    if draft.restricted:
        return
    measures = {measure.key: measure.id for measure in plans.measures()}
    concerned = list(decision.rule.measures) if decision.rule else []
    if draft.subject and draft.subject.startswith("measure:"):
        concerned.append(draft.subject.removeprefix("measure:"))
    linked = [measures[key] for key in dict.fromkeys(concerned) if key in measures]
    write(MeasureLink, *({"report_id": report_id, "measure_id": measure_id} for measure_id in linked))


def note_decision(report_id: int, decision: Decision, office_id: int, *, restricted: bool) -> None:
    """Keep why a report went where it went; the rule that names the office of a restricted one is sealed."""
    rule = None if restricted else decision.rule
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
