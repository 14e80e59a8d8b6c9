"""Every question to the database about plans, fields, measures and places of history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select

from app.core.database import db
from app.core.revisions import remembered
from app.directory.queries import organisations
from app.plans.domain import FieldCard, HistoryCard, MeasureCard, PlanCard, Shape
from app.plans.models import Field, HistoryPlace, Measure, Plan, measure_area, measure_field, measure_plan

if TYPE_CHECKING:
    from collections.abc import Iterable


@remembered("plans")
def plans() -> tuple[PlanCard, ...]:
    """The plans of the strategy, in order."""
    return tuple(
        PlanCard(
            id=row.id,
            key=row.key,
            name=row.name,
            short=row.short,
            summary=row.summary,
            source=row.source,
            since=row.since,
            updated=row.updated,
            shape=cast("Shape", row.shape),
            position=row.position,
        )
        for row in db.session.scalars(select(Plan).order_by(Plan.position, Plan.id))
    )


def plan(key: str) -> PlanCard | None:
    """One plan by its key."""
    return next((card for card in plans() if card.key == key), None)


@remembered("plans")
def fields() -> tuple[FieldCard, ...]:
    """Every field of action, plan by plan, in order."""
    rows = db.session.execute(
        select(Field, Plan.key)
        .join(Plan, Field.plan_id == Plan.id)
        .order_by(Plan.position, Plan.id, Field.position, Field.id)
    )
    return tuple(
        FieldCard(
            id=row.id,
            key=row.key,
            plan=key,
            name=row.name,
            summary=row.summary,
            unconfirmed=row.unconfirmed,
            not_by_reports=row.not_by_reports,
        )
        for row, key in rows
    )


@remembered("plans", "directory")
def measures() -> tuple[MeasureCard, ...]:
    """Every measure, by key."""
    of_plan = _linked(
        db.session.execute(
            select(measure_plan.c.measure_id, Plan.key)
            .join(Plan, measure_plan.c.plan_id == Plan.id)
            .order_by(Plan.position, Plan.id)
        )
    )
    of_field = _linked(
        db.session.execute(
            select(measure_field.c.measure_id, Field.key)
            .join(Field, measure_field.c.field_id == Field.id)
            .join(Plan, Field.plan_id == Plan.id)
            .order_by(Plan.position, Field.position, Field.id)
        )
    )
    in_area = _linked(
        db.session.execute(select(measure_area.c.measure_id, measure_area.c.area_id).order_by(measure_area.c.area_id))
    )
    office = {card.id: key for key, card in organisations().items()}
    return tuple(
        MeasureCard(
            id=row.id,
            key=row.key,
            name=row.name,
            summary=row.summary,
            example=row.example,
            state=row.state,
            topics=tuple(row.topics),
            targets=tuple(row.targets),
            plans=of_plan[row.id],
            fields=of_field[row.id],
            area_ids=in_area[row.id],
            organisation=None if row.organisation_id is None else office.get(row.organisation_id),
            from_year=row.from_year,
            to_year=row.to_year,
            source=row.source,
        )
        for row in db.session.scalars(select(Measure).order_by(Measure.key))
    )


def _linked(rows: Iterable[Any]) -> Mapping[int, tuple[Any, ...]]:
    """What belongs to each measure, in the order of the rows (measure, other)."""
    found: dict[int, tuple[Any, ...]] = defaultdict(tuple)
    for measure_id, other in rows:
        found[measure_id] += (other,)
    return found


@remembered("plans", "directory")
def _measures_by_key() -> Mapping[str, MeasureCard]:
    return {card.key: card for card in measures()}


def measure(key: str) -> MeasureCard | None:
    """One measure by its key."""
    return _measures_by_key().get(key)


@remembered("plans")
def history_places() -> tuple[HistoryCard, ...]:
    """The places of colonial history, in order."""
    rows = db.session.execute(
        select(HistoryPlace, func.ST_X(HistoryPlace.point), func.ST_Y(HistoryPlace.point)).order_by(
            HistoryPlace.position, HistoryPlace.id
        )
    )
    return tuple(
        HistoryCard(
            id=row.id,
            key=row.key,
            name=row.name,
            story=row.story,
            partner=row.partner,
            source=row.source,
            address=row.address,
            area_id=row.area_id,
            longitude=x,
            latitude=y,
        )
        for row, x, y in rows
    )


def history_place(key: str) -> HistoryCard | None:
    """One place of history by its key."""
    return next((card for card in history_places() if card.key == key), None)


def plan_row(key: str) -> Plan | None:
    """The plan to be changed."""
    return db.session.scalar(select(Plan).where(Plan.key == key))


def field_row(key: str) -> Field | None:
    """The field to be changed."""
    return db.session.scalar(select(Field).where(Field.key == key))


def measure_row(key: str) -> Measure | None:
    """The measure to be changed."""
    return db.session.scalar(select(Measure).where(Measure.key == key))


def measure_areas(measure_id: int) -> tuple[int, ...]:
    """The areas that a measure is linked to, by id."""
    return tuple(
        db.session.scalars(
            select(measure_area.c.area_id)
            .where(measure_area.c.measure_id == measure_id)
            .order_by(measure_area.c.area_id)
        )
    )


def history_row(key: str) -> HistoryPlace | None:
    """The place of history to be changed."""
    return db.session.scalar(select(HistoryPlace).where(HistoryPlace.key == key))
