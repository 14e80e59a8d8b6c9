"""Imported numbers about areas. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.texts import Localized


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """An indicator with everything that has been imported of it: values by day and key of the area."""

    key: str
    level: str
    name: Localized
    unit: Localized
    source: str
    days: Mapping[date, Mapping[str, float]]
