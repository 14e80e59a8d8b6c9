"""The plans of the strategy, their fields of action, the measures that carry them, and places of history."""

from __future__ import annotations

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import WGS84, Base
from app.core.texts import Localized


class Plan(Base):
    """One of the plans that the strategy binds together. ``shape`` marks it without relying on colour."""

    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("shape IN ('circle', 'square', 'triangle')", name="shape_known"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    short: Mapped[Localized]
    summary: Mapped[Localized]
    source: Mapped[Localized]
    since: Mapped[int | None]
    updated: Mapped[int | None]
    shape: Mapped[str]
    position: Mapped[int]


class Field(Base):
    """A field of action of a plan; for the plan against racism one of the ten ECCAR commitments."""

    __tablename__ = "plan_field"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    summary: Mapped[Localized]
    unconfirmed: Mapped[bool] = mapped_column(default=False)
    not_by_reports: Mapped[Localized | None]
    position: Mapped[int]


def _link(name: str, other: str, target: str) -> Table:
    """A link table between a measure and something else."""
    return Table(
        name,
        Base.metadata,
        Column("measure_id", ForeignKey("measure.id", ondelete="CASCADE"), primary_key=True),
        Column(other, ForeignKey(target), primary_key=True),
    )


measure_plan = _link("measure_plan", "plan_id", "plan.id")
measure_field = _link("measure_field", "field_id", "plan_field.id")
measure_area = _link("measure_area", "area_id", "place_area.id")


class Measure(Base):
    """Something the city or a partner does for one or several plans. No area means the whole city."""

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'under_way', 'done')", name="state_known"),
        CheckConstraint("to_year IS NULL OR from_year IS NULL OR to_year >= from_year", name="years_in_order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    summary: Mapped[Localized]
    example: Mapped[bool]
    state: Mapped[str]
    topics: Mapped[list[str]]
    targets: Mapped[list[str]]
    from_year: Mapped[int | None]
    to_year: Mapped[int | None]
    source: Mapped[Localized | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("directory_organisation.id"))
    plans: Mapped[list[Plan]] = relationship(secondary=measure_plan, order_by=Plan.position)
    fields: Mapped[list[Field]] = relationship(secondary=measure_field, order_by=Field.position)


class HistoryPlace(Base):
    """A place of colonial history, with its story and source."""

    __tablename__ = "plan_history_place"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    story: Mapped[Localized]
    partner: Mapped[Localized]
    source: Mapped[Localized]
    address: Mapped[str | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("place_area.id"))
    point: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=True))
    position: Mapped[int]
