"""Every select on ciphertexts and keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Row, bindparam, select

from app.core.database import db
from app.privacy.models import AuditEntry, Grant, Holding, Principal, Receipt, Sealed, Vault

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


def granted_to(box_id: str) -> set[str]:
    """The principals that can open a box."""
    return set(
        db.session.scalars(select(Grant.principal_id).where(Grant.box_id == box_id).order_by(Grant.principal_id))
    )


def receipt(lookup: bytes) -> Row[str | None, bytes] | None:
    """What a receipt finds: ``box_id`` and ``wrapped_key``."""
    return db.session.execute(_RECEIPT, {"lookup": lookup}).one_or_none()


_RECEIPT = select(Receipt.box_id, Receipt.wrapped_key).where(Receipt.lookup == bindparam("lookup"))


def contents(box_id: str, labels: Collection[str]) -> Sequence[Sealed]:
    """The ciphertexts of a box under some labels."""
    return db.session.scalars(
        select(Sealed).where(Sealed.box_id == box_id, Sealed.label.in_(labels)).order_by(Sealed.id)
    ).all()


def sealed(sealed_id: str) -> Sealed | None:
    """One ciphertext."""
    return db.session.get(Sealed, sealed_id)


def audit_head() -> bytes:
    """The digest of the latest entry of the audit trail; of an empty one, nothing."""
    return db.session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or b""
