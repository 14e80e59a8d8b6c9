"""Places of colonial history: social planning writes one with a picture, a resident reads it in plain German."""

import pytest

from app.core.database import db
from tests.browser.conftest import DESK, PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.photographs import photograph

EDITOR = "/en/account/history"
SIMPLE = "/de-simple/history"
STORY = "Hier steht eine Mauer. Sie ist alt."


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, for the code of the second step."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


def press(page, name, kind="button"):
    with page.expect_navigation():
        page.get_by_role(kind, name=name, exact=True).first.click()


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def look(person, axe):
    person.axe(axe)
    person.overflow()


def signed_in(visitor, server, app):
    """Somebody of social planning at a desk."""
    with app.app_context():
        email = account_of("planner")
        db.session.rollback()
    person = visitor(server.origin, viewport=DESK)
    person.expected = ("status of 422",)
    page = person.go("/en/account/login")
    type_password(page, email, "teilhabe-vorfuehrung")
    type_code(page, app, email)
    return person


def by_keyboard(page, name):
    """Follow a link without a mouse."""
    link = page.get_by_role("link", name=name, exact=True)
    for _step in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_place_is_written_looked_at_published_and_read_in_plain_german(visitor, own_server, beside, axe, tmp_path):
    person = signed_in(visitor, own_server, beside)
    page = person.go(EDITOR)
    look(person, axe)
    press(page, "Add a place", "link")
    look(person, axe)
    fill(page, name_de="Die Mauer", name_de_simple="Die Mauer", story_de="Eine alte Mauer.", story_de_simple=STORY)
    fill(page, latitude="50,927", longitude="11,58")
    press(page, "Keep in the draft")
    look(person, axe)

    # A picture without its rights is refused, and nothing typed is lost.
    press(page, "Add a picture", "link")
    photo = tmp_path / "wall.jpg"
    photo.write_bytes(photograph())
    page.locator("[name=file]").set_input_files(photo)
    fill(
        page, alt_de="Eine Mauer", alt_de_simple="Eine alte Mauer", alt_en="A wall", alt_ar="جدار", author="Stadtarchiv"
    )
    press(page, "Keep in the draft")
    look(person, axe)
    assert page.locator("#rights-error").count() == 1
    assert page.locator("[name=author]").input_value() == "Stadtarchiv"
    page.locator("[name=file]").set_input_files(photo)
    fill(page, rights="CC BY 4.0")
    press(page, "Keep in the draft")
    press(page, "Add a source", "link")
    look(person, axe)
    fill(page, text_de="Akte 7", text_de_simple="Akte 7")
    press(page, "Keep in the draft")
    look(person, axe)

    resident = visitor(own_server.origin, viewport=PHONE)
    assert resident.go(SIMPLE).get_by_text("Die Mauer").count() == 0
    press(page, "Preview", "link")
    look(person, axe)
    press(page, "Publish this")
    assert "published" in page.locator("main").inner_text()

    reading = resident.go(SIMPLE)
    reading.wait_for_load_state("networkidle")
    look(resident, axe)
    by_keyboard(reading, "Die Mauer")
    reading.wait_for_load_state("networkidle")
    look(resident, axe)
    assert STORY in reading.locator("main").inner_text()
    picture = reading.get_by_role("img", name="Eine alte Mauer")
    assert picture.evaluate("one => one.complete && one.naturalWidth > 300")
    assert "CC BY 4.0" in reading.locator("figcaption").inner_text()
    assert reading.locator(".leaflet-container .tk-pin--history").count() == 1
    assert person.faults == resident.faults == []
