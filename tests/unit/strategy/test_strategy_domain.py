from __future__ import annotations

from datetime import date

import pytest

from app.strategy.domain import Months, places
from tests.support.strategies import later


def test_a_period_goes_from_the_first_day_of_a_month_to_the_last_of_another():
    months = Months.named("2025-01/2026-12")
    assert (months.first, months.last_day) == (date(2025, 1, 1), date(2026, 12, 31))
    assert months.name == "2025-01/2026-12"
    assert months.years == (2025, 2026)


@pytest.mark.parametrize(
    "name", ["2025-01", "2025-13/2026-01", "2026-12/2025-01", "2025-1/2026-1", "2025-01/2026-12 ", "٢٠٢٥-01/2026-12"]
)
def test_nonsense_is_no_period(name):
    with pytest.raises(ValueError, match=r"month|period|2025-01"):
        Months.named(name)


def test_only_calendar_years_from_beginning_to_end_are_told():
    months = Months.named("2025-02/2027-01")
    assert [year for year in months.years if months.holds_whole(year)] == [2026]


def test_february_ends_when_it_ends():
    assert Months.named("2024-02/2024-02").last_day == date(2024, 2, 29)


def test_texts_have_a_place_at_each_plan_and_field_in_the_order_of_reading():
    assert list(places(later())) == [
        "foreword", "plan:poverty", "field:rent", "field:paper", "plan:arrival", "field:families", "needs",
        "participation", "outlook",
    ]  # fmt: skip
