"""A key is taken away: at once for what comes, and for what was there as soon as somebody has sealed it anew."""

import pytest
from sqlalchemy import select

from app.privacy import domain, queries, recovery, rotation, service
from app.privacy.domain import CannotOpen, Keyring, Mistyped
from app.privacy.models import Grant, Principal


class Person:
    """Somebody with a key pair, whose keyring is read from the database each time."""

    def __init__(self, password):
        self.id = service.new_person(password)
        self.private = service.unlock(self.id, password)

    @property
    def ring(self):
        return service.keyring(self.id, self.private)

    def opens(self, box):
        try:
            return service.open_with_keys(self.ring, box.box_id) == box
        except CannotOpen:
            return False


@pytest.fixture
def ada(session):
    return Person("one")


@pytest.fixture
def bob(session):
    return Person("two")


@pytest.fixture
def eve(session):
    return Person("three")


@pytest.fixture
def recovery_code(session):
    private, _public = domain.new_key_pair()
    recovery.keep(private)
    return domain.recovery_code(private)


def all_grants(session, box):
    return {
        grant.principal_id: grant.sealed_key for grant in session.scalars(select(Grant).filter_by(box_id=box.box_id))
    }


def can_open(stolen, grants):
    """Whether somebody with a stolen private key opens a box with any of its grants."""
    for sealed in grants.values():
        try:
            domain.unseal(stolen, sealed)
        except CannotOpen:
            continue
        return True
    return False


def test_a_leaver_with_the_stolen_key_of_the_mailbox_opens_nothing_that_comes_later(session, ada, bob):
    mailbox = service.new_mailbox([ada.id, bob.id])
    stolen = bob.ring.keys[mailbox]
    old = service.make_box([mailbox])
    fresh = rotation.rotate(mailbox, {ada.id})
    later = service.make_box([fresh])
    assert (ada.opens(old), ada.opens(later)) == (True, True)
    assert (bob.opens(old), bob.opens(later)) == (False, False)
    assert not can_open(stolen, all_grants(session, later))
    assert can_open(stolen, all_grants(session, old))
    assert rotation.reseal(ada.ring, 10) == 1
    assert not can_open(stolen, all_grants(session, old))
    assert ada.opens(old)
    assert service.open_with_keys(Keyring({fresh: ada.ring.keys[fresh]}), old.box_id) == old


def test_only_those_who_held_the_key_get_the_new_one(ada, bob, eve):
    mailbox = service.new_mailbox([ada.id, bob.id])
    fresh = rotation.rotate(mailbox, {ada.id, eve.id})
    assert queries.holders([mailbox, fresh]) == {mailbox: {ada.id}, fresh: {ada.id}}


def test_sealing_anew_is_bounded_goes_on_and_ends(session, ada, bob):
    mailbox = service.new_mailbox([ada.id, bob.id])
    boxes = service.make_boxes([mailbox], *[None] * 5)
    fresh = rotation.rotate(mailbox, {ada.id})
    counted = [queries.waiting([fresh])[fresh]]
    while done := rotation.reseal(ada.ring, 2):
        assert done <= 2
        counted.append(queries.waiting([fresh])[fresh])
    assert counted == [5, 3, 1, 0]
    assert all(ada.opens(box) for box in boxes)
    assert session.get(Principal, mailbox) is None
    assert rotation.reseal(ada.ring, 2) == 0


def test_who_does_not_hold_the_key_seals_nothing_anew(ada, bob, eve):
    mailbox = service.new_mailbox([ada.id, bob.id])
    service.make_box([mailbox])
    fresh = rotation.rotate(mailbox, {ada.id})
    for other in (bob, eve):
        assert rotation.reseal(other.ring, 10) == 0
    assert queries.waiting([fresh]) == {fresh: 1}


def test_two_changes_in_a_row_leave_one_line(ada, bob, eve):
    mailbox = service.new_mailbox([ada.id, bob.id, eve.id])
    box = service.make_box([mailbox])
    second = rotation.rotate(mailbox, {ada.id, bob.id})
    between = service.make_box([second])
    third = rotation.rotate(second, {ada.id})
    assert queries.predecessors([third]) == {mailbox: third, second: third}
    assert rotation.reseal(ada.ring, 10) == 2
    assert rotation.reseal(ada.ring, 10) == 0
    assert queries.predecessors([third]) == {}
    assert queries.granted_to(box.box_id) == queries.granted_to(between.box_id) == {third}
    assert (bob.opens(box), bob.opens(between), eve.opens(between)) == (False, False, False)


def test_an_office_that_was_given_the_box_again_meanwhile_keeps_one_way_in(ada, bob):
    mailbox = service.new_mailbox([ada.id, bob.id])
    box = service.make_box([mailbox])
    fresh = rotation.rotate(mailbox, {ada.id})
    service.give(box, [fresh])
    assert rotation.reseal(ada.ring, 10) == 1
    assert queries.granted_to(box.box_id) == {fresh}


def test_taking_a_box_from_an_office_takes_it_from_its_retired_mailbox_too(ada, bob):
    mailbox = service.new_mailbox([ada.id, bob.id])
    box = service.make_box([mailbox, bob.id])
    fresh = rotation.rotate(mailbox, {ada.id})
    service.take_away(box.box_id, [fresh])
    assert queries.granted_to(box.box_id) == {bob.id}
    assert not ada.opens(box)


def test_a_newcomer_gets_the_retired_key_as_well(ada, bob, eve):
    mailbox = service.new_mailbox([ada.id, bob.id])
    box = service.make_box([mailbox])
    fresh = rotation.rotate(mailbox, {ada.id})
    service.admit(ada.ring, fresh, [eve.id])
    assert eve.opens(box)


def test_a_mailbox_that_somebody_holds_is_not_begun_anew(ada, bob):
    mailbox = service.new_mailbox([ada.id])
    box = service.make_box([mailbox])
    with pytest.raises(ValueError, match="somebody holds"):
        rotation.begin_anew(mailbox, [bob.id])
    lost = rotation.rotate(mailbox, set())
    fresh = rotation.begin_anew(lost, [bob.id])
    assert not bob.opens(box)
    assert bob.opens(service.make_box([fresh]))
    assert queries.waiting([fresh]) == {fresh: 0}, "what nobody can open does not wait"


def test_the_recovery_key_holds_new_mailboxes_at_once_and_others_when_somebody_can(recovery_code, ada, session):
    session.execute(Principal.__table__.delete().where(Principal.kind == "recovery"))
    mailbox = service.new_mailbox([ada.id])
    box = service.make_box([mailbox])
    private, _public = domain.new_key_pair()
    code, key = domain.recovery_code(private), recovery.keep(private)
    assert queries.holders([mailbox]) == {mailbox: {ada.id}}
    assert recovery.seal_mailboxes(ada.ring) == 1
    assert recovery.seal_mailboxes(ada.ring) == 0
    assert queries.holders([mailbox]) == {mailbox: {ada.id, key}}
    assert service.open_with_keys(recovery.unlock(code), box.box_id) == box
    second = service.new_mailbox([ada.id])
    assert key in queries.holders([second])[second]
    rotated = rotation.rotate(mailbox, set())
    assert queries.holders([mailbox, rotated]) == {mailbox: {key}, rotated: {key}}
    assert service.open_with_keys(recovery.unlock(code), box.box_id) == box


def test_there_is_one_recovery_key(recovery_code, session):
    private, _public = domain.new_key_pair()
    key = recovery.keep(private)
    assert queries.recovery_key().id == key
    with pytest.raises(CannotOpen):
        recovery.unlock(recovery_code)
    with pytest.raises(Mistyped):
        recovery.unlock(recovery_code[:-1] + ("0" if recovery_code[-1] != "0" else "1"))


def test_somebody_with_new_keys_opens_nothing_of_the_old(ada, bob):
    mailbox = service.new_mailbox([ada.id, bob.id])
    box, own = service.make_box([mailbox]), service.make_box([bob.id, ada.id])
    fresh = service.renew_person(bob.id, "another")
    private = service.unlock(fresh, "another")
    for person, key in ((bob.id, bob.private), (fresh, private)):
        for one in (box, own):
            with pytest.raises(CannotOpen):
                service.open_with_keys(service.keyring(person, key), one.box_id)
    with pytest.raises(CannotOpen):
        service.unlock(bob.id, "two")
    assert (ada.opens(box), ada.opens(own)) == (True, True)
