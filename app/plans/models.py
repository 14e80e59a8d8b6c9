"""The plans of the strategy, their fields of action, and the measures that carry them.

What others link to (plan, field, measure) has a row of its own: it follows the published version of the edition in
force. Editions and their versions hold everything, as documents.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.database import Base
from app.core.texts import Localized


class EditionRow(Base):
    """An edition of the strategy. At most one is in force (``current``)."""

    __tablename__ = "plan_edition"
    __table_args__ = (
        Index(
            "ix_plan_edition_current",
            "current",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    adopted_on: Mapped[date | None]
    from_year: Mapped[int]
    to_year: Mapped[int | None]
    current: Mapped[bool] = mapped_column(default=False)


class VersionRow(Base):
    """A version of an edition: a draft, one that waits for a second person, or one that was published.

    Published ones are never changed. ``…_by`` are opaque principals, empty for the city's folder and the command line.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("state IN ('draft', 'submitted', 'published', 'superseded')", name="state_known"),
        CheckConstraint(
            "published_by IS NULL OR submitted_by IS NULL OR published_by <> submitted_by", name="four_eyes"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("plan_edition.id"), index=True)
    number: Mapped[int]
    state: Mapped[str]
    document: Mapped[dict[str, Any]]
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("plan_version.id"))
    from_folder: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    why: Mapped[str] = mapped_column(default="")


class VersionChange(Base):
    """A line of a version's history. ``before`` and ``after`` are the entry as ``document.told`` tells of it."""

    __tablename__ = "plan_version_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str | None]
    action: Mapped[str]
    about: Mapped[str]
    key: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    why: Mapped[str]


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
    topics: Mapped[list[str]] = mapped_column(default=list)
    targets: Mapped[list[str]] = mapped_column(default=list)
    statement: Mapped[Localized | None]
    listed: Mapped[bool] = mapped_column(default=True)
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
    """Something the city or a partner does for one or several plans. No area means the whole city.

    ``details`` are the parts of its document that nothing is searched by. One that the edition in force no longer has
    is not ``listed``, and stays for the reports that are linked to it.
    """

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'under_way', 'done', 'paused', 'dropped')", name="state_known"),
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
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    listed: Mapped[bool] = mapped_column(default=True)
    plans: Mapped[list[Plan]] = relationship(secondary=measure_plan, order_by=Plan.position)
    fields: Mapped[list[Field]] = relationship(secondary=measure_field, order_by=Field.position)
