"""The words of the desk: what staff read where residents read a code's own label, short enough for tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.clock import now
from app.core.codes import (
    LABELS,
    Code,
    Form,
    Ground,
    Kind,
    Missing,
    Outcome,
    Purpose,
    Role,
    State,
    Target,
    Topic,
    Where,
    Wish,
)
from app.core.languages import LANGUAGES
from app.triage.domain import Standing

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

STATES: Mapping[str, LazyString] = {
    State.RECEIVED: _l("New"),
    State.IN_REVIEW: _l("In work"),
    State.WAITING: _l("Waiting for the person"),
    State.ANSWERED: _l("Answered"),
    State.CLOSED: _l("Closed"),
    State.NOT_RESPONSIBLE: _l("Closed: we cannot act"),
    State.SPAM: _l("Closed: not a report"),
    State.ABUSE: _l("Closed: abusive"),
    State.DANGER: _l("Somebody is in danger"),
    State.WITHDRAWN: _l("Withdrawn by the person"),
    State.KEPT: _l("Kept for the person"),
}

STATE_MARKS: Mapping[str, str] = {
    State.RECEIVED: "info",
    State.IN_REVIEW: "info",
    State.WAITING: "warning",
    State.ANSWERED: "success",
    State.DANGER: "danger",
}
"""The kind of badge; every other state is neutral."""

MOVES: Mapping[str, LazyString] = {
    State.IN_REVIEW: _l("Work on it again"),
    State.NOT_RESPONSIBLE: _l("Close it: we cannot act on it"),
}

MOVE_HINTS: Mapping[str, LazyString] = {
    State.NOT_RESPONSIBLE: _l("Only when no other office can act either. Please write to the person first."),
}

ROLES: Mapping[str, LazyString] = {
    Role.AFFECTED: _l("The person affected"),
    Role.WITNESS: _l("A witness"),
    Role.THIRD_PARTY: _l("Somebody who reports for another person"),
}

WISHES: Mapping[str, LazyString] = {
    Wish.DOCUMENT: _l("Only document it"),
    Wish.CONTACT: _l("An answer"),
    Wish.MEDIATE: _l("Mediation between the sides"),
}

PURPOSES: Mapping[str, LazyString] = {
    Purpose.READING: _l("Your office reads the report"),
    Purpose.CONTACT: _l("Your office writes to the person or contacts them"),
    Purpose.HANDOVER: _l("The report is handed over to another city office"),
    Purpose.INDEPENDENT: _l("The report is shared with an independent organisation"),
    Purpose.STATISTICS: _l("The report is counted"),
}

EVENTS: Mapping[str, LazyString] = {
    "received": _l("The report arrived"),
    "reopened": _l("The person says that it is not settled: in work again"),
    "taken_over": _l("The person took over what was written down for them, with a receipt of their own"),
    "receipt_exchanged": _l("The person exchanged their receipt"),
    "message": _l("Message"),
    "note": _l("Internal note"),
    "read": _l("What was new has been read"),
    "corrected": _l("The person corrected the report"),
    "consent_given": _l("The person gave a consent"),
    "consent_withdrawn": _l("The person withdrew a consent"),
    "linked": _l("Linked to a measure"),
    "unlinked": _l("No longer linked to a measure"),
    "labelled": _l("Label put on"),
    "unlabelled": _l("Label taken off"),
    "todo": _l("To do"),
    "todo_done": _l("Done"),
    "todo_again": _l("Not done after all"),
    "related": _l("Tells of the same incident as another case"),
    "unrelated": _l("No longer linked to another case"),
    "split": _l("A second matter became a report of its own"),
    "split_off": _l("Split off another case"),
    "offered": _l("Offered to another office"),
    "accepted": _l("Taken over"),
    "acceptance_undone": _l("On offer again: the acceptance was undone"),
    "returned": _l("Returned"),
    "taken_back": _l("Offer taken back"),
    "consulted": _l("Asked to work along"),
    "consultation_accepted": _l("Works along"),
    "consultation_returned": _l("Does not work along"),
    "consultation_done": _l("Has done its part"),
    "consultation_ended": _l("No longer asked to work along"),
    "sharing_ended": _l("Can no longer read it, because the person withdrew their consent"),
    "assigned": _l("Given to"),
    "unassigned": _l("Nobody in particular works on it any more"),
    "recoded": _l("The facts were corrected"),
    "recused": _l("Somebody at the office has left this case to their colleagues, because they are not impartial"),
    "escalated": _l("Overdue: others have been told"),
    "reassigned": _l("The coordination asks for a handover"),
    "reassignment_cancelled": _l("The coordination no longer asks for a handover"),
    "reassignment_refused": _l("The handover that the coordination asked for could not be carried out"),
}

TOLD: Mapping[str, LazyString] = {
    "office": _l("the deputies of the office, or everybody there who can open it"),
    "coordination": _l("the coordination; it sees facts only"),
}
"""Who has been told that a case is overdue."""

SORTS: Mapping[str, LazyString] = {
    "": _l("Everything"),
    "messages": _l("Messages"),
    "notes": _l("Notes"),
    "steps": _l("Steps"),
    "openings": _l("Who opened it"),
}
"""What of a case's timeline one can look at; empty means all of it."""

WAYS: Mapping[str, LazyString] = {
    "stays": _l("it stays where it is"),
    "offered": _l("another office is responsible by them and was asked"),
    "not_agreed": _l("another office would be responsible, but the person has not agreed to a handover"),
    "not_possible": _l("another office would be responsible, but it cannot be asked now"),
}
"""What followed from corrected facts."""

STANDINGS: Mapping[str, LazyString] = {
    Standing.LEAD: _l("Your office leads this case."),
    Standing.RESERVE: _l("Your office is the desk in reserve. Another office leads this case."),
    Standing.OFFERED: _l("This case is on offer to your office."),
    Standing.ASKED: _l("Your office is asked to work along. Another office leads this case."),
}

_STAFF: Mapping[type[Code], Mapping[str, LazyString]] = {
    Kind: KINDS,
    State: STATES,
    Role: ROLES,
    Wish: WISHES,
    Purpose: PURPOSES,
}

_CODES: Mapping[str, type[Code]] = {
    "kind": Kind,
    "state": State,
    "role": Role,
    "wish": Wish,
    "purpose": Purpose,
    "topic": Topic,
    "ground": Ground,
    "form": Form,
    "missing": Missing,
    "target": Target,
    "where": Where,
    "outcome": Outcome,
}


def word(name: str, key: str | None) -> LazyString | str:
    """What staff read for a key of a code list, such as ``word("kind", "gap")``; empty for no key."""
    if not key:
        return ""
    codes = _CODES[name]
    if key not in set(codes):
        return key
    return _STAFF.get(codes, LABELS[codes])[codes(key)]


def detail(text: str) -> LazyString | str:
    """What staff read for a detail of the coordinator's table, such as ``ground:age``."""
    name, _colon, key = text.partition(":")
    return word(name, key)


def language_name(code: str) -> str:
    """A language's own name."""
    known = LANGUAGES.get(code)
    return known.name if known else code


def age(since: datetime) -> str:
    """How long ago something was, in days or, on the first day, in hours."""
    passed = now() - since
    hours = passed.seconds // 3600
    if passed.days > 0:
        return str(ngettext("%(num)d day", "%(num)d days", passed.days))
    return str(ngettext("%(num)d hour", "%(num)d hours", hours) if hours else _("less than an hour"))
