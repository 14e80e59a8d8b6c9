"""What staff do with a report besides its events: offers to another office, and what the coordination decides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base


class Handover(Base):
    """An offer of a case to another office. The giver keeps its access until the other accepts."""

    __tablename__ = "triage_handover"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('accepted', 'returned')", name="outcome_known"),
        CheckConstraint("from_office_id <> to_office_id", name="to_another_office"),
        Index(
            "uq_triage_handover_one_open",
            "report_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    from_office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"))
    to_office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), index=True)
    offered_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class Reassignment(Base):
    """The coordination, which has no key, decides that another office is asked; somebody with a key carries it out."""

    __tablename__ = "triage_reassignment"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('done', 'refused', 'cancelled')", name="outcome_known"),
        Index(
            "uq_triage_reassignment_one_open",
            "report_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    to_office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"))
    decided_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
