"""Every select on what somebody follows and which mails they want."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from app.core.database import db
from app.needs.domain import CITY, TARGETS, TOPICS
from app.partners.following.domain import Choice
from app.partners.models import Followed, Told
from app.places import queries as places


def choice(user_id: int) -> Choice:
    """What somebody follows, as far as it still exists."""
    found: dict[str, list[str]] = defaultdict(list)
    for what, value in db.session.execute(
        select(Followed.what, Followed.value).where(Followed.user_id == user_id).order_by(Followed.what, Followed.value)
    ):
        found[what].append(value)
    city, areas = places.city(), set(found["area"])
    return Choice(
        city=CITY in areas,
        groups=_followed(city.coarse_level, areas),
        parts=_followed(city.needs_level, areas),
        topics=tuple(topic for topic in TOPICS if topic in found["topic"]),
        targets=tuple(target for target in TARGETS if target in found["target"]),
    )


def _followed(level: str | None, areas: set[str]) -> tuple[str, ...]:
    """The keys of the followed areas of a level, in a public order."""
    cards = places.areas(level) if level else ()
    return tuple(card.key for card in cards if f"{level}/{card.key}" in areas)


def told(user_id: int) -> frozenset[str]:
    """The periods that somebody has been told about."""
    return frozenset(db.session.scalars(select(Told.period).where(Told.user_id == user_id).order_by(Told.period)))
