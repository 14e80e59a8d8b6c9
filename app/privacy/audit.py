"""The audit trail of staff: who opened or changed what, and when. Codes and opaque names, never content.

Every entry's digest covers the entry and the digest before it, so that nothing can be left out or changed unseen. What
residents do is never noted: neither intake nor the holder of a receipt leaves an entry.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import ParamSpec, TypeVar

from sqlalchemy import event, text
from sqlalchemy.orm import Session, SessionTransaction

from app.core.clock import day_of, now
from app.core.database import apart, db, may_write, write
from app.privacy import queries
from app.privacy.models import AuditEntry

P = ParamSpec("P")
R = TypeVar("R")

OPENED = "case_opened"
"""Somebody was shown what a report says. Its holder sees the office and the day."""

HEAD = "head_sent"
"""The day's head went out by mail; the entry's own digest is that head, ``subject`` the day."""

DIGEST_SIZE = 32

HOUR = timedelta(hours=1)

_LOCK = 0x7E11
"""The number of PostgreSQL's advisory lock: of two entries at once the second waits for the first."""

_PENDING = "audit"

_recording: ContextVar[bool] = ContextVar("recording", default=False)
"""Whether what only reads leaves its entries all the same."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What an entry is going to say. With ``once_in`` it is left out where the same was noted that short ago."""

    action: str
    actor: str | None
    subject: str | None = None
    office_id: int | None = None
    once_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """An office opened a report, on this day for the first time at ``at``."""

    at: datetime
    office_id: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain has found.

    ``broken`` is the id of the first entry that does not follow from the one before it, with its time.
    """

    entries: int
    head: bytes
    broken: tuple[int, datetime] | None = None
    holds_given_head: bool = True


# Writing -------------------------------------------------------------------------------------------------------------


def note(
    action: str,
    *,
    actor: str | None,
    subject: str | None = None,
    office_id: int | None = None,
    once_in: timedelta | None = None,
) -> None:
    """Leave an entry with the next commit, and none without it.

    ``actor`` is a person's principal (None: the system), ``subject`` a case number or a principal. The entry is
    appended last thing before the commit, so that the trail is locked for a moment only and nobody who holds that lock
    waits for another one.

    Raises:
        RuntimeError: nothing of this request would be committed; its view wants to be :func:`recorded`.
    """
    if not (may_write() or _recording.get()):
        raise RuntimeError("an entry of a view that only reads would be lost")
    deed = Deed(action, actor, subject, office_id, once_in)
    if not _noted_already(deed):
        session = db.session()
        if not session.in_transaction():
            # What never began could not be rolled back, and the entry would wait for somebody else's commit.
            session.begin()
        _pending(session).append((session.get_nested_transaction(), deed))


def close_day(day: date) -> bytes | None:
    """Append the entry that ends a day, at once; gives its digest, the head. None when the day has one already."""
    _lock()
    if queries.audit_noted(HEAD, None, day.isoformat(), datetime.min.replace(tzinfo=UTC)):
        return None
    return _append(Deed(HEAD, None, day.isoformat()))


def recorded(view: Callable[P, R]) -> Callable[P, R]:
    """Send what a view shows only when what it noted is committed: the one kind of GET that writes.

    The view itself only reads. Its entry, where one is due, has a short transaction of its own.
    """

    @functools.wraps(view)
    def recording(*args: P.args, **kwargs: P.kwargs) -> R:
        before = _recording.set(True)
        try:
            response = view(*args, **kwargs)
        finally:
            _recording.reset(before)
        session = db.session()
        deeds = tuple(_pending(session))
        if deeds:
            # On SQLite whoever has begun to read cannot go on to write.
            with apart():
                _pending(session).extend(deeds)
        return response

    recording.__records__ = True  # type: ignore[attr-defined]
    return recording


def _pending(session: Session) -> list[tuple[SessionTransaction | None, Deed]]:
    """What waits for the commit, each with the savepoint it was noted after."""
    pending: list[tuple[SessionTransaction | None, Deed]] = session.info.setdefault(_PENDING, [])
    return pending


@event.listens_for(db.session, "before_commit")
def _append_pending(session: Session) -> None:
    pending = _pending(session)
    # The end of a savepoint is no commit yet, and the lock would be held from here on.
    if not pending or session.in_nested_transaction():
        return
    session.flush()
    _lock()
    for _savepoint, deed in pending:
        if not _noted_already(deed):
            _append(deed)
    pending.clear()


@event.listens_for(db.session, "after_soft_rollback")
def _forget_pending(session: Session, undone: SessionTransaction) -> None:
    pending = _pending(session)
    pending[:] = [one for one in pending if undone.nested and one[0] is not undone]


def _lock() -> None:
    """Let nobody else append before the commit. On SQLite whoever writes is alone anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _noted_already(deed: Deed) -> bool:
    if deed.once_in is None:
        return False
    return queries.audit_noted(deed.action, deed.actor, deed.subject, now() - deed.once_in)


def _append(deed: Deed) -> bytes:
    before = queries.audit_head()
    # Only now it is sure that nobody else appends.
    at = now()
    made = digest(before, at, deed.action, deed.actor, deed.subject, deed.office_id)
    row = {"at": at, "actor": deed.actor, "action": deed.action, "subject": deed.subject, "office_id": deed.office_id}
    write(AuditEntry, {**row, "digest": made})
    return made


def digest(
    before: bytes, at: datetime, action: str, actor: str | None, subject: str | None, office_id: int | None
) -> bytes:
    """The digest of an entry after the one whose digest is ``before``."""
    entry = json.dumps([at.astimezone(UTC).isoformat(), actor, action, subject, office_id])
    return blake2b(entry.encode(), key=before, digest_size=DIGEST_SIZE).digest()


# Reading -------------------------------------------------------------------------------------------------------------


def openings(number: str) -> tuple[Opening, ...]:
    """Which offices opened a report, oldest first: each office once a day, and no person."""
    found: dict[tuple[date, int], Opening] = {}
    for entry in queries.audit_of(number, OPENED):
        if entry.office_id is not None:
            found.setdefault((day_of(entry.at), entry.office_id), Opening(entry.at, entry.office_id))
    return tuple(found.values())


def verify(given_head: bytes | None = None) -> Verdict:
    """Compute the whole chain again, entry by entry, and look for a head that was once sent out."""
    with closing(queries.audit_entries()) as entries:
        return follow(entries, given_head)


def follow(entries: Iterable[AuditEntry], given_head: bytes | None = None) -> Verdict:
    """The same over any entries in their order."""
    head, count, met = b"", 0, given_head is None
    for entry in entries:
        wanted = digest(head, entry.at, entry.action, entry.actor, entry.subject, entry.office_id)
        if wanted != entry.digest:
            return Verdict(count, head, (entry.id, entry.at), met)
        head, count, met = wanted, count + 1, met or wanted == given_head
    return Verdict(count, head, None, met)
