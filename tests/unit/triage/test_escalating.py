"""When the coordination is told, and which day opens a week."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.workdays import Calendar
from app.triage.overdue.domain import Week, for_the_coordination, opens_the_week

THURINGIA = Calendar("TH")


def local(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.mark.parametrize(
    ("due_at", "told_at"),
    [
        (local(2026, 11, 25), local(2026, 11, 26)),
        (local(2026, 11, 28), local(2026, 12, 1)),  # due on a Friday
        (local(2027, 3, 26), local(2027, 3, 31)),  # due on the Thursday before Easter
    ],
)
def test_the_office_has_one_working_day_before_the_coordination_is_told(due_at, told_at):
    assert for_the_coordination(due_at, THURINGIA) == told_at


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (local(2026, 11, 23, 7), True),
        (local(2026, 11, 24, 7), False),
        (local(2026, 11, 22, 7), False),
        (local(2027, 3, 29, 7), False),  # Easter Monday
        (local(2027, 3, 30, 7), True),
        (local(2027, 3, 31, 7), False),
    ],
)
def test_a_week_opens_on_its_first_working_day(moment, opens):
    assert opens_the_week(moment, THURINGIA) is opens


def test_a_week_without_cases_is_no_week_to_write_about():
    assert not Week(0, 0, 0)
    assert Week(1, 0, 0)
    assert Week(0, 0, 1)
