"""Taking snapshots, and letting go of old ones."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, timedelta

from app.core import clock
from app.core.database import apart, db, intent
from app.core.revisions import mark, touch
from app.needs.snapshot import queries
from app.needs.snapshot.build import CONTENT, build
from app.needs.snapshot.canonical import hash_of, read, written
from app.needs.snapshot.domain import Snapshot
from app.needs.snapshot.models import Taken
from app.places import queries as places

KEPT_FOR = timedelta(days=400)
"""How long a snapshot that nothing names is kept: so that a year ago can be looked up."""

_named: list[Callable[[], Collection[str]]] = []


def when_letting_go(named: Callable[[], Collection[str]]) -> None:
    """Have a room asked for the hashes it names before any snapshot is let go. For rooms above this one."""
    if named not in _named:
        _named.append(named)


def take(today: date | None = None) -> Snapshot:
    """Build a snapshot of what is there now; one that differs from the last by its day only is not kept anew.

    Gives the one that holds now.

    Raises:
        NoCity: no content is loaded.
    """
    present = mark(*CONTENT)
    return _put(_built(today), present)


def _built(today: date | None = None) -> Snapshot:
    return build(today or clock.today(str(places.city().facts.get("timezone", "Europe/Berlin"))))


def _put(found: Snapshot, present: str) -> Snapshot:
    newest = queries.newest_row()
    if newest is not None and hash_of(written(replace(found, on=newest.day))) == newest.hash:
        newest.mark = present
        db.session.flush()
        return read(gzip.decompress(newest.content), newest.id, newest.made_at)
    return _keep(found, present)


def _keep(found: Snapshot, present: str) -> Snapshot:
    content = written(found)
    # What was there before on the same day, and is there again, has the same hash.
    row = queries.row_by_hash(hash_of(content)) or Taken(hash=hash_of(content), day=found.on)
    row.made_at, row.mark, row.content = clock.now(), present, gzip.compress(content, mtime=0)
    db.session.add(row)
    db.session.flush()
    touch("snapshots")
    return read(content, row.id, row.made_at)


def refresh(*, anyway: bool = False) -> Snapshot | None:
    """Take a snapshot if any content has changed since the last one, or ``anyway``; ``None`` if none was taken.

    Nobody who wants to write waits while it is built. Commits on its own; call it outside of any transaction.

    Raises:
        NoCity: no content is loaded.
    """
    with intent(writes=False):
        newest, present = queries.newest_row(), mark(*CONTENT)
        found = _built() if anyway or newest is None or newest.mark != present else None
        db.session.rollback()
    if found is None:
        return None
    with apart():
        return _put(found, present)


def let_go() -> int:
    """Remove old snapshots that nothing names, never the last one; gives how many."""
    newest = queries.newest_row()
    named = {one for ask in _named for one in ask()}
    gone = [row for row in queries.older_than(clock.now() - KEPT_FOR) if row is not newest and row.hash not in named]
    for row in gone:
        db.session.delete(row)
    if gone:
        db.session.flush()
        touch("snapshots")
    return len(gone)
