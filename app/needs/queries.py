"""What has been published of reports, and what there is: all that pages, files, mails and other rooms read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import select

from app.core.database import db
from app.core.revisions import remembered
from app.needs.domain import (
    CITY,
    CITY_LANGUAGES,
    CITY_MEASURES,
    Figure,
    Geography,
    Key,
    Period,
    Published,
)
from app.needs.layout import Cell
from app.needs.looks import Participation, taking_part
from app.needs.models import Publication, PublishedCell
from app.places import queries as places


@remembered("needs", most=1)
def publications() -> Mapping[int, Published]:
    """Everything that has been published, by calendar year, the latest first."""
    rows = db.session.scalars(select(Publication).order_by(Publication.first_day, Publication.period)).all()
    cells: dict[int, dict[Key, int | None]] = defaultdict(dict)
    for cell in db.session.execute(
        select(Publication.period, Publication.first_day, *_CELL)
        .join(Publication, Publication.id == PublishedCell.publication_id)
        .order_by(Publication.period, *_CELL[:4])
    ):
        cells[cell.first_day.year][Key(cell.listed, cell.period, cell.row, cell.column)] = cell.reports
    years: dict[int, Published] = {}
    for year in sorted({row.first_day.year for row in rows}, reverse=True):
        these = [row for row in rows if row.first_day.year == year]
        years[year] = Published(
            year,
            these[-1].threshold,
            tuple(Period.named(row.period) for row in these),
            MappingProxyType(cells[year]),
            max(row.published_at for row in these),
        )
    return MappingProxyType(years)


def effect(measure: str) -> tuple[tuple[int, Figure], ...]:
    """How many reports of each year moved a measure, by its key, the latest year first; as far as that is published.

    Only years in which there was the measure. Reports of discrimination are not among them.
    """
    return tuple(
        (year, published.figure(CITY_MEASURES, CITY, measure))
        for year, published in publications().items()
        if measure in published.columns(CITY_MEASURES)
    )


def participation(year: int) -> Participation | None:
    """Who took part in a year, and how soon they were answered, as far as that is published; ``None`` before it is."""
    published = publications().get(year)
    return taking_part(published) if published is not None and published.columns(CITY_LANGUAGES) else None


_CELL = (PublishedCell.listed, PublishedCell.row, PublishedCell.column, PublishedCell.block, PublishedCell.reports)


def published_periods() -> Mapping[str, int]:
    """The names of all periods that have been published, with their thresholds."""
    found = db.session.execute(select(Publication.period, Publication.threshold).order_by(Publication.period))
    return {row.period: row.threshold for row in found}


def published_cells(year: int) -> tuple[Cell, ...]:
    """The cells that have been published of a year, in the order of their blocks."""
    rows = db.session.execute(
        select(Publication.period, *_CELL)
        .join(Publication, Publication.id == PublishedCell.publication_id)
        .where(Publication.period.in_([one.name for one in Period(year).siblings]))
        .order_by(
            Publication.period, PublishedCell.listed, PublishedCell.block, PublishedCell.row, PublishedCell.column
        )
    )
    return tuple(Cell(Key(row.listed, row.period, row.row, row.column), row.block, row.reports) for row in rows)


def geography() -> Geography:
    """The hierarchy that reports are counted on."""
    city = places.city()
    parts = places.areas(city.needs_level or "")
    parents = {part.parent_id for part in parts}
    groups = places.areas(city.coarse_level or "")
    return Geography(tuple(group for group in groups if group.id in parents), parts)
