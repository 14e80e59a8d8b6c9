"""Every question to the database about indicators."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from types import MappingProxyType

from sqlalchemy import select

from app.core.database import db
from app.core.revisions import remembered
from app.places.indicators.domain import IndicatorCard
from app.places.indicators.models import Indicator, IndicatorValue
from app.places.models import Area, Level


@remembered("places", most=1)
def indicators() -> tuple[IndicatorCard, ...]:
    """All indicators by key, with all their days, the earliest first."""
    values: dict[int, dict[date, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for indicator_id, day, area, value in db.session.execute(
        select(IndicatorValue.indicator_id, IndicatorValue.day, Area.key, IndicatorValue.value)
        .join(Area, Area.id == IndicatorValue.area_id)
        .order_by(IndicatorValue.indicator_id, IndicatorValue.day, Area.position, Area.key)
    ):
        values[indicator_id][day][area] = value
    rows = db.session.execute(
        select(Indicator, Level.key).join(Level, Level.id == Indicator.level_id).order_by(Indicator.key)
    )
    return tuple(
        IndicatorCard(row.key, level, row.name, row.unit, row.source, MappingProxyType(dict(values[row.id])))
        for row, level in rows
    )


def indicator_row(key: str) -> Indicator | None:
    """The indicator to change."""
    return db.session.scalar(select(Indicator).where(Indicator.key == key))


def values_of(indicator_id: int) -> dict[date, dict[int, float]]:
    """The values of an indicator as they are stored, by day and id of the area."""
    found: dict[date, dict[int, float]] = defaultdict(dict)
    for day, area, value in db.session.execute(
        select(IndicatorValue.day, IndicatorValue.area_id, IndicatorValue.value)
        .where(IndicatorValue.indicator_id == indicator_id)
        .order_by(IndicatorValue.day, IndicatorValue.area_id)
    ):
        found[day][area] = value
    return found
