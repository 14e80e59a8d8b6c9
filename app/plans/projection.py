"""The rows that others link to, brought in line with the document in force: plans, fields of action, measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from sqlalchemy import delete, insert

from app.core.database import db
from app.core.revisions import touch
from app.core.rows import bring_up_to_date
from app.directory.queries import organisations
from app.places import queries as places
from app.plans import document, queries
from app.plans.models import Field, Measure, Plan, measure_area

Row = TypeVar("Row", Plan, Field, Measure)

DETAILS = ("reason", "goals", "partners", "budget", "indicators", "milestones", "evidence")
"""What of a measure's document is kept in one column, because nothing is searched by it."""


def project(edition: document.Edition) -> None:
    """Make the rows say what an edition says. Rows of what it no longer has stay, unlisted, for those who link to them.

    The edition must have no :func:`app.plans.document.flaws`.
    """
    plans = {one.key: _put_plan(one, position) for position, one in enumerate(edition.plans, start=1)}
    fields = {
        one.key: _put_field(one, plans[plan.key], position)
        for plan in edition.plans
        for position, one in enumerate(plan.fields_, start=1)
    }
    areas = {area.key: area.id for area in places.areas(places.city().needs_level or "")}
    offices = {key: card.id for key, card in organisations().items()}
    for one in edition.measures:
        row = _put_measure(
            one,
            {
                "plans": sorted((plans[key] for key in one.plans), key=lambda plan: plan.position),
                "fields": sorted((fields[key] for key in one.fields_), key=lambda field: (field.position, field.id)),
                "organisation_id": offices[one.office] if one.office else None,
            },
        )
        _place(row, sorted(areas[key] for key in one.areas))
    for field in queries.field_rows():
        field.listed = field.key in fields
    for measure in queries.measure_rows():
        measure.listed = edition.measure(measure.key) is not None
    db.session.flush()
    touch("plans")


def _put_plan(one: document.Plan, position: int) -> Plan:
    values = {name: getattr(one, name) for name in ("name", "short", "summary", "source", "since", "updated", "shape")}
    return _put(queries.plan_row(one.key) or Plan(key=one.key), {**values, "position": position})


def _put_field(one: document.FieldOfAction, plan: Plan, position: int) -> Field:
    values: dict[str, Any] = {
        name: getattr(one, name) for name in ("name", "summary", "unconfirmed", "not_by_reports", "statement")
    }
    values |= {name: [str(code) for code in getattr(one, name)] for name in ("topics", "targets")}
    row = queries.field_row(one.key) or Field(key=one.key)
    return _put(row, {**values, "plan_id": plan.id, "position": position})


def _put_measure(one: document.Measure, links: Mapping[str, Any]) -> Measure:
    values: dict[str, Any] = {name: getattr(one, name) for name in ("name", "summary", "example", "source")}
    values |= {name: [str(code) for code in getattr(one, name)] for name in ("topics", "targets")}
    told = document.told(one)
    values |= {
        "state": str(one.state),
        "from_year": one.from_,
        "to_year": one.to,
        "details": {name: told[name] for name in DETAILS if name in told},
    }
    row = queries.measure_row(one.key) or Measure(key=one.key)
    for name in ("plans", "fields"):
        if [linked.id for linked in getattr(row, name)] != [linked.id for linked in links[name]]:
            values[name] = links[name]
    return _put(row, {**values, "organisation_id": links["organisation_id"]})


def _place(row: Measure, area_ids: Collection[int]) -> None:
    if queries.measure_areas(row.id) == tuple(area_ids):
        return
    db.session.execute(delete(measure_area).where(measure_area.c.measure_id == row.id))
    if area_ids:
        db.session.execute(insert(measure_area), [{"measure_id": row.id, "area_id": one} for one in area_ids])


def _put(row: Row, values: Mapping[str, Any]) -> Row:
    bring_up_to_date(row, values)
    db.session.add(row)
    db.session.flush()
    return row
