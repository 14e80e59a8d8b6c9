"""What partners follow, which mails they want, and the measures that they propose."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base
from app.core.texts import Localized


class Followed(Base):
    """An area, an area of life or a group of people that somebody follows.

    Keys rather than rows: what a publication names outlives the areas.
    """

    __tablename__ = "partner_followed"
    __table_args__ = (CheckConstraint("what IN ('area', 'target', 'topic')", name="what_known"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class Told(Base):
    """A published period that somebody who follows needs has been told about, or had no reason to be."""

    __tablename__ = "partner_told"
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)


class Preference(Base):
    """Which mails somebody wants, and when they were last reminded of their services. No row: all of them, never."""

    __tablename__ = "partner_preference"
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), primary_key=True)
    reminders: Mapped[bool] = mapped_column(default=True)
    growth: Mapped[bool] = mapped_column(default=True)
    reminded_on: Mapped[date | None]


class Proposal(Base):
    """A measure that a partner proposes to the city.

    ``need`` is what it answers: level, area and column of a published number. ``areas`` are keys of the
    level that needs are told by; none means the whole city. ``measure`` is the key of the draft that it became.
    """

    __tablename__ = "partner_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('accepted', 'declined', 'open', 'withdrawn')", name="state_known"),
        CheckConstraint("(state = 'accepted') = (measure IS NOT NULL)", name="accepted_is_a_measure"),
        CheckConstraint("to_year IS NULL OR from_year IS NULL OR to_year >= from_year", name="years_in_order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account_user.id", ondelete="SET NULL"), index=True)
    name: Mapped[Localized]
    summary: Mapped[Localized]
    areas: Mapped[list[str]]
    topics: Mapped[list[str]]
    targets: Mapped[list[str]]
    from_year: Mapped[int | None]
    to_year: Mapped[int | None]
    need: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(default="open", index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]
    measure: Mapped[str | None]
