"""Whatever is done in whatever order: a box opens for exactly those who should open it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.privacy import queries, rotation, service
from app.privacy.domain import CannotOpen, Keyring
from tests.integration.privacy.test_rotation import Person

PEOPLE, OFFICES = 3, 2
person, office = st.integers(0, PEOPLE - 1), st.integers(0, OFFICES - 1)
step = st.one_of(
    st.tuples(st.just("box"), office, office),
    st.tuples(st.just("give"), st.integers(0, 5), office),
    st.tuples(st.just("take"), st.integers(0, 5), office),
    st.tuples(st.just("admit"), office, person),
    st.tuples(st.just("leave"), office, person),
    st.tuples(st.just("renew"), person, person),
    st.tuples(st.just("reseal"), person, st.integers(1, 3)),
    st.tuples(st.just("shred"), st.integers(0, 5), office),
)


class World:
    """What should be so, beside what is."""

    def __init__(self):
        self.people = [Person(f"person {number}") for number in range(PEOPLE)]
        self.staff = [{number} for number in range(OFFICES)]
        self.mailboxes = [service.new_mailbox([self.people[number].id]) for number in range(OFFICES)]
        self.boxes = []
        self.granted = []

    def do(self, verb, first, second):
        getattr(self, verb)(first, second)

    def box(self, first, second):
        if len(self.boxes) < 6:
            self.boxes.append(service.make_box({self.mailboxes[first], self.mailboxes[second]}))
            self.granted.append({first, second})

    def give(self, number, office):
        if number < len(self.boxes) and self.granted[number]:
            service.give(self.boxes[number], [self.mailboxes[office]])
            self.granted[number].add(office)

    def take(self, number, office):
        if number < len(self.boxes):
            service.take_away(self.boxes[number].box_id, [self.mailboxes[office]])
            self.granted[number].discard(office)

    def admit(self, office, person):
        if self.staff[office]:
            colleague = self.people[min(self.staff[office])]
            service.admit(colleague.ring, self.mailboxes[office], [self.people[person].id])
            self.staff[office].add(person)

    def leave(self, office, person):
        staying = self.staff[office] - {person}
        if staying:
            keep = {self.people[one].id for one in staying}
            self.mailboxes[office] = rotation.rotate(self.mailboxes[office], keep)
            self.staff[office] = staying

    def renew(self, person, _other):
        if any(staff == {person} for staff in self.staff):
            return
        old = self.people[person]
        fresh = service.renew_person(old.id, "again")
        old.id, old.private = fresh, service.unlock(fresh, "again")
        for staff in self.staff:
            staff.discard(person)

    def reseal(self, person, most):
        rotation.reseal(self.people[person].ring, most)

    def shred(self, number, _other):
        if number < len(self.boxes):
            service.shred(self.boxes[number].box_id)
            self.granted[number] = set()

    def check(self):
        for box, offices in zip(self.boxes, self.granted, strict=True):
            wanted = {person for office in offices for person in self.staff[office]}
            found = {number for number, one in enumerate(self.people) if one.opens(box)}
            assert found == wanted
            for office, mailbox in enumerate(self.mailboxes):
                mine = {mailbox, *queries.predecessors([mailbox])}
                assert bool(mine & queries.granted_to(box.box_id)) is (office in offices)
        for first in self.people:
            for second in self.people:
                if first is not second:
                    ring = Keyring({second.id: first.private})
                    assert not any(_opens(ring, box) for box in self.boxes)


def _opens(ring, box):
    try:
        service.open_with_keys(ring, box.box_id)
    except CannotOpen:
        return False
    return True


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=14))
def test_a_box_opens_for_exactly_those_who_should_open_it(session, steps):
    with session.begin_nested() as savepoint:
        world = World()
        for one in steps:
            world.do(*one)
        world.check()
        savepoint.rollback()
    session.expire_all()
