"""The outbox: mails to staff that say only that something is new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base


class OutboxMail(Base):
    """A mail to be sent. ``subject_number`` is the random case number; there is no other content.

    It goes to a person, or to somebody who is invited and follows the link in it. ``facts`` fills in what a text says
    besides, such as the head of the audit trail: nothing that is a secret.
    """

    __tablename__ = "notification_outbox"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (invitation_id IS NULL)", name="one_recipient"),
        Index(
            "ix_notification_outbox_due",
            "next_attempt_at",
            sqlite_where=text("sent_at IS NULL AND NOT dead"),
            postgresql_where=text("sent_at IS NULL AND NOT dead"),
        ),
        Index("ix_notification_outbox_told", "subject_number", "user_id", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("account_invitation.id", ondelete="CASCADE"), index=True
    )
    subject_number: Mapped[str | None]
    facts: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    dead: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None]
