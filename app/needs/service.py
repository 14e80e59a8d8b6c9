"""Publishing the district needs."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.choices import disclosure_threshold, discrimination_by_area
from app.core.database import db, write
from app.core.revisions import touch
from app.needs import queries
from app.needs.counts import queries as counts
from app.needs.domain import Period, due_periods
from app.needs.layout import Cell, Facts, publication
from app.needs.models import Publication, PublishedCell
from app.places import queries as places
from app.reports.answers import answer_class
from app.reports.deadlines import city_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def publish_due(today: date | None = None) -> tuple[Period, ...]:
    """Publish each closed period whose waiting time is over and that has not been published; gives these.

    What is published stays as it is: nothing that happens later to a report changes it. Safe to run as often as one
    likes, and twice at once: each period is published by the one that comes first.

    Raises:
        NoCity: no content is loaded.
    """
    zone = ZoneInfo(str(places.city().facts.get("timezone", "Europe/Berlin")))
    first = counts.first_report()
    if first is None:
        return ()
    wanted = due_periods(first.astimezone(zone).date(), today or clock.today(zone.key))
    done = queries.published_periods()
    made = tuple(period for period in wanted if period.name not in done and _publish(period, zone))
    if made:
        touch("needs")
    return made


def _publish(period: Period, zone: ZoneInfo) -> bool:
    """Count, protect and store. False when somebody else was quicker."""
    known = queries.published_periods()
    # The tables of a year are tied to each other, so they share the threshold that the first was published with.
    threshold = next((known[one.name] for one in period.siblings if one.name in known), disclosure_threshold())
    earlier = queries.published_cells(period.year)
    cells = publication(period, _facts(period, zone), queries.geography(), threshold, earlier)
    return _store(period, threshold, cells)


def _facts(period: Period, zone: ZoneInfo) -> Facts:
    level = places.city().needs_level or ""
    gaps = {
        (quarter.quarter or 0, part, topic): number
        for quarter in period.quarters
        for (part, topic), number in counts.gaps(level, *_times(quarter, zone)).items()
    }
    if period.quarter:
        return Facts(gaps)
    since, until = _times(period, zone)
    return Facts(
        gaps,
        counts.targets(level, since, until),
        counts.discrimination(since, until),
        counts.languages(since, until),
        _answers(since, until, datetime.combine(period.due_on, time(), zone)),
        counts.linked(since, until),
        _placed_discrimination(since, until) if discrimination_by_area() else None,
    )


def _answers(since: datetime, until: datetime, due: datetime) -> Mapping[str, int]:
    """By how long the first answer took: as of the day that the year could be published, however late it is."""
    calendar, found = city_calendar(), Counter[str]()
    # Many reports share their two days.
    days = Counter(
        (_day(received), answered and _day(answered)) for received, answered in counts.answered(since, until)
    )
    for (received, answered), number in days.items():
        found[answer_class(received, answered, due, calendar)] += number
    return found


def _day(moment: datetime) -> datetime:
    return clock.start_of(clock.day_of(moment))


def _placed_discrimination(since: datetime, until: datetime) -> Mapping[str, int]:
    return counts.placed_discrimination(places.city().coarse_level or "", since, until)


def _times(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a period in the city, and the first after it."""
    return datetime.combine(period.first_day, time(), zone), datetime.combine(period.end, time(), zone)


def _store(period: Period, threshold: int, cells: Sequence[Cell]) -> bool:
    insert = sqlite.insert if db.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    identity = db.session.scalar(
        insert(Publication)
        .values(
            period=period.name,
            first_day=period.first_day,
            last_day=period.last_day,
            published_at=clock.now(),
            threshold=threshold,
        )
        .on_conflict_do_nothing(index_elements=["period"])
        .returning(Publication.id)
    )
    if identity is None:
        return False
    rows = (
        {
            "publication_id": identity,
            "listed": cell.key.table,
            "row": cell.key.row,
            "column": cell.key.column,
            "block": cell.block,
            "reports": cell.value,
        }
        for cell in cells
    )
    write(PublishedCell, *rows)
    return True
