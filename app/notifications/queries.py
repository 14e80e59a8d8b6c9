"""Every select on the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.notifications.models import OutboxMail


def due(moment: datetime, most: int) -> Sequence[OutboxMail]:
    """Mails whose time has come, oldest first; rows another worker holds are passed over."""
    return db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), ~OutboxMail.dead, OutboxMail.next_attempt_at <= moment)
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def dead() -> Sequence[OutboxMail]:
    """Mails that were given up, newest first."""
    return db.session.scalars(select(OutboxMail).where(OutboxMail.dead).order_by(OutboxMail.id.desc())).all()
