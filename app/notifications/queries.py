"""Every select on the outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from app.accounts.models import Invitation, User
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


def told(number: str, user_ids: Collection[int], since: datetime) -> Mapping[int, datetime | None]:
    """Who of these people has a mail about a case: when the latest left after a moment, None while one waits.

    What was given up has told nobody anything.
    """
    rows = db.session.execute(
        select(OutboxMail.user_id, OutboxMail.sent_at)
        .where(
            OutboxMail.subject_number == number,
            OutboxMail.user_id.in_(sorted(user_ids)),
            ~OutboxMail.dead,
            or_(OutboxMail.sent_at.is_(None), OutboxMail.sent_at > since),
        )
        .order_by(OutboxMail.sent_at.is_(None), OutboxMail.sent_at, OutboxMail.id)
    )
    return {user_id: sent_at for user_id, sent_at in rows if user_id is not None}


def got(kind: str, since: datetime) -> frozenset[int]:
    """The people for whom a mail of a kind was written since a moment."""
    rows = db.session.scalars(
        select(OutboxMail.user_id)
        .where(OutboxMail.kind == kind, OutboxMail.created_at >= since, OutboxMail.user_id.is_not(None))
        .order_by(OutboxMail.id)
    )
    return frozenset(identity for identity in rows if identity is not None)


def dead() -> Sequence[tuple[OutboxMail, str]]:
    """Mails that were given up with the address they were for, newest first."""
    rows = db.session.execute(
        select(OutboxMail, func.coalesce(User.email, Invitation.email))
        .outerjoin(User, OutboxMail.user_id == User.id)
        .outerjoin(Invitation, OutboxMail.invitation_id == Invitation.id)
        .where(OutboxMail.dead)
        .order_by(OutboxMail.id.desc())
    )
    return [(mail, address) for mail, address in rows]


def given_up(identity: int | None) -> Sequence[OutboxMail]:
    """A mail that was given up, or without its id all of them."""
    query = select(OutboxMail).where(OutboxMail.dead).order_by(OutboxMail.id)
    return db.session.scalars(query if identity is None else query.where(OutboxMail.id == identity)).all()
