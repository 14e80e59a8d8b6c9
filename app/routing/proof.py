"""Does every report end at somebody who can read it? Proved over every combination of answers. Pure.

Combinations are never listed one by one. Two answers to a question are alike when the same rules ask for them; so each
question falls into a few classes, and all questions together into few sets of matching rules. A report can name any
number of grounds: of those, too, only matters which rules they satisfy together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from app.routing.domain import Decision, Desk, RoutingFacts, Rule, Rules, barred, decide

ENOUGH_READERS = 2
"""So that an office still reads while one person is away."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers to one question. Each is the set of values that it says; ``several`` answers may be given at once.

    Every question may be left open.
    """

    answers: tuple[frozenset[str], ...]
    several: bool = False

    @classmethod
    def one(cls, values: Iterable[str]) -> Choice:
        """One of these."""
        return cls(tuple(frozenset({value}) for value in values))

    @classmethod
    def some(cls, values: Iterable[str]) -> Choice:
        """Any number of these."""
        return cls(tuple(frozenset({value}) for value in values), several=True)


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that a report can say: for each kind the facts it is asked about, and who can be involved."""

    facts: Mapping[str, Mapping[str, Choice]]
    involved: tuple[str, ...] = ()


class Flaw(StrEnum):
    """What can be wrong with a rule set."""

    NOWHERE = "nowhere"
    """A report is kept for the reporter although a desk of the city could read it."""
    INVOLVED = "involved"
    """A report would reach an office that it is about."""
    CLOSED = "closed"
    """An office that a rule names, or the fallback, does not receive, is not confirmed or has expired."""
    FEW_READERS = "few_readers"
    """Fewer than two people can read at an office where reports end."""
    UNREACHABLE = "unreachable"
    """No report ever gets to a rule: others always match first, or its conditions never meet."""
    OVERLAP = "overlap"
    """Two rules of the same priority match the same report."""
    FIELD = "field"
    """No report reaches a field of action, and the field does not say why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A flaw, the rule, office or field it is about, and a report that shows it where there is one."""

    flaw: Flaw
    about: str
    example: RoutingFacts | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at and found. A set with faults must not be put in force."""

    combinations: int
    """How many different reports were covered."""
    kept: int
    """How many of them are kept for the reporter, because every desk of the city is involved."""
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(slots=True)
class _Group:
    """Reports that the same rules match: how many, and one of them."""

    count: int
    example: dict[str, frozenset[str]]


_Groups = dict[int, _Group]
"""By the rules that match, as bits."""


def prove(rules: Rules, desks: Mapping[str, Desk], space: Space, fields: Mapping[str, bool]) -> Proof:
    """Look at every report that can be made.

    ``fields`` names each field of action and whether reports must be able to reach it.
    """
    inquiry = _Inquiry(rules, desks, space)
    for kind, choices in space.facts.items():
        inquiry.look_at(kind, choices)
    return inquiry.conclude(fields)


@dataclass(slots=True)
class _Inquiry:
    rules: Rules
    desks: Mapping[str, Desk]
    space: Space
    combinations: int = 0
    kept: int = 0
    reached: set[str] = field(default_factory=set)
    found: dict[tuple[Flaw, str], Fault] = field(default_factory=dict)

    def look_at(self, kind: str, choices: Mapping[str, Choice]) -> None:
        """Every report of one kind, with nobody and with each organisation involved."""
        for mask, group in _grouped(self.rules.rules, kind, choices).items():
            matching = [rule for place, rule in enumerate(self.rules.rules) if mask >> place & 1]
            self._note_overlap(matching, group, kind)
            if matching:
                self.reached.add(matching[0].key)
            for involved in (frozenset[str](), *(frozenset({key}) for key in self.space.involved)):
                facts = _facts(kind, group.example, involved)
                self.combinations += group.count
                self._judge(decide(facts, self.rules, self.desks), facts, group.count)

    def _note_overlap(self, matching: Sequence[Rule], group: _Group, kind: str) -> None:
        for one, other in pairwise(matching):
            if one.priority == other.priority:
                self._fault(Flaw.OVERLAP, f"{one.key}, {other.key}", _facts(kind, group.example, frozenset()))

    def _judge(self, decision: Decision, facts: RoutingFacts, count: int) -> None:
        if decision.closed is not None:
            self._fault(Flaw.CLOSED, decision.closed, facts)
        out = barred(facts.involved, facts.excluded, self.desks)
        if decision.office is None:
            self.kept += count
            could = sorted(
                key for key, desk in self.desks.items() if desk.opens and not desk.independent and key not in out
            )
            if could:
                self._fault(Flaw.NOWHERE, could[0], facts)
            return
        for reader in decision.readers:
            if reader in out:
                self._fault(Flaw.INVOLVED, reader, facts)
            if len(self.desks[reader].readers) < ENOUGH_READERS:
                self._fault(Flaw.FEW_READERS, reader, facts)

    def _fault(self, flaw: Flaw, about: str, example: RoutingFacts | None = None) -> None:
        self.found.setdefault((flaw, about), Fault(flaw, about, example))

    def conclude(self, fields: Mapping[str, bool]) -> Proof:
        """What follows from all reports together."""
        fallback = self.desks.get(self.rules.fallback)
        if fallback is None or not fallback.opens:
            self._fault(Flaw.CLOSED, self.rules.fallback)
        for rule in self.rules.rules:
            if rule.key not in self.reached:
                self._fault(Flaw.UNREACHABLE, rule.key)
        served = {rule.field for rule in self.rules.rules if rule.key in self.reached}
        for key, wanted in fields.items():
            if wanted and key not in served:
                self._fault(Flaw.FIELD, key)
        order = list(Flaw)
        faults = sorted(self.found.values(), key=lambda fault: (order.index(fault.flaw), fault.about))
        return Proof(self.combinations, self.kept, tuple(faults))


def _grouped(rules: Sequence[Rule], kind: str, choices: Mapping[str, Choice]) -> _Groups:
    """All reports of a kind, by the rules that match them."""
    groups = {_satisfied(rules, "kind", frozenset({kind})): _Group(1, {})}
    # What is not asked about stays open: rules that want it do not match.
    asked = [*choices, *sorted({fact for rule in rules for fact in rule.conditions} - {"kind", *choices})]
    for fact in asked:
        groups = _product(groups, fact, _classes(rules, fact, choices.get(fact, Choice(()))))
    return groups


def _satisfied(rules: Sequence[Rule], fact: str, said: frozenset[str]) -> int:
    """The rules that a fact does not stand in the way of, as bits."""
    return sum(
        1 << place
        for place, rule in enumerate(rules)
        if fact not in rule.conditions or not rule.conditions[fact].isdisjoint(said)
    )


def _classes(rules: Sequence[Rule], fact: str, choice: Choice) -> dict[int, tuple[int, frozenset[str]]]:
    """The answers to a question by the rules they satisfy: how many there are, and one of them."""
    classes = {_satisfied(rules, fact, frozenset()): (1, frozenset[str]())}
    for answer in choice.answers:
        mask = _satisfied(rules, fact, answer)
        more: Iterator[tuple[int, tuple[int, frozenset[str]]]]
        if choice.several:
            # Everything that could be said without this answer can also be said with it.
            more = iter([(before | mask, (count, said | answer)) for before, (count, said) in classes.items()])
        else:
            more = iter([(mask, (1, answer))])
        for combined, (count, said) in more:
            known = classes.get(combined)
            classes[combined] = (count, said) if known is None else (known[0] + count, known[1])
    return classes


def _product(groups: _Groups, fact: str, classes: Mapping[int, tuple[int, frozenset[str]]]) -> _Groups:
    found: _Groups = {}
    for mask, group in groups.items():
        for wanted, (count, said) in classes.items():
            both = mask & wanted
            if both in found:
                found[both].count += group.count * count
            else:
                found[both] = _Group(group.count * count, group.example | {fact: said})
    return found


def _facts(kind: str, said: Mapping[str, frozenset[str]], involved: frozenset[str]) -> RoutingFacts:
    single: Callable[[str], str | None] = lambda fact: next(iter(said.get(fact, ())), None)  # noqa: E731
    nothing = frozenset[str]()
    return RoutingFacts(
        kind=kind,
        topic=single("topic"),
        wish=single("wish"),
        grounds=said.get("grounds", nothing),
        forms=said.get("form", nothing),
        areas=said.get("area", nothing),
        targets=said.get("target", nothing),
        involved=involved,
    )
