"""What is known of tables on their way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from app.core.database import db
from app.sheets.models import Job
from app.sheets.tasks import RUNNING, State


def job_of(identity: str, kind: str, owner: str) -> Job | None:
    """A table of a kind that this person sent; None where there is none, or it is somebody else's."""
    return db.session.scalar(select(Job).where(Job.id == identity, Job.kind == kind, Job.owner == owner))


def running(owner: str) -> Job | None:
    """The table of a person that the worker has, or that waits for it."""
    return db.session.scalar(select(Job).where(Job.owner == owner, Job.state.in_(RUNNING)))


def latest(kind: str, owner: str) -> Job | None:
    """The table of a kind that a person sent last and that still can be looked at or taken over."""
    open_states = {*RUNNING, State.CLEAN, State.FAULTY}
    wanted = select(Job).where(Job.kind == kind, Job.owner == owner, Job.state.in_(open_states))
    return db.session.scalars(wanted.order_by(Job.made_at.desc(), Job.id).limit(1)).first()


def left(silent_since: datetime) -> list[str]:
    """Tables that no worker has, or whose worker has been silent; the oldest first."""
    idle = or_(Job.claim.is_(None), Job.beat_at < silent_since)
    wanted = select(Job.id).where(Job.state.in_(RUNNING), idle).order_by(Job.made_at, Job.id)
    return list(db.session.scalars(wanted))
