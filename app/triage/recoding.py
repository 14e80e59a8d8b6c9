"""The facts of a case put right, all in one go: that makes one decision, and at most one offer to another office.

The deadlines stay those that the reporter was told. Where some office must not learn of the report, its facts stay
sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from flask_babel import gettext as _

from app.core.codes import Kind, Purpose, Where, Wish
from app.core.database import db
from app.directory import queries as directory
from app.places import geometry
from app.plans import queries as plans
from app.privacy import service as privacy
from app.reports import flow, kept
from app.reports import queries as reports
from app.reports import service as intake
from app.reports.dialogue import CODES, OpenedReport
from app.reports.domain import ENDED, PLACED, Coded, NotAllowed
from app.reports.flow import Known, Question
from app.reports.models import MeasureLink
from app.routing.domain import Decision
from app.triage import handover, queries
from app.triage.case import Case
from app.triage.service import claim, record

ASKED = {
    "topic": Question.TOPIC,
    "grounds": Question.GROUNDS,
    "forms": Question.FORMS,
    "missing": Question.MISSING,
    "targets": Question.TARGETS,
    "area": Question.WHERE,
}
"""Which question of the form for residents a fact answers: what is not asked for a kind of report has no such fact."""


class Way(StrEnum):
    """What followed from a correction, as a code that stands with its event."""

    STAYS = "stays"
    OFFERED = "offered"
    NOT_AGREED = "not_agreed"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Facts:
    """What staff may put right. ``area`` is a key of the city's finest level, None for no place in the city."""

    kind: Kind
    wish: Wish
    topic: str | None = None
    area: str | None = None
    grounds: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    @classmethod
    def of(cls, opened: OpenedReport) -> Self:
        """What stands in a report now."""
        coded = opened.coded
        lists: dict[str, Any] = {name: getattr(coded, name) for name in CODES}
        report = opened.report
        return cls(Kind(report.kind), Wish(report.wish), coded.topic, opened.content.area, **lists)

    def fitting(self, *, about: bool) -> Self:
        """Without what a report of this kind does not have; ``about`` says that it began from a service or measure."""
        known = Known(self.kind, about=about)
        apart = {name for name, question in ASKED.items() if not flow.applies(question, known)}
        # What began from a service has its topic and target groups, although nobody was asked for them.
        apart -= {"topic", "targets"} if about else set()
        wish = self.wish if flow.applies(Question.WISH, known) else Wish.DOCUMENT
        nothing = {name: () if name in CODES else None for name in apart}
        return replace(self, wish=wish, **nothing)  # type: ignore[arg-type]


def recode(case: Case, facts: Facts, reason: str) -> None:
    """Put the facts of a case right. Where another office should lead by them it is offered the case, once.

    Without the reporter's consent nothing moves; the event says so.

    Raises:
        NotAllowed: the person's office does not work on the case, it has ended, nothing changes, or no reason is given.
    """
    if not case.works or case.state in ENDED:
        raise NotAllowed(_("The facts cannot be put right from where the case stands now."))
    facts = facts.fitting(about=bool(case.opened.coded.subject))
    if facts == Facts.of(case.opened):
        raise NotAllowed(_("Nothing is different from what stands here already."))
    if facts.wish not in flow.offered_wishes(facts.kind):
        raise NotAllowed(_("A report of this kind cannot have this wish."))
    if not reason:
        raise NotAllowed(_("Please say why."))
    claim(case)
    opened = _put_right(case.opened, facts)
    decision = kept.decide(opened)
    _keep(opened, decision)
    _follow_measures(opened, decision)
    office = directory.organisations().get(decision.office or "")
    intake.note_decision(
        case.report.id, decision, office.id if office else case.lead_id, restricted=case.report.restricted
    )
    db.session.flush()
    changed = replace(case, opened=opened)
    way = _way(changed, office.key if office else None)
    record(changed, "recoded", code=way, words=reason)
    if way is Way.OFFERED and office is not None:
        handover.put_on_offer(changed, office, reason)


def _way(case: Case, office: str | None) -> Way:
    """What may follow. A case that is on offer already waits for that answer first."""
    if office is None or office == case.lead.key:
        return Way.STAYS
    if not case.allows(Purpose.HANDOVER):
        return Way.NOT_AGREED
    try:
        handover.may_offer(case, directory.organisations()[office])
    except NotAllowed:
        return Way.NOT_POSSIBLE
    return Way.OFFERED


def _put_right(opened: OpenedReport, facts: Facts) -> OpenedReport:
    """The report with the new facts; those in the clear stand in its row already, what is sealed only in memory."""
    report = opened.report
    report.kind, report.wish = facts.kind, facts.wish
    if not flow.applies(Question.ROLE, Known(facts.kind)):
        report.role = None
    if facts.area is None and report.where in PLACED:
        report.where = Where.NONE
    elif facts.area is not None and report.where not in PLACED:
        report.where = Where.AREA
    lists: dict[str, Any] = {name: getattr(facts, name) for name in CODES}
    sealed = opened.sealed_facts
    if sealed:
        identity, coded = sealed
        sealed = identity, replace(coded, topic=facts.topic, **lists)
    else:
        report.topic = facts.topic
        for name, said in lists.items():
            setattr(report, name, list(said))
        area = intake.area_named(facts.area)
        coarse = geometry.coarse(area) if area else None
        report.area_id = area.id if area and facts.kind is not Kind.DISCRIMINATION else None
        report.coarse_area_id = coarse.id if coarse else None
    return replace(opened, content=replace(opened.content, area=facts.area), sealed_facts=sealed)


def _keep(opened: OpenedReport, decision: Decision) -> None:
    """Seal what has changed: the place, who was passed over, and of a restricted report all facts and the rule."""
    rule = decision.rule
    content = replace(opened.content, left_out=decision.left_out)
    privacy.put(opened.box, intake.CONTENT, content.to_bytes())
    privacy.drop(opened.box, opened.version)
    if opened.sealed_facts:
        identity, coded = opened.sealed_facts
        named: Coded = replace(
            coded,
            rule=rule.key if rule else None,
            plan=rule.plan if rule else None,
            field=rule.field if rule else None,
        )
        privacy.put(opened.box, intake.FACTS, named.to_bytes())
        privacy.drop(opened.box, identity)


def _follow_measures(opened: OpenedReport, decision: Decision) -> None:
    """The measures of the rule that decided before make room for those of the one that decides now.

    What the report itself began from stays linked. Of a restricted report no rule may be told from its links.
    """
    report = opened.report
    before = reports.decision(report.id)
    if report.restricted or before is None:
        return
    now_named = set(decision.rule.measures) if decision.rule else set()
    about = (report.subject or "").removeprefix("measure:")
    known = {card.key: card.id for card in plans.measures()}
    for key in sorted(set(before.measures) - now_named - {about}):
        link = queries.measure_link(report.id, known[key]) if key in known else None
        if link is not None:
            db.session.delete(link)
    for key in sorted(now_named - set(before.measures)):
        if key in known and queries.measure_link(report.id, known[key]) is None:
            db.session.add(MeasureLink(report_id=report.id, measure_id=known[key]))
    db.session.flush()
