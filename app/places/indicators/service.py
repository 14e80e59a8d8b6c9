"""The verbs that write indicators. They flush and never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete

from app.core.database import db, write
from app.core.revisions import touch
from app.core.rows import bring_up_to_date
from app.core.texts import Localized
from app.places import queries as places
from app.places.domain import Unknown
from app.places.indicators import queries
from app.places.indicators.models import Indicator, IndicatorValue
from app.places.service import BODY


def put_indicator(
    key: str, level_key: str, name: Localized, unit: Localized, source: str, days: Mapping[date, Mapping[int, float]]
) -> bool:
    """Add an indicator, or bring it up to date; says whether anything changed. Values are by id of the area.

    The values of a day that is given take the place of those it had; other days stay.

    Raises:
        Unknown: there is no such level, or the indicator is about another one.
    """
    level = places.level_row(level_key)
    if level is None:
        raise Unknown(f"there is no level {level_key}")
    row = queries.indicator_row(key)
    if row is not None and row.level_id != level.id:
        raise Unknown(f"the indicator {key} is about areas of another level: choose another key")
    changed = row is None
    if row is None:
        row = Indicator(key=key, level_id=level.id, name=name, unit=unit, source=source)
        db.session.add(row)
        db.session.flush()
    else:
        changed = bring_up_to_date(row, {"name": name, "unit": unit, "source": source})
    before = queries.values_of(row.id)
    for day, values in days.items():
        if before.get(day, {}) != values:
            _replace(row.id, day, values)
            changed = True
    if changed:
        db.session.flush()
        touch(BODY)
    return changed


def drop_indicator(key: str) -> None:
    """Forget an indicator with all its values.

    Raises:
        Unknown: there is none with this key.
    """
    row = queries.indicator_row(key)
    if row is None:
        raise Unknown(f"there is no indicator {key}")
    db.session.execute(delete(IndicatorValue).where(IndicatorValue.indicator_id == row.id))
    db.session.delete(row)
    db.session.flush()
    touch(BODY)


def _replace(indicator_id: int, day: date, values: Mapping[int, float]) -> None:
    db.session.execute(
        delete(IndicatorValue).where(IndicatorValue.indicator_id == indicator_id, IndicatorValue.day == day)
    )
    rows = (
        {"indicator_id": indicator_id, "day": day, "area_id": area, "value": value} for area, value in values.items()
    )
    write(IndicatorValue, *rows)
