"""Places of colonial history and the pixels of their pictures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class HistoryPlace(Base):
    """A place: ``content`` is what was confirmed last, ``draft`` what waits for that. Both are ``domain.Content``.

    ``published_at`` is None while nothing of it has been confirmed; then ``content`` equals its first draft.
    """

    __tablename__ = "plan_history_place"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    published_at: Mapped[datetime | None]
    hidden: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str | None]
    position: Mapped[int]


class HistoryPicture(Base):
    """A picture of a place in two sizes, JPEG made anew from bare pixels. What is told of it stands in the content."""

    __tablename__ = "plan_history_picture"
    __table_args__ = (UniqueConstraint("place_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("plan_history_place.id", ondelete="CASCADE"))
    digest: Mapped[str]
    large: Mapped[bytes]
    small: Mapped[bytes]
