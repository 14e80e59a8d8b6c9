"""Every route says who may use it, and everybody else is refused. What may happen where is written down here again."""

import itertools

import pytest
from flask import redirect
from werkzeug.routing import Rule

from app.accounts.domain import permissions_of
from app.accounts.signin import UndeclaredRouteError, check_routes
from app.core.database import commits
from app.core.heartbeat import beat
from app.core.permissions import OPEN_TO_ALL, Permission, permission_of, requires
from tests.support.statements import statements

PEOPLE = {
    "reader:ads": "reader",
    "coordinator": "coordinator",
    "partner:awo": "partner",
    "administrator": "administrator",
}

EXPECTED = {
    "site.": Permission.PUBLIC,
    "places.": Permission.PUBLIC,
    "reports.": Permission.PUBLIC,
    "receipts.": Permission.RECEIPT,
    "security.login": Permission.PUBLIC,
    "security.logout": Permission.SIGNED_IN,
    "accounts.start": Permission.SIGNED_IN,
    "accounts.people": Permission.ADMINISTER,
    "triage.": Permission.READ_CASES,
    "triage.facts": Permission.COORDINATE,
    "needs.": Permission.SEE_NEEDS,
    # A script that draws the map; the numbers stand on the page.
    "needs.map_script": Permission.PUBLIC,
    "needs.own_services": Permission.KEEP_SERVICES,
    "needs.confirm_service": Permission.KEEP_SERVICES,
    "needs.edit_service": Permission.KEEP_SERVICES,
    "needs.save_service": Permission.KEEP_SERVICES,
    "needs.new_service": Permission.KEEP_SERVICES,
    "needs.add_service": Permission.KEEP_SERVICES,
}
"""By endpoint, or by room where the endpoint itself is not named."""

WRITES_ON_POST = {"POST", "PUT", "PATCH", "DELETE"}


def rules(app):
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def some_address(app, rule: Rule):
    """An address that the rule matches, of nothing in particular."""
    values = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if name == "lang":
            values[name] = "de"
        elif hasattr(converter, "items"):
            values[name] = min(converter.items)
        else:
            values[name] = 1 if type(converter).__name__ == "IntegerConverter" else "x"
    address = rule.build(values)
    assert address is not None
    return address[1]


def calls(app):
    for rule in rules(app):
        for method in sorted(rule.methods & {"GET", *WRITES_ON_POST}):
            yield rule, method, some_address(app, rule)


def test_every_route_declares_the_permission_that_it_should(app):
    assert len(rules(app)) > 30
    for rule in rules(app):
        declared = permission_of(app.view_functions[rule.endpoint])
        room = f"{rule.endpoint.split('.')[0]}."
        assert declared == EXPECTED.get(rule.endpoint, EXPECTED.get(room)), f"{rule.rule} ({rule.endpoint})"


def test_a_route_without_a_permission_stops_the_start(own_app):
    app = own_app()
    app.add_url_rule("/loose", "loose", lambda: "hello")
    with pytest.raises(UndeclaredRouteError, match=r"/loose \(loose\)"):
        check_routes(app)


def test_a_view_without_a_permission_that_came_in_later_is_not_there(own_app):
    app = own_app()
    app.add_url_rule("/loose", "loose", lambda: "hello")
    assert app.test_client().get("/loose").status_code == 404


def test_nobody_without_an_account_comes_into_the_offices(app, client):
    seen = 0
    for rule, method, address in calls(app):
        if permission_of(app.view_functions[rule.endpoint]) in OPEN_TO_ALL:
            continue
        answer = client.open(address, method=method)
        assert answer.status_code == 302, f"{method} {address}"
        assert answer.headers["Location"].startswith("/de/account/login"), f"{method} {address}"
        seen += 1
    assert seen > 15


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_is_refused_elsewhere(app, sign_in, who):
    allowed = permissions_of([PEOPLE[who]])
    refused = admitted = 0
    client = sign_in(who)
    for rule, method, address in calls(app):
        permission = permission_of(app.view_functions[rule.endpoint])
        if permission in OPEN_TO_ALL or rule.endpoint == "security.logout":
            continue
        answer = client.open(address, method=method)
        if permission in allowed:
            assert answer.status_code not in {401, 403, 500}, f"{method} {address}"
            assert not answer.headers.get("Location", "").startswith("/de/account/login"), f"{method} {address}"
            admitted += 1
        else:
            assert answer.status_code == 403, f"{method} {address}"
            refused += 1
    assert refused > 1
    assert admitted > 1


@pytest.mark.parametrize("who", [None, *PEOPLE])
def test_a_refusal_writes_nothing(app, sign_in, client, who):
    person = sign_in(who) if who else client
    allowed = permissions_of([PEOPLE[who]]) if who else frozenset()
    for rule, method, address in calls(app):
        permission = permission_of(app.view_functions[rule.endpoint])
        if method == "GET" or permission in OPEN_TO_ALL | allowed:
            continue
        with statements(app) as said:
            person.open(address, method=method)
        assert not [one for one in said if one.split()[0] in {"INSERT", "UPDATE", "DELETE"}], f"{method} {address}"


@pytest.mark.parametrize("who", [None, *PEOPLE])
def test_no_get_writes_and_none_breaks(app, sign_in, client, who):
    """The client itself fails on a GET that writes; the walk sees to it that every GET is asked for, by everybody."""
    person = sign_in(who) if who else client
    for rule, method, address in calls(app):
        if method == "GET":
            answer = person.get(address)
            assert answer.status_code < 500 or rule.endpoint == "site.readyz", address


def test_a_get_that_writes_would_be_noticed(own_app):
    app = own_app()

    @app.get("/writes")
    @requires(Permission.PUBLIC)
    @commits
    def writes():
        beat("somebody")
        return redirect("/de/")

    with pytest.raises(AssertionError, match="GET /writes only reads, but writes"):
        app.test_client().get("/writes")


def test_roles_add_up_and_no_role_may_everything():
    for one, other in itertools.combinations(sorted(set(PEOPLE.values())), 2):
        assert permissions_of([one, other]) == permissions_of([one]) | permissions_of([other])
    for role in PEOPLE.values():
        assert permissions_of([role]) < set(Permission) - OPEN_TO_ALL
        assert not permissions_of([role]) & OPEN_TO_ALL
    assert permissions_of([]) == frozenset()
    readers = {role for role in PEOPLE.values() if Permission.READ_CASES in permissions_of([role])}
    assert readers == {"reader"}


def test_somebody_whose_account_was_closed_is_out_at_once(app, session, sign_in):
    from sqlalchemy import update

    from app.accounts.models import User

    client = sign_in("reader:ads")
    assert client.get("/de/desk/").status_code == 200
    session.execute(update(User).values(active=False))
    session.commit()
    assert client.get("/de/desk/").headers["Location"].startswith("/de/account/login")


def test_after_signing_out_nothing_is_open_and_no_key_is_left(app, session, sign_in):
    from sqlalchemy import func, select

    from app.accounts.models import VaultSession

    client = sign_in("reader:ads")
    assert session.scalar(select(func.count()).select_from(VaultSession)) == 1
    kept = client.get_cookie("session").value
    assert client.post("/de/account/logout").status_code == 302
    assert session.scalar(select(func.count()).select_from(VaultSession)) == 0
    assert client.get("/de/desk/").status_code == 302
    client.set_cookie("session", kept)
    assert client.get("/de/desk/").headers["Location"].startswith("/de/account/login")


@pytest.mark.parametrize(("who", "path"), [("partner:awo", "needs/"), ("coordinator", "coordination/")])
def test_a_copy_of_the_cookie_opens_nothing_after_signing_out(sign_in, who, path):
    client = sign_in(who)
    kept = client.get_cookie("session").value
    assert client.get(f"/de/{path}").status_code == 200
    client.post("/de/account/logout")
    client.set_cookie("session", kept)
    assert client.get(f"/de/{path}").headers["Location"].startswith("/de/account/login")


def test_the_offices_speak_german_and_english_only(client, sign_in):
    for path in ("desk/", "needs/"):
        assert client.get(f"/ar/{path}").headers["Location"].startswith("/de/")
    assert sign_in("reader:ads").get("/en/desk/").status_code == 200
