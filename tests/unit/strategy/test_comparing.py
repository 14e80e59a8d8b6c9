from __future__ import annotations

import pytest

from app.core.codes import MeasureState
from app.strategy.comparing import Fate, compare
from tests.support.strategies import earlier, later, measure, said


def keys(found, fate):
    return [one.key for one in found.of(fate)]


def test_each_measure_has_one_fate():
    found = compare(earlier(), later())
    assert keys(found, Fate.REACHED) == ["built"]
    assert keys(found, Fate.MOVED) == ["advice"]
    assert keys(found, Fate.DROPPED) == ["given-up", "gone"]
    assert keys(found, Fate.NEW) == ["fresh"]
    assert keys(found, Fate.KEPT) == []


def test_what_a_measure_moved_by_is_named():
    moved = compare(earlier(), later()).of(Fate.MOVED)[0]
    assert moved.moved_by == ("to", "fields_", "plans")


def test_a_new_reason_moves_nothing():
    before = earlier(measures=(measure("advice", ("rent",)),))
    after = later(measures=(measure("advice", ("rent",), reason=said("As planned.")),))
    assert keys(compare(before, after), Fate.KEPT) == ["advice"]


def test_what_was_given_up_before_both_is_no_news():
    dropped = measure("old", ("rent",), state=MeasureState.DROPPED)
    assert compare(earlier(measures=(dropped,)), later(measures=())).measures == ()
    assert compare(earlier(measures=(dropped,)), later(measures=(dropped,))).measures == ()


def test_goals_that_only_one_of_the_two_has_are_named():
    found = compare(earlier(), later())
    assert [goal.key for goal in found.new_goals] == ["chances", "homes"]
    assert found.dropped_goals == found.new_fields == found.dropped_fields == ()


@pytest.mark.parametrize("edition", [earlier(), later()])
def test_an_edition_beside_itself_moves_nothing(edition):
    assert {one.fate for one in compare(edition, edition).measures} <= {Fate.KEPT, Fate.REACHED}
