"""Every question to the database about places of history."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.database import db
from app.core.revisions import remembered
from app.core.texts import Localized
from app.directory import queries as directory
from app.places import queries as places
from app.plans.history.domain import Content, EditedPlace, HistoryCard, PartnerKind
from app.plans.history.models import HistoryPicture, HistoryPlace


@remembered("plans", "places")
def history_places() -> tuple[HistoryCard, ...]:
    """The places that residents see, in order."""
    rows = db.session.execute(
        select(HistoryPlace.key, HistoryPlace.content)
        .where(HistoryPlace.published_at.is_not(None), HistoryPlace.hidden.is_(False))
        .order_by(HistoryPlace.position, HistoryPlace.id)
    )
    return tuple(
        HistoryCard(key, found, area_id_of(found.area))
        for key, found in ((key, Content.model_validate(content)) for key, content in rows)
    )


def history_place(key: str) -> HistoryCard | None:
    """One place that residents see, by its key."""
    return next((card for card in history_places() if card.key == key), None)


def area_id_of(key: str | None) -> int | None:
    """The id of an area of the level that residents choose from; None where there is no such area."""
    level = places.city().needs_level
    card = places.area_by_key(level, key) if level and key else None
    return card.id if card else None


def partners(content: Content) -> list[tuple[PartnerKind, Localized, str | None]]:
    """What each partner is, is called, and its web address; one that the directory no longer knows is left out."""
    known = directory.organisations()
    found: list[tuple[PartnerKind, Localized, str | None]] = []
    for one in content.partners:
        card = known.get(one.organisation or "")
        name = one.name or (card.name if card else None)
        if name:
            found.append((one.kind, name, one.url or (card.url if card else None)))
    return found


def edited_places() -> tuple[EditedPlace, ...]:
    """All places, hidden ones and drafts included, in order."""
    rows = db.session.scalars(select(HistoryPlace).order_by(HistoryPlace.position, HistoryPlace.id))
    return tuple(_edited(row) for row in rows)


def edited_place(key: str) -> EditedPlace | None:
    """One of them by its key."""
    row = db.session.scalar(select(HistoryPlace).where(HistoryPlace.key == key))
    return _edited(row) if row else None


def _edited(row: HistoryPlace) -> EditedPlace:
    return EditedPlace(
        key=row.key,
        content=Content.model_validate(row.content),
        draft=Content.model_validate(row.draft) if row.draft else None,
        published=row.published_at is not None,
        hidden=row.hidden,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def place_row(key: str) -> HistoryPlace | None:
    """The place to be changed, held until the end of the transaction."""
    wanted = select(HistoryPlace).where(HistoryPlace.key == key)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def place_rows() -> tuple[HistoryPlace, ...]:
    """All places to be put in order."""
    return tuple(db.session.scalars(select(HistoryPlace).order_by(HistoryPlace.position, HistoryPlace.id)))


def last_position() -> int:
    """The position of the last place; 0 where there is none."""
    return db.session.scalar(select(func.max(HistoryPlace.position))) or 0


def picture_digests(place_id: int) -> frozenset[str]:
    """The pictures whose pixels are kept for a place."""
    return frozenset(db.session.scalars(select(HistoryPicture.digest).where(HistoryPicture.place_id == place_id)))


def pixels(key: str, digest: str, *, large: bool) -> bytes | None:
    """A picture of a place in one of its sizes, confirmed or not."""
    column = HistoryPicture.large if large else HistoryPicture.small
    return db.session.scalar(
        select(column)
        .join(HistoryPlace, HistoryPlace.id == HistoryPicture.place_id)
        .where(HistoryPlace.key == key, HistoryPicture.digest == digest)
    )
