"""Every route × every role × own, other and conflicted case: one table, made from the URL map.

What is expected follows from two things only: the permission that the view declares, and the grants on the report. A
route that declares none, or that takes a part of an address which nobody has thought about here, fails.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts import queries as accounts
from app.accounts import second_factor, service
from app.accounts.domain import RoleName, permissions_of
from app.core.codes import Purpose
from app.core.database import db
from app.core.heartbeat import beat
from app.core.permissions import OPEN_TO_ALL, Permission, permission_of
from app.directory import queries as directory
from app.notifications.models import OutboxMail
from app.privacy import audit
from app.privacy import queries as privacy
from app.reports.domain import CleanFile
from app.reports.models import Report
from tests.factories import discrimination, sent
from tests.support.arrivals import come_in
from tests.support.clients import CheckingClient, check, is_recorded
from tests.support.desks import LEAD, report_of
from tests.support.forms import fill_form
from tests.support.routes import address_of, calls
from tests.support.statements import statements, writes

INVOLVED, UNINVOLVED = "jugendhilfe", "gesundheit"

CASES = ("own", "other", "conflicted")

KNOWN_PARTS = {
    "lang",
    "number",
    "position",
    "key",
    "level",
    "kind",
    "token",
    "user_id",
    "identity",
    "chart",
    "version",
    "change",
    "job",
    "field_key",
    "part",
    "digest",
    "size",
    "code",
    "format_",
    "place",
    "name",
    "view",
    "older",
    "newer",
}
"""Parts of addresses. Whoever brings in another one says here what it may open."""

SMALL_CHANGE = "UPDATE account_vault_session SET seen_at"
"""That somebody is still there is written down before a view begins, at most once a minute."""

PNG = b"\x89PNG\r\n\x1a\n and so on"


class Outcome(StrEnum):
    """What a request comes to."""

    OPEN = "open"
    SIGN_IN = "sign in first"
    REFUSED = "refused"
    NOT_THERE = "not there"
    BROKEN = "broken"


@dataclass
class Person:
    """Somebody who asks, with what they may do and which keys could open a report for them."""

    name: str
    client: CheckingClient
    permissions: frozenset[Permission] = frozenset()
    half: bool = False
    keys: frozenset[str] = frozenset()
    """The mailboxes of their offices, whatever their role, and their own principal."""
    receipt: str = ""

    @property
    def signed_in(self) -> bool:
        return Permission.SIGNED_IN in self.permissions

    def can_open(self, case: Case) -> bool:
        """Whether a grant lets the person read it; nothing else does."""
        return Permission.READ_CASES in self.permissions and not self.keys.isdisjoint(case.granted)

    def may_know(self, case: Case) -> bool:
        """Whether the person may learn that the report exists."""
        sees_facts = not self.permissions.isdisjoint({Permission.COORDINATE, Permission.ADMINISTER})
        seen = sees_facts and (not case.restricted or not self.keys.isdisjoint(case.granted))
        return self.can_open(case) or seen or case.receipt == self.receipt


@dataclass
class Case:
    """A report."""

    name: str
    number: str
    receipt: str
    marker: str
    granted: frozenset[str] = frozenset()
    restricted: bool = False


@dataclass
class World:
    """Everybody, and the three reports."""

    people: list[Person] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def _case(name: str, **changes: Any) -> Case:
    marker = f"Merkwort{name}{len(name)}"
    consents = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.STATISTICS, Purpose.HANDOVER})
    files = (CleanFile("image/png", PNG),)
    if changes.pop("discriminates", False):
        from app.reports import service as reports

        made = reports.submit(discrimination(text=marker, consents=consents, files=files, **changes))
    else:
        made = sent(text=marker, consents=consents, files=files, **changes)
    report: Report = report_of(made.number)
    assert report.box_id is not None
    granted = frozenset(privacy.granted_to(report.box_id))
    return Case(name, made.number, made.receipt, marker, granted, report.restricted)


def _newcomer(role: RoleName, office: str) -> str:
    """Somebody of an office that a report is about, who is no reader there."""
    from app.wiring.demo import PASSWORD

    email = f"{role}-{office}@demo.example"
    second_factor.furnish(service.add_user(email, PASSWORD, f"{role} {office}", [role], [office]))
    return email


@pytest.fixture
def world(app, session) -> World:
    """Three reports of which the second belongs to another office, and the third is about one."""
    found = World()
    found.cases = [_case("own"), _case("other", discriminates=True), _case("conflicted", involved=(INVOLVED,))]
    newcomers = {role: _newcomer(role, INVOLVED) for role in (RoleName.COORDINATOR, RoleName.ADMINISTRATOR)}
    session.commit()
    half = app.test_client()

    def person(name: str, email: str) -> Person:
        user = accounts.user_by_email(email)
        assert user is not None
        cards = [directory.organisation_by_id(one.organisation_id) for one in user.memberships]
        keys = {str(card.principal_id) for card in cards if card} | {str(user.principal_id)}
        client = come_in(app.test_client(), email)
        return Person(name, client, permissions_of(role.name for role in user.roles), keys=frozenset(keys))

    def somebody(who: str) -> str:
        from tests.conftest import account_of

        return account_of(who)

    found.people = [
        Person("nobody", app.test_client()),
        Person("holder of the receipt", app.test_client(), receipt=found.cases[0].receipt),
        Person("half signed in", half, half=True),
        person("reader of the leading office", somebody(f"reader:{LEAD}")),
        person("reader of an uninvolved office", somebody(f"reader:{UNINVOLVED}")),
        person("reader of a conflicted office", somebody(f"reader:{INVOLVED}")),
        person("coordinator", somebody("coordinator")),
        person("coordinator of a conflicted office", newcomers[RoleName.COORDINATOR]),
        person("planner", somebody("planner")),
        person("partner", somebody("partner:awo")),
        person("administrator", somebody("administrator")),
        person("administrator of a conflicted office", newcomers[RoleName.ADMINISTRATOR]),
    ]
    _give_password_only(half, somebody(f"reader:{LEAD}"))
    _leave_traces(found)
    beat("worker")
    session.commit()
    return found


def _leave_traces(world: World) -> None:
    """Whatever is listed somewhere is about all three reports: openings in the trail, and mails that did not arrive."""
    for case in world.cases:
        audit.note(audit.OPENED, actor="somebody", subject=case.number)
    db.session.execute(update(OutboxMail).values(dead=True))
    told = set(db.session.scalars(select(OutboxMail.subject_number)))
    assert {case.number for case in world.cases} <= told


def _give_password_only(client: CheckingClient, email: str) -> None:
    from app.wiring.demo import PASSWORD

    page = client.get("/de/account/login")
    answer = client.post("/de/account/login", data=fill_form(page, email=email, password=PASSWORD))
    assert "/sign-in/" in answer.location


def expected(permission: Permission | None, person: Person, case: Case | None) -> Outcome:
    """What the declared permission and the grants say. ``case`` is the one that the address names."""
    assert permission is not None, "a route declares no permission"
    if permission in OPEN_TO_ALL:
        return Outcome.OPEN
    if permission is Permission.HALF_SIGNED_IN:
        return Outcome.OPEN if person.half or person.signed_in else Outcome.SIGN_IN
    if not person.signed_in:
        return Outcome.SIGN_IN
    if permission not in person.permissions:
        return Outcome.REFUSED
    if case is None:
        return Outcome.OPEN
    known = person.can_open(case) if permission is Permission.READ_CASES else person.may_know(case)
    return Outcome.OPEN if known else Outcome.NOT_THERE


def outcome(answer: TestResponse, case: Case | None) -> Outcome:
    """What became of a request. Where the address names no case, something of its kind may simply not exist."""
    if answer.status_code >= 500 or answer.status_code == 429:
        return Outcome.BROKEN
    if answer.location and answer.location.startswith("/de/account/login"):
        return Outcome.SIGN_IN
    if answer.status_code == 401:
        return Outcome.SIGN_IN
    if answer.status_code == 403:
        return Outcome.REFUSED
    return Outcome.NOT_THERE if answer.status_code == 404 and case else Outcome.OPEN


@contextmanager
def undone(client: CheckingClient) -> Iterator[None]:
    """Whatever a request changes, in the database and in the cookies, is as it was afterwards."""
    cookies = dict(client._cookies or {})
    connection: Any = db.engines[None]
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        client._cookies = cookies


def ask(app, person: Person, rule: Rule, method: str, case: Case | None) -> tuple[TestResponse, list[str]]:
    """Make a request; gives the answer, and what was written."""
    address = address_of(rule, **({"number": case.number, "position": 0} if case else {}))
    data = {"receipt": person.receipt} if method != "GET" and person.receipt else None
    with undone(person.client), statements(app) as said:
        # Not the client's own way of asking, which looks at each page and takes its time.
        answer = Context().run(FlaskClient.open, person.client, address, method=method, data=data)
        answer.get_data()
    answer.request.environ["wsgi.input"].close()
    return answer, [one for one in said if writes(one) and not one.startswith(SMALL_CHANGE)]


def faults(world: World, person: Person, case: Case | None, answer: TestResponse, said: list[str], wanted: Outcome):
    """Everything that is wrong with an answer."""
    came = outcome(answer, case)
    if came is not wanted:
        yield f"{came} instead of {wanted} (status {answer.status_code})"
    if wanted is not Outcome.OPEN and said:
        yield f"writes although it is {wanted}: {said[0][:80]}"
    body = answer.get_data()
    for one in world.cases:
        own = bool(person.receipt) and one.receipt == person.receipt
        if one.marker.encode() in body and not (person.can_open(one) or own):
            yield f"shows what the {one.name} report says"
        # Whoever is refused reads the address that they asked for themselves.
        echoed = case is one and wanted is not Outcome.OPEN
        if one.number.encode() in body and not person.may_know(one) and not echoed:
            yield f"names the {one.name} report"


@pytest.mark.timeout(600)
def test_every_route_for_every_role_and_every_case(app, world, session, figure):
    cells: Counter[Outcome] = Counter()
    found, seen_pages = [], 0
    routes = list(calls(app))
    assert len(routes) > 80
    for rule, method in routes:
        view = app.view_functions[rule.endpoint]
        permission = permission_of(view)
        assert set(rule.arguments) <= KNOWN_PARTS, f"{rule.rule} takes a part of an address that nobody thought about"
        for person in world.people:
            for case in world.cases if "number" in rule.arguments else [None]:
                wanted = expected(permission, person, case)
                answer, said = ask(app, person, rule, method, case)
                wrong = list(faults(world, person, case, answer, said, wanted))
                allowed = () if not is_recorded(app, answer.request.path) else ("INSERT INTO privacy_audit ",)
                if method == "GET" and any(not one.startswith(allowed) for one in said):
                    wrong.append(f"only reads, but writes: {said[0][:80]}")
                if method == "GET" and wanted is Outcome.OPEN:
                    check(answer)
                    seen_pages += 1
                where = f"{method} {rule.rule} · {person.name} · {case.name if case else 'no case'}"
                found += [f"{where}: {one}" for one in wrong]
                # An answer without a case in its address was looked through for all three of them.
                cells[wanted] += 1 if case else len(CASES)
    table = ", ".join(f"{number} {name}" for name, number in sorted(cells.items()))
    figure(
        f"{len(routes)} routes × {len(world.people)} roles × {len(CASES)} cases = {cells.total()} cells ({table}); "
        f"{seen_pages} pages looked at; {len(found)} differ"
    )
    assert cells.total() == len(routes) * len(world.people) * len(CASES)
    assert found == [], "\n".join(found)


def test_the_world_is_as_the_table_says(world):
    """Without these differences the table would be green for the wrong reason."""
    people = {person.name: person for person in world.people}
    own, other, conflicted = world.cases
    lead, foreign, barred = (people[f"reader of {which}"] for which in (
        "the leading office", "an uninvolved office", "a conflicted office",
    ))  # fmt: skip
    assert [lead.can_open(case) for case in world.cases] == [True, False, True]
    assert not any(foreign.can_open(case) or barred.can_open(case) for case in world.cases)
    assert (own.restricted, other.restricted, conflicted.restricted) == (False, False, True)
    for person in world.people:
        if not person.receipt and Permission.READ_CASES not in person.permissions:
            assert not any(person.can_open(case) for case in world.cases), person.name
            assert not person.may_know(conflicted), person.name
    assert people["coordinator"].may_know(own)


def test_roles_add_up_and_no_role_may_everything():
    for one, other in itertools.combinations(RoleName, 2):
        assert permissions_of([one, other]) == permissions_of([one]) | permissions_of([other])
    for role in RoleName:
        assert permissions_of([role]) < set(Permission) - OPEN_TO_ALL
        assert not permissions_of([role]) & OPEN_TO_ALL
    assert permissions_of([]) == frozenset()
    assert [role for role in RoleName if Permission.READ_CASES in permissions_of([role])] == [RoleName.READER]
