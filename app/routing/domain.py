"""Which office a report goes to, and why. Pure: the same facts, rules and desks give the same decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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


_NOTHING = frozenset[str]()


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

    def said(self) -> Mapping[str, frozenset[str]]:
        """What the report says about each fact that a rule may ask about; empty where it says nothing."""
        return {
            "kind": frozenset((self.kind,)),
            "topic": _NOTHING if self.topic is None else frozenset((self.topic,)),
            "grounds": self.grounds,
            "form": self.forms,
            "area": self.areas,
            "target": self.targets,
            "wish": _NOTHING if self.wish is None else frozenset((self.wish,)),
        }

    def values(self, fact: str) -> frozenset[str]:
        """What the report says about one fact."""
        return self.said()[fact]


@dataclass(frozen=True, slots=True)
class Rule:
    """If every condition is met by one of its values, the report concerns this office, plan, field and measures.

    It holds from ``valid_from`` to ``valid_until``, both days included; None is without end.
    """

    key: str
    priority: int
    conditions: Mapping[str, frozenset[str]]
    office: str
    plan: str
    field: str
    measures: tuple[str, ...]
    because: Localized
    valid_from: date | None = None
    valid_until: date | None = None

    def matches(self, facts: RoutingFacts) -> bool:
        """Whether every condition is met."""
        return self.meets(facts.said())

    def meets(self, said: Mapping[str, frozenset[str]]) -> bool:
        """Whether every condition is met by what a report says (see ``RoutingFacts.said``)."""
        for fact, wanted in self.conditions.items():  # noqa: SIM110 – every report asks every rule
            if wanted.isdisjoint(said[fact]):
                return False
        return True

    def holds_on(self, day: date) -> bool:
        """Whether the rule is valid on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands among the others. Rules of one priority have an order, too, so that decisions are certain."""
        return self.priority, self.key


@dataclass(frozen=True, slots=True)
class Rules:
    """A version of the rules, in the order in which they are asked, with the desk that takes what nobody else can."""

    version: str
    fallback: str
    rules: tuple[Rule, ...]

    def on(self, day: date) -> Rules:
        """Only the rules that hold on a day, by priority and key."""
        return Rules(self.version, self.fallback, in_order(rule for rule in self.rules if rule.holds_on(day)))


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules by priority and key: the order in which they are asked."""
    return tuple(sorted(rules, key=lambda rule: rule.place))


@dataclass(frozen=True, slots=True)
class Desk:
    """An organisation as routing sees it. ``opens`` says that it is confirmed and somebody there can read.

    ``people`` are all who belong to it, ``readers`` those of them who can read. An ``independent`` one has agreed to
    receive reports when it opens, and does so only where no desk of the city may. ``substitute`` stands in while it is
    closed. ``expired`` says that it does not open because its validity is over.
    """

    key: str
    parent: str | None
    opens: bool
    independent: bool = False
    people: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    substitute: str | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a report goes. ``office`` is None when nobody may read it: then it is kept for the reporter.

    ``reserve`` is the named fallback desk that can read besides ``office`` (None when it is the same or left out).
    ``left_out`` are the offices passed over because the report is about them, their line, or by the reporter's wish.
    ``closed`` is the office that the rule names when it cannot receive; ``stands_in_for`` is the closed office whose
    substitute ``office`` is. ``willing`` is the independent desk that takes the report where no desk of the city may:
    it is ``office`` once the reporter agrees.
    """

    office: str | None
    reserve: str | None
    rule: Rule | None
    version: str
    left_out: tuple[str, ...] = ()
    closed: str | None = None
    readers: tuple[str, ...] = field(default=())
    willing: str | None = None
    stands_in_for: str | None = None

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
    if not involved and not excluded:
        return _NOTHING
    out = kept_out(involved, excluded, desks)
    people = people_of(out, desks)
    return out | {desk.key for desk in desks.values() if not people.isdisjoint(desk.readers)}


def people_of(keys: Collection[str], desks: Mapping[str, Desk]) -> frozenset[str]:
    """Everybody who belongs to one of these offices."""
    return frozenset().union(*(desks[key].people | desks[key].readers for key in keys if key in desks))


def decide(facts: RoutingFacts, rules: Rules, desks: Mapping[str, Desk]) -> Decision:
    """The one decision for a report, by rules that all hold (see ``Rules.on``).

    The first matching rule names the office. Where that office is closed, its substitute serves; where it is barred, or
    has no open substitute, the next matching rule; then the fallback desk or its substitute, then any open desk of the
    city, then an independent desk that has agreed to it, if the reporter agrees too. Where nobody is left the report is
    kept for the reporter.
    """
    said = facts.said()
    matching = [rule for rule in rules.rules if rule.meets(said)]
    return settle(facts, matching, rules, desks, barred(facts.involved, facts.excluded, desks))


def settle(facts: RoutingFacts, matching: Sequence[Rule], rules: Rules, desks: Mapping[str, Desk],
           out: Collection[str]) -> Decision:  # fmt: skip
    """The decision, once it is known which rules match and who is barred. The proof calls it for many reports at once.

    Of the facts it asks only who is involved, who is left out, and whether an independent desk may read.
    """

    def serves(key: str, *, independent: bool = False) -> bool:
        return key in desks and desks[key].opens and desks[key].independent is independent and key not in out

    def taker(key: str) -> str | None:
        """Whoever takes what is meant for an office. A barred one sends no substitute."""
        if serves(key):
            return key
        substitute = desks[key].substitute if key in desks and key not in out else None
        return substitute if substitute is not None and serves(substitute) else None

    first = matching[0] if matching else None
    last = taker(rules.fallback)
    named, office = next(((rule.office, found) for rule in matching if (found := taker(rule.office))), (None, None))
    if office is None:
        named, office = rules.fallback, last
    if office is None:
        named, office = None, min((key for key in desks if serves(key)), default=None)
    willing = min((key for key in desks if serves(key, independent=True)), default=None) if office is None else None
    if facts.independent:
        office = office or willing
    reserve = last if last != office else None
    about = {*facts.involved, *facts.excluded} | ({first.office} if first else set())
    return Decision(
        office,
        reserve,
        # The plan and field stay those of the first match: they follow from the matter, not from who can read it.
        first,
        rules.version,
        left_out=tuple(sorted(key for key in about if key in out)),
        closed=first.office if first and first.office not in out and not serves(first.office) else None,
        readers=tuple(key for key in (office, reserve) if key),
        willing=willing,
        stands_in_for=named if named != office else None,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name. ``areas`` are the bare keys of the finest level and every ``level:key``.

    ``fields`` maps each field of action to its plan.
    """

    offices: frozenset[str]
    areas: frozenset[str]
    fields: Mapping[str, str]
    measures: frozenset[str]


def checked(rules: Rules, known: Known) -> Rules:
    """The rules in order, after looking for everything that can be wrong with each by itself.

    Rules may share a priority; whether some report meets two of them is for the proof to find.

    Raises:
        BrokenRules: naming the first broken rule and what is wrong.
    """
    if rules.fallback not in known.offices:
        raise BrokenRules(f"fallback: there is no office {rules.fallback!r}")
    seen: set[str] = set()
    for rule in rules.rules:
        for fault in faults_of(rule, known):
            raise BrokenRules(f"rule {rule.key!r}: {fault}")
        if rule.key in seen:
            raise BrokenRules(f"rule {rule.key!r}: the key is used twice")
        seen.add(rule.key)
    return Rules(rules.version, rules.fallback, in_order(rules.rules))


def faults_of(rule: Rule, known: Known) -> Sequence[str]:
    """What is wrong with a rule by itself, in the order of its parts; nothing when it can be used."""
    found = []
    for fact, values in rule.conditions.items():
        if fact not in get_args(Fact):
            found.append(f"unknown condition {fact!r}")
            continue
        there: Collection[str] = known.areas if fact == "area" else set(CODES[fact])  # type: ignore[index]
        found += [f"{fact} has no value {value!r}" for value in sorted(values - set(there))]
        if not values:
            found.append(f"condition {fact!r} is empty")
    if rule.office not in known.offices:
        found.append(f"there is no office {rule.office!r}")
    if known.fields.get(rule.field) != rule.plan:
        found.append(f"field {rule.field!r} does not belong to plan {rule.plan!r}")
    found += [f"there is no measure {measure!r}" for measure in rule.measures if measure not in known.measures]
    if not rule.because.get("de"):
        found.append("the reason is missing in German")
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        found.append("its validity ends before it begins")
    return found
