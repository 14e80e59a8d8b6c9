"""A city of random offices and people, small enough to look at from every side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import update

from app.accounts import queries as accounts
from app.accounts.domain import RoleName
from app.accounts.models import Membership, Role, User
from app.core.clock import today
from app.core.database import db
from app.core.revisions import touch
from app.core.texts import Localized
from app.directory.models import Organisation
from app.privacy import domain as crypto
from app.privacy import service as privacy
from app.privacy.models import Principal
from app.routing import sets as routing
from app.routing.proof import Proof
from app.triage.case import Staff
from tests import factories

OFFICES = [f"test-{number}" for number in range(6)]
AIDS = [f"aid-{number}" for number in range(2)]


@dataclass(frozen=True)
class Plan:
    """What is drawn: who stands above whom, who works where, which rules there are, what is reported."""

    parents: Mapping[str, str | None]
    receiving: Collection[str]
    memberships: Mapping[int, Sequence[str]]
    reading: Collection[int]
    rules: list[tuple[str, str]]
    fallback: str
    involved: tuple[str, ...]
    excluded: tuple[str, ...]


def a_plan(chance: Random) -> Plan:
    """Trees, closed desks, people at several offices, rules that point anywhere, reports about anybody."""
    everyone = OFFICES + AIDS

    def some(likely: float, among: Collection[Any]) -> set[Any]:
        return {one for one in among if chance.random() < likely}

    people = range(chance.randint(3, 10))
    return Plan(
        parents={
            key: chance.choice([None, *OFFICES[:number], *OFFICES[:number]]) for number, key in enumerate(OFFICES)
        },
        receiving=some(0.8, everyone),
        memberships={one: chance.sample(everyone, chance.choice([1, 1, 1, 1, 2, 2, 3])) for one in people},
        reading=some(0.85, people),
        rules=[(chance.choice(OFFICES), chance.choice(["gap", "gap", "idea"])) for _ in range(chance.randint(0, 3))],
        fallback=chance.choice(OFFICES),
        involved=tuple(chance.sample(everyone, chance.choice([0, 1, 1, 1, 2]))),
        excluded=tuple(chance.sample(everyone, chance.choice([0, 0, 0, 1, 2]))),
    )


@dataclass
class World:
    """A plan in the database, with everybody's keys at hand."""

    plan: Plan
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[int, tuple[User, bytes]] = field(default_factory=dict)

    def build(self) -> World:
        """Put it there; no other desk of the city receives anything."""
        db.session.execute(update(Organisation).values(receives=False))
        for key in OFFICES + AIDS:
            self._add_organisation(key)
        for number, keys in self.plan.memberships.items():
            self._add_person(number, keys)
        for organisation in self.organisations.values():
            readers = accounts.member_principals([organisation.id])[organisation.id]
            if readers:
                organisation.principal_id = privacy.new_mailbox(readers)
        db.session.flush()
        touch("directory")
        touch("accounts")
        rules = [factories.rule(office, kind=kind) for office, kind in self.plan.rules]
        routing.bring_in(factories.rules(*rules, fallback=self.plan.fallback), Proof(0, 0, ()), "test")
        return self

    def _add_organisation(self, key: str) -> None:
        above = self.plan.parents.get(key)
        row = Organisation(
            key=key,
            kind="independent" if key in AIDS else "office",
            name=Localized(de=key),
            summary=Localized(de=key),
            position=len(self.organisations),
            parent_id=self.organisations[above].id if above else None,
            receives=key in self.plan.receiving,
            confirmed_on=today(),
        )
        db.session.add(row)
        db.session.flush()
        self.organisations[key] = row

    def _add_person(self, number: int, keys: Collection[str]) -> None:
        private, public = crypto.new_key_pair()
        identity = crypto.new_id()
        role = RoleName.READER if number in self.plan.reading else RoleName.PARTNER
        user = User(
            email=f"person-{number}@test.example",
            password="-",
            title=f"Person {number}",
            fs_uniquifier=identity,
            principal_id=identity,
            roles=[accounts.role(role) or Role(name=role)],
            memberships=[Membership(organisation_id=self.organisations[key].id) for key in keys],
        )
        db.session.add_all([Principal(id=identity, kind="person", public_key=public), user])
        db.session.flush()
        self.people[number] = (user, private)

    def staff(self, number: int) -> Staff:
        """Somebody at work, with every key that theirs opens."""
        user, private = self.people[number]
        return Staff.of(user, privacy.keyring(str(user.principal_id), private))

    def line_of(self, key: str) -> set[str]:
        """An office with everybody above and beneath, told once more and in another way than routing does."""
        above, step = {key}, self.plan.parents.get(key)
        while step:
            above.add(step)
            step = self.plan.parents.get(step)
        beneath = {other for other in OFFICES if key in self._ancestors(other)}
        return above | beneath

    def _ancestors(self, key: str) -> set[str]:
        above = self.plan.parents.get(key)
        return {above} | self._ancestors(above) if above else set()

    def conflicted(self) -> tuple[set[str], set[int]]:
        """The offices, and the people, who must never get in."""
        offices = set(self.plan.excluded).union(*(self.line_of(key) for key in self.plan.involved))
        return offices, {number for number, keys in self.plan.memberships.items() if offices & set(keys)}
