"""How long the first answer to a report took: the classes that are counted, in working days. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.core.workdays import Calendar

ANSWERS: Mapping[str, int | None] = {"three_days": 3, "ten_days": 10, "twenty_days": 20, "later": None}
"""After how many working days at most the first answer went out."""

UNANSWERED = "unanswered"


def answer_class(received_at: datetime, answered_at: datetime | None, until: datetime, calendar: Calendar) -> str:
    """The class of a report as it stood at a moment."""
    if answered_at is None or answered_at >= until:
        return UNANSWERED
    days = calendar.between(received_at, answered_at)
    return next(key for key, most in ANSWERS.items() if most is None or days <= most)
