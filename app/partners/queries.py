"""Every select of this room that belongs to none of its subjects."""

from __future__ import annotations

from app.core.database import db
from app.partners.models import Preference


def preference(user_id: int) -> Preference | None:
    """Which mails somebody wants, if they have ever said so or been reminded."""
    return db.session.get(Preference, user_id)
