"""Areas on several levels, the local base map and the street list."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import WGS84, Base
from app.core.texts import Localized


class Level(Base):
    """A division of the city, such as Ortsteil or Planungsraum. Levels need not nest."""

    __tablename__ = "place_level"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    position: Mapped[int]
    unconfirmed: Mapped[bool] = mapped_column(default=False)
    attribution: Mapped[str] = mapped_column(default="")


class Area(Base):
    """A part of the city. ``schematic`` outlines are computed, not surveyed: they only propose."""

    __tablename__ = "place_area"
    __table_args__ = (
        UniqueConstraint("level_id", "key"),
        CheckConstraint("residents IS NULL OR residents >= 0", name="residents_not_negative"),
        CheckConstraint("(residents IS NULL) = (residents_year IS NULL)", name="residents_have_a_year"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    level_id: Mapped[int] = mapped_column(ForeignKey("place_level.id"), index=True)
    key: Mapped[str]
    name: Mapped[Localized]
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place_area.id"), index=True)
    residents: Mapped[int | None]
    residents_year: Mapped[int | None]
    schematic: Mapped[bool] = mapped_column(default=True)
    outline: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=True))


class Backdrop(Base):
    """One layer of the local base map: compressed GeoJSON with its attribution."""

    __tablename__ = "place_backdrop"
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    attribution: Mapped[str]
    geojson: Mapped[bytes] = mapped_column(LargeBinary)


class Street(Base):
    """A street for the search, with a point on it (degrees) and the area it mostly lies in."""

    __tablename__ = "place_street"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("place_area.id"))
    longitude: Mapped[float]
    latitude: Mapped[float]


class City(Base):
    """What the content folder says about the city as a whole; one row."""

    __tablename__ = "place_city"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Localized]
    facts: Mapped[dict[str, Any]]
