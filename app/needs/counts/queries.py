"""True numbers of reports: counted for a publication, and read by nobody but the verb that makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import TableValuedAlias

from app.core.codes import Kind, Purpose
from app.core.database import db
from app.core.languages import DEFAULT
from app.needs.domain import GAPS, NOWHERE, OTHER, TARGETS, TONGUES, TOPICS, UNCOUNTED_STATES
from app.places.models import Area, Level
from app.plans import queries as plans
from app.reports.models import Consent, MeasureLink, Report

AT_ONCE = 2000


def first_report() -> datetime | None:
    """When the first report of any kind came in; ``None`` before that."""
    return db.session.scalar(select(func.min(Report.received_at)))


def gaps(level: str, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
    """True numbers of gap reports by (key of the area or ``NOWHERE``, area of life)."""
    topic = func.coalesce(Report.topic, OTHER)
    found: Counter[tuple[str, str]] = Counter()
    for area, code, number in db.session.execute(
        _placed(select(_area(), topic.label("topic"), func.count()), level, since, until)
        .group_by("area", "topic")
        .order_by("area", "topic")
    ):
        found[area, code if code in TOPICS else OTHER] += number
    return found


def targets(level: str, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
    """True numbers of gap reports by (key of the area or ``NOWHERE``, group of people); a report may name several."""
    named = _each()
    rows = db.session.execute(
        _placed(select(_area(), named.c.value.label("target"), func.count(Report.id.distinct())), level, since, until)
        .join(named, literal(True))  # noqa: FBT003
        .group_by("area", "target")
        .order_by("area", "target")
    )
    return {(area, target): number for area, target, number in rows if target in TARGETS}


def discrimination(since: datetime, until: datetime) -> Mapping[str, int]:
    """True numbers of reports of discrimination by area of life."""
    topic = func.coalesce(Report.topic, OTHER)
    rows = db.session.execute(
        _of_all_kinds(select(topic.label("topic"), func.count()), since, until)
        .where(Report.kind == Kind.DISCRIMINATION)
        .group_by("topic")
        .order_by("topic")
    )
    found: Counter[str] = Counter()
    for code, number in rows:
        found[code if code in TOPICS else OTHER] += number
    return found


def placed_discrimination(level: str, since: datetime, until: datetime) -> Mapping[str, int]:
    """True numbers of reports of discrimination by key of the coarse area, or ``NOWHERE``."""
    rows = db.session.execute(
        _of_all_kinds(select(_area(), func.count().label("number")), since, until)
        .outerjoin(Area, _is_at(Report.coarse_area_id, level))
        .where(Report.kind == Kind.DISCRIMINATION)
        .group_by("area")
        .order_by("area")
    )
    return {row.area: row.number for row in rows}


def languages(since: datetime, until: datetime) -> Mapping[str, int]:
    """True numbers of reports of all kinds by language; one that the platform no longer speaks counts as German."""
    rows = db.session.execute(
        _of_all_kinds(select(Report.language, func.count()), since, until)
        .group_by(Report.language)
        .order_by(Report.language)
    )
    found: Counter[str] = Counter()
    for code, number in rows:
        found[code if code in TONGUES else DEFAULT] += number
    return found


def answered(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """When each report of any kind was received, and when it was first answered."""
    rows = db.session.execute(
        _of_all_kinds(select(Report.received_at, Report.answered_at), since, until)
        .order_by(Report.received_at, Report.id)
        .execution_options(yield_per=AT_ONCE)
    )
    return ((received_at, answered_at) for received_at, answered_at in rows)


def linked(since: datetime, until: datetime) -> Mapping[str, int]:
    """True numbers of reports by key of the measure that they are linked to, for each measure that there is.

    None of discrimination: those are told by city or coarse area only, and a measure may be for a part of town. None
    that some office must not learn of, or that is kept for the reporter.
    """
    keys = {card.id: card.key for card in plans.measures()}
    rows = db.session.execute(
        _of_all_kinds(select(MeasureLink.measure_id, func.count()), since, until)
        .join(MeasureLink, MeasureLink.report_id == Report.id)
        .where(Report.kind != Kind.DISCRIMINATION, _known_to_its_office())
        .group_by(MeasureLink.measure_id)
        .order_by(MeasureLink.measure_id)
    )
    found = dict.fromkeys(keys.values(), 0)
    return found | {keys[measure_id]: number for measure_id, number in rows if measure_id in keys}


def _of_all_kinds(what: Any, since: datetime, until: datetime) -> Any:  # noqa: ANN401 - a select of whatever columns
    return what.select_from(Report).join(Consent, Consent.report_id == Report.id).where(*_counted(since, until))


def _counted(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Received within a time, a report after all, and its consent to be counted in force."""
    return (
        Report.state.not_in(UNCOUNTED_STATES),
        Report.received_at >= since,
        Report.received_at < until,
        Consent.purpose == Purpose.STATISTICS,
        Consent.withdrawn_at.is_(None),
    )


def _area() -> ColumnElement[str]:
    """Where a report is counted. By area only what an office reads, and no office is barred from."""
    by_area = and_(Area.key.is_not(None), _known_to_its_office())
    return case((by_area, Area.key), else_=literal(NOWHERE, literal_execute=True)).label("area")


def _known_to_its_office() -> ColumnElement[bool]:
    return and_(Report.office_id.is_not(None), ~Report.restricted)


def _is_at(place: InstrumentedAttribute[int | None], level: str) -> ColumnElement[bool]:
    """Joins areas of a level only."""
    return and_(Area.id == place, Area.level_id == select(Level.id).where(Level.key == level).scalar_subquery())


def _placed(what: Any, level: str, since: datetime, until: datetime) -> Any:  # noqa: ANN401 - a select of whatever columns
    placed = _of_all_kinds(what, since, until).outerjoin(Area, _is_at(Report.area_id, level))
    return placed.where(Report.kind.in_(GAPS))


def _each() -> TableValuedAlias:
    """The groups of people of a report as rows; the two databases have different words for it."""
    unpack = func.json_each if db.session.get_bind().dialect.name == "sqlite" else func.json_array_elements_text
    return unpack(Report.targets).table_valued("value", joins_implicitly=True)
