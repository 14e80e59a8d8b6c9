"""The words of the editor of plans: kinds of entries, attributes, deeds, states and flaws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.plans.document import About, Change, Flaw, Found
from app.plans.editions import Deed, State
from app.plans.models import VersionChange

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

ABOUT: Mapping[str, LazyString] = {
    About.HEAD: _l("Edition"),
    About.GOAL: _l("Goal"),
    About.PLAN: _l("Plan"),
    About.FIELD: _l("Field of action"),
    About.MEASURE: _l("Measure"),
}

ATTRIBUTES: Mapping[str, LazyString] = {
    "key": _l("Short name"),
    "name": _l("Name"),
    "short": _l("Name in few words"),
    "summary": _l("Summary"),
    "adopted_on": _l("Adopted on"),
    "from": _l("From the year"),
    "to": _l("Until the year"),
    "source": _l("Source"),
    "fields": _l("Fields of action"),
    "plan": _l("Plan"),
    "plans": _l("Plans"),
    "unconfirmed": _l("Not confirmed yet"),
    "not_by_reports": _l("Why no report can be about it"),
    "topics": _l("Areas of life"),
    "targets": _l("For whom"),
    "statement": _l("What the city does there"),
    "since": _l("Since the year"),
    "updated": _l("Updated in the year"),
    "shape": _l("Mark"),
    "example": _l("Example"),
    "state": _l("State"),
    "reason": _l("Reason for the state"),
    "goals": _l("Goals"),
    "areas": _l("Areas"),
    "office": _l("Responsible office"),
    "partners": _l("Partners"),
    "budget": _l("Budget"),
    "indicators": _l("Indicators"),
    "milestones": _l("Milestones"),
    "evidence": _l("What shows that it works"),
    "measures": _l("Measures"),
    "unit": _l("Unit"),
    "target": _l("Target value"),
    "target_year": _l("Year of the target"),
    "values": _l("Actual values"),
    "due": _l("Due on"),
    "reached_on": _l("Reached on"),
    "on": _l("Day"),
    "value": _l("Value"),
}

SHAPES: Mapping[str, LazyString] = {
    "circle": _l("Circle"),
    "square": _l("Square"),
    "triangle": _l("Triangle"),
}

STATES: Mapping[str, LazyString] = {
    State.DRAFT: _l("draft"),
    State.SUBMITTED: _l("waits for a second person"),
    State.PUBLISHED: _l("published"),
    State.SUPERSEDED: _l("published earlier"),
}

DEEDS: Mapping[str, LazyString] = {
    Deed.BEGUN: _l("Began the draft"),
    Deed.CHANGED: _l("Changed"),
    Deed.TAKEN_IN: _l("Taken over from a file"),
    Deed.SUBMITTED: _l("Asked a second person to look at it"),
    Deed.RETURNED: _l("Gave it back to be worked on"),
    Deed.PUBLISHED: _l("Published"),
}

CHANGES: Mapping[str, LazyString] = {
    Change.ADDED: _l("new"),
    Change.CHANGED: _l("changed"),
    Change.REMOVED: _l("removed"),
}


def attribute(name: str) -> str:
    """What an attribute is called; one that no list knows is shown as it stands."""
    return str(ATTRIBUTES.get(name, name))


def deed(change: VersionChange) -> str:
    """What a line of a history says happened."""
    if change.action != Deed.CHANGED:
        return str(DEEDS[Deed(change.action)])
    if change.before is None:
        return str(_("Added"))
    return str(_("Removed")) if change.after is None else str(DEEDS[Deed.CHANGED])


def flaw_sentence(found: Found, value: str) -> LazyString:
    """A flaw as a sentence; ``value`` is what is wrong there, as people read it."""
    name = ATTRIBUTES.get(found.attribute, found.attribute)
    sentences = {
        Flaw.TWICE: _l("The short name “%(value)s” is used twice.", value=found.value),
        Flaw.UNKNOWN: _l(
            "%(attribute)s: there is no “%(value)s”. Please choose another one.", attribute=name, value=value
        ),
        Flaw.OTHER_PLAN: _l("The field of action “%(value)s” belongs to a plan that is not named here.", value=value),
        Flaw.ROUTED: _l(
            "Rules in force lead reports here, and the edition no longer has it. Please put it back, or have the "
            "coordination change the rules first."
        ),
    }
    return sentences[found.flaw]
