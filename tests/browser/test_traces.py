"""What a browser keeps, asks for and works out while somebody is here, and what is left when they leave in a hurry."""

import pytest

from app.core.permissions import OPEN_TO_ALL, permission_of
from tests.support.databases import close, make_app
from tests.support.routes import address_of
from tests.support.steps import receipt_on, send, walk
from tests.support.walks import GAP

HARMLESS = "https://www.wikipedia.org"


@pytest.fixture
def beside(server, tmp_path):
    app = make_app(server.database_address, tmp_path / "beside")
    yield app
    close(app)


@pytest.mark.timeout(400)
def test_no_public_page_keeps_anything_or_asks_anybody_else(visitor, server, beside):
    """The visitor itself fails on any request to another host."""
    person, seen = visitor(server.origin), 0
    person.expected = ("404", "Failed to load resource")
    for rule in beside.url_map.iter_rules():
        public = permission_of(beside.view_functions[rule.endpoint]) in OPEN_TO_ALL
        address = address_of(rule)
        if not public or "GET" not in rule.methods or "." in address.rpartition("/")[2]:
            continue
        if rule.endpoint in {"security.login", "site.healthz", "site.readyz", "reports.challenge"}:
            continue
        person.page.goto(f"{server.origin}{address}")
        person.page.wait_for_load_state("networkidle")
        assert person.context.cookies() == [], address
        assert person.page.evaluate("localStorage.length + sessionStorage.length") == 0, address
        seen += 1
    assert seen > 15


def test_the_work_is_done_unseen_while_somebody_writes(visitor, server):
    person = visitor(server.origin)
    page = person.go("/de/report")
    walk(page, GAP, to="text")
    field = page.locator("input[name=proof]")
    page.wait_for_function("document.querySelector('input[name=proof]').value !== ''", timeout=60_000)
    solution = field.input_value()
    assert not field.is_visible()
    assert page.locator("main").get_by_text("proof", exact=False).count() == 0
    walk_on(page)
    assert page.locator("input[name=proof]").input_value() == solution, "done once, it travels along"
    send(page)
    assert receipt_on(page)
    assert person.context.cookies() == []


def walk_on(page):
    from tests.support.steps import fill, press, standing_at

    while standing_at(page) != "check":
        fill(page, GAP)
        press(page, "next")


def test_without_scripts_nobody_has_to_work(visitor, server):
    person = visitor(server.origin, java_script_enabled=False)
    page = person.go("/de/report")
    walk(page, GAP)
    assert page.locator("input[name=proof]").get_attribute("value") == ""
    send(page)
    assert receipt_on(page)


@pytest.mark.parametrize("way", ["press", "escape"])
def test_leaving_quickly_puts_a_harmless_page_in_the_place_of_this_one(browser, server, way):
    context = browser.new_context()
    context.route(
        lambda address: not address.startswith(server.origin),
        lambda route: route.fulfill(body="<title>harmless</title>", content_type="text/html"),
    )
    page = context.new_page()
    page.goto(f"{server.origin}/de/")
    page.goto(f"{server.origin}/de/report")
    length = page.evaluate("history.length")
    with page.expect_navigation(url=lambda address: address.startswith(HARMLESS)):
        if way == "press":
            page.locator("[data-quick-exit]").click()
        else:
            for _ in range(3):
                page.keyboard.press("Escape")
    assert page.evaluate("history.length") == length, "no entry is added"
    assert page.evaluate("document.referrer") == ""
    page.go_back()
    assert page.url == f"{server.origin}/de/", "one step back is not the report"
    context.close()
