"""Two editions of the strategy beside each other: what was reached, moved, dropped and new. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.codes import MeasureState
from app.plans.document import Edition, FieldOfAction, Goal, Measure

MOVED_BY = ("from_", "to", "office", "fields_", "plans", "areas")
"""What a measure moves by: when, who, in which field, where."""


class Fate(StrEnum):
    """What became of a measure of the earlier edition in the later one."""

    REACHED = "reached"
    MOVED = "moved"
    KEPT = "kept"
    DROPPED = "dropped"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure in both editions, or in one; ``moved_by`` are names of attributes of :data:`MOVED_BY`."""

    key: str
    fate: Fate
    before: Measure | None
    after: Measure | None
    moved_by: tuple[str, ...] = ()

    @property
    def measure(self) -> Measure:
        """As it is told now."""
        found = self.after or self.before
        if found is None:
            raise LookupError(self.key)
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Measures by their fate in the order of the later edition; what was there before and is not now comes last."""

    measures: tuple[Compared, ...]
    new_fields: tuple[FieldOfAction, ...]
    dropped_fields: tuple[FieldOfAction, ...]
    new_goals: tuple[Goal, ...]
    dropped_goals: tuple[Goal, ...]

    def of(self, fate: Fate) -> tuple[Compared, ...]:
        """The measures of one fate."""
        return tuple(one for one in self.measures if one.fate is fate)


def compare(earlier: Edition, later: Edition) -> Comparison:
    """How the later edition stands to the earlier one. What was given up before both is in neither."""
    before = {one.key: one for one in earlier.measures if one.state is not MeasureState.DROPPED}
    after = {one.key: one for one in later.measures}
    keys = [key for key, one in after.items() if key in before or one.state is not MeasureState.DROPPED]
    keys += [key for key in before if key not in after]
    old_fields = {one.key: one for one in earlier.fields_of_action}
    new_fields = {one.key: one for one in later.fields_of_action}
    old_goals, new_goals = ({one.key: one for one in edition.goals} for edition in (earlier, later))
    return Comparison(
        tuple(_compared(key, before.get(key), after.get(key)) for key in keys),
        tuple(one for key, one in new_fields.items() if key not in old_fields),
        tuple(one for key, one in old_fields.items() if key not in new_fields),
        tuple(one for key, one in new_goals.items() if key not in old_goals),
        tuple(one for key, one in old_goals.items() if key not in new_goals),
    )


def _compared(key: str, before: Measure | None, after: Measure | None) -> Compared:
    if after is None or after.state is MeasureState.DROPPED:
        return Compared(key, Fate.DROPPED, before, after)
    if before is None:
        return Compared(key, Fate.NEW, None, after)
    if after.state is MeasureState.DONE:
        return Compared(key, Fate.REACHED, before, after)
    moved = tuple(name for name in MOVED_BY if getattr(before, name) != getattr(after, name))
    return Compared(key, Fate.MOVED if moved else Fate.KEPT, before, after, moved)
