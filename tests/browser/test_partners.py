"""A partner follows a need, sees that it has grown, takes it up; the city accepts it into the draft of its plans."""

from __future__ import annotations

import pytest

from app.accounts import queries as accounts
from app.core.database import db
from app.core.revisions import touch
from app.needs.domain import Period
from app.needs.models import Publication, PublishedCell
from app.partners.following import service as following
from app.partners.proposals import queries as proposals
from app.plans import queries as plans
from tests.browser.conftest import DESK
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app

PHONE = {"width": 360, "height": 740}
NUMBERS = {"2024": {"housing": 12, "work": 20}, "2025": {"housing": 40, "work": 22}}


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, to look and to prepare."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


def publish(name, cells):
    period = Period.named(name)
    row = Publication(period=name, first_day=period.first_day, last_day=period.last_day, threshold=5)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        PublishedCell(
            publication_id=row.id, listed="city-topics", row="city", column=topic, block=number, reports=reports
        )
        for number, (topic, reports) in enumerate(cells.items())
    )
    touch("needs")


def somebody(visitor, server, app, who, **looks):
    with app.app_context():
        email = account_of(who)
        db.session.rollback()
    person = visitor(server.origin, **looks)
    page = person.go("/en/account/login")
    type_password(page, email, "teilhabe-vorfuehrung")
    if "sign-in" in page.url:
        type_code(page, app, email)
    return person


def press(page, name, kind="button"):
    with page.expect_navigation():
        page.get_by_role(kind, name=name, exact=True).first.click()


def look(person, axe):
    person.axe(axe)
    person.overflow()


def accept(planner, axe):
    """Somebody of social planning looks at the only proposal and accepts it."""
    planner.go("/en/proposals/")
    look(planner, axe)
    press(planner.page, "Housing café", "link")
    look(planner, axe)
    planner.page.get_by_role("group", name="Fields of action").get_by_role("checkbox").first.check()
    planner.page.get_by_label("Reason").first.fill("It fits the field.")
    press(planner.page, "Accept")
    assert "Accepted" in planner.page.locator("main").inner_text()
    look(planner, axe)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_partner_takes_a_grown_need_up_and_the_city_accepts_it(visitor, own_server, beside, axe, size):
    partner = somebody(visitor, own_server, beside, "partner:awo", viewport=size)
    partner.expected = ("422 (UNPROCESSABLE ENTITY)",)
    page = partner.page
    assert page.url.endswith("/en/partner/")
    look(partner, axe)
    press(page, "Choose what to follow", "link")
    look(partner, axe)
    page.get_by_label("Housing", exact=True).check()
    page.get_by_label("Work", exact=True).check()
    press(page, "Follow this")
    look(partner, axe)
    with beside.app_context():
        for name, cells in NUMBERS.items():
            publish(name, cells)
        db.session.commit()
    partner.go("/en/partner/following/")
    assert "from 12 to 40 reports" in page.locator(".tk-grown").inner_text()
    assert "Work" not in page.locator(".tk-grown").inner_text()
    look(partner, axe)
    press(page, "We take this up", "link")
    look(partner, axe)
    assert page.get_by_label("Housing", exact=True).is_checked()
    press(page, "Send it to the city")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    look(partner, axe)
    page.get_by_label("Title (English)").fill("Housing café")
    page.get_by_label("What you want to do (English)").fill("We help people look for a flat.")
    page.get_by_label("Families", exact=True).check()
    press(page, "Send it to the city")
    assert "Waits for an answer" in page.locator("main").inner_text()
    look(partner, axe)

    accept(somebody(visitor, own_server, beside, "planner", viewport=size), axe)
    partner.go("/en/partner/proposals/")
    text = page.locator("main").inner_text()
    assert "It fits the field." in text
    assert "Accepted: it is in the draft of the plans" in text
    with beside.app_context():
        (card,) = proposals.every()
        (draft,) = plans.drafts()
        found = plans.version(draft.id)
        assert found is not None
        measure = found[1].measure(str(card.measure))
        assert measure is not None
        assert (measure.partners, str(measure.name)) == (("awo",), "Housing café")
        user = accounts.user_by_email(account_of("partner:awo"))
        assert user is not None
        assert following.queries.choice(user.id).topics == ("housing", "work")


def test_every_page_of_the_partners_and_of_those_who_invite_them(visitor, own_server, beside, axe):
    partner = somebody(visitor, own_server, beside, "partner:awo", viewport=PHONE)
    page = partner.page
    for path in ("services/", "new-service", "table", "colleagues", "mails", "take-up", "proposals/"):
        partner.go(f"/en/partner/{path}")
        look(partner, axe)
    partner.go("/en/partner/services/")
    name = page.locator("section h3").first.inner_text()
    press(page, "We no longer offer this")
    assert f"“{name}” is no longer shown" in page.locator("main").inner_text()
    look(partner, axe)
    press(page, "Undo")
    assert f"“{name}” is on map and lists again" in page.locator("main").inner_text()
    press(page, "This is still right")
    assert "is confirmed as of today" in page.locator("main").inner_text()
    look(partner, axe)
    partner.go("/en/partner/table")
    with page.expect_download() as download:
        page.get_by_role("link", name="Your services as a workbook (.xlsx)").click()
    page.get_by_label("File with the table").set_input_files(download.value.path())
    press(page, "Check the table")
    assert "What this table would change" in page.locator("h1").inner_text()
    look(partner, axe)
    coordinator = somebody(visitor, own_server, beside, "coordinator", viewport=PHONE)
    coordinator.go("/en/partner-organisations/")
    look(coordinator, axe)
    with coordinator.page.expect_navigation():
        coordinator.page.locator('a[href="/en/partner-organisations/awo"]').click()
    coordinator.page.get_by_label("E-mail address").fill("neu@awo.example")
    coordinator.page.get_by_label("Name of the desk").fill("Beratung, AWO")
    press(coordinator.page, "Send the invitation")
    assert "neu@awo.example" in coordinator.page.locator("main").inner_text()
    look(coordinator, axe)
