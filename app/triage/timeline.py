"""The history of a case as one timeline: messages, notes, steps, and who opened it, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.core.clock import day_of, now
from app.core.codes import Channel
from app.core.languages import in_language
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.plans import queries as plans
from app.plans.domain import MeasureCard
from app.privacy.models import AuditEntry
from app.reports.dialogue import MESSAGE, Message, OpenedReport
from app.reports.models import Event
from app.triage import labels, work_queries
from app.triage.case import NOTE, Case, Step, Words
from app.triage.work_domain import PRESENT_FOR, LabelCard

BETWEEN_CASES = frozenset({"related", "unrelated", "split_off"})
"""Events whose code is the number of another case: told only to those who can open that, too."""

SPLIT = "split"
"""What one's own office did is told to everybody at the case; the number of the other one is not."""

_NAMES_A_TO_DO = frozenset({"todo_done", "todo_again"})
_SAYS: Mapping[str, Callable[[str], object]] = {
    "received": lambda code: Channel(code).label if code else "",
    "state": lambda code: labels.word("outcome", code),
    "consent_given": lambda code: labels.word("purpose", code),
    "consent_withdrawn": lambda code: labels.word("purpose", code),
    "recoded": lambda code: labels.WAYS.get(code, ""),
    **dict.fromkeys({*BETWEEN_CASES, SPLIT}, str),
}
_NAMES_A_CARD: Mapping[str, Callable[[str], MeasureCard | LabelCard | OrganisationCard | None]] = {
    "linked": plans.measure,
    "unlinked": plans.measure,
    "labelled": work_queries.label,
    "unlabelled": work_queries.label,
    **dict.fromkeys(("offered", "reassigned", "consulted"), lambda key: directory.organisations().get(key)),
}


class Sort(StrEnum):
    """What an entry is; each can be looked at by itself."""

    MESSAGES = "messages"
    NOTES = "notes"
    STEPS = "steps"
    OPENINGS = "openings"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline.

    ``by`` is the desk that is known to have written, ``reporter`` says that it was the person who reported.
    ``language`` is that of the reporter's own words.
    """

    at: datetime
    sort: Sort
    title: str
    about: str = ""
    text: str = ""
    office_id: int | None = None
    by: str = ""
    reporter: bool = False
    coordination: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What of the timeline somebody looks at, and from which end."""

    sort: Sort | None = None
    newest_first: bool = True

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> View:
        """What an address asks for; anything unknown is everything, newest first."""
        sort = asked.get("show")
        return cls(Sort(sort) if sort in set(Sort) else None, asked.get("order") != "oldest")

    def address(self, **changes: str | None) -> dict[str, str]:
        """The arguments of an address for this view, with changes; what is usual stays out."""
        said = {"show": self.sort, "order": None if self.newest_first else "oldest"} | changes
        return {name: str(value) for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody at a desk opened the case; ``who`` is None when there is no such account any more."""

    at: datetime
    who: str | None
    office_id: int | None


def messages_of(opened: OpenedReport) -> dict[int, Message]:
    """The messages by the id of their event."""
    told = (event for event in opened.events if event.kind == MESSAGE and event.sealed_id)
    return {event.id: message for event, message in zip(told, opened.messages, strict=False)}


def entry(case: Case, step: Step, to_dos: Mapping[int, str], openable: Collection[str]) -> Entry:
    """A step in words.

    ``to_dos`` are the texts of what was to be done, by id, ``openable`` the numbers of other cases that may be named.
    """
    event = step.event
    names_nobody = event.kind == SPLIT and event.reason not in openable
    message = messages_of(case.opened).get(event.id) if event.kind == MESSAGE and not case.hidden else None
    words = Words(message.text, "") if message else step.words
    return Entry(
        at=event.at,
        sort={MESSAGE: Sort.MESSAGES, NOTE: Sort.NOTES}.get(event.kind, Sort.STEPS),
        title=_title(event),
        about="" if names_nobody else _about(event, to_dos),
        text=words.text if words else "",
        office_id=event.office_id,
        by=words.by if words else "",
        reporter=event.actor == "reporter" and not event.office_id,
        coordination=event.actor == "coordination" and not event.office_id,
        language=case.report.language if message and not message.from_office else None,
    )


def told(steps: Iterable[Step], openable: Collection[str]) -> list[Step]:
    """The steps that the person may know of: about another case only those whose number is among ``openable``."""
    return [
        step
        for step in steps
        if step.event.kind not in BETWEEN_CASES or step.event.reason is None or step.event.reason in openable
    ]


def others_named(case: Case) -> frozenset[str]:
    """The numbers of other cases that the history names."""
    return frozenset(
        step.event.reason for step in case.history if step.event.kind in {*BETWEEN_CASES, SPLIT} and step.event.reason
    )


def _title(event: Event) -> str:
    if event.kind == "state":
        return str(labels.word("state", event.state))
    if event.kind == MESSAGE and event.actor == "reporter":
        return str(_("Message from the person"))
    if event.kind == MESSAGE:
        return str(_("Message to the person"))
    return str(labels.EVENTS.get(event.kind, event.kind))


def _about(event: Event, to_dos: Mapping[int, str]) -> str:
    """What a code in an event means: an outcome, a measure, a label, an office, a purpose, a thing to do, a number."""
    code = event.reason or ""
    if event.kind in _NAMES_A_TO_DO:
        return to_dos.get(int(code), "")
    if event.kind in _NAMES_A_CARD and code:
        card = _NAMES_A_CARD[event.kind](code)
        return in_language(card.name).text if card else code
    return str(_SAYS[event.kind](code)) if event.kind in _SAYS else ""


# Who opened it -------------------------------------------------------------------------------------------------------


def looks(openings: Iterable[AuditEntry]) -> list[Look]:
    """Who opened the case, oldest first: each desk once a day, so that nothing can be counted by person."""
    openings = list(openings)
    titles = accounts.titles({one.actor for one in openings if one.actor})
    first: dict[tuple[date, str | None], Look] = {}
    for one in openings:
        first.setdefault((day_of(one.at), one.actor), Look(one.at, titles.get(one.actor or ""), one.office_id))
    return list(first.values())


def present(openings: Iterable[AuditEntry], own: str) -> list[Look]:
    """Which colleagues have opened the case a moment ago, the latest first."""
    since = now() - PRESENT_FOR
    latest = {one.actor: one for one in openings if one.at > since and one.actor not in {None, own}}
    titles = accounts.titles({one.actor for one in latest.values() if one.actor}) if latest else {}
    found = [Look(one.at, titles.get(one.actor or ""), one.office_id) for one in latest.values()]
    return sorted(found, key=lambda look: look.at, reverse=True)


def opened_by(look: Look) -> Entry:
    """An opening as a line of the timeline."""
    who = look.who or str(_("An account that no longer exists"))
    return Entry(look.at, Sort.OPENINGS, str(_("Opened the case")), office_id=look.office_id, by=who)


def arranged(entries: Iterable[Entry], view: View) -> list[Entry]:
    """The entries that a view shows, in its order."""
    wanted = [one for one in entries if view.sort is None or one.sort is view.sort]
    wanted.sort(key=lambda one: one.at)
    return wanted[::-1] if view.newest_first else wanted
