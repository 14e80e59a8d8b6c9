"""The whole content of an edition of the plans: what is edited, compared, imported, exported and kept of each version.

An edition is one document. It says nothing of how it came about; that stands beside it (:mod:`app.plans.editions`).
Whether the offices, organisations and areas that it names exist is looked at by :func:`flaws`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.codes import Budget, MeasureState, Target, Topic
from app.core.entries import Entry, Key, Keys, Targets, Text, Topics, Year, distinct
from app.core.fields import tidy

NUMBER_MOST = 1e9
DECIMALS = 6
"""Spreadsheet programs keep 15 digits: nine before the decimal sign, six after it."""


def _number(value: float) -> float:
    if abs(value) >= NUMBER_MOST or round(value, DECIMALS) != value:
        raise PydanticCustomError("digits", "has more than nine digits before the decimal sign, or six after it")
    return value


def _line(value: Any) -> Any:  # noqa: ANN401
    return (tidy(value) or None) if isinstance(value, str) else value


def _years(first: int | None, last: int | None) -> None:
    if first is not None and last is not None and last < first:
        raise PydanticCustomError("years", "'to' lies before 'from'")


Number = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_number)]
Line = Annotated[str | None, BeforeValidator(_line)]


class Value(Entry):
    """An indicator's actual value on a day, in the indicator's unit."""

    on: date
    value: Number
    source: Line = None


class Indicator(Entry):
    """What shows whether a measure works: a target for the end of a year, and actual values by day."""

    key: Key
    name: Text
    unit: Text
    target: Number | None = None
    target_year: Year | None = None
    values: tuple[Value, ...] = ()
    source: Text | None = None

    @model_validator(mode="after")
    def _one_value_a_day(self) -> Indicator:
        distinct(tuple(one.on for one in self.values))
        return self


class Milestone(Entry):
    """A step of a measure; ``reached_on`` is empty until it is done."""

    key: Key
    name: Text
    due: date | None = None
    reached_on: date | None = None


class Goal(Entry):
    """What the strategy wants to reach; without fields of action it stands above all of them."""

    key: Key
    name: Text
    fields_: Annotated[Keys, Field(alias="fields")] = ()
    unconfirmed: bool = False


class FieldOfAction(Entry):
    """A field of action inside a plan; for the plan against racism one of the ten ECCAR commitments.

    ``topics`` and ``targets`` say which reports of a need are about it. ``statement`` tells what the city does there.
    """

    key: Key
    name: Text
    summary: Text
    unconfirmed: bool = False
    not_by_reports: Text | None = None
    topics: Annotated[tuple[Topic, ...], AfterValidator(distinct)] = ()
    targets: Annotated[tuple[Target, ...], AfterValidator(distinct)] = ()
    statement: Text | None = None


class Plan(Entry):
    """A plan with its fields of action; ``shape`` marks it besides its colour."""

    key: Key
    name: Text
    short: Text
    summary: Text
    since: Year | None
    updated: Year | None
    source: Text
    shape: Literal["circle", "square", "triangle"]
    fields_: Annotated[tuple[FieldOfAction, ...], Field(min_length=1, alias="fields")]


class Measure(Entry):
    """A measure. No areas: the whole city. ``reason`` says why the state is what it is.

    ``office`` is responsible; ``partners`` are further organisations. ``evidence`` tells what shows that it works.
    """

    key: Key
    name: Text
    summary: Text
    example: bool
    state: MeasureState
    reason: Text | None = None
    plans: Annotated[Keys, Field(min_length=1)]
    fields_: Annotated[Keys, Field(min_length=1, alias="fields")]
    goals: Keys = ()
    topics: Topics
    targets: Targets
    areas: Keys
    office: Key | None
    partners: Keys = ()
    from_: Annotated[Year | None, Field(alias="from")]
    to: Year | None
    budget: Budget | None = None
    indicators: tuple[Indicator, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    evidence: Text | None = None
    source: Text | None

    @model_validator(mode="after")
    def _years_in_order(self) -> Measure:
        _years(self.from_, self.to)
        distinct((*(one.key for one in self.indicators), *(one.key for one in self.milestones)))
        return self


class Head(Entry):
    """What names an edition, and the goals of the strategy."""

    key: Key
    name: Text
    adopted_on: date | None = None
    from_: Annotated[Year, Field(alias="from")]
    to: Year | None = None
    source: Text
    goals: tuple[Goal, ...] = ()

    @model_validator(mode="after")
    def _years_in_order(self) -> Head:
        _years(self.from_, self.to)
        return self


class Edition(Head):
    """A whole edition."""

    plans: Annotated[tuple[Plan, ...], Field(min_length=1)]
    measures: tuple[Measure, ...] = ()

    @property
    def fields_of_action(self) -> tuple[FieldOfAction, ...]:
        """Those of all plans, in order."""
        return tuple(one for plan in self.plans for one in plan.fields_)

    def plan_of(self, field_key: str) -> Plan | None:
        """The plan that a field of action belongs to."""
        return next((plan for plan in self.plans if any(one.key == field_key for one in plan.fields_)), None)

    def measure(self, key: str) -> Measure | None:
        """One measure by its key."""
        return next((one for one in self.measures if one.key == key), None)


def told(entry: Entry) -> dict[str, Any]:
    """An entry as it is stored and written to a file: plain values, what is empty left out."""
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)


# Flaws ---------------------------------------------------------------------------------------------------------------


class Flaw(StrEnum):
    """What can be wrong with an edition although each entry is sound."""

    TWICE = "twice"
    """A key is used twice."""

    UNKNOWN = "unknown"
    """Something is named that does not exist."""

    OTHER_PLAN = "other_plan"
    """A field of action belongs to a plan that the measure does not serve."""

    ROUTED = "routed"
    """Rules in force lead reports here, and the edition no longer has it."""


class About(StrEnum):
    """Kinds of entries."""

    HEAD = "head"
    GOAL = "goal"
    PLAN = "plan"
    FIELD = "field"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Found:
    """A flaw: at which entry and attribute, and the key that is wrong there."""

    flaw: Flaw
    about: About
    key: str
    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class Known:
    """Keys that an edition may name and does not hold itself.

    ``fields`` and ``measures`` are those that rules in force lead reports to.
    """

    areas: Collection[str]
    organisations: Collection[str]
    fields: Collection[str] = field(default=())
    measures: Collection[str] = field(default=())


def flaws(edition: Edition, known: Known) -> Iterator[Found]:
    """Everything that keeps an edition from being published."""
    yield from _twice(edition)
    plan_of = {one.key: plan.key for plan in edition.plans for one in plan.fields_}
    goals = {goal.key for goal in edition.goals}
    for goal in edition.goals:
        yield from _unknown(About.GOAL, goal.key, "fields", goal.fields_, plan_of)
    for one in edition.measures:
        named: dict[str, tuple[Collection[str], Collection[str]]] = {
            "plans": (one.plans, {plan.key for plan in edition.plans}),
            "fields": (one.fields_, plan_of),
            "goals": (one.goals, goals),
            "areas": (one.areas, known.areas),
            "office": ((one.office,) if one.office else (), known.organisations),
            "partners": (one.partners, known.organisations),
        }
        for attribute, (wanted, there) in named.items():
            yield from _unknown(About.MEASURE, one.key, attribute, wanted, there)
        for key in one.fields_:
            if key in plan_of and plan_of[key] not in one.plans:
                yield Found(Flaw.OTHER_PLAN, About.MEASURE, one.key, "fields", key)
    for about, there, wanted in (
        (About.FIELD, set(plan_of), known.fields),
        (About.MEASURE, {one.key for one in edition.measures}, known.measures),
    ):
        for key in sorted(set(wanted) - there):
            yield Found(Flaw.ROUTED, about, key, "key", key)


def _unknown(
    about: About, key: str, attribute: str, wanted: Collection[str], there: Collection[str]
) -> Iterator[Found]:
    for one in wanted:
        if one not in there:
            yield Found(Flaw.UNKNOWN, about, key, attribute, one)


def _twice(edition: Edition) -> Iterator[Found]:
    for about, keys in (
        (About.GOAL, [one.key for one in edition.goals]),
        (About.PLAN, [one.key for one in edition.plans]),
        (About.FIELD, [one.key for one in edition.fields_of_action]),
        (About.MEASURE, [one.key for one in edition.measures]),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield Found(Flaw.TWICE, about, key, "key", key)


# Differences ---------------------------------------------------------------------------------------------------------


class Change(StrEnum):
    """What became of an entry from one version to another."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that differs; ``before`` and ``after`` are what :func:`told` tells of it, ``None`` where it is not."""

    change: Change
    about: About
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of what differs, in the order of the entry."""
        before, after = self.before or {}, self.after or {}
        return tuple(name for name in {**before, **after} if before.get(name) != after.get(name))


def differences(before: Edition, after: Edition) -> tuple[Difference, ...]:
    """How one edition or version differs from another, entry by entry, in the order of the later one."""
    old, new = _entries(before), _entries(after)
    found = []
    for about, key in [*new, *(name for name in old if name not in new)]:
        was, is_now = old.get((about, key)), new.get((about, key))
        if was == is_now:
            continue
        change = Change.ADDED if was is None else Change.REMOVED if is_now is None else Change.CHANGED
        found.append(Difference(change, about, key, was, is_now))
    return tuple(found)


def _entries(edition: Edition) -> dict[tuple[About, str], dict[str, Any]]:
    """Every entry with nothing below it, under its kind and key; the head under an empty key."""
    whole = told(edition)
    plans = whole.pop("plans", [])
    parts = ((About.GOAL, whole.pop("goals", [])), (About.MEASURE, whole.pop("measures", [])))
    found: dict[tuple[About, str], dict[str, Any]] = {(About.HEAD, ""): whole}
    for plan in plans:
        fields = plan.pop("fields")
        found[About.PLAN, plan["key"]] = plan
        for one in fields:
            found[About.FIELD, one["key"]] = {**one, "plan": plan["key"]}
    for about, entries in parts:
        found |= {(about, one["key"]): one for one in entries}
    return found
