"""Every question to the database about snapshots. What has been read stays in memory: it never changes."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select

from app.core.database import db
from app.core.revisions import remembered
from app.needs.snapshot.canonical import read
from app.needs.snapshot.domain import SHORT, Snapshot
from app.needs.snapshot.models import Taken


@dataclass(frozen=True, slots=True)
class Listed:
    """A snapshot in the list of all that are kept."""

    id: int
    hash: str
    on: date
    made_at: datetime


@remembered("snapshots", most=1)
def kept() -> tuple[Listed, ...]:
    """All snapshots that are kept, the one taken last first."""
    rows = db.session.execute(
        select(Taken.id, Taken.hash, Taken.day, Taken.made_at).order_by(Taken.made_at.desc(), Taken.id.desc())
    )
    return tuple(Listed(*row) for row in rows)


@remembered("snapshots", most=1)
def _by_name() -> Mapping[str, Listed]:
    return MappingProxyType({name: one for one in kept() for name in (one.hash, one.hash[:SHORT])})


def latest() -> Snapshot | None:
    """The snapshot taken last; ``None`` before the first."""
    newest = next(iter(kept()), None)
    return None if newest is None else _snapshot(newest)


def named(wanted: str) -> Snapshot | None:
    """The snapshot with a hash, or with its first ``SHORT`` digits, while it is kept."""
    found = _by_name().get(wanted)
    return None if found is None else _snapshot(found)


def by_id(identity: int) -> Snapshot | None:
    """The snapshot with an id, while it is kept."""
    found = next((one for one in kept() if one.id == identity), None)
    return None if found is None else _snapshot(found)


@remembered("snapshots", most=4)
def _snapshot(listed: Listed) -> Snapshot | None:
    content = db.session.scalar(select(Taken.content).where(Taken.id == listed.id))
    return None if content is None else read(gzip.decompress(content), listed.id, listed.made_at)


def newest_row() -> Taken | None:
    """The snapshot taken last, to change."""
    return db.session.scalars(select(Taken).order_by(Taken.made_at.desc(), Taken.id.desc()).limit(1)).first()


def row_by_hash(wanted: str) -> Taken | None:
    """A snapshot to change."""
    return db.session.scalar(select(Taken).where(Taken.hash == wanted))


def older_than(moment: datetime) -> Sequence[Taken]:
    """The snapshots taken last before a moment, to be let go, the oldest first."""
    return db.session.scalars(select(Taken).where(Taken.made_at < moment).order_by(Taken.made_at, Taken.id)).all()
