"""Snapshots as they are kept: the canonical content, compressed, under its hash."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Taken(Base):
    """A snapshot. ``made_at`` is when it was taken last, ``mark`` that of all content it was taken from then."""

    __tablename__ = "needs_snapshot"
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    day: Mapped[date]
    made_at: Mapped[datetime]
    mark: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
