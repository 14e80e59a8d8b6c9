"""The selects of the editor of plans: a version that is about to change, and its latest change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.database import db
from app.plans.models import VersionChange, VersionRow


def to_change(identity: int) -> VersionRow | None:
    """A version, held until the end of the transaction, so that two people cannot change it at once."""
    return db.session.scalars(
        select(VersionRow)
        .where(VersionRow.id == identity)
        .order_by(VersionRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def latest_change(version_id: int) -> int:
    """The last line of a version's history; 0 before the first."""
    return db.session.scalar(select(func.max(VersionChange.id)).where(VersionChange.version_id == version_id)) or 0


def changes_after(version_id: int, seen: int, entry: tuple[str, str] | None = None) -> Sequence[VersionChange]:
    """The lines of a version's history after one that somebody has seen, the newest first.

    With ``entry``, its kind and key, only those about it.
    """
    wanted = select(VersionChange).where(VersionChange.version_id == version_id, VersionChange.id > seen)
    if entry is not None:
        wanted = wanted.where(VersionChange.about == entry[0], VersionChange.key == entry[1])
    return db.session.scalars(wanted.order_by(VersionChange.id.desc())).all()


def change(version_id: int, change_id: int) -> VersionChange | None:
    """One line of a version's history."""
    return db.session.scalar(
        select(VersionChange).where(VersionChange.version_id == version_id, VersionChange.id == change_id)
    )


def changes_from(version_id: int, change_id: int, most: int) -> Sequence[VersionChange]:
    """The lines of a version's history from one on, the oldest first."""
    return db.session.scalars(
        select(VersionChange)
        .where(VersionChange.version_id == version_id, VersionChange.id >= change_id)
        .order_by(VersionChange.id)
        .limit(most)
    ).all()


def last_removed(version_id: int, about: str, key: str) -> VersionChange | None:
    """The latest line about an entry, when it says that the entry was removed."""
    last = db.session.scalars(
        select(VersionChange)
        .where(VersionChange.version_id == version_id, VersionChange.about == about, VersionChange.key == key)
        .order_by(VersionChange.id.desc())
        .limit(1)
    ).first()
    return last if last is not None and last.before is not None and last.after is None else None
