"""Every select on the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.notifications.models import OutboxMail


def next_due(moment: datetime) -> OutboxMail | None:
    """The mail that has waited longest since its time came; one that another worker holds is passed over."""
    return db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), ~OutboxMail.dead, OutboxMail.next_attempt_at <= moment)
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def dead() -> Sequence[OutboxMail]:
    """Mails that were given up, newest first."""
    return db.session.scalars(select(OutboxMail).where(OutboxMail.dead).order_by(OutboxMail.id.desc())).all()
