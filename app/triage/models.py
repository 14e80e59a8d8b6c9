"""What staff do with a report besides its events, and what they keep for their own work.

Words of a case stay in its box: a row here holds codes, dates and the id of what is sealed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.core.texts import Localized


class Handover(Base):
    """An offer of a case to another office. The giver keeps its access until the other accepts.

    Unanswered after ``due_at`` it shows at the coordination, which is told once (``escalated_at``).
    """

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
        *(
            Index(name, office, sqlite_where=text("outcome IS NULL"), postgresql_where=text("outcome IS NULL"))
            for name, office in (
                ("ix_triage_handover_waiting", "to_office_id"),
                ("ix_triage_handover_offered", "from_office_id"),
            )
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    from_office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"))
    to_office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), index=True)
    offered_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
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


class Consultation(Base):
    """Another office is asked to work along while the lead stays where it is. It accepts or returns with a reason.

    ``ended_at`` is set when it was returned, or when its part is done.
    """

    __tablename__ = "triage_consultation"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('accepted', 'returned', 'taken_back')", name="outcome_known"),
        Index(
            "uq_triage_consultation_one_open",
            "report_id",
            "office_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        *(
            Index(name, office, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"))
            for name, office in (
                ("ix_triage_consultation_running", "office_id"),
                ("ix_triage_consultation_asked", "asked_by_id"),
            )
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class ToDo(Base):
    """Something to be done in a case by a day. What it is stands in the offices' box."""

    __tablename__ = "triage_to_do"
    __table_args__ = (
        Index(
            "ix_triage_to_do_open",
            "office_id",
            "due_on",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"))
    due_on: Mapped[date | None] = mapped_column(index=True)
    sealed_id: Mapped[str | None] = mapped_column(ForeignKey("privacy_sealed.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class Related(Base):
    """Two reports belong together: they tell of the same incident, or one was split off the other.

    The one with the smaller id stands first. Neither opens the other.
    """

    __tablename__ = "triage_related"
    __table_args__ = (
        CheckConstraint("report_id < other_id", name="in_order"),
        CheckConstraint("why IN ('same_incident', 'split')", name="why_known"),
    )
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True)
    why: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(default=now)


class Label(Base):
    """A word from the city's list by which offices sort cases: a code, never what a person wrote."""

    __tablename__ = "triage_label"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None]


class CaseLabel(Base):
    """A case carries a label."""

    __tablename__ = "triage_case_label"
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    label_id: Mapped[int] = mapped_column(ForeignKey("triage_label.id"), primary_key=True, index=True)


class ReplyTemplate(Base):
    """Words for a reply that staff can begin from. ``kinds`` are the kinds of report it fits; none means all."""

    __tablename__ = "triage_reply_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized]
    text: Mapped[Localized]
    kinds: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None]


class SavedFilter(Base):
    """A selection of the queue that somebody has given a name. ``filters`` are codes and dates of its address."""

    __tablename__ = "triage_saved_filter"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    filters: Mapped[dict[str, Any]]


class BulkAct(Base):
    """One thing done to several cases at once, with what is needed to take it back. ``done`` maps report to before."""

    __tablename__ = "triage_bulk_act"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    action: Mapped[str]
    done: Mapped[dict[str, Any]] = mapped_column(JSON())
    undone_at: Mapped[datetime | None]
