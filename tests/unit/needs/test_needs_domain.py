from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.core.codes import Kind, Target, Topic
from app.core.languages import DEFAULT, LANGUAGES
from app.core.texts import Localized
from app.needs.domain import (
    ALL,
    CITY,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_TOPICS,
    HIDDEN,
    LIST,
    OTHER,
    QUARTERLY,
    TARGETS,
    TONGUES,
    TOPICS,
    WAITED,
    Columns,
    Figure,
    Geography,
    Key,
    Length,
    Period,
    Published,
    Rows,
    due_periods,
    next_due,
)
from app.places.domain import AreaCard
from app.reports.answers import ANSWERS, UNANSWERED


def card(number: int, residents: int | None = 1000, year: int | None = 2020, parent: int | None = None) -> AreaCard:
    name = Localized(de=f"Ort {number}")
    return AreaCard(number, "ortsteil", str(number), name, parent, residents, year, True, number, 11.5, 50.9)


# Periods -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "last", "due_on"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 8)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 8)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31), date(2029, 1, 8)),
    ],
)
def test_a_period_has_days_and_is_due_a_week_after_its_end(name, first, last, due_on):
    period = Period.named(name)
    assert (period.name, period.first_day, period.last_day, period.due_on) == (name, first, last, due_on)


@pytest.mark.parametrize("name", ["", "2026-Q5", "2026-q1", "26", "2026-Q1x", "٢٠٢٦"])
def test_what_names_no_period_is_refused(name):
    with pytest.raises(ValueError, match="period"):
        Period.named(name)


def test_periods_are_due_from_the_first_report_on_and_quarters_before_their_year():
    names = [period.name for period in due_periods(date(2025, 8, 3), date(2026, 4, 8))]
    assert names == ["2025-Q3", "2025-Q4", "2025", "2026-Q1"]
    assert [period.name for period in due_periods(date(2025, 8, 3), date(2026, 1, 7))] == ["2025-Q3"]
    assert due_periods(date(2025, 8, 3), date(2025, 10, 7)) == ()


def test_the_next_publication_has_a_day():
    assert next_due(date(2026, 11, 22)) == date(2027, 1, 8)
    assert next_due(date(2026, 3, 31)) == date(2026, 4, 8)


# The list ------------------------------------------------------------------------------------------------------------


def test_each_report_has_one_topic_and_together_is_none_of_them():
    assert OTHER in TOPICS
    assert ALL not in TOPICS
    assert set(TOPICS) == {*Topic, OTHER}
    assert set(TARGETS) == set(Target)


def test_discrimination_is_told_for_the_whole_city_and_year_only_unless_the_city_chooses_so():
    told = [table for table in LIST if Kind.DISCRIMINATION in table.kinds]
    assert {table.length for table in told} == {Length.YEAR}
    assert {table.rows for table in told if not table.by_choice} == {Rows.CITY}
    assert [(table.rows, table.columns) for table in told if table.by_choice] == [(Rows.GROUPS, Columns.ALL)]


def test_each_language_that_a_report_can_be_written_in_has_its_place():
    assert set(TONGUES) == set(LANGUAGES)
    assert DEFAULT in TONGUES
    assert set(WAITED) == {*ANSWERS, UNANSWERED}


def test_nothing_is_told_by_part_of_town_and_anything_else():
    assert all(table.columns is Columns.ALL for table in LIST if table.rows is Rows.PARTS)


def cells(**numbers):
    found = {Key(QUARTERLY.name, f"2025-{quarter}", CITY, "work"): number for quarter, number in numbers.items()}
    return found | {
        Key(DISCRIMINATION.name, "2025", CITY, "work"): 8,
        Key(DISCRIMINATION.name, "2025", CITY, OTHER): None,
    }


def of_year(numbers, *names):
    return Published(2025, 5, tuple(map(Period.named, names)), numbers, datetime(2026, 1, 8, tzinfo=UTC))


def test_a_hidden_year_is_at_least_what_its_quarters_have_shown():
    published = of_year(cells(Q1=10, Q2=None, Q3=7), "2025-Q1", "2025-Q2", "2025-Q3")
    assert published.figure(CITY_TOPICS, CITY, "work") == Figure(None, 17)
    assert published.figure(QUARTERLY, CITY, "work", Period(2025, 2)) == HIDDEN
    assert published.figure(GROUP_TOPICS, "nord", "work") == HIDDEN
    assert published.seen() == 17
    assert not published.whole


def test_residents_of_a_group_are_counted_where_its_members_share_a_year():
    group = card(100, None, None)
    same = Geography((group,), (card(1, 300, 2020, 100), card(2, 200, 2020, 100), card(3, 900, 2020)))
    assert same.residents(group) == (500, 2020)
    mixed = Geography((group,), (card(1, 300, 2020, 100), card(2, 200, 2010, 100)))
    assert mixed.residents(group) == (None, None)
    assert Geography((group,), ()).residents(group) == (None, None)
