"""What a receipt opens besides its own box, and how another receipt takes its place."""

from __future__ import annotations

from sqlalchemy import update

from app.core.database import db, write
from app.privacy import domain, queries, service
from app.privacy.domain import BoxKey, CannotOpen, Spent
from app.privacy.models import Further, Receipt


def open_all_with_receipt(digits: str) -> list[BoxKey]:
    """Open everything that a receipt opens, its own box first; that one may be destroyed while others are there.

    Raises:
        CannotOpen: no such receipt.
        Exchanged: another receipt has taken its place.
        Spent: everything has been destroyed.
    """
    own = _own_box(digits)
    boxes = [*([own] if own else []), *further_boxes(digits)]
    if not boxes:
        raise Spent
    return boxes


def further_boxes(digits: str) -> list[BoxKey]:
    """Open the further boxes of a receipt, the oldest first.

    Raises:
        CannotOpen: one of them was changed.
    """
    lookup = domain.receipt_lookup(digits, service.pepper())
    rows = queries.further(lookup)
    private = _private_of(digits) if rows else None
    return [BoxKey(row.box_id, domain.unseal(private, row.sealed_key)) for row in rows if private is not None]


def boxes_behind(digits: str) -> list[str]:
    """The ids of all boxes that a receipt opens, its own first. Nothing is opened."""
    lookup = domain.receipt_lookup(digits, service.pepper())
    receipt = queries.receipt(lookup)
    own = [receipt.box_id] if receipt is not None and receipt.box_id is not None else []
    return [*own, *(row.box_id for row in queries.further(lookup))]


def takes_further_boxes(box_id: str) -> bool:
    """Whether further boxes can be put to the receipt that opens a box."""
    receipt = queries.receipt_of(box_id)
    return receipt is not None and receipt.public_key is not None


def enclose(box_id: str, box: BoxKey) -> None:
    """Let the receipt that opens one box open a further one, too. Nobody needs the receipt for that, or learns it.

    Raises:
        CannotOpen: no receipt opens the first box, or it is from before receipts had key pairs.
    """
    receipt = queries.receipt_of(box_id, held=True)
    if receipt is None or receipt.public_key is None:
        raise CannotOpen
    sealed = domain.seal_to(receipt.public_key, box.secret)
    db.session.add(Further(box_id=box.box_id, receipt_lookup=receipt.lookup, sealed_key=sealed))
    db.session.flush()


def exchange_receipt(box: BoxKey, old: str, new: str) -> None:
    """Let a new receipt open everything that the old one opens, and that one nothing any more.

    ``box`` is one of its boxes. The old row stays, to say what became of it.

    Raises:
        CannotOpen: the old receipt does not open this box, or no longer.
    """
    lookup = domain.receipt_lookup(old, service.pepper())
    if box.box_id not in boxes_behind(old):
        raise CannotOpen
    own = _own_box(old)
    private = _private_of(old) or domain.new_key_pair()[0]
    ended = db.session.execute(
        update(Receipt)
        .where(
            Receipt.lookup == lookup,
            Receipt.wrapped_key != service.EXCHANGED,
            Receipt.box_id.is_(None) if own is None else Receipt.box_id == own.box_id,
        )
        .values(box_id=None, wrapped_key=service.EXCHANGED, public_key=None, wrapped_private=None)
        .returning(Receipt.lookup)
    )
    if ended.one_or_none() is None:
        raise CannotOpen
    fresh = service.receipt_row(new, own, private)
    write(Receipt, fresh)
    db.session.execute(update(Further).where(Further.receipt_lookup == lookup).values(receipt_lookup=fresh["lookup"]))


def _own_box(digits: str) -> BoxKey | None:
    """The box that a receipt was made for; None when it has been destroyed."""
    try:
        return service.open_with_receipt(digits)
    except Spent:
        return None


def _private_of(digits: str) -> bytes | None:
    """A receipt's private key; None for a receipt that has none."""
    lookup = domain.receipt_lookup(digits, service.pepper())
    receipt = queries.receipt(lookup)
    if receipt is None or receipt.wrapped_private is None:
        return None
    return domain.decrypt(
        domain.receipt_key(digits, service.pepper()), receipt.wrapped_private, service.PRIVATE + lookup
    )
