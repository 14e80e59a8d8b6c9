from __future__ import annotations

from datetime import date

import pytest

from app.core.texts import Localized
from app.disclosure.domain import Figure
from app.needs.domain import (
    ALL,
    OTHER,
    TOPICS,
    Line,
    Look,
    Shade,
    Sort,
    arranged,
    due,
    main_year,
    period,
    shade,
)
from app.places.domain import AreaCard

UNDER_5 = Figure(None, 0, 4)


def line(number: int, reports: Figure = UNDER_5, residents: int | None = 1000, year: int | None = 2020, services=0):
    area = AreaCard(
        number, "ortsteil", str(number), Localized(de=f"Ort {number}"), None, residents, year, True, number, 11.5, 50.9
    )
    rate = None if reports.value is None or not residents else 1000 * reports.value / residents
    return Line(area, services, 0, reports, rate)


def order(groups):
    return [[one.area.position for one in group.lines] for group in groups]


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 22), date(2025, 11, 1)),
        (date(2026, 11, 30), date(2025, 11, 1)),
        (date(2026, 12, 1), date(2025, 12, 1)),
        (date(2028, 2, 29), date(2027, 2, 1)),
    ],
)
def test_the_period_begins_with_a_month_and_ends_today(today, first):
    assert period(today) == (first, today)


def test_each_report_has_one_topic_and_together_is_none_of_them():
    assert OTHER in TOPICS
    assert ALL not in TOPICS
    assert len(set(TOPICS)) == len(TOPICS) == 13


def test_an_address_says_what_to_see():
    assert Look.asked({}) == Look()
    asked = Look.asked({"topic": "housing", "sort": "rate", "order": "descending"})
    assert asked == Look("housing", Sort.RATE, descending=True)
    assert asked.arguments() == {"topic": "housing", "sort": "rate", "order": "descending"}
    assert asked.arguments(sort="area", order="") == {"topic": "housing"}


@pytest.mark.parametrize("nonsense", ["", "x" * 5000, "housing; drop table", "\x00", "ALL"])
def test_an_address_that_makes_no_sense_shows_the_usual(nonsense):
    assert Look.asked({"topic": nonsense, "sort": nonsense, "order": nonsense}) == Look()


def test_lines_are_sorted_by_what_is_asked_and_ties_by_position():
    lines = [line(3, services=1), line(1, services=2), line(2, services=1)]
    assert order(arranged(lines, Look())) == [[1, 2, 3]]
    assert order(arranged(lines, Look(sort=Sort.SERVICES))) == [[2, 3, 1]]
    assert order(arranged(lines, Look(sort=Sort.SERVICES, descending=True))) == [[1, 2, 3]]


def test_hidden_numbers_stand_below_ranges_and_shown_ones():
    lines = [line(1), line(2, Figure.of(9)), line(3, Figure(None, 8, 12)), line(4, Figure.of(5))]
    assert order(arranged(lines, Look(sort=Sort.REPORTS, descending=True))) == [[2, 3, 4, 1]]


def test_rates_are_never_ranked_across_years():
    lines = [
        line(1, Figure.of(5)),
        line(2, Figure.of(50), year=2010),
        line(3, Figure.of(8)),
        line(4, residents=None, year=None),
        line(5),
    ]
    groups = arranged(lines, Look(sort=Sort.RATE, descending=True))
    assert [group.year for group in groups] == [2020, 2010, None]
    assert order(groups) == [[3, 1, 5], [2], [4]]


def test_the_map_compares_areas_of_the_commonest_year():
    lines = [line(1, Figure.of(5)), line(2, Figure.of(50), year=2010), line(3)]
    year = main_year(lines)
    assert year == 2020
    assert [shade(one, year) for one in lines] == [Shade.RATE_5, Shade.NOT_COMPARABLE, Shade.HIDDEN]
    assert main_year([]) is None


def test_a_range_has_a_class_when_both_ends_agree():
    assert shade(line(1, Figure(None, 107, 119), residents=20_000), 2020) is Shade.RATE_5
    assert shade(line(1, Figure(None, 28, 32), residents=10_000), 2020) is Shade.RATE_4
    assert shade(line(1, Figure(None, 6, 14), residents=10_000), 2020) is Shade.NOT_COMPARABLE


def test_after_a_year_a_provider_is_asked_again():
    assert due(None, date(2026, 11, 22))
    assert not due(date(2025, 11, 23), date(2026, 11, 22))
    assert due(date(2025, 11, 22), date(2026, 11, 22))
