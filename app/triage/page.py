"""What the desk's templates show: names for ids and keys, and the facts of an opened case in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import format_date

from app.accounts import queries as accounts
from app.core.clock import day_of
from app.core.codes import Purpose
from app.core.languages import in_language
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.places import queries as places
from app.plans import queries as plans
from app.plans.domain import FieldCard, MeasureCard, PlanCard
from app.privacy import audit
from app.privacy import queries as privacy
from app.reports import queries as reports
from app.reports.dialogue import Decided
from app.reports.models import Consent
from app.routing.models import RuleRow
from app.triage import labels
from app.triage.case import Case, Step
from app.triage.domain import Place


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
        "step_title": step_title,
        "standing_words": labels.STANDINGS,
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


def office_name(office_id: int | None) -> Localized | None:
    """The name of an office."""
    card = directory.organisation_by_id(office_id) if office_id is not None else None
    return card.name if card else None


def step_title(step: Step) -> str:
    """What an event of the history is called."""
    event = step.event
    if event.kind == "state":
        return str(labels.word("state", event.state))
    return str(labels.EVENTS.get(event.kind, event.kind))


def step_about(step: Step) -> str:
    """What a code in an event means: an outcome, a measure, an office, a purpose."""
    event = step.event
    code = event.reason
    if not code:
        return ""
    if event.kind in {"linked", "unlinked"}:
        card = plans.measure(code)
        return in_language(card.name).text if card else code
    if event.kind in {"offered", "reassigned"}:
        office = directory.organisations().get(code)
        return in_language(office.name).text if office else code
    return str(labels.word("outcome" if event.kind == "state" else "purpose", code))


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody at a desk opened the case; ``who`` is None when there is no such account any more."""

    at: datetime
    who: str | None
    office_id: int | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of an opened case, with names instead of keys."""

    case: Case

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

    @property
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

    @property
    def looks(self) -> list[Look]:
        """Who opened the case, newest first: each desk once a day, so that nothing can be counted by person."""
        entries = privacy.audit_of(self.case.report.number, audit.OPENED)
        titles = accounts.titles({entry.actor for entry in entries if entry.actor})
        first: dict[tuple[date, str | None], Look] = {}
        for entry in entries:
            look = Look(entry.at, titles.get(entry.actor or ""), entry.office_id)
            first.setdefault((day_of(entry.at), entry.actor), look)
        return list(first.values())[::-1]

    def about(self, step: Step) -> str:
        """What a code in an event means."""
        return step_about(step)

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
