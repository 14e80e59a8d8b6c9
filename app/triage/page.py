"""What the desk's templates show: names for ids and keys, and the facts of an opened case in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import format_date

from app.accounts import queries as accounts
from app.core.clock import last_day, now, today
from app.core.codes import Purpose
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.places import queries as places
from app.plans import queries as plans
from app.plans.domain import FieldCard, MeasureCard, PlanCard
from app.privacy import audit
from app.privacy import queries as privacy
from app.privacy.models import AuditEntry
from app.reports import parts
from app.reports import queries as reports
from app.reports.dialogue import Decided
from app.reports.models import Consent
from app.routing.models import RuleRow
from app.triage import labels, timeline, work, work_queries
from app.triage.case import Case, Step
from app.triage.domain import Place
from app.triage.timeline import Entry, Look, View
from app.triage.work_domain import Errand, Neighbour


def words() -> dict[str, Any]:
    """What every template of this room may ask for."""
    return {
        "word": labels.word,
        "detail": labels.detail,
        "age": labels.age,
        "language_name": labels.language_name,
        "area_name": area_name,
        "office_name": office_name,
        "state_marks": labels.STATE_MARKS,
        "standing_words": labels.STANDINGS,
        "sorts": labels.SORTS,
        "today": today,
        "last_day": last_day,
        "ways_of_facts": labels.WAYS,
        "child_protection": child_protection,
        "move_hints": {str(state): hint for state, hint in labels.MOVE_HINTS.items()},
    }


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a list goes on."""

    first: str | None
    before: str | None
    after: str | None


def ways(endpoint: str, filters: Mapping[str, Any], shown: Sequence[Place], before: bool, after: bool) -> Ways:  # noqa: FBT001
    """The addresses of the pages around the one shown."""
    return Ways(
        first=url_for(endpoint, **filters) if before else None,
        before=url_for(endpoint, **filters, before=str(shown[0])) if before and shown else None,
        after=url_for(endpoint, **filters, after=str(shown[-1])) if after and shown else None,
    )


def area_name(area_id: int | None) -> Localized | None:
    """The name of an area."""
    card = places.area_by_id(area_id) if area_id is not None else None
    return card.name if card else None


def child_protection() -> OrganisationCard | None:
    """The office that is responsible for the protection of children, if the city names one."""
    return directory.organisations().get(places.city().facts.get("emergency", {}).get("child_protection") or "")


def office_name(office_id: int | None) -> Localized | None:
    """The name of an office."""
    card = directory.organisation_by_id(office_id) if office_id is not None else None
    return card.name if card else None


@dataclass(frozen=True)
class CaseFacts:
    """The facts of an opened case, with names instead of keys, and what lies beside it."""

    case: Case
    view: View

    @property
    def area(self) -> Localized | None:
        """The area: from the sealed part the finest there is."""
        key = self.case.opened.content.area
        card = places.area_by_key(places.city().facts["needs_level"], key) if key else None
        if card:
            return card.name
        report = self.case.report
        return area_name(report.area_id or report.coarse_area_id)

    @property
    def point(self) -> str | None:
        """Latitude and longitude in degrees, as maps take them."""
        point = self.case.opened.content.point
        return f"{point[1]:.5f}, {point[0]:.5f}" if point else None

    @property
    def month(self) -> str | None:
        """The month in which it happened."""
        year, _dash, month = self.case.opened.content.month.partition("-")
        if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12):  # noqa: PLR2004
            return None
        return str(format_date(date(int(year), int(month), 1), "LLLL yyyy"))

    @property
    def subject(self) -> Localized | None:
        """The service or measure that the report began from."""
        kind, _colon, key = (self.case.opened.coded.subject or "").partition(":")
        card = {"measure": plans.measure, "service": directory.service}.get(kind, lambda _key: None)(key)
        return card.name if card else None

    @property
    def involved(self) -> list[OrganisationCard]:
        """The offices and organisations that the report is about."""
        return _organisations(self.case.opened.content.involved)

    @property
    def excluded(self) -> list[OrganisationCard]:
        """The offices that must not read it, by the person's wish."""
        return _organisations(self.case.opened.content.excluded)

    @property
    def left_out(self) -> list[OrganisationCard]:
        """The offices that routing passed over."""
        return _organisations(self.case.opened.content.left_out)

    @cached_property
    def decision(self) -> Decided | None:
        """Why it came here."""
        return self.case.opened.decision

    @property
    def measures(self) -> list[MeasureCard]:
        """The measures that the case is linked to."""
        by_id = {card.id: card for card in plans.measures()}
        return [by_id[key] for key in reports.measure_ids(self.case.report.id) if key in by_id]

    @property
    def consents(self) -> list[tuple[Purpose, Consent | None]]:
        """Every purpose with what the person said to it."""
        return [(purpose, self.case.consents.get(purpose)) for purpose in Purpose]

    @cached_property
    def errands(self) -> list[Errand]:
        """What is to be done, and what is done."""
        said = {step.event.sealed_id: step.words.text for step in self.case.history if step.words}
        rows = work_queries.to_dos(self.case.report.id)
        return [Errand(row.id, said.get(row.sealed_id, ""), row.due_on, row.office_id, row.done_at) for row in rows]

    @cached_property
    def _links(self) -> Mapping[int, str]:
        return work_queries.links(self.case.report.id)

    @cached_property
    def _known(self) -> tuple[Neighbour, ...]:
        return work_queries.openable_among(self._links, timeline.others_named(self.case), self.case.staff.reach)

    @property
    def can_be_split(self) -> bool:
        """Whether a second matter can become a report of its own."""
        return parts.can_be_split(self.case.opened)

    @property
    def related(self) -> list[Neighbour]:
        """The cases that belong to this one, as far as the person can open them."""
        return [other for other in self._known if other.why]

    @cached_property
    def similar(self) -> tuple[Neighbour, ...]:
        """The cases like this one that the person can open."""
        return work_queries.similar(self.case.report, self.case.staff.reach, self._links)

    @property
    def takes_part(self) -> bool:
        """Whether the person may keep things to do in this case."""
        return work.takes_part(self.case)

    @property
    def assignee(self) -> str:
        """The desk of whoever works on the case; empty when nobody does."""
        person = accounts.user(self.case.report.assignee_id) if self.case.report.assignee_id else None
        return person.title if person else ""

    @property
    def late(self) -> bool:
        """Whether the deadline that runs now is over."""
        due = self.case.report.due_at
        return due is not None and due < now()

    @cached_property
    def _openings(self) -> Sequence[AuditEntry]:
        return privacy.audit_of(self.case.report.number, audit.OPENED)

    @property
    def present(self) -> list[Look]:
        """The colleagues who have opened the case a moment ago."""
        return timeline.present(self._openings, self.case.staff.own)

    def entries(self, steps: Iterable[Step]) -> list[Entry]:
        """Steps in words, as far as the person may know of them."""
        texts = {errand.id: errand.text for errand in self.errands}
        openable = {other.number for other in self._known}
        return [timeline.entry(self.case, step, texts, openable) for step in timeline.told(steps, openable)]

    @property
    def timeline(self) -> list[Entry]:
        """What happened, as the person wants to look at it. Of a hidden case the bare steps, and nobody's openings."""
        found = self.entries(self.case.history)
        if not self.case.hidden:
            found += [timeline.opened_by(look) for look in timeline.looks(self._openings)]
        return timeline.arranged(found, self.view)

    def plans_of(self, measure: MeasureCard) -> list[PlanCard]:
        """The plans that a measure belongs to."""
        found = (plans.plan(key) for key in measure.plans)
        return [card for card in found if card]

    def rule(self, decision: Decided) -> RuleRow | None:
        """The rule of a decision."""
        return reports.rule_of(decision.set_version, decision.rule)

    def plan(self, decision: Decided) -> PlanCard | None:
        """The plan that the matter belongs to."""
        return plans.plan(decision.plan) if decision.plan else None

    def field(self, decision: Decided) -> FieldCard | None:
        """The field of action that the matter belongs to."""
        return next((card for card in plans.fields() if card.key == decision.field), None)


def _organisations(keys: Sequence[str]) -> list[OrganisationCard]:
    known = directory.organisations()
    return [known[key] for key in keys if key in known]
