"""Publications: the only numbers of reports that leave the house, already suppressed. They are never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base


class Publication(Base):
    """The tables of one closed period, named ``2026`` or ``2026-Q3``."""

    __tablename__ = "needs_publication"
    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(unique=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(default=now)
    threshold: Mapped[int]


class PublishedCell(Base):
    """A number of reports; ``reports`` is NULL where it is hidden. True numbers are never stored.

    Rows and columns are keys, so that a publication outlives the areas and codes that it names. Cells of the same
    ``block`` of a table are shown or hidden together.
    """

    __tablename__ = "needs_published_cell"
    __table_args__ = (CheckConstraint("reports IS NULL OR reports > 2", name="small_counts_are_hidden"),)
    publication_id: Mapped[int] = mapped_column(
        ForeignKey("needs_publication.id", ondelete="CASCADE"), primary_key=True
    )
    listed: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[str] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int]
    reports: Mapped[int | None]
