"""The coordination changes a rule in a browser: the proof stops a bad one, replay shows the shift, a good one holds."""

import pytest

from app.core.database import db
from app.reports import queries as reports
from app.routing import queries as routing
from tests import factories
from tests.browser.conftest import DESK, PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app

RULES = "/en/coordination/rules"


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, to look and to prepare."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


def coordinator(visitor, server, app, **looks):
    with app.app_context():
        email = account_of("coordinator")
        db.session.rollback()
    person = visitor(server.origin, **looks)
    page = person.go("/en/account/login")
    type_password(page, email, "teilhabe-vorfuehrung")
    type_code(page, app, email)
    return person


def press(page, name, kind="button"):
    with page.expect_navigation():
        page.get_by_role(kind, name=name, exact=True).first.click()


def look(person, axe):
    person.axe(axe)
    person.overflow()


def test_a_rule_is_changed_proved_replayed_and_put_in_force(visitor, own_server, beside, axe):
    with beside.app_context():
        for _number in range(4):
            factories.sent()
        db.session.commit()
    person = coordinator(visitor, own_server, beside, viewport=DESK)
    page = person.go(f"{RULES}/")
    look(person, axe)
    press(page, "Begin a draft with these rules")
    assert "These rules hold" in page.locator("main").inner_text()
    look(person, axe)
    draft = page.url

    # A bad change: the rule for housing stands behind one that takes all it could get.
    press(page, "Copy housing", "link")
    look(person, axe)
    page.locator("[name=key]").fill("all-housing")
    page.locator("[name=priority]").fill("115")
    page.locator("[name=why]").fill("Everything about housing in one place")
    press(page, "Save in the draft")
    assert "1 fault" in page.locator("main").inner_text()
    press(page, "See what is wrong", "link")
    look(person, axe)
    assert "Rules that no report ever gets to" in page.locator("main").inner_text()
    assert page.locator("#put-in-force").count() == 0

    # Back to the draft: the copy goes, and the rule for housing names another office.
    page.goto(draft)
    press(page, "Remove all-housing", "link")
    page.locator("[name=why]").fill("It was a mistake")
    press(page, "Remove the rule")
    press(page, "housing", "link")
    page.locator("[name=office]").select_option("jenarbeit")
    page.locator("[name=why]").fill("The job centre takes housing over")
    press(page, "Save in the draft")
    press(page, "Replay the past year", "link")
    look(person, axe)
    moved = page.locator("#moves tbody tr").inner_text()
    assert "jenarbeit" in moved
    assert "4" in moved

    # It holds, so it can be put in force, and a new report goes by it.
    page.goto(draft)
    press(page, "Compare and put in force", "link")
    look(person, axe)
    page.locator("[name=why]").fill("Decided together")
    press(page, "Put these rules in force")
    assert "Decided together" in page.locator("main").inner_text()
    look(person, axe)
    with beside.app_context():
        number = factories.sent().number
        db.session.commit()
        decision = reports.decision(reports.by_number(number).id)
        assert decision.set_version == routing.rules().version
        rule = reports.rule_of(decision.set_version, decision.rule)
        assert (rule.key, rule.office) == ("housing", "jenarbeit")
        db.session.rollback()


def test_the_workshop_fits_on_a_phone(visitor, own_server, beside, axe):
    person = coordinator(visitor, own_server, beside, viewport=PHONE)
    page = person.go(f"{RULES}/")
    look(person, axe)
    press(page, "Begin a draft with these rules")
    look(person, axe)
    draft = page.url.removeprefix(own_server.origin)
    for path in ("/check", "/replay", "/discard", "/fallback", "/new-rule", "/rules/racism", "/rules/racism/remove"):
        person.go(draft + path)
        look(person, axe)
    person.go(f"{RULES}/import")
    look(person, axe)
