"""The verbs of confidentiality: make a box, put something in, open it, give somebody a key, take it away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from flask import current_app
from sqlalchemy import delete, exists, or_, select, update

from app.core.database import db, write
from app.privacy import domain, queries
from app.privacy.domain import BoxKey, CannotOpen, Exchanged, Keyring, Spent, WrappedKey
from app.privacy.models import Box, Further, Grant, Holding, Principal, Receipt, Sealed, Vault

EXCHANGED = b"exchanged"
"""Stands in the place of a wrapped key, where a receipt has been exchanged for another."""

SPENT = b""
"""Stands in the place of a wrapped key, where the box has been destroyed."""

PRIVATE = b"receipt-private\x1f"
"""Comes first in what a receipt's private key is bound to, so that it is never taken for the key of a box."""


def pepper() -> str:
    """What every receipt is derived with, besides its own digits."""
    pepper: str = current_app.config["SETTINGS"].receipt_pepper.get_secret_value()
    return pepper


# People and mailboxes ------------------------------------------------------------------------------------------------


def new_person(password: str) -> str:
    """A person's key pair, wrapped by their password; gives the principal's id."""
    private, public = domain.new_key_pair()
    person = Principal(id=domain.new_id(), kind="person", public_key=public)
    db.session.add(person)
    db.session.flush()
    db.session.add(Vault(principal_id=person.id, **_wrapped_by(password, private)))
    db.session.flush()
    return person.id


def rewrap(principal_id: str, current: str, new: str) -> None:
    """Put a new password in the place of the one that opens a person's vault; the key inside stays.

    Raises:
        CannotOpen: the current password does not open it.
    """
    private = unlock(principal_id, current)
    db.session.execute(update(Vault).where(Vault.principal_id == principal_id).values(**_wrapped_by(new, private)))


def _wrapped_by(password: str, private: bytes) -> dict[str, Any]:
    """What a vault holds of a private key."""
    wrapped = domain.wrap_with_password(password, private)
    return {
        "salt": wrapped.salt,
        "operations": wrapped.operations,
        "memory": wrapped.memory,
        "wrapped_key": wrapped.ciphertext,
    }


def new_mailbox(person_ids: Collection[str]) -> str:
    """An office's key pair, its private key sealed to people and to the recovery key; gives the principal's id."""
    private, public = domain.new_key_pair()
    mailbox = Principal(id=domain.new_id(), kind="mailbox", public_key=public)
    db.session.add(mailbox)
    db.session.flush()
    recovery = queries.recovery_key()
    hold(mailbox.id, private, {*person_ids, recovery.id} if recovery else person_ids)
    return mailbox.id


def admit(keyring: Keyring, mailbox_id: str, person_ids: Collection[str]) -> None:
    """Give further people the key of a mailbox that the keyring holds, and of the retired ones before it.

    Who has a key already is passed over.

    Raises:
        LookupError: the keyring does not hold the mailbox.
    """
    private = {mailbox_id: keyring.keys[mailbox_id]}
    private |= {old: keyring.keys[old] for old in queries.predecessors([mailbox_id]) if old in keyring.keys}
    holders = queries.holders(list(private))
    for identity, key in private.items():
        hold(identity, key, set(person_ids) - holders[identity])


def hold(mailbox_id: str, private: bytes, person_ids: Collection[str]) -> None:
    """Seal the private key of a mailbox to people who do not hold it yet."""
    for person_id, public in queries.public_keys(person_ids).items():
        sealed = domain.seal_to(public, private)
        db.session.add(Holding(mailbox_id=mailbox_id, person_id=person_id, sealed_key=sealed))
    db.session.flush()


def renew_person(principal_id: str | None, password: str) -> str:
    """A new key pair for somebody who has lost theirs; gives the new principal's id.

    What the old one opened it opens no longer; its name stays, for the audit trail.
    """
    fresh = new_person(password)
    if principal_id is not None:
        forget_person(principal_id)
        db.session.execute(update(Principal).where(Principal.id == principal_id).values(successor_id=fresh))
    return fresh


def forget_person(principal_id: str) -> None:
    """Take away everything that a person can open: the vault, the mailboxes, the grants. The name stays."""
    db.session.execute(delete(Vault).where(Vault.principal_id == principal_id))
    db.session.execute(delete(Holding).where(Holding.person_id == principal_id))
    take_away_from(principal_id)


def take_away_from(principal_id: str) -> None:
    """Take away every grant that names a person, not a mailbox of theirs."""
    db.session.execute(delete(Grant).where(Grant.principal_id == principal_id))


def unlock(principal_id: str, password: str) -> bytes:
    """A person's private key.

    Raises:
        CannotOpen: wrong password, or no such person.
    """
    vault = queries.vault(principal_id)
    if vault is None:
        raise CannotOpen
    return domain.unwrap_with_password(
        password, WrappedKey(vault.salt, vault.operations, vault.memory, vault.wrapped_key)
    )


def keyring(principal_id: str, private_key: bytes) -> Keyring:
    """All keys that a person's own key opens: theirs and those of their mailboxes."""
    keys = {principal_id: private_key}
    for holding in queries.holdings_of(principal_id):
        keys[holding.mailbox_id] = domain.unseal(private_key, holding.sealed_key)
    return Keyring(keys)


# Boxes ---------------------------------------------------------------------------------------------------------------


def make_box(readers: Collection[str], receipt: str | None = None) -> BoxKey:
    """A new box that the principals, and the holder of the receipt, can open.

    Raises:
        LookupError: a reader has no key; a box nobody named can open is never made.
    """
    return make_boxes(readers, receipt)[0]


def make_boxes(readers: Collection[str], *receipts: str | None) -> list[BoxKey]:
    """New boxes for the same readers, one for each receipt; None for a box that no receipt opens.

    Without readers only the receipt opens a box.

    Raises:
        LookupError: a reader has no key; a box that nobody can open is never made.
    """
    keys = queries.public_keys(readers)
    if (not keys and None in receipts) or set(readers) - set(keys):
        message = "a reader has no key"
        raise LookupError(message)
    boxes = [BoxKey(domain.new_id(), domain.new_secret()) for _ in receipts]
    write(Box, *({"id": box.box_id} for box in boxes))
    write(
        Grant,
        *(
            {"box_id": box.box_id, "principal_id": reader, "sealed_key": domain.seal_to(public, box.secret)}
            for box in boxes
            for reader, public in keys.items()
        ),
    )
    write(Receipt, *(_wrapped(box, receipt) for box, receipt in zip(boxes, receipts, strict=True) if receipt))
    return boxes


def _wrapped(box: BoxKey, receipt: str) -> dict[str, Any]:
    """The row by which a receipt opens a box, with a fresh key pair for further ones."""
    return receipt_row(receipt, box, domain.new_key_pair()[0])


def receipt_row(receipt: str, box: BoxKey | None, private: bytes) -> dict[str, Any]:
    """The row of a receipt with a private key; without a box only further ones can be put to it."""
    key, lookup = domain.receipt_key(receipt, pepper()), domain.receipt_lookup(receipt, pepper())
    return {
        "lookup": lookup,
        "box_id": box.box_id if box else None,
        "wrapped_key": domain.encrypt(key, box.secret, box.box_id.encode()) if box else SPENT,
        "public_key": domain.public_key_of(private),
        "wrapped_private": domain.encrypt(key, private, PRIVATE + lookup),
    }


def put(box: BoxKey, label: str, content: bytes) -> str:
    """Put something into an open box; gives the id to find it by."""
    identity = domain.new_id()
    ciphertext = domain.encrypt(box.secret, domain.pad(content), _context(box.box_id, identity, label))
    write(Sealed, {"id": identity, "box_id": box.box_id, "label": label, "ciphertext": ciphertext})
    return identity


def drop(box: BoxKey, sealed_id: str) -> None:
    """Destroy one thing in an open box."""
    db.session.execute(delete(Sealed).where(Sealed.id == sealed_id, Sealed.box_id == box.box_id))


def take(box: BoxKey, sealed_id: str) -> bytes:
    """Read one thing from an open box.

    Raises:
        CannotOpen: it is not in this box, or was changed.
    """
    sealed = queries.sealed(sealed_id)
    if sealed is None:
        raise CannotOpen
    return _read(box, sealed)


def take_all(box: BoxKey, *labels: str) -> dict[str, tuple[str, bytes]]:
    """Everything in an open box under some labels: (label, content) by id."""
    return {sealed.id: (sealed.label, _read(box, sealed)) for sealed in queries.contents(box.box_id, labels)}


def take_many(boxes: Collection[BoxKey], *labels: str) -> dict[str, dict[str, tuple[str, bytes]]]:
    """The same for several boxes: by the box's id."""
    by_id = {box.box_id: box for box in boxes}
    found: dict[str, dict[str, tuple[str, bytes]]] = {box_id: {} for box_id in by_id}
    for sealed in queries.contents_of(list(by_id), labels):
        found[sealed.box_id][sealed.id] = (sealed.label, _read(by_id[sealed.box_id], sealed))
    return found


def _read(box: BoxKey, sealed: Sealed) -> bytes:
    return domain.unpad(domain.decrypt(box.secret, sealed.ciphertext, _context(box.box_id, sealed.id, sealed.label)))


def _context(box_id: str, sealed_id: str, label: str) -> bytes:
    return f"{box_id}\x1f{sealed_id}\x1f{label}".encode()


def open_with_keys(keys: Keyring, box_id: str) -> BoxKey:
    """Open a box with a grant.

    Raises:
        CannotOpen: no key on the ring has a grant.
    """
    grant = queries.grant_for(box_id, list(keys.keys))
    if grant is None:
        raise CannotOpen
    return BoxKey(box_id, domain.unseal(keys.keys[grant.principal_id], grant.sealed_key))


def open_many(keys: Keyring, box_ids: Collection[str]) -> dict[str, BoxKey]:
    """Open several boxes at once, by their ids; those without a grant for a key on the ring are left out."""
    found: dict[str, BoxKey] = {}
    for grant in queries.grants_for(box_ids, list(keys.keys)):
        if grant.box_id not in found:
            secret = domain.unseal(keys.keys[grant.principal_id], grant.sealed_key)
            found[grant.box_id] = BoxKey(grant.box_id, secret)
    return found


def open_with_receipt(digits: str) -> BoxKey:
    """Open a box with a receipt.

    Raises:
        CannotOpen: no such receipt.
        Exchanged: another receipt has taken its place.
        Spent: its box has been destroyed.
    """
    receipt = queries.receipt(domain.receipt_lookup(digits, pepper()))
    if receipt is None:
        raise CannotOpen
    if receipt.box_id is None:
        raise Exchanged if receipt.wrapped_key == EXCHANGED else Spent
    secret = domain.decrypt(domain.receipt_key(digits, pepper()), receipt.wrapped_key, receipt.box_id.encode())
    return BoxKey(receipt.box_id, secret)


def receipt_for(nonce: str) -> str:
    """The receipt that belongs to a form's nonce."""
    return domain.receipt_from(nonce, pepper())


def receipt_after(digits: str, nonce: str) -> str:
    """The receipt that takes the place of another: always the same for the same form, and no other form's."""
    return receipt_for(f"exchange:{digits}:{nonce}")


def give(box: BoxKey, readers: Iterable[str]) -> None:
    """Let further principals open a box."""
    for reader, public in queries.public_keys(set(readers) - queries.granted_to(box.box_id)).items():
        sealed = domain.seal_to(public, box.secret)
        db.session.add(Grant(box_id=box.box_id, principal_id=reader, sealed_key=sealed))
    db.session.flush()


def take_away(box_id: str, readers: Collection[str]) -> None:
    """Remove principals' way into a box, and that of the retired mailboxes before them."""
    retired = select(Principal.id).where(Principal.successor_id.in_(readers))
    db.session.execute(
        delete(Grant).where(
            Grant.box_id == box_id, or_(Grant.principal_id.in_(readers), Grant.principal_id.in_(retired))
        )
    )


def take_away_all(box_id: str) -> None:
    """Remove every way into a box but the receipt's."""
    db.session.execute(delete(Grant).where(Grant.box_id == box_id))


def shred(box_id: str) -> None:
    """Destroy a box with its contents, its grants and what its receipt unwraps.

    The receipt keeps its key pair as long as it opens another box.
    """
    receipt = queries.receipt_of(box_id)
    db.session.execute(update(Receipt).where(Receipt.box_id == box_id).values(box_id=None, wrapped_key=SPENT))
    db.session.execute(delete(Box).where(Box.id == box_id))
    if receipt is not None:
        opens_more = exists().where(Further.receipt_lookup == Receipt.lookup)
        db.session.execute(
            update(Receipt)
            .where(Receipt.lookup == receipt.lookup, Receipt.box_id.is_(None), ~opens_more)
            .values(public_key=None, wrapped_private=None)
        )
