"""The words for a proposal on the pages of partners and staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.codes import Target, Topic
from app.core.languages import in_language
from app.core.texts import Localized
from app.needs.domain import ALL, CITY, OTHER
from app.partners.following.page import subject_label
from app.partners.proposals.domain import Answered, ProposalEntry, State
from app.places import queries as places

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

STATES: Mapping[State, tuple[LazyString, str]] = {
    State.OPEN: (_l("Waits for an answer"), "info"),
    State.ACCEPTED: (_l("Accepted: it is in the draft of the plans"), "success"),
    State.DECLINED: (_l("Declined"), "warning"),
    State.WITHDRAWN: (_l("Withdrawn"), "neutral"),
}
"""What became of a proposal, with the kind of its badge."""


def need_of(level: str, area: str, column: str) -> Answered | None:
    """The need that an address names; None where one part of it is unknown."""
    known = level == area == CITY or places.area_by_key(level, area) is not None
    if not known or not (column in {ALL, OTHER} or Topic.named(column) or Target.named(column)):
        return None
    return Answered(level, area, column)


def need_label(need: Answered) -> str:
    """A need in words."""
    card = places.area_by_key(need.level, need.area)
    place = _("Whole city") if card is None else in_language(card.name).text
    return str(_("%(subject)s, %(place)s", subject=subject_label(need.column), place=place))


def areas_label(entry: ProposalEntry) -> list[str]:
    """Where a proposal is for."""
    level = places.city().needs_level or ""
    cards = (places.area_by_key(level, key) for key in entry.areas)
    return [in_language(card.name).text for card in cards if card is not None] or [str(_("Whole city"))]


def topics_label(entry: ProposalEntry) -> list[str]:
    """Its areas of life."""
    return [str(Topic(topic).label) for topic in entry.topics]


def targets_label(entry: ProposalEntry) -> list[str]:
    """For whom it is."""
    return [str(Target(target).label) for target in entry.targets]


def plain(text: Localized) -> str:
    """A text of a proposal without any mark of its language."""
    return in_language(text).text


def years_label(entry: ProposalEntry) -> str | None:
    """From when until when; None where neither is known."""
    match entry.from_year, entry.to_year:
        case None, None:
            return None
        case since, None:
            return str(_("from %(year)s", year=since))
        case None, until:
            return str(_("until %(year)s", year=until))
        case since, until:
            return str(since) if since == until else f"{since}–{until}"
