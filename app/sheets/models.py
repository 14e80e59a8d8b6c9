"""Tables on their way into the house. They hold what the city publishes anyway, and never a report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.sheets.tasks import RUNNING, State


def _listed(states: frozenset[State]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_RUNS = text(f"state IN ({_listed(RUNNING)})")


class Job(Base):
    """One file that somebody sent. ``owner`` is an opaque principal; nobody else sees it.

    ``claim`` is the random mark of the worker that has it at present, ``beat_at`` when that one was last heard of.
    ``base`` is what the table was compared with. The content goes as soon as nothing can come of it any more.
    """

    __tablename__ = "sheets_job"
    __table_args__ = (
        CheckConstraint(f"state IN ({_listed(frozenset(State))})", name="state_known"),
        Index("uq_sheets_job_one_running", "owner", unique=True, sqlite_where=_RUNS, postgresql_where=_RUNS),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    context: Mapped[dict[str, Any]]
    file_name: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(default=State.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[Any]] = mapped_column(JSON, default=list)
    remarks: Mapped[list[Any]] = mapped_column(JSON, default=list)
    preview: Mapped[dict[str, Any]] = mapped_column(default=dict)
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was done, or why nothing could be done, by language."""
    base: Mapped[str | None]
    again: Mapped[bool] = mapped_column(default=False)
    """Whether it had to be checked again, because what it is compared with had changed."""
    claim: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    stop_wanted: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)
    beat_at: Mapped[datetime | None]
