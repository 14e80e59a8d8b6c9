"""Every select on ciphertexts and keys."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from datetime import datetime

from sqlalchemy import Row, bindparam, exists, func, or_, select

from app.core.database import db
from app.privacy.models import AuditEntry, Further, Grant, Holding, Principal, Receipt, Sealed, Vault

_public_keys: dict[str, bytes] = {}
"""A principal has the same key for life, so each is read once."""


def public_keys(principal_ids: Collection[str]) -> dict[str, bytes]:
    """Public keys by principal."""
    unread = [identity for identity in principal_ids if identity not in _public_keys]
    if unread:
        rows = db.session.execute(
            select(Principal.id, Principal.public_key).where(Principal.id.in_(unread)).order_by(Principal.id)
        )
        _public_keys.update({identity: key for identity, key in rows})  # noqa: C416
    return {identity: _public_keys[identity] for identity in sorted(principal_ids) if identity in _public_keys}


def recovery_key() -> Principal | None:
    """The city's recovery key; None as long as nobody has made one."""
    return db.session.scalars(select(Principal).where(Principal.kind == "recovery").order_by(Principal.id)).first()


def mailboxes_among(principal_ids: Collection[str]) -> Sequence[str]:
    """Those of the principals that are mailboxes."""
    return db.session.scalars(
        select(Principal.id).where(Principal.id.in_(principal_ids), Principal.kind == "mailbox").order_by(Principal.id)
    ).all()


def predecessors(mailbox_ids: Collection[str]) -> dict[str, str]:
    """The retired mailboxes whose grants wait to be sealed anew to one of the mailboxes: the latter by the former."""
    rows = db.session.execute(
        select(Principal.id, Principal.successor_id)
        .where(Principal.successor_id.in_(mailbox_ids), Principal.kind == "mailbox")
        .order_by(Principal.id)
    )
    return {old: str(new) for old, new in rows}


def waiting(mailbox_ids: Collection[str]) -> dict[str, int]:
    """How many grants somebody could seal anew to each mailbox; what nobody can open any longer does not wait."""
    rows = db.session.execute(
        select(Principal.successor_id, func.count())
        .join(Grant, Grant.principal_id == Principal.id)
        .where(
            Principal.successor_id.in_(mailbox_ids),
            Principal.kind == "mailbox",
            exists().where(Holding.mailbox_id == Principal.id),
        )
        .group_by(Principal.successor_id)
        .order_by(Principal.successor_id)
    )
    return dict.fromkeys(mailbox_ids, 0) | {str(mailbox): count for mailbox, count in rows}


def grants_of(principal_ids: Collection[str], most: int) -> Sequence[Grant]:
    """Some grants of principals, to be replaced; those that somebody else is replacing are passed over."""
    return db.session.scalars(
        select(Grant)
        .where(Grant.principal_id.in_(principal_ids))
        .order_by(Grant.principal_id, Grant.box_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def granted_boxes(principal_id: str, box_ids: Collection[str]) -> set[str]:
    """Those of the boxes that a principal can open."""
    return set(
        db.session.scalars(
            select(Grant.box_id)
            .where(Grant.principal_id == principal_id, Grant.box_id.in_(box_ids))
            .order_by(Grant.box_id)
        )
    )


def vault(principal_id: str) -> Vault | None:
    """A person's wrapped key."""
    return db.session.get(Vault, principal_id)


def holdings_of(person_id: str) -> Sequence[Holding]:
    """The mailboxes a person holds the key to."""
    return db.session.scalars(select(Holding).where(Holding.person_id == person_id).order_by(Holding.mailbox_id)).all()


def holders(mailbox_ids: Collection[str]) -> dict[str, set[str]]:
    """Who holds the key of each mailbox: person principals by mailbox principal."""
    rows = db.session.execute(
        select(Holding.mailbox_id, Holding.person_id)
        .where(Holding.mailbox_id.in_(mailbox_ids))
        .order_by(Holding.mailbox_id, Holding.person_id)
    )
    found: dict[str, set[str]] = {identity: set() for identity in mailbox_ids}
    for mailbox_id, person_id in rows:
        found[mailbox_id].add(person_id)
    return found


def grant_for(box_id: str, principal_ids: Collection[str]) -> Grant | None:
    """A grant on a box that one of the principals can use."""
    return db.session.scalars(
        select(Grant)
        .where(Grant.box_id == box_id, Grant.principal_id.in_(principal_ids))
        .order_by(Grant.principal_id)
        .limit(1)
    ).first()


def grants_for(box_ids: Collection[str], principal_ids: Collection[str]) -> Sequence[Grant]:
    """The grants on boxes that one of the principals can use."""
    return db.session.scalars(
        select(Grant)
        .where(Grant.box_id.in_(box_ids), Grant.principal_id.in_(principal_ids))
        .order_by(Grant.box_id, Grant.principal_id)
    ).all()


def granted_to(box_id: str) -> set[str]:
    """The principals that can open a box."""
    return set(
        db.session.scalars(select(Grant.principal_id).where(Grant.box_id == box_id).order_by(Grant.principal_id))
    )


def receipt(lookup: bytes) -> Row[str | None, bytes, bytes | None] | None:
    """What a receipt finds: ``box_id``, ``wrapped_key`` and ``wrapped_private``."""
    return db.session.execute(_RECEIPT, {"lookup": lookup}).one_or_none()


_RECEIPT = select(Receipt.box_id, Receipt.wrapped_key, Receipt.wrapped_private).where(
    Receipt.lookup == bindparam("lookup")
)


def further(lookup: bytes) -> Sequence[Further]:
    """The further boxes of a receipt, the oldest first."""
    return db.session.scalars(
        select(Further).where(Further.receipt_lookup == lookup).order_by(Further.enclosed_at, Further.box_id)
    ).all()


def receipt_of(box_id: str, *, held: bool = False) -> Row[bytes, bytes | None] | None:
    """(lookup, public key) of the receipt that opens a box, be it its first or a further one; None without a receipt.

    ``held`` keeps others from exchanging the receipt until the transaction ends.
    """
    enclosed = select(Further.receipt_lookup).where(Further.box_id == box_id)
    found = (
        select(Receipt.lookup, Receipt.public_key)
        .where(or_(Receipt.box_id == box_id, Receipt.lookup.in_(enclosed)))
        .order_by(Receipt.lookup)
    )
    return db.session.execute(found.with_for_update() if held else found).one_or_none()


def contents(box_id: str, labels: Collection[str]) -> Sequence[Sealed]:
    """The ciphertexts of a box under some labels."""
    return db.session.scalars(
        select(Sealed).where(Sealed.box_id == box_id, Sealed.label.in_(labels)).order_by(Sealed.id)
    ).all()


def contents_of(box_ids: Collection[str], labels: Collection[str]) -> Sequence[Sealed]:
    """The ciphertexts of several boxes under some labels."""
    return db.session.scalars(
        select(Sealed).where(Sealed.box_id.in_(box_ids), Sealed.label.in_(labels)).order_by(Sealed.box_id, Sealed.id)
    ).all()


def sealed(sealed_id: str) -> Sealed | None:
    """One ciphertext."""
    return db.session.get(Sealed, sealed_id)


def audit_head() -> bytes:
    """The digest of the latest entry of the audit trail; of an empty one, nothing."""
    return db.session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or b""


def audit_noted(action: str, actor: str | None, subject: str | None, since: datetime) -> bool:
    """Whether the trail has such an entry after a moment."""
    found = (
        select(AuditEntry.id)
        .where(AuditEntry.subject == subject, AuditEntry.action == action, AuditEntry.at > since)
        .where(AuditEntry.actor.is_(None) if actor is None else AuditEntry.actor == actor)
    )
    return db.session.scalar(found.order_by(AuditEntry.id).limit(1)) is not None


def audit_of(subject: str, action: str) -> Sequence[AuditEntry]:
    """The entries about a case or a principal with one action, oldest first."""
    return db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.action == action).order_by(AuditEntry.id)
    ).all()


def audit_entries() -> Generator[AuditEntry]:
    """The whole trail in its order, a few at a time. Close it when you stop early."""
    found = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000))
    try:
        yield from found
    finally:
        found.close()
