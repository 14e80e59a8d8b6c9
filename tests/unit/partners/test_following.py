"""What somebody follows comes to numbers that are published, and a number grows by more than chance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.needs.domain import (
    ALL,
    CITY,
    CITY_TOPICS,
    GROUP_TARGETS,
    PARTS,
    QUARTERLY,
    TABLES,
    TOPICS,
    Key,
    Length,
    Period,
    Published,
    Rows,
)
from app.partners.following.domain import Choice, Need, Verdict, compared, latest, preceding


def year(number, cells=(), *quarters, whole=True, threshold=5):
    periods = (*(Period(number, quarter) for quarter in quarters), *((Period(number),) if whole else ()))
    return Published(number, threshold, periods, dict(cells), datetime(number + 1, 1, 8, tzinfo=UTC))


def cell(period, value, column="housing", table=CITY_TOPICS, row=CITY):
    return Key(table.name, period, row, column), value


HOUSING = Need(Rows.CITY, CITY, "housing")


def test_nothing_chosen_follows_nothing():
    assert not Choice()
    assert Choice().needs() == ()


def test_topics_without_an_area_mean_the_whole_city():
    assert Choice(topics=("housing",)).needs() == (HOUSING,)


def test_an_area_without_topics_means_all_of_them():
    found = Choice(groups=("nord",)).needs()
    assert found == tuple(Need(Rows.GROUPS, "nord", column) for column in (ALL, *TOPICS))
    assert Choice(city=True).needs() == tuple(Need(Rows.CITY, CITY, topic) for topic in TOPICS)


def test_by_part_of_town_there_is_one_number_only():
    assert Choice(parts=("18",), topics=("housing", "work"), targets=("children",)).needs() == (
        Need(Rows.PARTS, "18", ALL),
    )


@pytest.mark.parametrize(
    ("need", "length", "table"),
    [
        (HOUSING, Length.YEAR, CITY_TOPICS),
        (HOUSING, Length.QUARTER, QUARTERLY),
        (Need(Rows.GROUPS, "nord", "children"), Length.YEAR, GROUP_TARGETS),
        (Need(Rows.GROUPS, "nord", "children"), Length.QUARTER, None),
        (Need(Rows.PARTS, "18", ALL), Length.YEAR, PARTS),
        (Need(Rows.PARTS, "18", "housing"), Length.YEAR, None),
        (Need(Rows.CITY, CITY, "children"), Length.QUARTER, None),
    ],
)
def test_each_need_is_told_by_a_table_of_the_list_or_by_none(need, length, table):
    assert need.table(length) == table
    assert table is None or TABLES[table.name].length is length


def test_every_need_that_can_be_chosen_is_told_by_year():
    choice = Choice(city=True, groups=("a",), parts=("b",), topics=TOPICS, targets=("children",))
    assert all(need.table(Length.YEAR) is not None for need in choice.needs())


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (12, 30, Verdict.GROWN),
        (12, 14, Verdict.NOT_GROWN),
        (30, 12, Verdict.NOT_GROWN),
        (30, 30, Verdict.NOT_GROWN),
        (None, 30, Verdict.TOO_FEW),
        (12, None, Verdict.TOO_FEW),
        (None, None, Verdict.TOO_FEW),
    ],
)
def test_two_numbers_say_what_they_can(before, now, verdict):
    years = {2024: year(2024, [cell("2024", before)]), 2025: year(2025, [cell("2025", now)])}
    found = compared(HOUSING, Period(2025), years)
    assert found is not None
    assert (found.before, found.now, found.verdict, found.earlier) == (before, now, verdict, Period(2024))


def test_a_quarter_is_compared_with_the_one_before_over_the_turn_of_the_year():
    assert preceding(Period(2026, 1)) == Period(2025, 4)
    assert preceding(Period(2026, 3)) == Period(2026, 2)
    years = {
        2025: year(2025, [cell("2025-Q4", 6, table=QUARTERLY)], 4),
        2026: year(2026, [cell("2026-Q1", 25, table=QUARTERLY)], 1, whole=False),
    }
    found = compared(HOUSING, Period(2026, 1), years)
    assert found is not None
    assert found.verdict is Verdict.GROWN


def test_without_an_earlier_publication_there_is_nothing_to_compare():
    years = {2025: year(2025, [cell("2025", 30)])}
    assert compared(HOUSING, Period(2025), years) is None
    assert compared(Need(Rows.PARTS, "18", ALL), Period(2025, 2), years) is None


def test_the_latest_year_and_quarter_are_those_that_are_out():
    years = {2025: year(2025, (), 1, 2, 3, 4), 2026: year(2026, (), 1, whole=False)}
    assert latest(years) == (Period(2025), Period(2026, 1))
    assert latest({}) == ()
