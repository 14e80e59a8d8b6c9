"""What the pages of the workshop show besides the rules themselves: history, proof, replay."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.core.clock import now, today
from app.core.revisions import remembered
from app.routing import queries as routing
from app.routing.domain import RoutingFacts, Rules
from app.routing.history import ChangeLine, SetCard
from app.routing.proof import Fault, Flaw, Proof
from app.routing.replay import Replay, replay
from app.workshop import labels, queries
from app.workshop.proving import prove_rules
from app.workshop.sentences import Part, conditions_of, parts_of, told

PAST = timedelta(days=365)
"""How far a replay looks back."""


def words() -> dict[str, Any]:
    """What every template of this room may ask for."""
    return {
        "office_name": labels.office_name,
        "plan_name": labels.plan_name,
        "field_name": labels.field_name,
        "measure_name": labels.measure_name,
        "flaw_words": labels.FLAWS,
        "remedies": labels.REMEDIES,
        "deed": labels.deed,
        "told": told,
        "conditions_of": conditions_of,
    }


# History -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of a set of rules; ``who`` is None where it was the city's folder, or an account that is gone."""

    change: ChangeLine
    who: str | None
    parts: tuple[Part, ...]


def history(set_id: int, after: int = 0) -> list[Entry]:
    """The changes of a set, latest first: all of them, or those after the one that somebody has seen."""
    lines = sorted((one for one in routing.changes(set_id) if one.id > after), key=lambda one: -one.id)
    titles = accounts.titles({one.by for one in lines if one.by})
    return [Entry(one, titles.get(one.by or ""), parts_of(one)) for one in lines]


def makers(cards: Sequence[SetCard]) -> dict[str, str]:
    """The names of the desks that made sets or put them in force, by principal."""
    return accounts.titles({who for card in cards for who in (card.made_by, card.activated_by) if who})


# Proof ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tried:
    """A proof and how long it took."""

    proof: Proof
    seconds: float

    @property
    def groups(self) -> list[tuple[Flaw, list[Fault]]]:
        """The faults by what is wrong."""
        found = [(flaw, [one for one in self.proof.faults if one.flaw is flaw]) for flaw in Flaw]
        return [(flaw, faults) for flaw, faults in found if faults]


def tried(set_id: int, rules: Rules) -> Tried:
    """The proof of a set as it stands now. It is made once after each change, whoever looks."""
    return _tried(repr(rules), set_id, today())


@remembered("routing", "directory", "accounts", "plans", "places", most=16)
def _tried(content: str, set_id: int, day: date) -> Tried:  # noqa: ARG001 - ids come again, the same content does not
    rules = routing.rules_of(set_id)
    begun = time.perf_counter()
    return Tried(prove_rules(rules, day), time.perf_counter() - begun)


def proved_now(set_id: int) -> Proof:
    """The proof of a set with the offices as they are at this moment."""
    return prove_rules(routing.rules_of(set_id), today())


# Replay --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """Reports that another office would read: how many, and what one of them says."""

    before: str | None
    after: str | None
    number: int
    example: RoutingFacts


@dataclass(frozen=True, slots=True)
class Load:
    """How many reports an office would have read by the rules in force, and by the draft."""

    office: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The past year by two sets of rules, as the second one holds on a day."""

    since: datetime
    day: date
    total: int
    moves: tuple[Move, ...]
    loads: tuple[Load, ...]

    @property
    def most(self) -> int:
        """The largest number of all, so that bars can be compared; at least 1."""
        return max((max(load.before, load.after) for load in self.loads), default=0) or 1

    @property
    def moved(self) -> int:
        """How many reports another office would read."""
        return sum(move.number for move in self.moves)


def replayed(rules: Rules) -> Replayed:
    """The reports of the past year by the rules in force and by others, with the desks as they are today.

    Rules that begin later count as if they had begun: whoever writes them wants to see what they will do.
    """
    since = now() - PAST
    day = max([today(), *(rule.valid_from for rule in rules.rules if rule.valid_from)])
    found: Replay = replay(queries.reports_since(since), routing.rules(), rules.on(day), routing.desks())
    moves = [
        Move(before, after, number, found.examples[before, after]) for (before, after), number in found.moved.items()
    ]
    loads = [Load(office, before, after) for office, (before, after) in found.load.items()]
    return Replayed(
        since,
        day,
        found.total,
        tuple(sorted(moves, key=lambda one: (-one.number, one.before or "", one.after or ""))),
        tuple(sorted(loads, key=lambda one: (-max(one.before, one.after), one.office))),
    )
