"""Numbers about areas that the city imports, such as households: one value an area and day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.core.texts import Localized


class Indicator(Base):
    """A number about the areas of one level: what it counts, in which unit, and whose it is."""

    __tablename__ = "place_indicator"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    level_id: Mapped[int] = mapped_column(ForeignKey("place_level.id"), index=True)
    name: Mapped[Localized]
    unit: Mapped[Localized]
    source: Mapped[str]


class IndicatorValue(Base):
    """The value of an area on a day. Earlier days stay."""

    __tablename__ = "place_indicator_value"
    __table_args__ = (UniqueConstraint("indicator_id", "day", "area_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("place_indicator.id", ondelete="CASCADE"))
    day: Mapped[date]
    area_id: Mapped[int] = mapped_column(ForeignKey("place_area.id"), index=True)
    value: Mapped[float]
