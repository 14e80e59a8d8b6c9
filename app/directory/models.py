"""Organisations (the city's offices as a tree, and independent ones) and the services they offer."""

from __future__ import annotations

from datetime import date, datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import WGS84, Base
from app.core.texts import Localized


class Organisation(Base):
    """An office of the city or an independent organisation (HSDS ``organization``).

    ``receives`` says it may be a destination; it is one only while ``confirmed_on`` is set, it is valid (both days
    included) and somebody there can read. While it is not, ``substitute_id`` stands in for it. ``principal_id`` is its
    mailbox in ``privacy``.
    """

    __tablename__ = "directory_organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('office', 'independent')", name="kind_known"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("substitute_id IS NULL OR substitute_id <> id", name="not_its_own_substitute"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[Localized]
    summary: Mapped[Localized]
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("directory_organisation.id"), index=True)
    receives: Mapped[bool] = mapped_column(default=False)
    counselling: Mapped[bool] = mapped_column(default=False)
    url: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    address: Mapped[str | None]
    opening_hours: Mapped[str | None]
    confirmed_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("directory_organisation.id"))
    unconfirmed: Mapped[list[str]] = mapped_column(default=list)
    principal_id: Mapped[str | None] = mapped_column(unique=True)


class Service(Base):
    """An offer of an organisation at a place (HSDS ``service``). Unconfirmed until the provider gives a date."""

    __tablename__ = "directory_service"
    __table_args__ = (CheckConstraint("precision IN ('area', 'address')", name="precision_known"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), index=True)
    name: Mapped[Localized]
    description: Mapped[Localized]
    topics: Mapped[list[str]]
    targets: Mapped[list[str]]
    languages: Mapped[list[str]]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("place_area.id"), index=True)
    address: Mapped[str | None]
    precision: Mapped[str]
    point: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=True))
    opening_hours: Mapped[str | None]
    barrier_free: Mapped[bool | None]
    evening: Mapped[bool | None]
    url: Mapped[str | None]
    confirmed_on: Mapped[date | None]
    example: Mapped[bool] = mapped_column(default=False)
    offered: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(default=now)
