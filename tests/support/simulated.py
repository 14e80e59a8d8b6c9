"""A simulated year as rows of reports, published night by night as the worker does."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.codes import Kind, Purpose, State, Where, Wish
from app.core.database import db, write
from app.directory import queries as directory
from app.needs import service
from app.places import queries as places
from app.places.domain import AreaCard
from app.plans import queries as plans
from app.reports.models import Consent, MeasureLink, Report
from tests.support.statistics import GAP, Simulated


def geography() -> tuple[dict[str, AreaCard], dict[int, str]]:
    """The parts of town by key, and the keys of their groups by id."""
    city = places.city()
    return {part.key: part for part in places.areas(city.needs_level)}, {
        group.id: group.key for group in places.areas(city.coarse_level)
    }


ANSWERED_AFTER = {"three_days": 2, "ten_days": 12, "twenty_days": 26, "later": 50, "unanswered": None}
"""Days on the calendar that come to so many working days at any time of the year."""


def put_in(reports: Sequence[Simulated], seed: int, year: int) -> None:
    """Simulated reports as rows: what was said and who may read it does not matter here."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    parts, _groups = geography()
    coarse = {card.key: card.id for card in places.areas(places.city().coarse_level)}
    measures = {card.key: card.id for card in plans.measures()}
    office = next(card.id for card in directory.organisations().values() if card.receives)
    for number, one in enumerate(reports):
        month = 3 * one.quarter - chance.randrange(3)
        received_at = datetime(year, month, chance.randrange(1, 29), 12, tzinfo=ZoneInfo("Europe/Berlin"))
        after = ANSWERED_AFTER[one.answer]
        row = Report(
            number=f"T-{year}-{seed}-{number}",
            received_at=received_at,
            answered_at=None if after is None else received_at + timedelta(days=after),
            state=State.RECEIVED,
            language=one.language,
            kind=chance.choice((Kind.GAP, Kind.BARRIER)) if one.kind == GAP else one.kind,
            topic=one.topic,
            targets=list(one.targets),
            wish=Wish.DOCUMENT,
            where=Where.AREA if one.part else Where.NONE,
            area_id=parts[one.part].id if one.part else None,
            coarse_area_id=coarse.get(one.group),
            quarter=f"{year}-Q{one.quarter}",
            office_id=office,
            fallback_office_id=office,
        )
        db.session.add(row)
        db.session.flush()
        write(Consent, {"report_id": row.id, "purpose": Purpose.STATISTICS})
        write(MeasureLink, *({"report_id": row.id, "measure_id": measures[key]} for key in one.measures))


def publish_year(year: int) -> float:
    """Night by night, as the worker does; gives the seconds of the longest night."""
    longest = 0.0
    for night in (date(year, 4, 8), date(year, 7, 8), date(year, 10, 8), date(year + 1, 1, 8)):
        before = time.perf_counter()
        service.publish_due(night)
        longest = max(longest, time.perf_counter() - before)
    return longest
