from __future__ import annotations

from dataclasses import replace
from math import isclose, log2

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.needs.snapshot.mismatch import UNTOLD, Compared, Mismatch, Verdict, mismatches
from app.needs.snapshot.trend import Course, trend


def area(key: str, reports: int | None = 40, residents: int | None = 1000, reach: float | None = 2.0, year=2020):
    return Compared(key, reports, residents, year if residents else None, reach)


AREAS = st.lists(
    st.builds(
        Compared,
        st.uuids().map(str),
        st.none() | st.integers(5, 400),
        st.integers(200, 20_000),
        st.just(2020),
        st.floats(0, 40),
    ),
    min_size=2,
    max_size=12,
    unique_by=lambda one: one.key,
)


def test_an_area_like_all_others_has_the_index_nought():
    for found in mismatches([area("a"), area("b"), area("c")]).values():
        assert found.index == 0
        assert found.verdict is Verdict.NO_DIFFERENCE


def test_the_index_is_what_its_formula_says():
    found = mismatches([area("a", 90, 1000, 0.5), area("b", 60, 2000, 3.5)])["a"]
    need = (90 / 1000) / (150 / 3000)
    supply = (0.5 + 0.5) / ((0.5 * 1000 + 3.5 * 2000) / 3000 + 0.5)
    assert found.index == pytest.approx(log2(need / supply))
    assert found.high - found.index == pytest.approx(1.96 / 0.693147 * (1 / 90 - 1 / 150) ** 0.5, rel=1e-5)
    assert found.verdict is Verdict.MUCH_MORE_NEED


def test_more_supply_is_told_as_well():
    found = mismatches([area("a", 30, 1000, 12.0), area("b", 150, 3000, 6.0)])
    assert found["a"].verdict is Verdict.MUCH_MORE_SUPPLY
    assert found["b"].verdict is Verdict.MORE_NEED


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"reports": None}, Verdict.TOO_FEW),
        ({"reports": 6}, Verdict.TOO_FEW),
        ({"residents": None, "year": None}, Verdict.NOT_COMPARABLE),
        ({"year": 2010}, Verdict.NOT_COMPARABLE),
        ({"reach": None}, Verdict.NOT_COMPARABLE),
    ],
)
def test_what_cannot_be_told_gets_neither_a_number_nor_a_class(changed, verdict):
    found = mismatches([area("a"), area("b"), replace(area("c"), **changed)])
    assert found["c"] == Mismatch(verdict)
    assert found["a"].index is not None


def test_one_area_alone_is_compared_with_nothing():
    found = mismatches([area("a"), area("b", None), area("c", residents=None)])
    assert {one.verdict for one in found.values()} == {Verdict.NOT_COMPARABLE, Verdict.TOO_FEW}
    assert {one.index for one in found.values()} == {None}
    assert mismatches([]) == {}


@given(AREAS, st.integers(2, 50))
def test_a_census_in_another_unit_and_more_of_all_residents_change_nothing(areas, factor):
    larger = [replace(one, residents=one.residents * factor) for one in areas]
    for key, found in mismatches(areas).items():
        other = mismatches(larger)[key]
        assert other.verdict is found.verdict or isclose(min(abs(found.low), abs(found.high)), 0, abs_tol=1e-6)
        assert found.index is None or isclose(other.index, found.index, abs_tol=1e-9)


@given(AREAS, st.randoms())
def test_the_order_of_areas_changes_nothing(areas, chance):
    shuffled = list(areas)
    chance.shuffle(shuffled)
    ours, theirs = mismatches(areas), mismatches(shuffled)
    for key, found in ours.items():
        assert found.index is None or isclose(found.index, theirs[key].index, abs_tol=1e-9)
        assert (found.verdict in UNTOLD) == (theirs[key].verdict in UNTOLD)


@given(AREAS, st.integers(2, 9))
def test_twice_as_many_reports_everywhere_move_no_index_and_narrow_each_interval(areas, factor):
    more = mismatches([replace(one, reports=one.reports and one.reports * factor) for one in areas])
    for key, found in mismatches(areas).items():
        if found.index is not None:
            assert isclose(more[key].index, found.index, abs_tol=1e-9)
            assert more[key].high - more[key].low <= found.high - found.low


@given(AREAS)
def test_a_further_area_without_a_number_changes_nothing(areas):
    year = [one for one in areas if one.reports]
    assume(year)
    with_hidden = mismatches([*areas, area("hidden", None)])
    for key, found in mismatches(areas).items():
        assert with_hidden[key] == found


@given(AREAS, st.floats(0.5, 30))
def test_more_services_for_one_area_never_raise_its_index(areas, more):
    first = areas[0]
    before = mismatches(areas)[first.key]
    after = mismatches([replace(first, reach=first.reach + more), *areas[1:]])[first.key]
    assert before.index is None or after.index <= before.index + 1e-9


# From one year to the next -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "course"),
    [
        (20, 60, Course.ROSE),
        (60, 20, Course.FELL),
        (20, 24, Course.UNCLEAR),
        (None, 24, Course.UNKNOWN),
        (24, None, Course.UNKNOWN),
    ],
)
def test_a_change_is_told_only_when_it_is_more_than_chance(before, after, course):
    assert trend(before, after).course is course


def test_the_interval_of_a_change_holds_it():
    found = trend(40, 60)
    assert found.change == pytest.approx(50)
    assert found.low < found.change < found.high


@given(st.integers(3, 500), st.integers(3, 500))
def test_there_and_back_are_the_same_change(before, after):
    there, back = trend(before, after), trend(after, before)
    assert {there.course, back.course} in ({Course.ROSE, Course.FELL}, {Course.UNCLEAR})
    assert isclose((1 + there.change / 100) * (1 + back.change / 100), 1, rel_tol=1e-9)
