"""Single entries of an edition: look one up, put one in its place, add one, remove one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from app.plans.document import About, Edition, FieldOfAction, Goal, Head, Measure, Plan, told

E = TypeVar("E", Goal, Plan, FieldOfAction, Measure)
T = TypeVar("T")

KEY_MAX = 60

KINDS = (About.GOAL, About.PLAN, About.FIELD, About.MEASURE)
"""What an edition has any number of."""

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class NotAlone(Exception):  # noqa: N818
    """A plan needs a field of action, and an edition a plan: the last one cannot go."""


def head_of(edition: Edition) -> Head:
    """What names an edition, with its goals."""
    return Head.model_validate({name: value for name, value in told(edition).items() if name in _HEAD})


_HEAD = frozenset({*(field.alias or name for name, field in Head.model_fields.items())})


def keys_of(edition: Edition, about: About) -> tuple[str, ...]:
    """The keys of all entries of a kind, in order."""
    return tuple(one.key for one in entries(edition, about))


def entries(edition: Edition, about: About) -> tuple[Goal | Plan | FieldOfAction | Measure, ...]:
    """All entries of a kind, in order."""
    match about:
        case About.GOAL:
            return edition.goals
        case About.PLAN:
            return edition.plans
        case About.FIELD:
            return edition.fields_of_action
        case About.MEASURE:
            return edition.measures
    raise ValueError(about)


def entry(edition: Edition, about: About, key: str) -> Goal | Plan | FieldOfAction | Measure | None:
    """One entry by its key."""
    return next((one for one in entries(edition, about) if one.key == key), None)


def with_head(edition: Edition, head: Head) -> Edition:
    """An edition under another head; its goals stay, unless the head brings some."""
    return edition.model_copy(update={name: getattr(head, name) for name in Head.model_fields if name != "goals"})


def with_goal(edition: Edition, goal: Goal) -> Edition:
    """An edition with a goal, new or in the place of the one with its key."""
    return edition.model_copy(update={"goals": _put(edition.goals, goal)})


def with_plan(edition: Edition, plan: Plan) -> Edition:
    """An edition with a plan, new or in the place of the one with its key."""
    return edition.model_copy(update={"plans": _put(edition.plans, plan)})


def with_field(edition: Edition, field: FieldOfAction, plan_key: str) -> Edition:
    """An edition with a field of action in a plan; one that was in another plan moves.

    Raises:
        NotAlone: the other plan would be left without a field.
    """
    plans = []
    for plan in edition.plans:
        if plan.key == plan_key:
            plans.append(plan.model_copy(update={"fields_": _put(plan.fields_, field)}))
        else:
            plans.append(_without_field(plan, field.key))
    return edition.model_copy(update={"plans": tuple(plans)})


def with_measure(edition: Edition, measure: Measure) -> Edition:
    """An edition with a measure, new or in the place of the one with its key."""
    return edition.model_copy(update={"measures": _put(edition.measures, measure)})


def without(edition: Edition, about: About, key: str) -> Edition:
    """An edition without an entry; whatever names it goes on naming it.

    Raises:
        NotAlone: it is the last plan, or the last field of action of its plan.
    """
    if about is About.FIELD:
        plans = tuple(_without_field(plan, key) for plan in edition.plans)
        return edition.model_copy(update={"plans": plans})
    name = {About.GOAL: "goals", About.PLAN: "plans", About.MEASURE: "measures"}[about]
    rest = tuple(one for one in getattr(edition, name) if one.key != key)
    if about is About.PLAN and not rest:
        raise NotAlone(key)
    return edition.model_copy(update={name: rest})


def naming(edition: Edition, about: About, key: str) -> tuple[Goal | Measure, ...]:
    """The goals and measures that name an entry."""
    if about is About.PLAN:
        return tuple(one for one in edition.measures if key in one.plans)
    if about is About.GOAL:
        return tuple(one for one in edition.measures if key in one.goals)
    if about is About.FIELD:
        return (
            *(one for one in edition.goals if key in one.fields_),
            *(one for one in edition.measures if key in one.fields_),
        )
    return ()


def _without_field(plan: Plan, key: str) -> Plan:
    rest = tuple(one for one in plan.fields_ if one.key != key)
    if not rest:
        raise NotAlone(plan.key)
    return plan.model_copy(update={"fields_": rest})


def _put(there: tuple[E, ...], one: E) -> tuple[E, ...]:
    if all(other.key != one.key for other in there):
        return there + (one,)  # noqa: RUF005 - mypy cannot unpack it
    return tuple(one if other.key == one.key else other for other in there)


def key_for(name: str, taken: Collection[str]) -> str:
    """A key made from a name that no other entry has."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[:KEY_MAX].strip("-") or "entry"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def in_order(before: Iterable[T], chosen: Iterable[T]) -> tuple[T, ...]:
    """What was chosen: first what was there before, as it was ordered, then what is new."""
    wanted = tuple(dict.fromkeys(chosen))
    kept = tuple(one for one in before if one in wanted)
    return kept + tuple(one for one in wanted if one not in kept)


# Taking back ---------------------------------------------------------------------------------------------------------


class Moved(Exception):  # noqa: N818
    """An entry is no longer as a change has left it, so the change cannot be taken back."""


def put_back(edition: Edition, about: About, key: str, before: dict[str, Any] | None) -> Edition:
    """An edition in which an entry is as it was before a change, as :func:`app.plans.document.told` tells of it.

    A plan that comes back needs its fields of action in ``before["fields"]``.

    Raises:
        NotAlone: it is the last one of its kind that would go.
        Moved: the plan of a field of action is no longer there.
        pydantic.ValidationError: what was there before is no entry of today.
    """
    if before is None:
        return without(edition, about, key)
    match about:
        case About.HEAD:
            return with_head(edition, Head.model_validate(before))
        case About.GOAL:
            return with_goal(edition, Goal.model_validate(before))
        case About.PLAN:
            kept = entry(edition, About.PLAN, key)
            fields = before.get("fields") or (told(kept)["fields"] if kept else [])
            return with_plan(edition, Plan.model_validate({**before, "fields": fields}))
        case About.FIELD:
            values = dict(before)
            plan = values.pop("plan")
            if entry(edition, About.PLAN, plan) is None:
                raise Moved(plan)
            return with_field(edition, FieldOfAction.model_validate(values), plan)
        case About.MEASURE:
            return with_measure(edition, Measure.model_validate(before))
    raise ValueError(about)
