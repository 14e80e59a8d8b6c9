"""How the plans of an edition work together: what carries several plans, and what hangs on nothing. Pure."""

from __future__ import annotations

from collections.abc import Collection

from app.core.codes import MeasureState
from app.plans.document import Edition, FieldOfAction, Goal, Measure


def carried_on(edition: Edition) -> tuple[Measure, ...]:
    """The measures that have not been given up."""
    return tuple(one for one in edition.measures if one.state is not MeasureState.DROPPED)


def carrying_several(edition: Edition) -> tuple[Measure, ...]:
    """The measures that serve more than one plan."""
    return tuple(one for one in carried_on(edition) if len(one.plans) > 1)


def goals_without_measure(edition: Edition) -> tuple[Goal, ...]:
    """The goals that no measure names, and in whose fields of action there is none."""
    measures = carried_on(edition)
    named = {key for one in measures for key in one.goals}
    worked_in = {key for one in measures for key in one.fields_}
    return tuple(goal for goal in edition.goals if goal.key not in named and worked_in.isdisjoint(goal.fields_))


def fields_without_measure(edition: Edition) -> tuple[FieldOfAction, ...]:
    """The fields of action in which there is no measure."""
    worked_in = {key for one in carried_on(edition) for key in one.fields_}
    return tuple(field for field in edition.fields_of_action if field.key not in worked_in)


def needed_without_measure(edition: Edition, needed: Collection[str]) -> tuple[FieldOfAction, ...]:
    """Those of them that are about a need: ``needed`` are areas of life and groups of people whose number is shown."""
    return tuple(
        field for field in fields_without_measure(edition) if not {*field.topics, *field.targets}.isdisjoint(needed)
    )
