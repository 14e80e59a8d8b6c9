"""Which days count: weekends, the holidays of a federal state, closed days; and the clock's changes do not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.workdays import Calendar
from app.places.domain import STATES, CityCard
from tests.factories import localized

THURINGIA = Calendar("TH")
BERLIN = ZoneInfo("Europe/Berlin")


def local(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 9, 20),  # the children's day, in Thuringia alone
        date(2028, 10, 31),  # Reformation Day
        date(2027, 1, 1),
        date(2027, 3, 26),  # Good Friday
        date(2027, 3, 29),  # Easter Monday
        date(2026, 12, 25),
        date(2026, 11, 28),  # a Saturday
        date(2026, 11, 29),
    ],
)
def test_offices_do_not_work_on_holidays_and_weekends(day):
    assert not THURINGIA.works(day)


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2026, 12, 31), date(2026, 11, 23), date(2027, 6, 3)])
def test_offices_work_on_every_other_day(day):
    assert THURINGIA.works(day)


def test_another_state_has_other_holidays():
    assert Calendar("BE").works(date(2027, 9, 20))
    assert not Calendar("BE").works(date(2027, 3, 8))
    assert THURINGIA.works(date(2027, 3, 8))


def test_a_city_of_no_known_state_keeps_the_holidays_of_all():
    assert not Calendar(None).works(date(2027, 10, 3))
    assert not Calendar(None).works(date(2027, 3, 29))
    assert Calendar(None).works(date(2027, 9, 20))


def test_the_city_closes_on_days_of_its_own():
    ours = Calendar("TH", {date(2026, 11, 24): localized("Betriebsausflug")})
    assert not ours.works(date(2026, 11, 24))
    assert ours.after(local(2026, 11, 23), 1) == local(2026, 11, 26, 0)


def test_a_deadline_is_the_end_of_its_day():
    assert THURINGIA.after(local(2026, 11, 23), 3) == local(2026, 11, 27, 0)


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_it_does_not_matter_at_which_hour_a_report_comes(hour):
    assert THURINGIA.after(local(2026, 11, 23, hour), 1) == local(2026, 11, 25, 0)


def test_days_off_are_passed_over():
    # Thursday before Easter: Friday, the weekend and Monday do not count.
    assert THURINGIA.after(local(2027, 3, 25), 1) == local(2027, 3, 31, 0)
    assert THURINGIA.after(local(2026, 12, 30), 2) == local(2027, 1, 5, 0)


@pytest.mark.parametrize(
    ("since", "hours"), [(local(2027, 3, 25), 22), (local(2027, 10, 28), 23)], ids=["summer begins", "summer ends"]
)
def test_a_deadline_ends_at_midnight_in_the_city_whatever_the_clock_does(since, hours):
    due = THURINGIA.after(since, 2)
    assert (due.hour, due.astimezone(BERLIN).hour) == (hours, 0)


@pytest.mark.parametrize("days", range(1, 40))
def test_counting_forth_and_back_agree(days):
    since = local(2027, 3, 18)
    assert THURINGIA.between(since, THURINGIA.after(since, days) - (local(2027, 1, 2) - local(2027, 1, 1)) / 2) == days


def test_between_two_moments_of_one_day_there_is_none():
    assert THURINGIA.between(local(2026, 11, 23, 1), local(2026, 11, 23, 23)) == 0
    assert THURINGIA.between(local(2026, 11, 24), local(2026, 11, 23)) == 0


@pytest.mark.parametrize(("key", "state"), [("16053000", "TH"), ("11000000", "BE"), ("00000000", None), ("", None)])
def test_a_city_knows_its_state_by_its_official_key(key, state):
    assert CityCard("x", localized("X"), {"official_key": key}).subdivision == state


@pytest.mark.parametrize("state", STATES.values())
def test_the_holidays_of_every_state_are_known(state):
    assert not Calendar(state).works(date(2027, 5, 1))
    assert not Calendar(state).works(date(2027, 5, 6))
