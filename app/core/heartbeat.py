"""Signs of life of the processes beside the web server."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base, db


class Heartbeat(Base):
    """When a process last showed that it lives."""

    __tablename__ = "core_heartbeat"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def beat(name: str) -> None:
    """Show that the process lives; takes effect with the commit."""
    db.session.merge(Heartbeat(name=name, at=now()))
    db.session.flush()


def age(name: str) -> timedelta | None:
    """How long ago a process last showed that it lives; None when it never did."""
    at = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
    return None if at is None else now() - at
