"""Every route says who may use it, and everybody else is refused. What may happen where is written down here again."""

import pytest
from flask import redirect

from app.accounts.signin import UndeclaredRouteError, check_routes
from app.core.database import commits
from app.core.heartbeat import beat
from app.core.permissions import Permission, permission_of, requires
from tests.support.routes import rules

EXPECTED = {
    "site.": Permission.PUBLIC,
    "places.": Permission.PUBLIC,
    "reports.": Permission.PUBLIC,
    "receipts.": Permission.RECEIPT,
    "security.login": Permission.PUBLIC,
    "security.logout": Permission.SIGNED_IN,
    "sso.": Permission.PUBLIC,
    "sso.disconnect": Permission.SIGNED_IN,
    "signin.": Permission.HALF_SIGNED_IN,
    "me.": Permission.SIGNED_IN,
    "accounts.start": Permission.SIGNED_IN,
    "invitations.": Permission.PUBLIC,
    "figures.own": Permission.READ_CASES,
    "figures.own_chart": Permission.READ_CASES,
    "figures.own_table": Permission.READ_CASES,
    "figures.every": Permission.COORDINATE,
    "figures.every_chart": Permission.COORDINATE,
    "figures.every_table": Permission.COORDINATE,
    "administration.": Permission.ADMINISTER,
    "people.": Permission.ADMINISTER,
    "templates.": Permission.ADMINISTER,
    "undelivered.": Permission.ADMINISTER,
    "keys.": Permission.READ_CASES,
    "triage.": Permission.READ_CASES,
    "behalf.": Permission.FILE_FOR_OTHERS,
    "coordination.": Permission.COORDINATE,
    "workshop.": Permission.COORDINATE,
    "workshop.version": Permission.SIGNED_IN,
    "rules.": Permission.COORDINATE,
    "planning.": Permission.EDIT_PLANS,
    "audit.": Permission.ADMINISTER,
    "strategy.": Permission.PUBLIC,
    "drafting.": Permission.EDIT_PLANS,
    "history.": Permission.EDIT_PLANS,
    "needs.": Permission.SEE_NEEDS,
    # A script that draws the map; the numbers stand on the page.
    "needs.map_script": Permission.PUBLIC,
    "partners.": Permission.KEEP_SERVICES,
    "moved.": Permission.KEEP_SERVICES,
    "proposals.": Permission.EDIT_PLANS,
    "partner_organisations.": Permission.INVITE_PARTNERS,
}
"""By endpoint, or by room where the endpoint itself is not named."""


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
