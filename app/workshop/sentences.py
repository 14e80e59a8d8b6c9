"""Rules, reports and differences between two sets of rules, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from app.core.languages import LANGUAGES, language
from app.core.texts import Localized
from app.routing.domain import Desk, RoutingFacts, Rule, Rules
from app.routing.history import ChangeLine
from app.workshop.labels import FACTS, field_name, measure_name, office_name, plan_name, value_name


@dataclass(frozen=True, slots=True)
class Condition:
    """One "if" of a rule: what is asked about, and the answers of which one is enough."""

    about: str
    values: tuple[str, ...]


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """The conditions of a rule in words; the values in the order of their names."""
    return tuple(
        Condition(str(name), tuple(sorted({value_name(fact, value) for value in rule.conditions[fact]})))
        for fact, name in FACTS.items()
        if fact in rule.conditions
    )


def told(facts: RoutingFacts) -> tuple[Condition, ...]:
    """What a report says, in words. An area is named by the narrowest name it has."""
    said = {fact: facts.values(fact) for fact in FACTS}
    bare = frozenset(value for value in said["area"] if ":" not in value)
    said["area"] = bare or said["area"]
    found = [
        Condition(str(name), tuple(sorted({value_name(fact, value) for value in said[fact]})))
        for fact, name in FACTS.items()
        if said[fact]
    ]
    if facts.involved:
        found.append(Condition(_("It is about"), tuple(sorted(map(office_name, facts.involved)))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in a table; ``first`` and ``last`` say whether it can still be moved, ``holds`` whether it holds today."""

    rule: Rule
    conditions: tuple[Condition, ...]
    office: str
    plan: str
    field: str
    holds: bool
    first: bool
    last: bool


def lines_of(rules: Rules, day: date, office: str = "") -> list[RuleLine]:
    """The rules of a set in their order, all of them or those that name an office."""
    members = rules.rules
    return [
        RuleLine(
            rule,
            conditions_of(rule),
            office_name(rule.office),
            plan_name(rule.plan),
            field_name(rule.field),
            rule.holds_on(day),
            place == 0,
            place == len(members) - 1,
        )
        for place, rule in enumerate(members)
        if not office or rule.office == office
    ]


def offices_of(rules: Rules, desks: Mapping[str, Desk]) -> list[tuple[str, str]]:
    """(key, name) of the offices that rules name and of the desks of the city, by name."""
    keys = {rule.office for rule in rules.rules} | {key for key, desk in desks.items() if not desk.independent}
    return sorted(((key, office_name(key)) for key in keys), key=lambda one: one[1].casefold())


# Differences ---------------------------------------------------------------------------------------------------------


class Turn(StrEnum):
    """What became of a rule between two sets."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule that differs, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one rule. Nothing before, or nothing after, leaves the parts empty."""

    turn: Turn
    key: str
    office: str
    parts: tuple[Part, ...] = ()


def differences(before: Rules, after: Rules) -> list[Difference]:
    """Every rule that is not the same in both sets: in the order of the later one, then those that are gone."""
    earlier = {rule.key: rule for rule in before.rules}
    later = {rule.key: rule for rule in after.rules}
    found = []
    for rule in after.rules:
        old = earlier.get(rule.key)
        if old is None:
            found.append(Difference(Turn.ADDED, rule.key, office_name(rule.office)))
        elif old != rule:
            found.append(Difference(Turn.CHANGED, rule.key, office_name(rule.office), parts_that_differ(old, rule)))
    gone = [rule for rule in before.rules if rule.key not in later]
    return found + [Difference(Turn.REMOVED, rule.key, office_name(rule.office)) for rule in gone]


def parts_that_differ(before: Rule, after: Rule) -> tuple[Part, ...]:
    """The parts of a rule that two versions of it do not share."""
    old, new = dict(_parts(before)), dict(_parts(after))
    return tuple(
        Part(name, old.get(name, "") or "–", new.get(name, "") or "–")
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    )


def parts_of(change: ChangeLine) -> tuple[Part, ...]:
    """What a line of a history changed; nothing where a rule came or went as a whole."""
    before, after = change.before or {}, change.after or {}
    if "fallback" in before and "fallback" in after:
        return (Part(_("Fallback desk"), office_name(before["fallback"]), office_name(after["fallback"])),)
    if "then" in before and "then" in after:
        return parts_that_differ(_rule(before), _rule(after))
    return ()


def _rule(raw: Mapping[str, Any]) -> Rule:
    """A rule as the history keeps it (see ``routing.history.told``)."""
    days = {name: date.fromisoformat(raw[name]) for name in ("valid_from", "valid_until") if name in raw}
    then = raw["then"]
    return Rule(
        key=raw["key"],
        priority=raw["priority"],
        conditions={fact: frozenset(values) for fact, values in raw["when"].items()},
        office=then["office"],
        plan=then["plan"],
        field=then["field"],
        measures=tuple(then["measures"]),
        because=Localized(raw["because"]),
        **days,
    )


def _parts(rule: Rule) -> Iterable[tuple[str, str]]:
    yield _("Short name"), rule.key
    for condition in conditions_of(rule):
        yield condition.about, ", ".join(condition.values)
    yield _("Priority"), str(rule.priority)
    yield _("Office"), office_name(rule.office)
    yield _("Plan and field"), f"{plan_name(rule.plan)}: {field_name(rule.field)}"
    yield _("Measures"), ", ".join(map(measure_name, rule.measures))
    yield _("Holds from"), format_date(rule.valid_from) if rule.valid_from else ""
    yield _("Holds until"), format_date(rule.valid_until) if rule.valid_until else ""
    yield from _reasons(rule.because)


def _reasons(because: Localized) -> Iterable[tuple[str, str]]:
    # The reason in the page's language first: it is the one that can be compared at a glance.
    codes: Sequence[str] = sorted(because, key=lambda code: code != language().code)
    for code in codes:
        name = LANGUAGES[code].name if code in LANGUAGES else code
        yield _("Reason (%(language)s)", language=name), because[code]
