"""Does every report end at somebody who can read it? Proved over every combination of answers, day by day. Pure.

Combinations are never listed one by one (see ``partition``). Sets of matching rules that name the same offices in the
same order are decided alike, and so are involved organisations that bar the same desks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import combinations

from app.routing.domain import Decision, Desk, RoutingFacts, Rule, Rules, barred, in_order, settle
from app.routing.partition import Space, facts_of, grouped

ENOUGH_READERS = 2
"""So that an office still reads while one person is away."""

MOST_INVOLVED = 2
"""How many organisations a report is about at the same time, as far as the proof looks."""


class Flaw(StrEnum):
    """What can be wrong with a rule set."""

    UNKNOWN = "unknown"
    """A rule names something that does not exist (any more)."""
    NOWHERE = "nowhere"
    """A dead end: a report is kept for the reporter although not every desk of the city is barred from it."""
    INVOLVED = "involved"
    """A report would reach an office that it is about."""
    EXPIRED = "expired"
    """The validity of an office that a rule names, or of the fallback, is over, and no open desk stands in for it."""
    CLOSED = "closed"
    """An office that a rule names, or the fallback, does not receive, is not confirmed or has nobody who reads, and no
    open desk stands in for it."""
    FEW_READERS = "few_readers"
    """Fewer than two people can read at an office where reports end."""
    UNREACHABLE = "unreachable"
    """No report ever gets to a rule: others always match first, its conditions never meet, or its validity is over."""
    OVERLAP = "overlap"
    """Two rules of the same priority match the same report."""
    FIELD = "field"
    """No report reaches a field of action, and the field does not say why."""


STRUCTURAL = frozenset({Flaw.UNKNOWN, Flaw.INVOLVED, Flaw.UNREACHABLE, Flaw.OVERLAP, Flaw.FIELD})
"""What is wrong with the rules themselves, whoever works in the offices."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A flaw, the rule, office or field it is about, and a report that shows it where there is one.

    ``about`` joins the keys of two overlapping rules with ``", "``; for something unknown it is the rule, a colon and
    what is wrong. ``from_day`` is the day on which the fault begins; None when it is there from the start.
    """

    flaw: Flaw
    about: str
    example: RoutingFacts | None = None
    from_day: date | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at and found. A set with faults must not be put in force."""

    combinations: int
    """How many different reports were covered, each on each of the days."""
    kept: int
    """How many of them are kept for the reporter on the first day, because every desk of the city is barred."""
    faults: tuple[Fault, ...]
    days: tuple[date, ...] = ()
    """The days looked at. Between them nothing changes, and nothing after the last."""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def of(self, flaws: Collection[Flaw]) -> Proof:
        """Only the faults of some sorts."""
        return replace(self, faults=tuple(fault for fault in self.faults if fault.flaw in flaws))


def prove(rules: Rules, desks: Mapping[str, Desk], space: Space, fields: Mapping[str, bool]) -> Proof:
    """Look at every report that can be made, by rules that all hold.

    ``fields`` names each field of action and whether reports must be able to reach it.
    """
    return _proof(rules, [_Inquiry(rules, desks, space, fields)], ())


def prove_days(rules: Rules, desks_on: Callable[[date], Mapping[str, Desk]], days: Sequence[date], space: Space,
               fields: Mapping[str, bool]) -> Proof:  # fmt: skip
    """Look at every report on each of these days; they are in order and at least one.

    A rule may wait for its time or stand back for a while: it is unreachable when no report gets to it on any day, or
    none on the last and so never again.
    """
    inquiries: list[_Inquiry] = []
    for day in days:
        holding, desks = rules.on(day), desks_on(day)
        same = next((one for one in inquiries if one.rules == holding and one.desks == desks), None)
        inquiries.append(same or _Inquiry(holding, desks, space, fields))
    return _proof(rules, inquiries, days)


def _proof(rules: Rules, inquiries: Sequence[_Inquiry], days: Sequence[date]) -> Proof:
    """The findings of all days together; a fault is told once, from its first day."""
    found: dict[tuple[Flaw, str], Fault] = {}
    for number, inquiry in enumerate(inquiries):
        since = days[number] if number else None
        for fault in inquiry.found.values():
            found.setdefault((fault.flaw, fault.about), replace(fault, from_day=since))
    for rule in rules.rules:
        reached = [number for number, inquiry in enumerate(inquiries) if rule.key in inquiry.reached]
        if not reached:
            found[Flaw.UNREACHABLE, rule.key] = Fault(Flaw.UNREACHABLE, rule.key)
        elif reached[-1] + 1 < len(inquiries) and rule.key in inquiries[-1].holding:
            found[Flaw.UNREACHABLE, rule.key] = Fault(Flaw.UNREACHABLE, rule.key, from_day=days[reached[-1] + 1])
    covered = sum(inquiry.combinations for inquiry in inquiries)
    return Proof(covered, inquiries[0].kept, _sorted(found.values()), tuple(days))


def _sorted(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    order = list(Flaw)
    return tuple(sorted(faults, key=lambda fault: (order.index(fault.flaw), fault.about)))


def with_faults(proof: Proof, more: Iterable[Fault]) -> Proof:
    """A proof that also names faults which were found elsewhere."""
    return replace(proof, faults=_sorted([*proof.faults, *more]))


_Companies = dict[frozenset[str], tuple[int, frozenset[str]]]
"""Who can be involved, by the desks that are barred then: in how many ways, and one of them."""


@dataclass(slots=True)
class _Road:
    """Reports that are decided alike: how many, one of them, and the rules that match that one."""

    count: int
    example: RoutingFacts
    matching: list[Rule]


@dataclass(slots=True)
class _Inquiry:
    """Every report on one day."""

    rules: Rules
    desks: Mapping[str, Desk]
    space: Space
    fields: Mapping[str, bool]
    combinations: int = 0
    kept: int = 0
    reached: set[str] = field(default_factory=set)
    found: dict[tuple[Flaw, str], Fault] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look."""
        self.rules = Rules(self.rules.version, self.rules.fallback, in_order(self.rules.rules))
        companies = self._companies()
        for road in self._roads():
            self._walk(road, companies)
        self._conclude()

    @property
    def holding(self) -> frozenset[str]:
        """The keys of the rules that hold on the day."""
        return frozenset(rule.key for rule in self.rules.rules)

    def _walk(self, road: _Road, companies: _Companies) -> None:
        """Judge the reports of a road, whoever is involved.

        As long as an office of the road takes them, or the fallback, or a substitute, it does not matter who else is
        barred: one decision stands for all.
        """
        named = {*(rule.office for rule in road.matching), self.rules.fallback}
        near = named | {desk.substitute for key in named if (desk := self.desks.get(key)) and desk.substitute}
        settled: set[frozenset[str]] = set()
        for out, (number, involved) in companies.items():
            self.combinations += road.count * number
            if out & near in settled:
                continue
            facts = replace(road.example, involved=involved)
            decision = settle(facts, road.matching, self.rules, self.desks, out)
            if decision.office in named or decision.stands_in_for:
                settled.add(out & near)
            self._judge(decision, facts, out, road.count * number)

    def _companies(self) -> _Companies:
        """Everybody who can be involved."""
        ways: _Companies = {}
        for size in range(MOST_INVOLVED + 1):
            for some in combinations(self.space.involved, size):
                involved = frozenset(some)
                out = barred(involved, (), self.desks)
                number, first = ways.get(out, (0, involved))
                ways[out] = (number + 1, first)
        return ways

    def _roads(self) -> Iterable[_Road]:
        """All reports, by the offices that the matching rules name in their order."""
        rules = self.rules.rules
        same = [
            (1 << one | 1 << other, f"{rules[one].key}, {rules[other].key}")
            for one, other in combinations(range(len(rules)), 2)
            if rules[one].priority == rules[other].priority
        ]
        roads: dict[tuple[str, ...], _Road] = {}
        for kind, choices in self.space.facts.items():
            for mask, group in grouped(rules, kind, choices).items():
                matching = [rule for place, rule in enumerate(rules) if mask >> place & 1]
                facts = facts_of(kind, group.example)
                for both, names in same:
                    if mask & both == both:
                        self._fault(Flaw.OVERLAP, names, facts)
                if matching:
                    self.reached.add(matching[0].key)
                offices = tuple(dict.fromkeys(rule.office for rule in matching))
                if offices in roads:
                    roads[offices].count += group.count
                else:
                    roads[offices] = _Road(group.count, facts, matching)
        return roads.values()

    def _judge(self, decision: Decision, facts: RoutingFacts, out: frozenset[str], count: int) -> None:
        if decision.closed is not None:
            self._note_closed(decision.closed, facts)
        if decision.office is None:
            self.kept += count
            receiving = sorted(key for key, desk in self.desks.items() if desk.opens and not desk.independent)
            could = [key for key in receiving if key not in out]
            if could or not receiving:
                self._fault(Flaw.NOWHERE, could[0] if could else self.rules.fallback, facts)
            return
        for reader in decision.readers:
            if reader in out:
                self._fault(Flaw.INVOLVED, reader, facts)
            if len(self.desks[reader].readers) < ENOUGH_READERS:
                self._fault(Flaw.FEW_READERS, reader, facts)

    def _note_closed(self, key: str, example: RoutingFacts | None = None) -> None:
        """An office does not receive: a fault unless an open desk stands in for it."""
        desk = self.desks.get(key)
        substitute = self.desks.get(desk.substitute) if desk and desk.substitute else None
        if substitute is None or not substitute.opens or substitute.independent:
            self._fault(Flaw.EXPIRED if desk and desk.expired else Flaw.CLOSED, key, example)

    def _fault(self, flaw: Flaw, about: str, example: RoutingFacts | None = None) -> None:
        self.found.setdefault((flaw, about), Fault(flaw, about, example))

    def _conclude(self) -> None:
        """What follows from all reports together."""
        fallback = self.desks.get(self.rules.fallback)
        if fallback is None or not fallback.opens:
            self._note_closed(self.rules.fallback)
        served = {rule.field for rule in self.rules.rules if rule.key in self.reached}
        for key, wanted in self.fields.items():
            if wanted and key not in served:
                self._fault(Flaw.FIELD, key)
