"""What the person is told besides what they said: consents, the decision, how long the report stays (Art. 15 GDPR)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.core.codes import Purpose, State
from app.core.texts import Localized
from app.directory import queries as directory
from app.plans import queries as plans
from app.reports import dialogue, queries, retention, wording
from app.reports.dialogue import OpenedReport
from app.reports.models import Report

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Agreement:
    """A purpose, whether the person agreed, when, and what the next step would change."""

    purpose: Purpose
    given_at: datetime | None
    withdrawn_at: datetime | None
    in_force: bool
    may_give: bool
    effect: LazyString


@dataclass(frozen=True, slots=True)
class Why:
    """A decision about where a report belongs, with the rule's own words."""

    decided_at: datetime
    office: Localized
    rule: str | None
    reason: Localized | None
    version: str
    plan: Localized | None
    field: Localized | None


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a report stays: ``until`` a day if it rests already, else ``months`` after it is closed."""

    until: date | None
    months: int
    backup_days: int


def keeping(stay: Stay) -> list[str]:
    """How long a report is kept, and what remains of it in backups, in whole sentences."""
    if stay.until is not None:
        first = _(
            "It is deleted on %(day)s, with all messages and files, unless something is written before.",
            day=format_date(stay.until, "long"),
        )
    else:
        first = ngettext(
            "It is deleted %(num)s month after the office has closed it, with all messages and files.",
            "It is deleted %(num)s months after the office has closed it, with all messages and files.",
            stay.months,
        )
    return [
        str(first),
        str(_("You can erase it yourself at any time before.")),
        str(
            ngettext(
                "Encrypted backups keep it for up to %(num)s day longer. When a backup has to be used, what you erased "
                "or withdrew is taken out again at once.",
                "Encrypted backups keep it for up to %(num)s days longer. When a backup has to be used, what you "
                "erased or withdrew is taken out again at once.",
                stay.backup_days,
            )
        ),
    ]


def promise(kind: str | None = None) -> list[str]:
    """The same before a report is sent; without a kind, for the one that is kept longest."""
    settings: Settings = current_app.config["SETTINGS"]
    months = retention.months()
    return keeping(Stay(None, months[kind] if kind else max(months.values()), settings.backup_days))


def dates(agreement: Agreement) -> str:
    """Since when a consent is in force, or when it ended."""
    if agreement.withdrawn_at is not None:
        return str(_("Withdrawn on %(day)s", day=format_date(agreement.withdrawn_at, "long")))
    if agreement.given_at is not None:
        return str(_("Agreed on %(day)s", day=format_date(agreement.given_at, "long")))
    return str(_("Not agreed"))


def agreements(report: Report) -> list[Agreement]:
    """Every purpose that this person could agree to or has agreed to, in the order of the form."""
    held = {consent.purpose: consent for consent in queries.consents(report.id)}
    open_to = () if report.state == State.WITHDRAWN else dialogue.offered(report)
    found = []
    for purpose in Purpose:
        consent = held.get(purpose)
        in_force = consent is not None and consent.withdrawn_at is None
        if consent is None and purpose not in open_to:
            continue
        effect = wording.WITHDRAWN_HINTS[purpose] if in_force else wording.REFUSED_HINTS[purpose]
        found.append(
            Agreement(
                purpose,
                consent.given_at if consent else None,
                consent.withdrawn_at if consent else None,
                in_force,
                not in_force and purpose in open_to,
                effect,
            )
        )
    return found


def why(opened: OpenedReport) -> Why | None:
    """The latest decision in words; None for a report that went nowhere, or whose office is gone."""
    decision = opened.decision
    office = directory.organisation_by_id(decision.office_id) if decision else None
    if decision is None or office is None:
        return None
    rule = queries.rule_of(decision.set_version, decision.rule)
    named_plans = {card.key: card.name for card in plans.plans()}
    named_fields = {card.key: card.name for card in plans.fields()}
    return Why(
        decision.decided_at,
        office.name,
        decision.rule,
        rule.because if rule else None,
        decision.set_version,
        named_plans.get(decision.plan or ""),
        named_fields.get(decision.field or ""),
    )


def stay(report: Report) -> Stay:
    """How long a report stays."""
    settings: Settings = current_app.config["SETTINGS"]
    return Stay(retention.kept_until(report), retention.months_kept(report.kind), settings.backup_days)
