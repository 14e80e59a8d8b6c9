"""Which office a report goes to, and why. Pure: the same facts, rules and desks give the same decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from app.core.codes import Code, Ground, Kind, Target, Topic, Wish
from app.core.codes import Form as FormOfDiscrimination
from app.core.texts import Localized

Fact = Literal["kind", "topic", "grounds", "form", "area", "target", "wish"]
"""The facts a rule may ask about."""

CODES: Mapping[Fact, type[Code]] = {
    "kind": Kind,
    "topic": Topic,
    "grounds": Ground,
    "form": FormOfDiscrimination,
    "target": Target,
    "wish": Wish,
}


class BrokenRules(Exception):  # noqa: N818
    """A rule set that cannot be used; the message names the rule and the fault."""


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """The structured facts of a report.

    ``areas`` names every area that the place lies in: as ``level:key``, and those of the city's finest level also by
    their bare key. ``independent`` says that the reporter agrees to a reader outside the city.
    """

    kind: str
    topic: str | None = None
    grounds: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    wish: str | None = None
    involved: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    independent: bool = False

    def values(self, fact: str) -> frozenset[str]:
        """What the report says about a fact; empty when it says nothing."""
        single = {"kind": self.kind, "topic": self.topic, "wish": self.wish}
        if fact in single:
            value = single[fact]
            return frozenset() if value is None else frozenset({value})
        return {"grounds": self.grounds, "form": self.forms, "area": self.areas, "target": self.targets}[fact]


@dataclass(frozen=True, slots=True)
class Rule:
    """If every condition is met by one of its values, the report concerns this office, plan, field and measures."""

    key: str
    priority: int
    conditions: Mapping[str, frozenset[str]]
    office: str
    plan: str
    field: str
    measures: tuple[str, ...]
    because: Localized

    def matches(self, facts: RoutingFacts) -> bool:
        """Whether every condition is met."""
        return all(not wanted.isdisjoint(facts.values(fact)) for fact, wanted in self.conditions.items())


@dataclass(frozen=True, slots=True)
class Rules:
    """A version of the rules, in order of priority, with the desk that takes what nobody else can."""

    version: str
    fallback: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """An organisation as routing sees it. ``opens`` says that it is confirmed and somebody there can read.

    ``people`` are all who belong to it, ``readers`` those of them who can read. An ``independent`` one has agreed to
    receive reports when it opens, and does so only where no desk of the city may.
    """

    key: str
    parent: str | None
    opens: bool
    independent: bool = False
    people: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a report goes. ``office`` is None when nobody may read it: then it is kept for the reporter.

    ``reserve`` is the named fallback desk that can read besides ``office`` (None when it is the same or left out).
    ``left_out`` are the offices passed over because the report is about them, their line, or by the reporter's wish.
    ``closed`` is the office that the rule names when it cannot receive. ``willing`` is the independent desk that takes
    the report where no desk of the city may: it is ``office`` once the reporter agrees.
    """

    office: str | None
    reserve: str | None
    rule: Rule | None
    version: str
    left_out: tuple[str, ...] = ()
    closed: str | None = None
    readers: tuple[str, ...] = field(default=())
    willing: str | None = None

    @property
    def mark(self) -> str:
        """What a page has shown of it, to compare with a later decision; never empty."""
        return ",".join(self.readers) or f"kept {self.willing or ''}".rstrip()


def line_of(key: str, desks: Mapping[str, Desk]) -> frozenset[str]:
    """Everyone whom a report about an office must not reach: the office, its line upwards, everything beneath it."""
    upwards: set[str] = {key}
    step = desks[key].parent if key in desks else None
    while step is not None and step in desks and step not in upwards:
        upwards.add(step)
        step = desks[step].parent
    beneath = {key}
    while True:
        more = {desk.key for desk in desks.values() if desk.parent in beneath} - beneath
        if not more:
            return frozenset(upwards | beneath)
        beneath |= more


def kept_out(involved: Collection[str], excluded: Collection[str], desks: Mapping[str, Desk]) -> frozenset[str]:
    """The offices that a report is about, with their lines, and those that the reporter left out.

    Whoever belongs to one of them must not get in anywhere else either.
    """
    return frozenset(excluded).union(*(line_of(key, desks) for key in involved))


def barred(involved: Collection[str], excluded: Collection[str], desks: Mapping[str, Desk]) -> frozenset[str]:
    """Every office that must neither read a report nor learn of it.

    Those kept out, and every other office where somebody from one of them reads.
    """
    out = kept_out(involved, excluded, desks)
    people = people_of(out, desks)
    return out | {desk.key for desk in desks.values() if not people.isdisjoint(desk.readers)}


def people_of(keys: Collection[str], desks: Mapping[str, Desk]) -> frozenset[str]:
    """Everybody who belongs to one of these offices."""
    return frozenset().union(*(desks[key].people | desks[key].readers for key in keys if key in desks))


def decide(facts: RoutingFacts, rules: Rules, desks: Mapping[str, Desk]) -> Decision:
    """The one decision for a report.

    The first matching rule names the office. Where that office is barred or closed, the next matching rule with an
    open office serves, then the fallback desk, then any open desk of the city, then an independent desk that has agreed
    to it, if the reporter agrees too. Where nobody is left the report is kept for the reporter.
    """
    out = barred(facts.involved, facts.excluded, desks)
    matching = [rule for rule in rules.rules if rule.matches(facts)]

    def serves(key: str, *, independent: bool = False) -> bool:
        return key in desks and desks[key].opens and desks[key].independent is independent and key not in out

    first = matching[0] if matching else None
    rule = next((rule for rule in matching if serves(rule.office)), None)
    others = sorted(key for key in desks if serves(key))
    office = rule.office if rule else rules.fallback if serves(rules.fallback) else next(iter(others), None)
    reserve = rules.fallback if serves(rules.fallback) and rules.fallback != office else None
    willing = min((key for key in desks if serves(key, independent=True)), default=None) if office is None else None
    if facts.independent:
        office = office or willing
    named = [first.office] if first else []
    left_out = tuple(sorted(key for key in {*named, *facts.involved, *facts.excluded} if key in out))
    closed = first.office if first and first.office not in out and not serves(first.office) else None
    readers = tuple(key for key in (office, reserve) if key)
    # The plan and field stay those of the first match: they follow from the matter, not from who can read it.
    return Decision(office, reserve, first, rules.version, left_out, closed, readers, willing)


def checked(rules: Rules, offices: Collection[str], areas: Collection[str], fields: Mapping[str, str],
            measures: Collection[str]) -> Rules:  # fmt: skip
    """The rules, sorted by priority, after looking for every fault.

    ``areas`` are the bare keys of the finest level and every ``level:key``; ``fields`` maps each field of action to
    its plan.

    Raises:
        BrokenRules: naming the first broken rule and what is wrong.
    """
    seen: dict[int, str] = {}
    if rules.fallback not in offices:
        raise BrokenRules(f"fallback: there is no office {rules.fallback!r}")
    for rule in rules.rules:
        for fault in _faults(rule, offices, areas, fields, measures):
            raise BrokenRules(f"rule {rule.key!r}: {fault}")
        if rule.priority in seen:
            raise BrokenRules(f"rule {rule.key!r}: same priority {rule.priority} as rule {seen[rule.priority]!r}")
        seen[rule.priority] = rule.key
    return Rules(rules.version, rules.fallback, tuple(sorted(rules.rules, key=lambda rule: rule.priority)))


def _faults(rule: Rule, offices: Collection[str], areas: Collection[str], fields: Mapping[str, str],
            measures: Collection[str]) -> Sequence[str]:  # fmt: skip
    found = []
    for fact, values in rule.conditions.items():
        if fact not in get_args(Fact):
            found.append(f"unknown condition {fact!r}")
            continue
        known: Collection[str] = areas if fact == "area" else set(CODES[fact])  # type: ignore[index]
        found += [f"{fact} has no value {value!r}" for value in sorted(values - set(known))]
        if not values:
            found.append(f"condition {fact!r} is empty")
    if rule.office not in offices:
        found.append(f"there is no office {rule.office!r}")
    if fields.get(rule.field) != rule.plan:
        found.append(f"field {rule.field!r} does not belong to plan {rule.plan!r}")
    found += [f"there is no measure {measure!r}" for measure in rule.measures if measure not in measures]
    if not rule.because.get("de"):
        found.append("the reason is missing in German")
    return found
