"""What has happened to a measure: what each published version of the plans says anew, with the day it was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.revisions import remembered
from app.core.texts import Localized
from app.plans import queries
from app.plans.document import Edition, Measure

Held = tuple[datetime, Edition]
"""What the city went by, from a moment on."""


class What(StrEnum):
    """What a step is about."""

    LISTED = "listed"
    """The measure became part of the plans."""

    STATE = "state"
    REASON = "reason"
    """The state is the same, and what is said of it is new."""

    REACHED = "reached"
    """A milestone."""

    MOVED = "moved"
    """A milestone has another day."""

    VALUE = "value"
    """An indicator has a new actual value."""

    GONE = "gone"
    """The measure is no longer part of the plans."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step, published ``at`` a moment; ``on`` is the day that it tells of itself.

    ``name`` is that of a milestone or an indicator, ``reason`` belongs to a state.
    """

    at: datetime
    what: What
    state: str | None = None
    reason: Localized | None = None
    name: Localized | None = None
    on: date | None = None
    value: float | None = None
    unit: Localized | None = None


def steps(key: str) -> tuple[Step, ...]:
    """Everything that has happened to a measure, the latest first."""
    return _steps().get(key, ())


@remembered("plans", most=1)
def _steps() -> Mapping[str, tuple[Step, ...]]:
    versions = held(
        (
            one.current,
            [(card.published_at, edition) for card, edition in queries.publications(one.key) if card.published_at],
        )
        for one in queries.editions()
    )
    keys = dict.fromkeys(one.key for _at, edition in versions for one in edition.measures)
    return {key: tuple(course(versions, key))[::-1] for key in keys}


def held(editions: Iterable[tuple[bool, Sequence[Held]]]) -> tuple[Held, ...]:
    """What the city went by, the oldest first: the versions of each edition until the first one of the next.

    Args:
        editions: in their order, whether each is in force, and its published versions, the oldest first. What comes
            after the one in force does not hold yet.
    """
    found: list[Held] = []
    for current, versions in editions:
        if versions:
            found = [one for one in found if one[0] < versions[0][0]] + list(versions)
        if current:
            break
    return tuple(found)


def course(versions: Iterable[Held], key: str) -> Iterator[Step]:
    """The steps of a measure, the oldest first."""
    before: Measure | None = None
    for at, edition in versions:
        after = edition.measure(key)
        yield from _between(at, before, after)
        before = after


def _between(at: datetime, before: Measure | None, after: Measure | None) -> Iterator[Step]:
    if after is None:
        if before is not None:
            yield Step(at, What.GONE)
        return
    if before is None:
        yield Step(at, What.LISTED, str(after.state), after.reason)
    elif before.state != after.state:
        yield Step(at, What.STATE, str(after.state), after.reason)
    elif after.reason and before.reason != after.reason:
        yield Step(at, What.REASON, str(after.state), after.reason)
    yield from _milestones(at, before, after)
    yield from _values(at, before, after)


def _milestones(at: datetime, before: Measure | None, after: Measure) -> Iterator[Step]:
    known = {one.key: one for one in before.milestones} if before else {}
    for one in after.milestones:
        old = known.get(one.key)
        if one.reached_on is not None and (old is None or old.reached_on != one.reached_on):
            yield Step(at, What.REACHED, name=one.name, on=one.reached_on)
        elif old is not None and one.due is not None and old.due != one.due:
            yield Step(at, What.MOVED, name=one.name, on=one.due)


def _values(at: datetime, before: Measure | None, after: Measure) -> Iterator[Step]:
    known = {one.key: {value.on: value.value for value in one.values} for one in before.indicators} if before else {}
    for one in after.indicators:
        for value in sorted(one.values, key=lambda value: value.on):
            if known.get(one.key, {}).get(value.on) != value.value:
                yield Step(at, What.VALUE, name=one.name, on=value.on, value=value.value, unit=one.unit)
