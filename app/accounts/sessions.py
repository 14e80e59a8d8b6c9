"""Sessions of people who sign in: each is a row with an unlocked key, wrapped by a key that only its cookie holds.

After the password a session is a half one: it opens nothing until the second factor has succeeded, and ends after ten
minutes or five wrong codes. Wrong codes are counted in the row and not in the cookie, which could be put back.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import current_app, g, session
from sqlalchemy import and_, delete, or_, update
from sqlalchemy.exc import OperationalError

from app.accounts import queries
from app.accounts.domain import Locked
from app.accounts.models import User, VaultSession
from app.core.clock import now
from app.core.database import apart, db
from app.privacy import domain as crypto
from app.privacy.domain import CannotOpen

if TYPE_CHECKING:
    from app.core.settings import Settings

HALF_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=10)
NOTED_EVERY = timedelta(minutes=1)
"""How exactly the row knows when a session was last used."""

WRONG_MOST = 5
WRONG_MOST_AN_HOUR = 20
"""Wrong codes over all half sessions of a person. Who gets this far knows the password: nobody else is locked out."""

_HOUR = timedelta(hours=1)
_COOKIE = "vault"


def idle_limit() -> timedelta:
    """How long a session lasts without being used."""
    settings: Settings = current_app.config["SETTINGS"]
    return timedelta(minutes=settings.idle_minutes)


# Beginning -----------------------------------------------------------------------------------------------------------


def begin(user: User, private_key: bytes) -> None:
    """Keep an unlocked key for a half session."""
    identity, wrapping = crypto.new_id(), crypto.new_secret()
    forget_old()
    db.session.add(
        VaultSession(id=identity, user_id=user.id, wrapped_key=crypto.encrypt(wrapping, private_key, identity.encode()))
    )
    db.session.flush()
    session[_COOKIE] = {"id": identity, "key": urlsafe_b64encode(wrapping).decode()}


def half() -> tuple[VaultSession, User] | None:
    """The half session of this browser, with its person, while it lasts."""
    row = queries.vault_session(kept_id())
    if row is None or row.confirmed_at is not None or not row.wrapped_key or row.opened_at < now() - HALF_LASTS:
        return None
    user = db.session.get(User, row.user_id)
    return (row, user) if user is not None and user.active else None


def confirm() -> None:
    """The second factor has succeeded, or none is needed: the session opens from now on."""
    row = queries.vault_session(kept_id())
    if row is None:
        raise Locked
    row.confirmed_at = row.opened_at = row.seen_at = now()
    row.wrong_codes = 0
    db.session.flush()
    g.vault_session = row


def note_wrong(row: VaultSession) -> int:
    """Count a wrong code, or a wrong password of somebody signed in; gives how many attempts are left.

    With none left the session is over: its row stays for an hour to be counted, without the key.
    """
    row.wrong_codes += 1
    db.session.flush()
    left = WRONG_MOST - row.wrong_codes
    if row.confirmed_at is None:
        left = min(left, WRONG_MOST_AN_HOUR - queries.wrong_codes(row.user_id, now() - _HOUR))
    if left <= 0:
        row.wrapped_key, row.confirmed_at = b"", None
        db.session.flush()
        session.pop(_COOKIE, None)
    return max(left, 0)


def too_many_wrong(user: User) -> bool:
    """Whether so many wrong codes came for a person in the last hour that no more are taken."""
    return queries.wrong_codes(user.id, now() - _HOUR) >= WRONG_MOST_AN_HOUR


# Lasting -------------------------------------------------------------------------------------------------------------


def person(mark: str) -> User | None:
    """Who this browser's session belongs to: only while it is confirmed, in use and younger than ten hours."""
    found = queries.user_of_session(mark, kept_id())
    if found is None:
        return None
    user, row = found
    if row.confirmed_at is None or row.opened_at < now() - SESSION_LASTS or row.seen_at < _idle_since():
        return None
    g.vault_session = row
    return user


def note_use() -> None:
    """Remember that the session is in use: at most once a minute, in a small transaction before the view begins.

    Where the database is too busy for it, the next request does it.
    """
    row: VaultSession = g.vault_session
    moment = now()
    if moment - row.seen_at < NOTED_EVERY:
        return
    identity = row.id
    with suppress(OperationalError), apart():
        db.session.execute(update(VaultSession).where(VaultSession.id == identity).values(seen_at=moment))


def private_key_of(user: User) -> bytes:
    """The unlocked private key of this session.

    Raises:
        Locked: the session is over, or is somebody else's.
    """
    row = queries.vault_session(kept_id())
    if row is None or row.user_id != user.id or user.principal_id is None:
        raise Locked
    try:
        return crypto.decrypt(urlsafe_b64decode(session[_COOKIE]["key"]), row.wrapped_key, row.id.encode())
    except (CannotOpen, ValueError) as error:
        raise Locked from error


def kept_id() -> str:
    """The id of the session that the cookie names; empty when it names none."""
    kept = session.get(_COOKIE)
    return str(kept["id"]) if kept else ""


def all_of(user: User) -> Sequence[VaultSession]:
    """The sessions in which a person is signed in now, the one used last first."""
    return queries.sessions_of(user.id, opened_after=now() - SESSION_LASTS, seen_after=_idle_since())


def _idle_since() -> datetime:
    # The row may know the last use a little too early.
    return now() - idle_limit() - NOTED_EVERY


# Ending --------------------------------------------------------------------------------------------------------------


def end() -> None:
    """End this browser's session: the key is gone, and a copy of the cookie opens nothing."""
    identity = kept_id()
    session.pop(_COOKIE, None)
    if identity:
        db.session.execute(delete(VaultSession).where(VaultSession.id == identity))


def end_one(user: User, identity: str) -> None:
    """End one of a person's sessions."""
    db.session.execute(delete(VaultSession).where(VaultSession.user_id == user.id, VaultSession.id == identity))


def end_others(user: User) -> None:
    """End every session of a person but this browser's."""
    db.session.execute(delete(VaultSession).where(VaultSession.user_id == user.id, VaultSession.id != kept_id()))


def end_all(user: User) -> None:
    """End every session of a person."""
    db.session.execute(delete(VaultSession).where(VaultSession.user_id == user.id))


def forget_old() -> None:
    """Remove sessions that are over. Half ones stay for an hour: their wrong codes count."""
    moment = now()
    whole, half_one = VaultSession.confirmed_at.is_not(None), VaultSession.confirmed_at.is_(None)
    over = or_(VaultSession.opened_at < moment - SESSION_LASTS, VaultSession.seen_at < _idle_since())
    db.session.execute(
        delete(VaultSession).where(or_(and_(whole, over), and_(half_one, VaultSession.opened_at < moment - _HOUR)))
    )
