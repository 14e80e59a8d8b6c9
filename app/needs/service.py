"""Publishing the district needs, and what partners say of their services."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import insert

from app.core import clock
from app.core.database import db
from app.core.revisions import touch
from app.directory import service as directory
from app.disclosure.domain import Figure, publishable
from app.needs import queries
from app.needs.domain import ALL, TOPICS, period
from app.needs.models import Cell, CityCell, Snapshot
from app.places import queries as places

if TYPE_CHECKING:
    from app.core.settings import Settings
    from app.directory.domain import ServiceEntry


def rebuild(today: date | None = None) -> Snapshot:
    """Count, suppress and publish; until the commit everybody sees the snapshot before, which is kept.

    The true counts are never stored: what is written has gone through ``disclosure``.

    Raises:
        NoCity: no content is loaded.
    """
    city = places.city()
    zone = str(city.facts.get("timezone", "Europe/Berlin"))
    today = today or clock.today(zone)
    settings: Settings = current_app.config["SETTINGS"]
    from_day, to_day = period(today)
    before = queries.published()
    snapshot = _take_over(Snapshot(from_day=from_day, to_day=to_day, threshold=settings.disclosure_threshold))
    level = city.needs_level or ""
    areas = [area.id for area in places.areas(level)]
    counts = queries.report_counts(level, _midnight(from_day, zone), _midnight(to_day + timedelta(days=1), zone))
    reports = publishable(counts, areas, TOPICS, snapshot.threshold, before.reports() if before else None)
    services, measures = queries.services_by_area(), queries.measures_by_area()
    figures = {**reports.cells, **{(area, ALL): figure for area, figure in reports.rows.items()}}
    if figures:
        db.session.execute(
            insert(Cell),
            [
                {
                    "snapshot_id": snapshot.id,
                    "area_id": area,
                    "topic": topic,
                    "services": services.get((area, topic), 0),
                    "measures": measures.get((area, topic), 0),
                    **_columns(figure),
                }
                for (area, topic), figure in figures.items()
            ],
        )
    in_city = queries.measures_in_city()
    db.session.execute(
        insert(CityCell),
        [
            {
                "snapshot_id": snapshot.id,
                "topic": topic,
                "services": sum(number for (_area, code), number in services.items() if code == topic),
                "measures": in_city.get(topic, (0, 0))[0],
                "citywide": in_city.get(topic, (0, 0))[1],
                **_columns(figure),
            }
            for topic, figure in {**reports.columns, ALL: reports.total}.items()
        ],
    )
    touch("needs")
    return snapshot


def _take_over(snapshot: Snapshot) -> Snapshot:
    """Put a snapshot in the place of the published one, which waits for nobody else to do so at the same time."""
    old = queries.published_row()
    if old is not None:
        old.published = False
        db.session.flush()
    snapshot.published = True
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def _midnight(day: date, zone: str) -> datetime:
    """The first moment of a day in the city."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def _columns(figure: Figure) -> dict[str, Any]:
    return {
        "reports": figure.value,
        "reports_at_least": figure.at_least,
        "reports_at_most": figure.at_most,
    }


def keep(entry: ServiceEntry, *, offered: bool) -> None:
    """A partner adds a service or changes one; with that it is confirmed as of today. It may also end it.

    Raises:
        UnknownOrganisation: with the key that does not exist.
    """
    directory.keep_service(entry)
    if not offered:
        directory.end_service(entry.key)


def confirm(key: str) -> None:
    """A partner confirms a service as it stands."""
    directory.confirm_service(key)
