"""The verbs that change places of history. Each says whether anything changed. Plans: :mod:`app.plans.editions`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from app.core.database import Base, db
from app.core.revisions import touch
from app.core.rows import bring_up_to_date, position_of, stored_point
from app.plans import queries
from app.plans.domain import HistoryEntry
from app.plans.models import HistoryPlace


def put_history_place(entry: HistoryEntry) -> bool:
    """Add a place of history or bring it up to date."""
    values: dict[str, Any] = {name.name: getattr(entry, name.name) for name in fields(entry)}
    position = values.pop("point")
    row = queries.history_row(entry.key)
    if row is None:
        return _add(HistoryPlace(**values, point=stored_point(position)))
    if position_of(row.point) != position:
        values["point"] = stored_point(position)
    return _update(row, values)


def _add(row: Base) -> bool:
    db.session.add(row)
    touch("plans")
    return True


def _update(row: Base, values: dict[str, Any]) -> bool:
    changed = bring_up_to_date(row, values)
    if changed:
        touch("plans")
    return changed
