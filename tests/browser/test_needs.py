"""Two areas are picked on the map by keyboard and compared; every page on a telephone; all of it without a script."""

import pytest

from app.core.database import db
from app.wiring import demo
from tests.browser.conftest import DESK, PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.published import known_snapshot

PATHS = ("", "?topic=housing", "?show=share_far", "matrix", "matrix?show=average_far", "time", "city",
         "compare?area=4&area=25", "areas/ortsteil/4", "areas/planungsraum/lobeda")  # fmt: skip


@pytest.fixture(scope="module")
def beside(server, tmp_path_factory):
    """An app on the server's database, in which a year has been published."""
    app = make_app(server.database_address, tmp_path_factory.mktemp("beside"))
    with app.app_context():
        known_snapshot()
        db.session.commit()
    yield app
    close(app)


def partner(visitor, server, beside, language="en", **wishes):
    with beside.app_context():
        email = account_of("partner:awo")
    person = visitor(server.origin, **wishes)
    page = person.go(f"/{language}/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, beside, email)
    return person


def test_two_areas_are_picked_on_the_map_by_keyboard_and_compared(visitor, server, beside, axe):
    person = partner(visitor, server, beside)
    page = person.go("/en/needs/")
    page.wait_for_load_state("networkidle")
    areas = page.locator("#map_needs path[role=button]")
    assert areas.count() == 30
    assert page.locator("#map_needs path[tabindex='0']").count() == 1
    page.locator("#map_needs path[tabindex='0']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    chosen = page.locator("#needs-table input:checked")
    names = [box.get_attribute("aria-label").removeprefix("Choose ") for box in chosen.all()]
    assert len(names) == 2
    said = page.locator("[data-map-picked]").inner_text()
    assert said.startswith("Chosen: ")
    assert all(name in said for name in names)
    assert page.locator("#map_needs path[aria-pressed=true]").count() == 2
    person.axe(axe)

    # A third one takes the place of the first.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator("#needs-table input:checked").count() == 2
    page.keyboard.press("Enter")
    page.locator(f"#needs-table input[aria-label='Choose {names[0]}']").check()

    page.get_by_role("button", name="Show what I chose").first.click()
    page.wait_for_url("**/en/needs/compare**")
    heads = [one.inner_text() for one in page.locator("#needs-compare thead a").all()]
    assert len(heads) == 2
    assert names[0] in heads
    person.axe(axe)


def test_without_a_script_the_list_does_the_same(visitor, server, beside):
    state = partner(visitor, server, beside).context.storage_state()
    person = visitor(server.origin, java_script_enabled=False, storage_state=state)
    page = person.go("/en/needs/")
    page.locator("#pick-4").check()
    page.get_by_role("button", name="Show what I chose").last.click()
    assert page.locator("h1").inner_text() == "Neulobeda"


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_has_a_barrier_or_scrolls_sideways(visitor, server, beside, axe, viewport):
    for language in ("de", "en"):
        person = partner(visitor, server, beside, language, viewport=viewport)
        for path in PATHS:
            page = person.go(f"/{language}/needs/{path}")
            page.wait_for_load_state("networkidle")
            person.axe(axe)
            person.overflow()
