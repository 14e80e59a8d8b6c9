"""Interim reports of the strategy, their free texts, and the files of those that were issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.core.texts import Localized


class Report(Base):
    """A report. ``edition`` and ``compare`` are keys, ``snapshot`` a hash; ``texts`` are by place, then by language.

    ``…_by`` are opaque principals. Once it is issued nothing changes but that it may be withdrawn.
    """

    __tablename__ = "strategy_report"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'making', 'issued', 'withdrawn')", name="state_known"),
        CheckConstraint("issued_by IS NULL OR submitted_by IS NULL OR issued_by <> submitted_by", name="four_eyes"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]
    compare: Mapped[str | None]
    snapshot: Mapped[str]
    state: Mapped[str]
    texts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    reason: Mapped[Localized]


class ReportFile(Base):
    """A file of an issued report, as it was issued; ``digest`` is its SHA-256 as hexadecimal digits."""

    __tablename__ = "strategy_file"
    __table_args__ = (UniqueConstraint("report_id", "language", "format"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("strategy_report.id", ondelete="CASCADE"))
    language: Mapped[str]
    format: Mapped[str]
    title: Mapped[str]
    content: Mapped[bytes]
    digest: Mapped[str]
