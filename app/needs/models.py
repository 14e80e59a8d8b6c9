"""Published snapshots: the only numbers that leave the house, already suppressed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base


class Snapshot(Base):
    """One publication of the district needs. The newest one that is ``published`` is shown."""

    __tablename__ = "needs_snapshot"
    __table_args__ = (
        Index(
            "uq_needs_snapshot_one_published",
            "published",
            unique=True,
            sqlite_where=text("published"),
            postgresql_where=text("published"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(default=now)
    from_day: Mapped[date]
    to_day: Mapped[date]
    threshold: Mapped[int]
    published: Mapped[bool] = mapped_column(default=False)


class Cell(Base):
    """Supply and need of one area in one area of life, or in all of them (``domain.ALL``).

    ``reports`` is NULL where the count is hidden; the range that it lies in follows from what is shown.
    """

    __tablename__ = "needs_cell"
    __table_args__ = (
        CheckConstraint("reports IS NULL OR reports > 0", name="small_counts_are_hidden"),
        CheckConstraint("reports_at_least <= reports_at_most", name="range_in_order"),
    )
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("needs_snapshot.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("place_area.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    services: Mapped[int]
    measures: Mapped[int]
    reports: Mapped[int | None]
    reports_at_least: Mapped[int]
    reports_at_most: Mapped[int]


class CityCell(Base):
    """The same for the whole city. ``citywide`` counts the measures that are for no area in particular."""

    __tablename__ = "needs_city_cell"
    __table_args__ = (
        CheckConstraint("reports IS NULL OR reports > 0", name="small_counts_are_hidden"),
        CheckConstraint("reports_at_least <= reports_at_most", name="range_in_order"),
    )
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("needs_snapshot.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    services: Mapped[int]
    measures: Mapped[int]
    citywide: Mapped[int]
    reports: Mapped[int | None]
    reports_at_least: Mapped[int]
    reports_at_most: Mapped[int]
