"""The city's recovery key: its private half exists on paper only, and opens every mailbox."""

from __future__ import annotations

from sqlalchemy import delete

from app.core.database import db
from app.privacy import domain, queries, service
from app.privacy.domain import CannotOpen, Keyring
from app.privacy.models import Principal


def keep(private_key: bytes) -> str:
    """Make the public half of a key the city's recovery key, in place of an older one; gives the principal's id.

    New mailboxes are sealed to it at once, others by :func:`seal_mailboxes`.
    """
    db.session.execute(delete(Principal).where(Principal.kind == "recovery"))
    recovery = Principal(id=domain.new_id(), kind="recovery", public_key=domain.public_key_of(private_key))
    db.session.add(recovery)
    db.session.flush()
    return recovery.id


def seal_mailboxes(keyring: Keyring) -> int:
    """Seal the mailboxes of a keyring to the recovery key where they are not yet; gives how many."""
    recovery = queries.recovery_key()
    if recovery is None:
        return 0
    holders = queries.holders(queries.mailboxes_among(list(keyring.keys)))
    missing = [mailbox for mailbox, people in holders.items() if recovery.id not in people]
    for mailbox in missing:
        service.hold(mailbox, keyring.keys[mailbox], [recovery.id])
    return len(missing)


def unlock(typed: str) -> Keyring:
    """Every mailbox, opened with the recovery key from its paper.

    Raises:
        Mistyped: this cannot be a recovery key.
        CannotOpen: it is not the one of this database.
    """
    private_key = domain.read_recovery_code(typed)
    recovery = queries.recovery_key()
    if recovery is None or recovery.public_key != domain.public_key_of(private_key):
        raise CannotOpen
    return service.keyring(recovery.id, private_key)
