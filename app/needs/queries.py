"""Every select on needs: counting for a snapshot, and the published snapshot. Nobody else reads true counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, distinct, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import TableValuedAlias

from app.core.codes import Purpose
from app.core.database import db
from app.core.revisions import remembered
from app.directory.models import Service
from app.disclosure.domain import Figure
from app.needs.domain import ALL, COUNTED_KINDS, OTHER, UNCOUNTED_STATES, AreaNeeds, CityNeeds, Needs
from app.needs.models import Cell, CityCell, Snapshot
from app.places.models import Area, Level
from app.plans.models import Measure, measure_area
from app.reports.models import Consent, Report


@remembered("needs", most=1)
def published() -> Needs | None:
    """The snapshot that is shown; ``None`` before the first one."""
    row = db.session.scalars(select(Snapshot).where(Snapshot.published).order_by(Snapshot.id)).first()
    if row is None:
        return None
    cells = db.session.execute(
        select(Cell.area_id, Cell.topic, Cell.services, Cell.measures, *_figure(Cell))
        .where(Cell.snapshot_id == row.id)
        .order_by(Cell.area_id, Cell.topic)
    )
    city = db.session.execute(
        select(CityCell.topic, CityCell.services, CityCell.measures, CityCell.citywide, *_figure(CityCell))
        .where(CityCell.snapshot_id == row.id)
        .order_by(CityCell.topic)
    )
    return Needs(
        row.taken_at,
        row.from_day,
        row.to_day,
        row.threshold,
        MappingProxyType(
            {
                (area, topic): AreaNeeds(services, measures, Figure(*reports))
                for area, topic, services, measures, *reports in cells
            }
        ),
        MappingProxyType(
            {
                topic: CityNeeds(services, measures, citywide, Figure(*reports))
                for topic, services, measures, citywide, *reports in city
            }
        ),
    )


def _figure(model: type[Cell | CityCell]) -> tuple[InstrumentedAttribute[Any], ...]:
    return model.reports, model.reports_at_least, model.reports_at_most


def published_row() -> Snapshot | None:
    """The snapshot that is shown, to be replaced; nobody else can replace it meanwhile."""
    return db.session.scalar(select(Snapshot).where(Snapshot.published).order_by(Snapshot.id).with_for_update())


def report_counts(level: str, since: datetime, until: datetime) -> Mapping[tuple[int, str], int]:
    """True numbers of gap reports by (area id, topic), received from ``since`` on and before ``until``.

    Only with the consent to be counted in force, and only what names an area of the level.
    """
    topic = func.coalesce(Report.topic, literal(OTHER, literal_execute=True))
    rows = db.session.execute(
        select(Report.area_id, topic, func.count())
        .join(Consent, Consent.report_id == Report.id)
        .join(Area, Area.id == Report.area_id)
        .join(Level, Level.id == Area.level_id)
        .where(
            Report.kind.in_(COUNTED_KINDS),
            Report.state.not_in(UNCOUNTED_STATES),
            Report.received_at >= since,
            Report.received_at < until,
            Consent.purpose == Purpose.STATISTICS,
            Consent.withdrawn_at.is_(None),
            Level.key == level,
        )
        .group_by(Report.area_id, topic)
        .order_by(Report.area_id, topic)
    )
    return {(area, code): count for area, code, count in rows if area is not None}


def services_by_area() -> Mapping[tuple[int | None, str], int]:
    """Numbers of services on offer by (area id, topic) and by (area id, ``ALL``)."""
    topic = _each(Service.topics)
    rows = db.session.execute(
        _with_all(
            select(Service.area_id, topic.c.value.label("topic"), func.count(distinct(Service.id)).label("number"))
            .where(Service.offered)
            .group_by(Service.area_id, topic.c.value),
            select(Service.area_id, literal(ALL).label("topic"), func.count().label("number"))
            .where(Service.offered)
            .group_by(Service.area_id),
        )
    )
    return {(area, topic): count for area, topic, count in rows}


def measures_by_area() -> Mapping[tuple[int, str], int]:
    """Numbers of measures by (area id, topic) and by (area id, ``ALL``), without those for the whole city."""
    topic = _each(Measure.topics)
    linked = measure_area.c.measure_id == Measure.id
    area = measure_area.c.area_id.label("area_id")
    rows = db.session.execute(
        _with_all(
            select(area, topic.c.value.label("topic"), func.count(distinct(Measure.id)).label("number"))
            .select_from(Measure)
            .join(measure_area, linked)
            .join(topic, literal(True))  # noqa: FBT003
            .group_by(area, topic.c.value),
            select(area, literal(ALL).label("topic"), func.count().label("number")).group_by(area),
        )
    )
    return {(area_id, code): count for area_id, code, count in rows}


def measures_in_city() -> Mapping[str, tuple[int, int]]:
    """By topic and for ``ALL``: numbers of measures, and of those among them that are for the whole city."""
    topic = _each(Measure.topics)
    placed = select(measure_area.c.measure_id).where(measure_area.c.measure_id == Measure.id).exists()
    numbers = (
        func.count(distinct(Measure.id)).label("number"),
        func.count(distinct(case((~placed, Measure.id)))).label("citywide"),
    )
    rows = union_all(
        select(topic.c.value.label("topic"), *numbers)
        .select_from(Measure)
        .join(topic, literal(True))  # noqa: FBT003
        .group_by(topic.c.value),
        select(literal(ALL).label("topic"), *numbers),
    ).subquery()
    found = db.session.execute(select(rows).order_by(rows.c.topic))
    return {code: (number, citywide) for code, number, citywide in found}


def _each(codes: InstrumentedAttribute[list[str]]) -> TableValuedAlias:
    """The entries of a list column as rows; the two databases have different words for it."""
    unpack = func.json_each if db.session.get_bind().dialect.name == "sqlite" else func.json_array_elements_text
    return unpack(codes).table_valued("value", joins_implicitly=True)


def _with_all(by_topic: Any, together: Any) -> Any:  # noqa: ANN401 - whatever their columns are
    rows: Subquery = union_all(by_topic, together).subquery()
    order: list[ColumnElement[Any]] = [rows.c.area_id, rows.c.topic]
    return select(rows).order_by(*order)
