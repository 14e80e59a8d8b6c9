"""Taking a mailbox's key away from somebody: a new key at once, the old grants sealed anew when somebody can."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, exists, or_, select, update

from app.core.database import db, write
from app.privacy import domain, queries, service
from app.privacy.domain import Keyring
from app.privacy.models import Grant, Holding, Principal


def rotate(mailbox_id: str, keep: Collection[str]) -> str:
    """Put a new mailbox in the place of one whose key somebody must not have any longer; gives its id.

    It needs nobody's secret: the new key is sealed to those of ``keep`` who hold the old one, and to the recovery key.
    Nobody else keeps the old one. Until :func:`reseal` has done its work, those who stay open old boxes with the old
    key.
    """
    staying = queries.holders([mailbox_id])[mailbox_id] & set(keep)
    fresh = service.new_mailbox(staying)
    _succeed(mailbox_id, fresh)
    recovery = queries.recovery_key()
    retired = select(Principal.id).where(Principal.successor_id == fresh)
    db.session.execute(
        delete(Holding).where(
            Holding.mailbox_id.in_(retired), Holding.person_id.not_in({*staying, recovery.id if recovery else ""})
        )
    )
    return fresh


def begin_anew(mailbox_id: str, person_ids: Collection[str]) -> str:
    """Put a mailbox in the place of one whose key nobody holds any longer; gives its id.

    Raises:
        ValueError: somebody holds the key, and has to let the others in.
    """
    if queries.holders([mailbox_id])[mailbox_id]:
        message = "somebody holds this mailbox"
        raise ValueError(message)
    fresh = service.new_mailbox(person_ids)
    _succeed(mailbox_id, fresh)
    return fresh


def _succeed(mailbox_id: str, fresh: str) -> None:
    """Let a mailbox, and those that it came after, name the one that comes next."""
    db.session.execute(
        update(Principal)
        .where(or_(Principal.id == mailbox_id, Principal.successor_id == mailbox_id))
        .values(successor_id=fresh)
    )


def reseal(keyring: Keyring, most: int) -> int:
    """Seal grants of retired mailboxes anew to the mailboxes in their place; gives how many, at most ``most``.

    A retired mailbox without grants is removed, in a turn of its own: whoever sealed something to it a moment ago must
    find it there.
    """
    successors = {old: new for old, new in queries.predecessors(list(keyring.keys)).items() if old in keyring.keys}
    if not successors:
        return 0
    grants = queries.grants_of(list(successors), most)
    if not grants:
        db.session.execute(delete(Principal).where(Principal.id.in_(successors), ~exists().where(_GRANTED)))
    public = queries.public_keys(set(successors.values()))
    for old, new in successors.items():
        sealed = {grant.box_id: grant.sealed_key for grant in grants if grant.principal_id == old}
        known = queries.granted_boxes(new, list(sealed))
        write(
            Grant,
            *(
                {
                    "box_id": box_id,
                    "principal_id": new,
                    "sealed_key": domain.seal_to(public[new], domain.unseal(keyring.keys[old], key)),
                }
                for box_id, key in sealed.items()
                if box_id not in known
            ),
        )
        db.session.execute(delete(Grant).where(Grant.principal_id == old, Grant.box_id.in_(sealed)))
    return len(grants)


_GRANTED = Grant.principal_id == Principal.id
