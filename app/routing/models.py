"""Rule sets as data. One set is active; a decision names the set and the rule it came from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.core.texts import Localized


class RuleSet(Base):
    """A version of the routing rules with its fallback desk."""

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
    created_at: Mapped[datetime] = mapped_column(default=now)


class RuleRow(Base):
    """One rule of a set; ``conditions`` maps a fact to the values that satisfy it."""

    __tablename__ = "routing_rule"
    __table_args__ = (UniqueConstraint("set_id", "key"), UniqueConstraint("set_id", "priority"))
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
