"""The one place that tells the time, so that tests can travel."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return datetime.now(UTC)


def today(timezone: str = "Europe/Berlin") -> date:
    """The calendar day in the city."""
    return day_of(now(), timezone)


def day_of(moment: datetime, timezone: str = "Europe/Berlin") -> date:
    """The calendar day of a moment in the city."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def start_of(day: date, timezone: str = "Europe/Berlin") -> datetime:
    """The moment at which a day begins in the city, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def last_day(deadline: datetime, timezone: str = "Europe/Berlin") -> date:
    """The last day on which a deadline is kept that is the end of a day, and so the first moment of the next."""
    return day_of(deadline - timedelta(microseconds=1), timezone)


def quarter(day: date) -> str:
    """The quarter of a day, such as ``2026-Q4``: the finest period a report keeps in the clear."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
