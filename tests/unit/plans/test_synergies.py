from __future__ import annotations

from app.core.codes import MeasureState, Target, Topic
from app.plans import synergies
from tests.support.strategies import later, measure


def test_a_measure_in_two_plans_carries_both_unless_it_was_given_up():
    edition = later()
    assert [one.key for one in synergies.carrying_several(edition)] == ["advice"]
    dropped = measure("advice", ("rent",), ("poverty", "arrival"), state=MeasureState.DROPPED)
    assert synergies.carrying_several(later(measures=(dropped,))) == ()


def test_a_goal_hangs_on_nothing_while_no_measure_names_it_or_works_in_its_fields():
    assert [goal.key for goal in synergies.goals_without_measure(later())] == ["chances"]
    named = measure("chance", ("paper",), goals=("chances",))
    assert [goal.key for goal in synergies.goals_without_measure(later(measures=(named,)))] == ["homes"]


def test_a_field_in_which_everything_was_given_up_has_no_measure():
    given_up = measure("given-up", ("rent",), state=MeasureState.DROPPED)
    assert [one.key for one in synergies.fields_without_measure(later(measures=(given_up,)))] == [
        "rent",
        "paper",
        "families",
    ]


def test_only_a_need_that_is_shown_makes_a_field_without_measure_a_gap():
    edition = later()
    assert synergies.needed_without_measure(edition, {Topic.HOUSING, Target.FAMILIES}) == ()
    assert [one.key for one in synergies.needed_without_measure(edition, {Topic.AUTHORITY})] == ["paper"]
