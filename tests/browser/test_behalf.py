"""A partner writes a report down for somebody; the person takes it over, and the receipt that was seen ends."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.core.database import db
from app.reports.models import Report
from app.wiring import demo
from tests.browser.conftest import PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.leaks import files_below, leaks, stored
from tests.support.steps import fill, receipt_on

TEXT = "Sie sagt: in ganz Winzerla gibt es keine Beratung zur Wohnungssuche."

ANSWERS = {
    "channel": "counselling",
    "person_language": "en",
    "kind": "gap",
    "topic": "housing",
    "missing": ["no_service"],
    "where": "area",
    "area": "18",
    "text": TEXT,
    "wish": "contact",
    "consents": ["reading", "contact"],
}


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, to look and to prepare."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


def signed_in(visitor, app, server, who):
    with app.app_context():
        email = account_of(who)
        db.session.rollback()
    person = visitor(server.origin)
    page = person.go("/en/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, app, email)
    return person


def press(page, selector):
    with page.expect_navigation():
        page.locator(selector).click()


def open_with(page, receipt):
    page.locator("[name=receipt]").fill(receipt)
    press(page, "main form button[type=submit]")


def test_a_case_filed_in_counselling_is_taken_over_by_receipt(visitor, own_server, beside, axe):
    partner = signed_in(visitor, beside, own_server, "partner:awo")
    page = partner.go("/en/desk/on-behalf")
    partner.axe(axe)
    # The questions that do not fit the kind go out of sight.
    page.locator("[name=kind][value=gap]").check()
    assert not page.locator("[name=grounds]").first.is_visible()
    assert page.locator("[name=missing]").first.is_visible()
    fill(page, ANSWERS)
    press(page, "main button[name=go][value=look]")
    partner.axe(axe)
    partner.overflow()
    press(page, "main button[name=go][value=send]")
    seen = receipt_on(page)
    partner.axe(axe)
    assert seen not in page.url

    # The person, on a telephone, with the number they were handed.
    person = visitor(own_server.origin, viewport=PHONE)
    mine = person.go("/en/receipt")
    open_with(mine, seen)
    assert "Somebody filed this report for you" in mine.locator("main").inner_text()
    person.axe(axe)
    press(mine, ".kern-alert form button")
    press(mine, "main button.kern-btn--primary")
    new = receipt_on(mine)
    assert new != seen
    assert new not in mine.url
    person.axe(axe)
    person.overflow()
    open_with(person.go("/en/receipt"), new)
    assert "You took your report over" in mine.locator("main").inner_text()

    # Whoever kept the old one reads nothing any more, not even by sending the form again.
    person.expected = partner.expected = ("422",)
    late = partner.go("/en/receipt")
    open_with(late, seen)
    assert "was exchanged for a new one" in late.locator("main").inner_text()
    assert TEXT not in late.content()

    with beside.app_context():
        report = db.session.scalars(select(Report)).one()
        assert report.channel == "counselling"
        found = files_below(own_server.instance_dir) | stored(own_server.database_address) | {"server": own_server.log}
        db.session.rollback()
    groups = [" ".join(re.findall(r"\d{5}", one)) for one in (seen, new)]
    assert leaks([TEXT, seen, new, *groups], found) == []
