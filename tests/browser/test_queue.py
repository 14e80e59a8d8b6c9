"""The queue by its keys: from case to case, opened, ticked, searched; whoever wants no such keys is left alone."""

import pytest

from app.core.database import db
from app.wiring import demo
from tests import factories
from tests.browser.conftest import PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.desks import LEAD

CASES = 3


@pytest.fixture(scope="module")
def beside(server, tmp_path_factory):
    """An app on the database of the server, with some cases that have come in."""
    app = make_app(server.database_address, tmp_path_factory.mktemp("beside"))
    with app.app_context():
        for _number in range(CASES):
            factories.sent()
        db.session.commit()
    yield app
    close(app)


@pytest.fixture
def person(visitor, server, beside):
    """Somebody of the office before their queue."""
    with beside.app_context():
        email = account_of(f"reader:{LEAD}")
        db.session.rollback()
    found = visitor(server.origin)
    page = found.go("/de/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, beside, email)
    found.go("/de/desk/")
    return found


def numbers(page):
    return page.locator("#reports tbody th a").all_inner_texts()


def focused(page):
    return page.evaluate("document.activeElement.textContent")


def test_j_and_k_walk_from_case_to_case_and_stop_at_the_ends(person):
    page = person.page
    first, second, last = numbers(page)
    walked = []
    for key in "jjjjkkk":
        page.keyboard.press(key)
        walked.append(focused(page))
    assert walked == [first, second, last, last, second, first, first]


def test_enter_opens_the_case_that_has_the_focus(person):
    page = person.page
    _first, second, _last = numbers(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/desk/{second}")


def test_x_ticks_the_case_and_its_number_is_told(person):
    page = person.page
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    ticked = page.locator("input[name=case]:checked")
    assert ticked.evaluate_all("boxes => boxes.map(box => box.value)") == numbers(page)[:2]
    told = page.locator(".tk-several__count")
    assert "2" in told.inner_text()
    page.keyboard.press("x")
    assert ticked.count() == 1
    assert "1" in told.inner_text()


def test_the_slash_goes_to_the_search_where_keys_are_letters_again(person):
    page = person.page
    page.keyboard.press("/")
    page.keyboard.type("jx/?")
    search = page.locator("[data-search]")
    assert search.input_value() == "jx/?"
    assert search.evaluate("one => one === document.activeElement")
    assert page.locator("input[name=case]:checked").count() == 0
    assert not page.locator("#keys").is_visible()


def test_the_question_mark_tells_the_keys_and_whoever_wants_none_has_none(person, axe):
    page = person.page
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    assert dialog.is_visible()
    person.axe(axe)
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.locator("[data-keys]").click()
    dialog.locator("label[for=keys-on]").click()
    dialog.locator("[data-keys-close]").click()
    for again in (False, True):
        if again:
            page.reload()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.keyboard.press("?")
        assert focused(page) not in numbers(page)
        assert not dialog.is_visible()


def test_on_a_phone_the_queue_fits_and_its_controls_can_be_hit(person, axe):
    page = person.page
    page.set_viewport_size(PHONE)
    page.reload()
    person.overflow()
    person.axe(axe)
    low = page.locator("main button:visible, main select:visible, main summary:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML.slice(0, 120))"
    )
    assert low == []
