"""Reports: coded facts in the clear, everything else as opaque ids of sealed boxes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.reports.domain import OPEN

_CONCERNED = (("lead", "office_id"), ("reserve", "fallback_office_id"))
_SORTED_BY = ("changed_at", "due_at")
_NARROWED_BY = ("state", "kind", "topic", "language")
_STILL_OPEN = text(f"state IN ({', '.join(repr(str(state)) for state in OPEN)})")


class Report(Base):
    """One report. What happened, where exactly, who is involved and how to reach the reporter is in ``box_id``.

    A report of discrimination keeps only the coarse area and the quarter. ``staff_box_id`` holds the offices' notes,
    which the receipt does not open. ``restricted`` says that some office must not learn of the report, not which.
    A report without ``office_id`` is kept for the reporter alone.

    Deadlines: ``answer_by`` for the first answer, ``conclude_by`` for the end; ``due_at`` is the one that runs now
    (None while the office waits for the reporter, and when the case has ended). ``escalation`` counts who has been told
    that it is overdue: 0 nobody, 1 the deputy, 2 the coordination too. ``assignee_id`` is who works on it.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("kind <> 'discrimination' OR area_id IS NULL", name="discrimination_keeps_coarse_area"),
        Index("ix_report_queue", "office_id", "received_at", "id"),
        Index("ix_report_reserve", "fallback_office_id", "received_at", "id"),
        Index("ix_report_assignee", "assignee_id", "received_at", "id"),
        Index("ix_report_due", "due_at", "id"),
        # Whatever the queue is narrowed by or sorted by, a page of it is a walk of one of these.
        *(Index(f"ix_report_{of}_{key}", office, key, "id") for of, office in _CONCERNED for key in _SORTED_BY),
        *(
            Index(f"ix_report_{of}_{key}", office, key, "received_at", "id")
            for of, office in _CONCERNED
            for key in _NARROWED_BY
        ),
        *(
            Index(
                f"ix_report_{of}_unread",
                office,
                "received_at",
                "id",
                sqlite_where=text("unread = 1"),
                postgresql_where=text("unread"),
            )
            for of, office in _CONCERNED
        ),
        *(
            Index(name, office, "received_at", "id", sqlite_where=_STILL_OPEN, postgresql_where=_STILL_OPEN)
            for name, office in (("ix_report_open", "office_id"), ("ix_report_open_reserve", "fallback_office_id"))
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]
    outcome: Mapped[str | None]
    language: Mapped[str]
    kind: Mapped[str]
    role: Mapped[str | None]
    topic: Mapped[str | None]
    grounds: Mapped[list[str]] = mapped_column(default=list)
    forms: Mapped[list[str]] = mapped_column(default=list)
    missing: Mapped[list[str]] = mapped_column(default=list)
    targets: Mapped[list[str]] = mapped_column(default=list)
    wish: Mapped[str]
    where: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("place_area.id"), index=True)
    coarse_area_id: Mapped[int | None] = mapped_column(ForeignKey("place_area.id"), index=True)
    quarter: Mapped[str]
    subject: Mapped[str | None]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("directory_organisation.id"))
    fallback_office_id: Mapped[int | None] = mapped_column(ForeignKey("directory_organisation.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account_user.id", ondelete="SET NULL"))
    channel: Mapped[str] = mapped_column(default="web")
    answer_by: Mapped[datetime | None]
    conclude_by: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(default=0)
    restricted: Mapped[bool] = mapped_column(default=False)
    purged_at: Mapped[datetime | None]
    box_id: Mapped[str | None] = mapped_column(ForeignKey("privacy_box.id", ondelete="SET NULL"), unique=True)
    staff_box_id: Mapped[str | None] = mapped_column(ForeignKey("privacy_box.id", ondelete="SET NULL"), unique=True)
    has_files: Mapped[bool] = mapped_column(default=False)
    unread: Mapped[bool] = mapped_column(default=True)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Consent(Base):
    """A consent for one purpose, given and perhaps withdrawn."""

    __tablename__ = "report_consent"
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class DecisionRow(Base):
    """Why the report landed where it did. Offices left out because they are involved stand in the sealed box only."""

    __tablename__ = "report_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    decided_at: Mapped[datetime] = mapped_column(default=now)
    office_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"))
    set_version: Mapped[str]
    rule: Mapped[str | None]
    plan: Mapped[str | None]
    field: Mapped[str | None]
    measures: Mapped[list[str]] = mapped_column(default=list)


class Event(Base):
    """What happened to a report, appended and never changed. ``sealed_id`` points to words that go with it."""

    __tablename__ = "report_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str]
    actor: Mapped[str]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("directory_organisation.id"))
    state: Mapped[str | None]
    reason: Mapped[str | None]
    sealed_id: Mapped[str | None] = mapped_column(ForeignKey("privacy_sealed.id", ondelete="SET NULL"))


class MeasureLink(Base):
    """A report is linked to a measure, by the route or by staff."""

    __tablename__ = "report_measure"
    __table_args__ = (UniqueConstraint("report_id", "measure_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(default=now)
