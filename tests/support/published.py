"""Reports of a past year: sent the ordinary way and dated back, or put in as rows where only numbers matter."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from app.core.codes import Kind, Purpose, State, Topic, Where, Wish
from app.core.database import db, write
from app.core.revisions import touch
from app.directory import queries as directory
from app.needs import service as needs
from app.needs.models import Publication, PublishedCell
from app.needs.snapshot import service as snapshots
from app.needs.snapshot.models import Taken
from app.places import queries as places
from app.plans import queries as plans
from app.plans.domain import MeasureCard
from app.reports import queries as reports
from app.reports.domain import Sent
from app.reports.models import Consent, MeasureLink, Report
from tests import factories

YEAR = 2025
MAY = datetime(YEAR, 5, 14, 12, tzinfo=UTC)


def several(number: int, *, on: datetime = MAY, **changes: Any) -> list[Sent]:
    """So many reports, received in the middle of the year or at a moment."""
    return [_dated(factories.sent(**changes), on) for _ in range(number)]


def _dated(sent: Sent, moment: datetime) -> Sent:
    row_of(sent).received_at = moment
    db.session.flush()
    return sent


def row_of(sent: Sent) -> Report:
    """The row of a report."""
    found = reports.by_number(sent.number)
    assert found is not None
    return found


def counted(number: int, area: str | None = "18", *, on: datetime = MAY, **changes: Any) -> list[Report]:
    """So many rows of reports that may be counted, without any content."""
    part = places.area_by_key(places.city().needs_level or "", area) if area else None
    office = next(card.id for card in directory.organisations().values() if card.receives)
    values: dict[str, Any] = {
        "received_at": on,
        "state": State.RECEIVED,
        "language": "de",
        "kind": Kind.GAP,
        "topic": Topic.HOUSING,
        "targets": [],
        "wish": Wish.DOCUMENT,
        "where": Where.AREA if part else Where.NONE,
        "area_id": part.id if part else None,
        "quarter": f"{on.year}-Q{(on.month - 1) // 3 + 1}",
        "office_id": office,
        "fallback_office_id": office,
    }
    rows = [Report(number=f"T-{secrets.token_hex(6)}", **values | changes) for _ in range(number)]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(Consent(report_id=row.id, purpose=Purpose.STATISTICS) for row in rows)
    db.session.flush()
    return rows


def known_year() -> None:
    """Enough in two areas of life, in each planning area and in Neulobeda and Jena-Nord to be shown."""
    for area, number in {"4": 9, "3": 6, "25": 9, "23": 6, "20": 6, "30": 6, "18": 9, "12": 6}.items():
        for topic in (Topic.HOUSING, Topic.AUTHORITY):
            counted(number, area, topic=topic, targets=["families", "children"])
    for topic in (Topic.HOUSING, Topic.AUTHORITY):
        counted(9, None, topic=topic, targets=["families", "children"])


_KEPT: dict[str, list[tuple[type, dict[str, Any]]]] = {}


def known_snapshot() -> None:
    """The publications of the known year and a snapshot of them: counted once, put in as rows ever after."""
    kind = db.session.get_bind().dialect.name
    if kind not in _KEPT:
        known_year()
        needs.publish_due(date(YEAR + 1, 1, 8))
        snapshots.take()
        _KEPT[kind] = [
            (model, {column.key: getattr(row, column.key) for column in model.__table__.columns})
            for model in (Publication, PublishedCell, Taken)
            for row in db.session.scalars(select(model))
        ]
        return
    for one in db.session.scalars(select(Taken)):
        db.session.delete(one)
    db.session.flush()
    for model in (Publication, PublishedCell, Taken):
        write(model, *(values for one, values in _KEPT[kind] if one is model))
    touch("needs")
    touch("snapshots")


def known_measures() -> tuple[str, str]:
    """A year as :func:`known_year`, in which the first two measures by key have a number; gives their keys.

    The first moved 9 reports, the second 12.
    """
    known_year()
    first, second, *_others = sorted(plans.measures(), key=lambda card: card.key)
    for card, number in ((first, 9), (second, 12)):
        link(card, counted(number, None, kind=Kind.IDEA, language="en"))
    return first.key, second.key


def link(measure: MeasureCard, rows: list[Report]) -> None:
    """Say that reports concern a measure."""
    db.session.add_all(MeasureLink(report_id=row.id, measure_id=measure.id) for row in rows)
    db.session.flush()
