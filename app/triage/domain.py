"""How a case may move, who may move it, how it may end, and to whom it may be handed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.core.codes import Kind, Outcome, State
from app.routing.domain import Desk
from app.routing.domain import barred as barred_by

PAGE_SIZE = 50

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Standing(StrEnum):
    """What an office is to a case."""

    LEAD = "lead"
    RESERVE = "reserve"
    OFFERED = "offered"
    ASKED = "asked"


EVERYONE = frozenset(Standing)
WORKERS = frozenset({Standing.LEAD, Standing.RESERVE})
LEAD_ONLY = frozenset({Standing.LEAD})


@dataclass(frozen=True, slots=True)
class Transition:
    """A state that a case may move to, whether the move must be explained, and which standing may make it."""

    to: State
    needs_reason: bool
    who: frozenset[Standing]


_START = Transition(State.IN_REVIEW, needs_reason=False, who=WORKERS)
_REOPEN = Transition(State.IN_REVIEW, needs_reason=True, who=WORKERS)
_ASK = Transition(State.WAITING, needs_reason=False, who=WORKERS)
_ANSWER = Transition(State.ANSWERED, needs_reason=False, who=WORKERS)
_CLOSE = Transition(State.CLOSED, needs_reason=False, who=LEAD_ONLY)
_REFUSE = Transition(State.NOT_RESPONSIBLE, needs_reason=True, who=LEAD_ONLY)
_SPAM = Transition(State.SPAM, needs_reason=True, who=LEAD_ONLY)
_ABUSE = Transition(State.ABUSE, needs_reason=True, who=LEAD_ONLY)
_DANGER = Transition(State.DANGER, needs_reason=True, who=EVERYONE)

TRANSITIONS: Mapping[State, tuple[Transition, ...]] = {
    State.RECEIVED: (_START, _ASK, _ANSWER, _REFUSE, _SPAM, _ABUSE, _DANGER),
    State.IN_REVIEW: (_ASK, _ANSWER, _CLOSE, _REFUSE, _SPAM, _ABUSE, _DANGER),
    State.WAITING: (_START, _ASK, _ANSWER, _CLOSE, _REFUSE, _SPAM, _ABUSE, _DANGER),
    State.ANSWERED: (_START, _ASK, _ANSWER, _CLOSE, _REFUSE, _SPAM, _ABUSE, _DANGER),
    # An alarm ends only when somebody says why; whether the case is done is a second step.
    State.DANGER: (_REOPEN,),
    State.CLOSED: (_REOPEN, _DANGER),
    State.NOT_RESPONSIBLE: (_REOPEN, _DANGER),
    State.SPAM: (_REOPEN, _DANGER),
    State.ABUSE: (_REOPEN, _DANGER),
    State.WITHDRAWN: (),
    State.KEPT: (),
}
"""Every move that staff may make. ``WITHDRAWN`` and ``KEPT`` belong to the reporter alone."""

WITH_A_REPLY = frozenset({State.WAITING, State.ANSWERED})
"""States that only a message to the reporter leads to."""

WITH_AN_OUTCOME = frozenset({State.CLOSED})
"""States that need an outcome."""

SHORT_WAYS = (State.DANGER, State.SPAM, State.ABUSE)
"""Moves that must not take long; each has a form of its own near the top of the page."""

OUTCOMES: Mapping[Kind, tuple[Outcome, ...]] = {
    Kind.DISCRIMINATION: tuple(Outcome),
    Kind.GAP: tuple(Outcome),
    Kind.BARRIER: tuple(Outcome),
    Kind.IDEA: tuple(Outcome),
    Kind.PRAISE: (Outcome.DOCUMENTED, Outcome.REFERRED),
    Kind.CORRECTION: (Outcome.REMEDIED, Outcome.REFERRED, Outcome.DOCUMENTED, Outcome.NO_REMEDY),
}
"""How a case of each kind may end. Codes only: every one of them is safe to publish."""


def transition(state: State, to: State, standings: Collection[Standing]) -> Transition | None:
    """The move from one state to another by somebody with these standings; None when it is not theirs to make."""
    return next((step for step in TRANSITIONS[state] if step.to == to and not step.who.isdisjoint(standings)), None)


def moves(state: State, standings: Collection[Standing]) -> tuple[Transition, ...]:
    """The moves to offer in a list: neither part of a reply nor with an outcome, nor those with a form of their own."""
    apart = WITH_A_REPLY | WITH_AN_OUTCOME | set(SHORT_WAYS)
    return tuple(step for step in TRANSITIONS[state] if step.to not in apart and not step.who.isdisjoint(standings))


def after_reply(state: State, *, question: bool, standings: Collection[Standing]) -> State | None:
    """Where a case stands after a message to the reporter; None when no message may be sent now.

    An alarm stays on until somebody ends it.
    """
    if state is State.DANGER:
        return state if not WORKERS.isdisjoint(standings) else None
    to = State.WAITING if question else State.ANSWERED
    return to if transition(state, to, standings) else None


def may_write(*, consented: bool, withdrawn_at: datetime | None, wrote_at: datetime | None) -> bool:
    """Whether the office may write to the reporter.

    By consent; or because the reporter has written first (since a withdrawal, if there was one).
    """
    if consented:
        return True
    return wrote_at is not None and (withdrawn_at is None or wrote_at > withdrawn_at)


def outcomes(kind: str) -> tuple[Outcome, ...]:
    """How a case of a kind may end."""
    return OUTCOMES[Kind(kind)]


def receivers(
    lead: str,
    involved: Collection[str],
    excluded: Collection[str],
    desks: Mapping[str, Desk],
    out: Collection[str] = (),
) -> tuple[str, ...]:
    """The open offices of the city that a case may be handed to, in the order of the directory.

    Somebody must be able to read there who is not among ``out``, the people who must not. To offices above and beneath
    one that the reporter left out a case is not handed either: nobody asks the reporter before.
    """
    never = barred_by({*involved, *excluded}, (), desks) | {lead}
    return tuple(
        desk.key
        for desk in desks.values()
        if desk.opens and not desk.independent and desk.key not in never and not desk.readers <= set(out)
    )


LOOKED_THROUGH_AT_ONCE = 200
"""How many restricted cases are looked through when somebody with several offices signs in."""


# Tasks of the coordination -------------------------------------------------------------------------------------------

TIME_FOR_A_TASK = timedelta(days=2)
"""How long an office has to carry out what the coordination has decided."""

TASKS_AT_ONCE = 20
"""How many tasks one session carries out in one go."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the coordination has decided about a case: another office shall be asked. ``outcome`` is None while open."""

    to_office_id: int
    decided_at: datetime
    due_at: datetime
    outcome: str | None

    def overdue(self, moment: datetime) -> bool:
        """Whether it should have been carried out by now."""
        return self.outcome is None and moment > self.due_at


DAYS_TO_ANSWER = 1
"""How many working days an office has to say whether it takes a case over, or works along."""


class Asking(StrEnum):
    """What one office can ask of another about a case."""

    HANDOVER = "handover"
    CONSULTATION = "consultation"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An office has been asked something about a case, by ``due_at``, and has said neither yes nor no."""

    what: Asking
    row_id: int
    report_id: int
    number: str
    from_office_id: int
    to_office_id: int
    asked_at: datetime
    due_at: datetime
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reach:
    """The ways to cases that somebody has: mailboxes they open, their own key, and the offices where each counts."""

    mailboxes: frozenset[str]
    offices: frozenset[int]
    own: str
    belongs_to: frozenset[int]


# The queue -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list sorted by a moment and the id; as text it stands in addresses.

    ``at`` is None in a list by deadline, for a case that has none.
    """

    at: datetime | None
    report_id: int

    def __str__(self) -> str:
        """Microseconds since 1970 and the id, such as ``1790000000000000-7``; ``none-7`` without a moment."""
        moment = "none" if self.at is None else (self.at - EPOCH) // timedelta(microseconds=1)
        return f"{moment}-{self.report_id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that a text means; None when it means none."""
        match = re.fullmatch(r"([0-9]{1,16}|none)-([0-9]{1,15})", text, re.ASCII)
        if match is None:
            return None
        at = None if match[1] == "none" else EPOCH + timedelta(microseconds=int(match[1]))
        return cls(at, int(match[2]))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the coordination's list somebody wants to see. ``after`` and ``before`` exclude one another."""

    open_only: bool = True
    kind: Kind | None = None
    office: int | None = None
    newest_first: bool = True
    after: Place | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list: facts in the clear only. ``area_id`` is the coarse area where there is no finer one.

    ``asked`` says that the coordination has asked for a handover which nobody has carried out yet, ``consulted`` that
    another office waits for an answer of the reader's whether it works along. ``assignee`` is the title of who works
    on it.
    """

    report_id: int
    number: str
    received_at: datetime
    kind: str
    topic: str | None
    area_id: int | None
    language: str
    state: str
    office_id: int
    unread: bool
    has_files: bool
    changed_at: datetime
    due_at: datetime | None
    assignee_id: int | None
    offered: bool
    asked: bool = False
    consulted: bool = False
    assignee: str | None = None

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.received_at, self.report_id)


@dataclass(frozen=True, slots=True)
class FactsLine:
    """A report as a coordinator sees it: coded facts, where it is, and by which rule it came there."""

    line: Line
    wish: str
    role: str | None
    details: tuple[str, ...]
    outcome: str | None
    rule: str | None
    version: str | None
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class OfficeCount:
    """How many cases an office leads: open, urgent, on offer to another office, and ever."""

    office_id: int
    open: int
    danger: int
    offered: int
    total: int
