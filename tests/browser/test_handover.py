"""Several people at one case in the browser: a hand-over refused, offered again and accepted; two at once."""

import pytest

from app.accounts.queries import readers
from app.core.codes import Purpose
from app.core.database import db
from app.directory.queries import organisations
from app.wiring import demo
from tests import factories
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app

REASON = "Das ist Sache der Pflegeberatung."
REFUSAL = "Wir beraten zur Pflege, aber hier geht es um die Miete."
LEAD, OTHER = "soziales", "gesundheit"


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, to prepare a case."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


@pytest.fixture
def number(beside):
    with beside.app_context():
        agreed = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})
        found = factories.sent(consents=agreed).number
        db.session.commit()
    return found


def at_a_desk(visitor, app, server, office):
    with app.app_context():
        email = account_of(f"reader:{office}")
        db.session.rollback()
    return signed_in(visitor, app, server, email)


def signed_in(visitor, app, server, email):
    person = visitor(server.origin)
    page = person.go("/de/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, app, email)
    return person


def form(page, action):
    found = page.locator(f"form:has(input[name=action][value={action}])")
    if not found.locator("button").last.is_visible():
        page.locator(f"details:has(input[name=action][value={action}]) > summary").click()
    return found


def send(page, action):
    with page.expect_navigation():
        form(page, action).locator("button[type=submit]").last.click()


def offer(page, reason):
    part = form(page, "offer")
    part.locator("select").select_option(OTHER)
    part.locator("textarea").fill(reason)
    send(page, "offer")


def test_a_handover_refused_and_returned_offered_again_and_accepted(visitor, own_server, beside, number, axe):
    giver = at_a_desk(visitor, beside, own_server, LEAD)
    page = giver.go(f"/de/desk/{number}")
    offer(page, REASON)
    assert page.locator("input[name=action][value=take_back]").count() == 1

    receiver = at_a_desk(visitor, beside, own_server, OTHER)
    asked = receiver.go(f"/de/desk/{number}")
    assert REASON in asked.locator("main").inner_text()
    receiver.axe(axe)
    form(asked, "return").locator("textarea").fill(REFUSAL)
    send(asked, "return")
    assert asked.url.endswith("/de/desk/")
    receiver.expected = ("404",)
    assert asked.goto(f"{own_server.origin}/de/desk/{number}").status == 404

    giver.go(f"/de/desk/{number}")
    notice = page.locator(".kern-alert--warning").filter(has_text=REFUSAL)
    assert notice.is_visible()
    giver.axe(axe)
    giver.overflow()
    offer(page, REASON)
    assert page.locator(".kern-alert--warning").filter(has_text=REFUSAL).count() == 0

    asked = receiver.go(f"/de/desk/{number}")
    send(asked, "accept")
    assert asked.url.endswith(f"/de/desk/{number}")
    assert asked.locator("input[name=action][value=reply]").count() == 1
    giver.expected = ("404",)
    assert page.goto(f"{own_server.origin}/de/desk/{number}").status == 404


def test_two_people_at_one_case_see_each_others_change_and_lose_nothing(visitor, own_server, beside, number, axe):
    with beside.app_context():
        emails = [user.email for _membership, user in readers([organisations()[LEAD].id])]
        db.session.rollback()
    one, other = (signed_in(visitor, beside, own_server, email) for email in emails[:2])
    first, second = (person.go(f"/de/desk/{number}") for person in (one, other))
    form(first, "note").locator("textarea").fill("Ich rufe dort an.")
    words = "Wir kümmern uns darum."
    form(second, "reply").locator("textarea").fill(words)
    send(first, "note")
    # The slower one is told what changed meanwhile, and finds every word again.
    other.expected = ("409",)
    with second.expect_navigation():
        form(second, "reply").locator("button[name$=then]").first.click()
    changed = second.locator("#changed")
    assert "Ich rufe dort an." in changed.inner_text()
    assert form(second, "reply").locator("textarea").input_value() == words
    other.axe(axe)
    with second.expect_navigation():
        form(second, "reply").locator("button[name$=then]").first.click()
    assert second.locator("#changed").count() == 0
    assert words in second.locator("main").inner_text()
