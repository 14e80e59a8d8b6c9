"""The words of the workshop: facts, flaws and changes, in the language of the coordination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.codes import Kind
from app.core.languages import in_language
from app.directory import queries as directory
from app.places import queries as places
from app.plans import queries as plans
from app.routing.domain import CODES
from app.routing.history import ChangeLine, Deed
from app.routing.proof import Flaw

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

KINDS: Mapping[str, LazyString] = {
    Kind.DISCRIMINATION: _l("Discrimination"),
    Kind.GAP: _l("Something is missing"),
    Kind.BARRIER: _l("Barrier"),
    Kind.IDEA: _l("Idea"),
    Kind.PRAISE: _l("Praise"),
    Kind.CORRECTION: _l("Correction"),
}
"""Short enough for a table; residents read longer ones."""

FACTS: Mapping[str, LazyString] = {
    "kind": _l("Kind"),
    "topic": _l("Area of life"),
    "grounds": _l("Ground"),
    "form": _l("What happened"),
    "area": _l("Place"),
    "target": _l("For whom"),
    "wish": _l("Wish"),
}
"""What a rule may ask about, in the order of its sentence."""

FLAWS: Mapping[Flaw, LazyString] = {
    Flaw.UNKNOWN: _l("Rules that name something that does not exist"),
    Flaw.NOWHERE: _l("Reports that reach nobody although somebody could read them"),
    Flaw.INVOLVED: _l("Reports that reach an office they are about"),
    Flaw.EXPIRED: _l("Offices whose validity is over"),
    Flaw.CLOSED: _l("Offices that do not receive, are not confirmed, or where nobody can read"),
    Flaw.FEW_READERS: _l("Offices where fewer than two people can read"),
    Flaw.UNREACHABLE: _l("Rules that no report ever gets to"),
    Flaw.OVERLAP: _l("Rules of equal priority that match the same report"),
    Flaw.FIELD: _l("Fields of action that no report reaches, and that do not say why"),
}

REMEDIES: Mapping[Flaw, LazyString] = {
    Flaw.UNKNOWN: _l("Open the rule and choose something that exists, or remove it."),
    Flaw.NOWHERE: _l("Name a fallback desk that is open."),
    Flaw.INVOLVED: _l("This must never happen. Please tell the people who run this platform."),
    Flaw.EXPIRED: _l("Name another office, or ask the administration for a substitute or a longer validity."),
    Flaw.CLOSED: _l("Name another office, or ask the administration to confirm this one and to let people in."),
    Flaw.FEW_READERS: _l("Ask the administration to invite a second person who reads there."),
    Flaw.UNREACHABLE: _l("Move the rule up, change its conditions, or remove it."),
    Flaw.OVERLAP: _l("Give one of the rules another priority, or conditions that exclude each other."),
    Flaw.FIELD: _l("Let a rule name the field, or have the plan say why no report can be about it."),
}
"""What helps against a flaw."""

DEEDS: Mapping[str, LazyString] = {
    Deed.BEGUN: _l("Began the draft"),
    Deed.PUT: _l("Changed a rule"),
    Deed.REMOVED: _l("Removed a rule"),
    Deed.FALLBACK: _l("Named another fallback desk"),
    Deed.TAKEN_IN: _l("Took rules in from a file"),
    Deed.IN_FORCE: _l("Put the rules in force"),
}


def deed(change: ChangeLine) -> str:
    """What a line of a history says happened."""
    if change.action == Deed.PUT and change.before is None:
        return str(_("Added a rule"))
    return str(DEEDS[Deed(change.action)])


def value_name(fact: str, value: str) -> str:
    """What a value of a fact is called; a value that no list knows is shown as it stands."""
    if fact == "kind" and value in KINDS:
        return str(KINDS[value])
    if fact == "area":
        return area_name(value)
    code = CODES[fact].named(value) if fact in CODES else None  # type: ignore[index]
    return str(code.label) if code else value


def area_name(value: str) -> str:
    """The name of an area that a rule or a report calls ``key`` or ``level:key``."""
    level, colon, key = value.partition(":")
    finest = places.city().needs_level or ""
    card = places.area_by_key(level, key) if colon else places.area_by_key(finest, value)
    if card is None:
        return value
    name = in_language(card.name).text
    known = places.level(card.level)
    return name if card.level == finest or known is None else f"{name} ({in_language(known.name).text})"


def office_name(key: str | None) -> str:
    """The name of an office by its key."""
    card = directory.organisations().get(key or "")
    return in_language(card.name).text if card else key or "–"


def field_name(key: str) -> str:
    """The name of a field of action by its key."""
    card = next((one for one in plans.fields() if one.key == key), None)
    return in_language(card.name).text if card else key


def plan_name(key: str) -> str:
    """The short name of a plan by its key."""
    card = plans.plan(key)
    return in_language(card.short).text if card else key


def measure_name(key: str) -> str:
    """The name of a measure by its key."""
    card = plans.measure(key)
    return in_language(card.name).text if card else key
