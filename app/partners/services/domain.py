"""When a provider is asked again, and which languages it is asked about."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

SPOKEN = ("de", "en", "ar", "uk", "ru", "fa", "es", "fr", "tr", "vi", "pl", "ro", "zh")
"""Languages that providers are asked about (BCP 47)."""

CONFIRMED_FOR = timedelta(days=365)
"""After a year a provider is asked again: is this still right?"""


def due(confirmed_on: date | None, today: date) -> bool:
    """Whether a provider should look at a service again."""
    return confirmed_on is None or today - confirmed_on >= CONFIRMED_FOR


class Deed(StrEnum):
    """What somebody does with a service as it stands."""

    CONFIRM = "confirm"
    """It is still right; one that had ended is on offer again."""

    END = "end"
    RESUME = "resume"
    """It was ended by mistake."""
