"""What the city has chosen in the browser instead of what the operator has set. Each choice knows who and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base, db
from app.core.revisions import remembered, touch

if TYPE_CHECKING:
    from app.core.settings import Settings

THRESHOLD = "disclosure_threshold"
BY_AREA = "discrimination_by_area"


class Chosen(Base):
    """One choice by its name. ``changed_by`` is an opaque principal."""

    __tablename__ = "core_chosen"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON())
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None]


@remembered("choices")
def _all() -> dict[str, Any]:
    return {row.name: row.value for row in db.session.scalars(select(Chosen).order_by(Chosen.name))}


def chosen(name: str, otherwise: Any) -> Any:  # noqa: ANN401
    """What was chosen, or what holds otherwise."""
    return _all().get(name, otherwise)


def made(name: str) -> Chosen | None:
    """A choice with who made it and when; None where what the operator has set holds."""
    return db.session.get(Chosen, name)


def disclosure_threshold() -> int:
    """The smallest number that is published. The city may choose a higher one than the operator, never a lower one."""
    settings: Settings = current_app.config["SETTINGS"]
    return max(int(chosen(THRESHOLD, 0)), settings.disclosure_threshold)


def discrimination_by_area() -> bool:
    """Whether experiences of discrimination are published by coarse area, too, as far as the numbers are large enough.

    Holds for the years that are published from now on.
    """
    settings: Settings = current_app.config["SETTINGS"]
    return bool(chosen(BY_AREA, settings.discrimination_by_area))


def choose(name: str, value: Any, by: str | None) -> None:  # noqa: ANN401
    """Choose a value; None goes back to what the operator has set."""
    row = db.session.get(Chosen, name)
    if value is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(Chosen(name=name, value=value, changed_by=by))
    else:
        row.value, row.changed_at, row.changed_by = value, now(), by
    db.session.flush()
    touch("choices")
