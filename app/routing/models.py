"""Rule sets as data. One set is active; a decision names the set and the rule it came from.

A set that was once in force is never changed: whoever changes rules works on a draft of their own.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.core.texts import Localized


class RuleSet(Base):
    """A version of the routing rules with its fallback desk.

    Who made it and who put it in force are opaque principals; None stands for the city's folder. ``why`` is what
    whoever put it in force said about it.
    """

    __tablename__ = "routing_set"
    __table_args__ = (
        Index(
            "uq_routing_set_one_active",
            "active",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    fallback: Mapped[str]
    active: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[bool] = mapped_column(default=False)
    based_on: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str | None]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[str | None]
    why: Mapped[str | None]


class RuleRow(Base):
    """One rule of a set; ``conditions`` maps a fact to the values that satisfy it.

    It holds from ``valid_from`` to ``valid_until``, both days included; None is without end. Rules of equal priority
    must never match the same report.
    """

    __tablename__ = "routing_rule"
    __table_args__ = (UniqueConstraint("set_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("routing_set.id", ondelete="CASCADE"))
    key: Mapped[str]
    priority: Mapped[int]
    conditions: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    office: Mapped[str]
    plan: Mapped[str]
    field: Mapped[str]
    measures: Mapped[list[str]]
    because: Mapped[Localized]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class RuleChange(Base):
    """Something that was changed in a set: what, by whom and why, with the rule before and after."""

    __tablename__ = "routing_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("routing_set.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str | None]
    action: Mapped[str]
    rule: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    why: Mapped[str]
