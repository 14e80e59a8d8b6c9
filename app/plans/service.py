"""The verbs that change plans, fields, measures and places of history. Each says whether anything changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import delete, insert

from app.core.database import Base, db
from app.core.revisions import touch
from app.core.rows import bring_up_to_date, position_of, stored_point
from app.plans import queries
from app.plans.domain import FieldEntry, HistoryEntry, MeasureEntry, PlanEntry, UnknownPlan
from app.plans.models import Field, HistoryPlace, Measure, Plan, measure_area

Row = TypeVar("Row", Plan, Field)


def put_plan(entry: PlanEntry) -> bool:
    """Add a plan or bring it up to date."""
    values = _values(entry)
    row = queries.plan_row(entry.key)
    return _add(Plan(**values)) if row is None else _update(row, values)


def put_field(entry: FieldEntry) -> bool:
    """Add a field of action or bring it up to date.

    Raises:
        UnknownPlan: with the key of the plan that does not exist.
    """
    values = _values(entry)
    plan = queries.plan_row(values.pop("plan"))
    if plan is None:
        raise UnknownPlan(entry.plan)
    values["plan_id"] = plan.id
    row = queries.field_row(entry.key)
    return _add(Field(**values)) if row is None else _update(row, values)


def put_measure(entry: MeasureEntry) -> bool:
    """Add a measure or bring it and its links up to date.

    Raises:
        UnknownPlan: with the key of the plan or field that does not exist.
    """
    values = _values(entry)
    area_ids = values.pop("area_ids")
    values |= {name: list(values[name]) for name in ("topics", "targets")}
    plans = [_known(queries.plan_row(key), key) for key in entry.plans]
    values["plans"] = sorted(plans, key=lambda plan: plan.position)
    fields_of_action = [_known(queries.field_row(key), key) for key in entry.fields]
    values["fields"] = sorted(fields_of_action, key=lambda field: (field.position, field.id))
    row = queries.measure_row(entry.key)
    if row is None:
        row = Measure(**values)
        changed = _add(row)
    else:
        for name in ("plans", "fields"):
            if {linked.id for linked in getattr(row, name)} == {linked.id for linked in values[name]}:
                del values[name]
        changed = _update(row, values)
    return _place_measure(row, area_ids) or changed


def _place_measure(row: Measure, area_ids: Collection[int]) -> bool:
    if queries.measure_areas(row.id) == tuple(sorted(area_ids)):
        return False
    db.session.execute(delete(measure_area).where(measure_area.c.measure_id == row.id))
    if area_ids:
        links = [{"measure_id": row.id, "area_id": area_id} for area_id in sorted(area_ids)]
        db.session.execute(insert(measure_area), links)
    touch("plans")
    return True


def put_history_place(entry: HistoryEntry) -> bool:
    """Add a place of history or bring it up to date."""
    values = _values(entry)
    position = values.pop("point")
    row = queries.history_row(entry.key)
    if row is None:
        return _add(HistoryPlace(**values, point=stored_point(position)))
    if position_of(row.point) != position:
        values["point"] = stored_point(position)
    return _update(row, values)


def _values(entry: PlanEntry | FieldEntry | MeasureEntry | HistoryEntry) -> dict[str, Any]:
    return {name.name: getattr(entry, name.name) for name in fields(entry)}


def _known(row: Row | None, key: str) -> Row:
    if row is None:
        raise UnknownPlan(key)
    return row


def _add(row: Base) -> bool:
    db.session.add(row)
    touch("plans")
    return True


def _update(row: Base, values: dict[str, Any]) -> bool:
    changed = bring_up_to_date(row, values)
    if changed:
        touch("plans")
    return changed
