"""Where people live, as a census counts them: residents by cell of the European 100 m grid."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Grid(Base):
    """Whose count the cells are from, and of which day. One row, or none while no grid has been imported."""

    __tablename__ = "place_grid"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    day: Mapped[date | None]


class Cell(Base):
    """An inhabited cell of 100 × 100 m. ``x`` and ``y`` count hundreds of metres east and north in EPSG:3035."""

    __tablename__ = "place_cell"
    __table_args__ = (CheckConstraint("residents > 0", name="inhabited"),)
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    residents: Mapped[int]
