"""Whom a report is about has no way in, whatever the city looks like; and the report always has a destination."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import User
from app.core.codes import Purpose, State
from app.core.database import db
from app.notifications.models import OutboxMail
from app.privacy import queries as privacy
from app.privacy.domain import CannotOpen
from app.reports import dialogue, readers
from app.reports import queries as reports
from app.reports import service as intake
from app.reports.domain import NotAllowed
from app.routing import queries as routing_queries
from app.triage import handover, queries, reassignment, recusal
from app.triage.case import open_case
from app.triage.domain import Wanted
from app.triage.lists import queries as list_queries
from app.triage.lists.selection import Group, Selection
from tests import factories
from tests.support.conflicts import AIDS, World, a_plan

STEPS = 6
TURNS = 5
LIKELY = 0.8
"""How often the reporter agrees to a purpose."""


@pytest.mark.timeout(3600)
def test_no_involved_office_ever_has_a_way_in_and_there_is_always_a_destination(session, much, figure):
    seen = {"reports": 0, "kept": 0, "independent": 0, "offer": 0, "accept": 0, "recuse": 0, "reassign": 0, "looks": 0}

    def look(chance: Random) -> None:
        outer = session.begin_nested()
        try:
            _Story(World(a_plan(chance)).build(), chance, seen).run()
        finally:
            outer.rollback()
            session.expire_all()

    many = settings(max_examples=much(30, 500), suppress_health_check=list(HealthCheck))
    # A small sample may miss what seldom happens; then some more cities are looked at.
    for _turn in range(TURNS):
        many(given(st.randoms(use_true_random=True))(look))()
        if min(seen.values()) > 0:
            break
    assert min(seen.values()) > 0, seen
    figure(
        f"{seen['reports']} reports in random cities, {seen['kept']} kept and {seen['independent']} at an independent "
        f"desk; {seen['offer']} offers, {seen['accept']} accepted, {seen['recuse']} recusals, {seen['reassign']} "
        f"reassignments; {seen['looks']} looks by people involved: 0 ways in"
    )


class _Story:
    """One report in one city, from intake through everything that staff do with it."""

    def __init__(self, world: World, chance: Random, seen: dict[str, int]) -> None:
        self.world, self.chance, self.seen = world, chance, seen
        self.consents = frozenset({Purpose.READING}) | {one for one in Purpose if chance.random() < LIKELY}
        self.recused: set[int] = set()

    def run(self) -> None:
        plan = self.world.plan
        draft = factories.draft(involved=plan.involved, excluded=plan.excluded, consents=self.consents)
        self.sent = intake.submit(draft)
        self.seen["reports"] += 1
        self.report = reports.by_number(self.sent.number)
        self.check_destination()
        self.check()
        for _ in range(STEPS):
            if self.report.state == State.KEPT:
                break
            self.step()
            db.session.flush()
            db.session.expire_all()
            self.check()

    # What must hold --------------------------------------------------------------------------------------------------

    def check_destination(self) -> None:
        """An able desk of the city leads, else an independent one by consent, else nobody has a key at all."""
        out, people = self.world.conflicted()
        desks = routing_queries.desks()
        names = {self.world.people[number][0].principal_id for number in people}
        able = {key for key, desk in desks.items() if desk.opens and key not in out and names.isdisjoint(desk.readers)}
        city = able - set(AIDS)
        lead = next((key for key, one in self.world.organisations.items() if one.id == self.report.office_id), None)
        if city:
            assert lead in city
        elif able and Purpose.INDEPENDENT in self.consents:
            assert lead in able
            self.seen["independent"] += 1
        else:
            assert lead is None
            assert self.report.state == State.KEPT
            assert privacy.granted_to(self.report.box_id) == set()
            assert dialogue.open_by_receipt(self.sent.receipt).content.text
            self.seen["kept"] += 1
        assert self.report.restricted == bool(self.world.plan.involved or self.world.plan.excluded)

    def check(self) -> None:
        out, people = self.world.conflicted()
        granted = privacy.granted_to(self.report.box_id)
        if self.report.staff_box_id:
            assert privacy.granted_to(self.report.staff_box_id) == granted
        told = set(db.session.scalars(select(User.email).join(OutboxMail, OutboxMail.user_id == User.id)))
        for number in sorted(people | self.recused):
            self.check_is_out(number, granted)
        for number in people:
            assert self.world.people[number][0].email not in told
        named = {reader.key for reader in readers.readers_of(self.report)}
        assert named.isdisjoint(out)
        mailboxes = {one.principal_id for key, one in self.world.organisations.items() if key in out}
        assert granted.isdisjoint(mailboxes)
        if self.report.state != State.KEPT:
            able = [number for number in self.world.people if self.opens(number)]
            assert able, "nobody can open it any more"
            number, everything = self.chance.choice(able), Selection(open_only=False)
            person = self.world.people[number][0]
            lines, _before, _after = list_queries.queue(self.world.staff(number).reach, person.id, everything)
            assert [line.number for line in lines] == [self.report.number], "who can open it finds it"
            assert named
        self.check_coordination(out)

    def check_is_out(self, number: int, granted: set[str]) -> None:
        """No key of theirs fits, no list and no count has it, and no page opens."""
        staff = self.world.staff(number)
        self.seen["looks"] += 1
        assert granted.isdisjoint(staff.keyring.keys)
        assert not self.opens(number)
        me = self.world.people[number][0].id
        group = self.chance.choice(list(Group))
        assert list_queries.queue(staff.reach, me, Selection(group, open_only=False))[0] == ()
        assert not any(list_queries.counts(staff.reach, me).values())
        assert queries.open_tasks(staff.reach, 9) == []

    def check_coordination(self, out: set[str]) -> None:
        """Somebody without a key, who belongs to an involved office, does not learn that the report exists."""
        offices = self.world.organisations
        for key in out:
            belongs_to = {key} | ({self.chance.choice(list(offices))} if self.chance.random() < LIKELY else set())
            mailboxes = [{offices[one].principal_id or ""} for one in belongs_to]
            assert queries.facts(Wanted(open_only=False), mailboxes)[0] == ()
            assert queries.facts_of(self.report.number, mailboxes) is None
            assert queries.office_counts(mailboxes) == ()

    def opens(self, number: int) -> bool:
        try:
            open_case(self.world.staff(number), self.report.number)
        except CannotOpen:
            return False
        return True

    # What may happen -------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Somebody tries something, and may be refused."""
        able = [number for number in self.world.people if self.opens(number)]
        number = self.chance.choice(able)
        deed = self.chance.choice(
            [self.offer, self.accept, self.give_back, self.recuse, self.reassign, self.write, self.forge]
        )
        point = db.session.begin_nested()
        try:
            deed(number)
        except NotAllowed:
            point.rollback()
            db.session.expire_all()
        else:
            point.commit()
            if deed.__name__ in self.seen:
                self.seen[deed.__name__] += 1

    def offer(self, number: int) -> None:
        case = open_case(self.world.staff(number), self.report.number)
        if not case.receivers:
            raise NotAllowed
        handover.offer(case, self.chance.choice(case.receivers), "Zuständig.")

    def forge(self, number: int) -> None:
        """An offer to any office at all: what the page does not offer is refused."""
        case = open_case(self.world.staff(number), self.report.number)
        card = self.chance.choice(readers.organisations(self.world.organisations))
        handover.offer(case, card, "Zuständig.")
        assert card in case.receivers

    def accept(self, _number: int) -> None:
        able = [one for one in self.world.people if self.opens(one)]
        cases = [open_case(self.world.staff(one), self.report.number) for one in able]
        handover.accept(next((case for case in cases if "offered" in case.standings), cases[0]))

    def give_back(self, number: int) -> None:
        case = open_case(self.world.staff(number), self.report.number)
        if "offered" in case.standings:
            handover.give_back(case, "Nein.")
        else:
            handover.take_back(case)

    def recuse(self, number: int) -> None:
        recusal.recuse(open_case(self.world.staff(number), self.report.number), "")
        self.recused.add(number)

    def reassign(self, number: int) -> None:
        staff = self.world.staff(number)
        every = [{one.principal_id or ""} for one in self.world.organisations.values()]
        granted = privacy.granted_to(self.report.box_id)
        found = queries.facts_of(self.report.number, [mailbox for mailbox in every if mailbox & granted])
        offices = reassignment.offices()
        if found is None or not offices:
            raise NotAllowed
        reassignment.ask(found, self.chance.choice(offices))
        reassignment.carry_out(staff)

    def write(self, _number: int) -> None:
        dialogue.write(dialogue.open_by_receipt(self.sent.receipt), "Noch etwas.")
