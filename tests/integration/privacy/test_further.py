"""A receipt opens further boxes that somebody without the receipt has put to it, and who put them there opens none."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from app.privacy import domain, queries, receipts, service
from app.privacy.domain import BoxKey, CannotOpen, Exchanged, Spent
from app.privacy.models import Further, Receipt

RECEIPT = domain.receipt_from("a form", "a pepper")
NEW = domain.receipt_from("an exchange", "a pepper")


@pytest.fixture
def person(session):
    """Somebody at an office, with their keyring."""
    identity = service.new_person("one")
    return identity, service.keyring(identity, service.unlock(identity, "one"))


@pytest.fixture
def other(session):
    """Somebody at another office."""
    identity = service.new_person("two")
    return identity, service.keyring(identity, service.unlock(identity, "two"))


@pytest.fixture
def boxes(person, other):
    """A box of the first person and one of the other, behind the same receipt."""
    first, second = service.make_box([person[0]], RECEIPT), service.make_box([other[0]])
    receipts.enclose(first.box_id, second)
    return first, second


def row(session, receipt=RECEIPT):
    return session.execute(
        select(Receipt.__table__).where(Receipt.lookup == domain.receipt_lookup(receipt, service.pepper()))
    ).one()


def test_one_receipt_opens_both(boxes):
    assert receipts.open_all_with_receipt(RECEIPT) == list(boxes)
    assert service.open_with_receipt(RECEIPT) == boxes[0]
    assert receipts.boxes_behind(RECEIPT) == [box.box_id for box in boxes]


def test_neither_side_opens_the_other_part(boxes, person, other):
    first, second = boxes
    for keyring, foreign in ((person[1], second), (other[1], first)):
        with pytest.raises(CannotOpen):
            service.open_with_keys(keyring, foreign.box_id)


def test_who_holds_the_first_box_cannot_unseal_the_further_one(session, boxes, person):
    first, second = boxes
    sealed = session.scalars(select(Further.sealed_key).where(Further.box_id == second.box_id)).one()
    held = row(session)
    for key in (first.secret, person[1].keys[person[0]]):
        with pytest.raises(CannotOpen):
            domain.unseal(key, sealed)
        with pytest.raises(CannotOpen):
            domain.decrypt(key, held.wrapped_private, service.PRIVATE + held.lookup)
    assert second.secret not in sealed


def test_another_receipt_opens_neither(boxes, person):
    service.make_box([person[0]], NEW)
    assert not set(receipts.boxes_behind(NEW)) & {box.box_id for box in boxes}


def test_the_private_key_is_never_taken_for_the_key_of_a_box(session, boxes):
    held = row(session)
    session.execute(update(Receipt).where(Receipt.lookup == held.lookup).values(wrapped_key=held.wrapped_private))
    with pytest.raises(CannotOpen):
        service.open_with_receipt(RECEIPT)


def test_a_further_box_cannot_be_passed_off_as_another(session, boxes, person):
    third = service.make_box([person[0]])
    session.execute(update(Further).values(box_id=third.box_id))
    session.expire_all()
    [found] = receipts.further_boxes(RECEIPT)
    identity = service.put(third, "note", b"words")
    session.flush()
    with pytest.raises(CannotOpen):
        service.take(BoxKey(third.box_id, found.secret), identity)


def test_a_part_of_a_part_lies_behind_the_same_receipt(boxes, person):
    third = service.make_box([person[0]])
    receipts.enclose(boxes[1].box_id, third)
    assert [box.box_id for box in receipts.open_all_with_receipt(RECEIPT)] == [
        *(box.box_id for box in boxes),
        third.box_id,
    ]


def test_an_exchange_takes_both_along(session, boxes):
    receipts.exchange_receipt(boxes[0], RECEIPT, NEW)
    session.expire_all()
    assert receipts.open_all_with_receipt(NEW) == list(boxes)
    with pytest.raises(Exchanged):
        receipts.open_all_with_receipt(RECEIPT)
    assert receipts.boxes_behind(RECEIPT) == []
    assert (row(session).public_key, row(session).wrapped_private) == (None, None)


def test_the_further_box_is_as_good_for_an_exchange(session, boxes):
    receipts.exchange_receipt(boxes[1], RECEIPT, NEW)
    session.expire_all()
    assert receipts.open_all_with_receipt(NEW) == list(boxes)


def test_a_receipt_exchanges_no_foreign_box(boxes, person):
    with pytest.raises(CannotOpen):
        receipts.exchange_receipt(service.make_box([person[0]]), RECEIPT, NEW)
    assert receipts.open_all_with_receipt(RECEIPT) == list(boxes)


def test_what_is_put_to_it_after_an_exchange_is_found_with_the_new_one(session, boxes, person):
    receipts.exchange_receipt(boxes[0], RECEIPT, NEW)
    third = service.make_box([person[0]])
    receipts.enclose(boxes[0].box_id, third)
    assert third in receipts.open_all_with_receipt(NEW)


def test_destroying_the_first_keeps_the_second(session, boxes):
    service.shred(boxes[0].box_id)
    session.expire_all()
    with pytest.raises(Spent):
        service.open_with_receipt(RECEIPT)
    assert receipts.open_all_with_receipt(RECEIPT) == [boxes[1]]
    receipts.exchange_receipt(boxes[1], RECEIPT, NEW)
    session.expire_all()
    assert receipts.open_all_with_receipt(NEW) == [boxes[1]]


def test_destroying_the_second_keeps_the_first(session, boxes):
    service.shred(boxes[1].box_id)
    session.expire_all()
    assert receipts.open_all_with_receipt(RECEIPT) == [boxes[0]]
    assert session.scalar(select(func.count()).select_from(Further)) == 0


def test_a_receipt_that_opens_nothing_any_more_keeps_no_key(session, boxes):
    service.shred(boxes[0].box_id)
    assert row(session).wrapped_private is not None
    service.shred(boxes[1].box_id)
    assert (row(session).wrapped_key, row(session).public_key, row(session).wrapped_private) == (b"", None, None)
    with pytest.raises(Spent):
        receipts.open_all_with_receipt(RECEIPT)


def test_an_older_receipt_takes_no_further_box_until_it_is_exchanged(session, person):
    first = service.make_box([person[0]], RECEIPT)
    session.execute(update(Receipt).values(public_key=None, wrapped_private=None))
    assert not receipts.takes_further_boxes(first.box_id)
    with pytest.raises(CannotOpen):
        receipts.enclose(first.box_id, service.make_box([person[0]]))
    assert receipts.open_all_with_receipt(RECEIPT) == [first]
    receipts.exchange_receipt(first, RECEIPT, NEW)
    assert receipts.takes_further_boxes(first.box_id)


def test_a_box_without_a_receipt_takes_no_further_box(person):
    alone = service.make_box([person[0]])
    assert not receipts.takes_further_boxes(alone.box_id)
    assert queries.receipt_of(alone.box_id) is None
    with pytest.raises(CannotOpen):
        receipts.enclose(alone.box_id, service.make_box([person[0]]))
