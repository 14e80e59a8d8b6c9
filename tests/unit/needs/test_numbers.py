from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.codes import Target, Topic
from app.needs.domain import ALL, CITY, TARGETS, TOPICS
from app.needs.snapshot.numbers import Column, Numbers, Told, Why, columns_of
from tests.support.snapshots import published, snapshot


@pytest.fixture
def town():
    return snapshot()


@pytest.fixture
def numbers(town):
    return Numbers(town, town.years[2025])


def at(numbers, level, key, column, topic=ALL, target=ALL):
    return numbers.told(numbers.snapshot.place(level, key), column, topic, target)


def test_reports_of_a_part_of_town_are_told_all_together_only(numbers):
    assert at(numbers, "parts", "1", Column.REPORTS) == Told(40)
    assert at(numbers, "parts", "1", Column.RATE) == Told(10.0)
    for more in ({"topic": Topic.HOUSING}, {"target": Target.FAMILIES}):
        for column in (Column.REPORTS, Column.RATE, Column.MISMATCH):
            assert at(numbers, "parts", "1", column, **more) == Told(None, Why.NOT_BY_PART)


def test_groups_tell_one_area_of_life_or_one_group_of_people_never_both(numbers):
    assert at(numbers, "groups", "north", Column.REPORTS, TOPICS[0]).value == 9
    assert at(numbers, "groups", "north", Column.REPORTS, TOPICS[1]) == Told(None, Why.HIDDEN)
    assert at(numbers, "groups", "north", Column.REPORTS, target=TARGETS[0]).value == 8
    both = at(numbers, "groups", "north", Column.REPORTS, TOPICS[0], TARGETS[0])
    assert both == Told(None, Why.NOT_TOGETHER)


def test_other_divisions_have_supply_and_never_reports(numbers):
    assert at(numbers, "districts", "d1", Column.REPORTS) == Told(None, Why.NOT_HERE)
    assert at(numbers, "districts", "d1", Column.MISMATCH) == Told(None, Why.NOT_HERE)
    assert at(numbers, "districts", "d1", Column.FAR) == Told(7)


def test_a_hidden_number_gives_no_rate_and_no_index(numbers):
    assert at(numbers, "parts", "7", Column.REPORTS) == Told(None, Why.HIDDEN)
    assert at(numbers, "parts", "7", Column.RATE) == Told(None, Why.HIDDEN)
    assert at(numbers, "parts", "7", Column.MISMATCH) == Told(None, Why.TOO_FEW)


def test_without_residents_there_is_a_number_but_no_rate(town):
    shown = replace(town.years[2025], cells=dict(town.years[2025].cells))
    shown.cells[next(key for key in shown.cells if key.table == "parts" and key.row == "8")] = 30
    numbers = Numbers(town, shown)
    assert at(numbers, "parts", "8", Column.REPORTS) == Told(30)
    assert at(numbers, "parts", "8", Column.RATE) == Told(None, Why.NO_RESIDENTS)
    assert at(numbers, "parts", "8", Column.MISMATCH) == Told(None, Why.NOT_COMPARABLE)


def test_the_total_of_the_city_is_told_as_at_least(numbers):
    told = at(numbers, CITY, CITY, Column.REPORTS)
    assert told.value is None
    assert told.at_least == numbers.published.seen() > 0


@pytest.mark.parametrize("year", [None, published(2026, whole=False, quarters=2)])
def test_before_a_year_is_out_nothing_is_told_by_area(town, year):
    numbers = Numbers(town, year)
    assert at(numbers, "parts", "1", Column.REPORTS) == Told(None, Why.NOT_PUBLISHED)
    assert at(numbers, "groups", "north", Column.MISMATCH) == Told(None, Why.NOT_PUBLISHED)
    assert at(numbers, "parts", "1", Column.FAR).value is not None


def test_shares_are_whole_per_cent_and_averages_have_one_decimal(numbers):
    assert at(numbers, "parts", "1", Column.SHARE_FAR) == Told(55)
    assert at(numbers, "parts", "2", Column.AVERAGE_NEAR) == Told(2.0)


def test_where_nobody_is_known_to_live_nobody_is_reached(town):
    nowhere = {cell: replace(one, share_far=None) for cell, one in town.supply.items()}
    assert at(Numbers(replace(town, supply=nowhere), None), "parts", "1", Column.SHARE_FAR) == Told(None, Why.UNKNOWN)


def test_indicators_and_languages_are_columns_too(numbers, town):
    assert at(numbers, "parts", "1", "indicator:single") == Told(21.5)
    assert at(numbers, "parts", "8", "indicator:single") == Told(None, Why.UNKNOWN)
    assert at(numbers, "parts", "3", "language:ar") == Told(3)
    assert "indicator:single" in columns_of(town, "parts")
    assert "indicator:single" not in columns_of(town, "groups")
    with pytest.raises(ValueError, match="nothing"):
        at(numbers, "parts", "1", "indicator:nothing")


def test_every_cell_has_a_number_or_a_reason(numbers, town):
    for place in town.places:
        for column in columns_of(town, place.level):
            for topic in (ALL, *TOPICS):
                told = numbers.told(place, column, topic)
                assert (told.value is None) == (told.why is not None), (place, column, topic)
