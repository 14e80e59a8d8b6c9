import pytest
from sqlalchemy import func, select

from app.privacy import domain, queries, service
from app.privacy.domain import BoxKey, CannotOpen, Keyring, Spent
from app.privacy.models import Box, Grant, Receipt, Sealed

RECEIPT = domain.receipt_from("a form", "a pepper")


@pytest.fixture
def people(session):
    """Three people with their keyrings."""
    found = []
    for password in ("one", "two", "three"):
        person = service.new_person(password)
        found.append((person, service.keyring(person, service.unlock(person, password))))
    return found


@pytest.fixture
def one(people):
    return people[0]


@pytest.fixture
def two(people):
    return people[1]


def rows(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_person_unlocks_their_key_with_their_password_only(session):
    person = service.new_person("right")
    assert service.unlock(person, "right")
    with pytest.raises(CannotOpen):
        service.unlock(person, "wrong")
    with pytest.raises(CannotOpen):
        service.unlock("nobody", "right")


def test_what_is_put_into_a_box_is_taken_out_again(one):
    person, keyring = one
    box = service.make_box([person])
    first, second = service.put(box, "report", b"words"), service.put(box, "file", b"\x80" * 700)
    opened = service.open_with_keys(keyring, box.box_id)
    assert opened == box
    assert service.take(opened, first) == b"words"
    assert service.take_all(opened, "report", "file") == {
        first: ("report", b"words"),
        second: ("file", b"\x80" * 700),
    }
    assert service.take_all(opened, "report") == {first: ("report", b"words")}


def test_only_those_with_a_grant_can_open(one, two):
    box = service.make_box([one[0]])
    with pytest.raises(CannotOpen):
        service.open_with_keys(two[1], box.box_id)
    with pytest.raises(CannotOpen):
        service.open_with_keys(Keyring({}), box.box_id)
    with pytest.raises(CannotOpen):
        service.open_with_keys(one[1], "no such box")


def test_a_keyring_that_claims_to_be_another_opens_nothing(one, two):
    box = service.make_box([one[0]])
    with pytest.raises(CannotOpen):
        service.open_with_keys(Keyring({one[0]: two[1].keys[two[0]]}), box.box_id)


def test_a_box_that_nobody_can_open_is_never_made(session, one):
    before = rows(session, Box)
    for readers in ([], ["nobody"], [one[0], "nobody"]):
        with pytest.raises(LookupError):
            service.make_box(readers)
    assert rows(session, Box) == before


def test_a_receipt_opens_its_box_and_no_other(one):
    box = service.make_box([one[0]], RECEIPT)
    service.make_box([one[0]], domain.receipt_from("another form", "a pepper"))
    assert service.open_with_receipt(RECEIPT) == box
    with pytest.raises(CannotOpen):
        service.open_with_receipt(domain.receipt_from("a third form", "a pepper"))


def test_contents_cannot_be_moved_to_another_box_or_label(session, one):
    person, _ = one
    mine, other = service.make_box([person]), service.make_box([person])
    identity = service.put(mine, "note", b"words")
    session.flush()
    with pytest.raises(CannotOpen):
        service.take(BoxKey(other.box_id, other.secret), identity)
    row = session.get(Sealed, identity)
    row.label = "report"
    session.flush()
    with pytest.raises(CannotOpen):
        service.take(mine, identity)
    row.label, row.box_id = "note", other.box_id
    session.flush()
    with pytest.raises(CannotOpen):
        service.take(BoxKey(other.box_id, mine.secret), identity)


def test_a_receipt_row_cannot_be_moved_to_another_box(session, one):
    mine = service.make_box([one[0]], RECEIPT)
    other = service.make_box([one[0]])
    session.flush()
    session.scalars(select(Receipt).where(Receipt.box_id == mine.box_id)).one().box_id = other.box_id
    session.flush()
    with pytest.raises(CannotOpen):
        service.open_with_receipt(RECEIPT)


def test_a_grant_can_be_given_and_taken_away(one, two):
    box = service.make_box([one[0]])
    service.give(box, [one[0], two[0], "nobody"])
    assert queries.granted_to(box.box_id) == {one[0], two[0]}
    assert service.open_with_keys(two[1], box.box_id) == box
    service.take_away(box.box_id, [one[0]])
    with pytest.raises(CannotOpen):
        service.open_with_keys(one[1], box.box_id)
    assert service.open_with_keys(two[1], box.box_id) == box


def test_when_every_grant_is_taken_away_only_the_receipt_is_left(one):
    box = service.make_box([one[0]], RECEIPT)
    service.take_away_all(box.box_id)
    with pytest.raises(CannotOpen):
        service.open_with_keys(one[1], box.box_id)
    assert service.open_with_receipt(RECEIPT) == box


def test_a_shredded_box_is_gone_with_all_that_was_in_it(session, one):
    counts = {model: rows(session, model) for model in (Box, Grant, Receipt, Sealed)}
    box = service.make_box([one[0]], RECEIPT)
    service.put(box, "report", b"words")
    session.flush()
    assert all(rows(session, model) == before + 1 for model, before in counts.items())
    service.shred(box.box_id)
    session.expire_all()
    assert {model: rows(session, model) for model in counts} == counts | {Receipt: counts[Receipt] + 1}
    with pytest.raises(Spent):
        service.open_with_receipt(RECEIPT)
    assert session.scalars(select(Receipt.wrapped_key).where(Receipt.box_id.is_(None))).all() == [b""]


def test_members_of_a_mailbox_hold_its_key(one, two):
    mailbox = service.new_mailbox([one[0]])
    box = service.make_box([mailbox])
    member = service.keyring(one[0], one[1].keys[one[0]])
    assert service.open_with_keys(member, box.box_id) == box
    with pytest.raises(CannotOpen):
        service.open_with_keys(service.keyring(two[0], two[1].keys[two[0]]), box.box_id)


def test_a_later_member_reads_everything_once_admitted(one, two):
    mailbox = service.new_mailbox([one[0]])
    box = service.make_box([mailbox])
    member = service.keyring(one[0], one[1].keys[one[0]])
    service.admit(member, mailbox, [one[0], two[0]])
    service.admit(member, mailbox, [two[0]])
    assert queries.holders([mailbox]) == {mailbox: {one[0], two[0]}}
    later = service.keyring(two[0], two[1].keys[two[0]])
    assert service.open_with_keys(later, box.box_id) == box


def test_who_does_not_hold_a_mailbox_cannot_admit_anybody(one, two):
    mailbox = service.new_mailbox([one[0]])
    with pytest.raises(LookupError):
        service.admit(two[1], mailbox, [two[0]])


def test_nothing_readable_stands_in_the_rows(session, one):
    box = service.make_box([one[0]], RECEIPT)
    service.put(box, "report", b"Zitronenfalter")
    session.flush()
    for model in (Box, Grant, Receipt, Sealed):
        for row in session.execute(select(model.__table__)).all():
            stored = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
            assert b"Zitronenfalter" not in stored
            assert RECEIPT.encode() not in stored
            assert box.secret not in stored
