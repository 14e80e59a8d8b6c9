"""Every page there is: nothing from another host, no error in the console, no barrier that axe knows of."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Error

from app.core.database import db
from app.reports import dialogue
from app.wiring import demo
from tests import factories
from tests.browser.conftest import DESK, PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.leaks import photograph
from tests.support.steps import press, receipt_on, send, walk
from tests.support.walks import DISCRIMINATION, GAP

SAME_KIND = 12
"""So many pages of one kind that differ only in a filter, a sort order or the area are enough."""

LOOKS = {
    "de": {"viewport": DESK, "locale": "de-DE"},
    "ar": {"viewport": PHONE, "locale": "ar", "has_touch": True, "is_mobile": True},
}
OTHER_LOOKS = {
    "dark": {"viewport": DESK, "locale": "ar", "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}, "locale": "de-DE"},
    "contrast": {"viewport": DESK, "locale": "de-DE", "forced_colors": "active"},
}
KINDS = (
    "", "map", "plans", "plans/poverty", "areas/ortsteil/18", "about", "privacy", "accessibility", "report", "receipt",
    "strategy",
)  # fmt: skip


def links(page, origin, prefix) -> Iterator[str]:
    for address in page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.href)"):
        parts = urlsplit(urldefrag(address).url)
        if f"{parts.scheme}://{parts.netloc}" == origin and parts.path.startswith(prefix):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def crawl(person, starts, prefix, look, skip=()):
    """Visit everything that can be reached by links; gives the addresses."""
    waiting, seen, queries = list(starts), set(starts), {}
    for address in waiting:
        page = person.page
        try:
            answer = page.goto(f"{person.origin}{address}")
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        if answer.status != 200:
            person.faults.append(f"{address} answers {answer.status}")
        look(page)
        for link in links(page, person.origin, prefix):
            path, _, query = link.partition("?")
            if link in seen or any(link.startswith(one) for one in skip):
                continue
            # The profiles of areas differ in nothing but their numbers.
            kind = path.rpartition("/")[0] if "/needs/areas/" in path else path
            if query or kind != path:
                queries[kind] = queries.get(kind, 0) + 1
                if queries[kind] > SAME_KIND:
                    continue
            seen.add(link)
            waiting.append(link)
    return seen


def test_what_a_page_must_not_do_would_be_noticed(visitor, server, axe):
    person = visitor(server.origin)
    page = person.go("/de/plans")
    person.axe(axe)
    person.overflow()
    assert person.faults == []
    page.evaluate(
        """async () => {
          document.querySelector('main').append(document.createElement('img'));
          document.querySelector('main').style.minWidth = '3000px';
          await fetch('https://elsewhere.invalid/').catch(() => 0);
          const inline = document.createElement('script');
          inline.textContent = 'window.bad = 1';
          document.head.append(inline);
          setTimeout(() => { throw new Error('a fault of a script') });
        }"""
    )
    person.axe(axe)
    person.overflow()
    found = "\n".join(person.faults)
    for words in ("image-alt", "sideways", "elsewhere.invalid", "Content Security Policy", "a fault of a script"):
        assert words in found
    assert page.evaluate("window.bad") is None
    person.faults.clear()


@pytest.mark.parametrize("language", LOOKS)
def test_every_public_page(visitor, server, axe, language):
    person = visitor(server.origin, **LOOKS[language])

    def look(page):
        if page.locator("[data-map]").count():
            page.wait_for_load_state("networkidle")
        person.axe(axe)
        person.overflow()
        assert page.locator("html").get_attribute("lang") == language

    seen = crawl(person, [f"/{language}/"], f"/{language}/", look, skip=(f"/{language}/account",))
    kinds = {path.split("/")[2].split("?")[0] for path in seen}
    assert kinds >= {"", "map", "plans", "measures", "services", "areas", "history", "about", "imprint", "privacy",
                     "accessibility", "languages", "report", "receipt"}  # fmt: skip
    assert len(seen) > 100
    assert person.context.cookies() == []


@pytest.mark.parametrize("look", OTHER_LOOKS)
def test_each_kind_of_page_in_the_dark_on_a_narrow_screen_and_in_forced_colours(visitor, server, axe, look):
    person = visitor(server.origin, **OTHER_LOOKS[look])
    language = OTHER_LOOKS[look]["locale"][:2]
    for kind in KINDS:
        person.go(f"/{language}/{kind}")
        person.axe(axe)
        person.overflow()


@pytest.mark.parametrize("answers", [GAP, DISCRIMINATION], ids=["gap", "discrimination"])
@pytest.mark.parametrize("language", LOOKS)
def test_every_page_of_a_report_and_of_its_receipt(visitor, server, axe, language, answers):
    person = visitor(server.origin, **LOOKS[language])
    person.expected = ("status of 422",)
    page = person.go(f"/{language}/report")

    def look(page):
        person.axe(axe)
        person.overflow()

    def look_also_when_it_is_refused(page):
        look(page)
        if page.locator("main input[name=page]").get_attribute("value") in {"kind", "text", "consents"}:
            press(page, "next")
            assert page.locator("[data-error-summary]").count() == 1
            look(page)

    walk(page, answers | {"contact": "0170 1234567"}, look=look_also_when_it_is_refused)
    send(page, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph("a")})
    look(page)
    receipt = receipt_on(page)
    page.locator("main button[formaction$='/receipt'], main form[action$='/receipt'] button").last.click()
    page.wait_for_load_state("load")
    look(page)
    page.locator("textarea[name=message]").fill("Noch etwas.")
    page.locator("form[action$='/receipt/write'] button[type=submit]").first.click()
    page.wait_for_load_state("load")
    look(page)
    person.go(f"/{language}/receipt")
    page.locator("[name=receipt]").fill("1" + receipt[1:] if receipt[0] != "1" else "2" + receipt[1:])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("load")
    look(page)
    page.locator("[name=receipt]").fill(receipt)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("load")
    page.locator(
        "form[action$='/receipt/erase'] button[type=submit], button[formaction$='/receipt/erase']"
    ).first.click()
    page.wait_for_load_state("load")
    look(page)
    page.locator("main button[name=confirm], main form:has([name=confirm]) button[type=submit]").first.click()
    page.wait_for_load_state("load")
    look(page)
    assert receipt not in page.content()


@pytest.mark.parametrize("place", ["street", "point"])
def test_the_pages_on_which_a_place_is_marked(visitor, server, axe, place):
    person = visitor(server.origin, **LOOKS["ar"])
    page = person.go("/ar/report")
    walk(page, GAP | {"where": place}, to=place)
    page.wait_for_load_state("networkidle")
    person.axe(axe)
    person.overflow()


@pytest.fixture
def cases(server, tmp_path):
    """A case of each kind with words of both sides, and who signs in as whom."""
    app = make_app(server.database_address, tmp_path / "beside")
    with app.app_context():
        sent = [factories.sent(contact="0170 1234567"), factories.reports.submit(factories.discrimination())]
        for one in sent:
            opened = dialogue.open_by_receipt(one.receipt)
            dialogue.write(opened, "Noch etwas.")
            dialogue.put_message(opened, "Danke.", office_id=opened.report.office_id)
        lead = factories.reports.decide(factories.draft()).office
        people = {who: account_of(who) for who in
                  (f"reader:{lead}", "reader:ads", "coordinator", "partner:awo", "administrator")}  # fmt: skip
        db.session.commit()
    yield app, people
    close(app)


def test_every_page_of_the_offices_and_partners(visitor, server, axe, cases):
    language, visited = "de", set()
    beside, people = cases
    for who, email in people.items():
        person = visitor(server.origin)
        page = person.go(f"/{language}/account/login")

        def look(page, person=person):
            if page.locator("[data-map]").count():
                page.wait_for_load_state("networkidle")
            person.axe(axe)
            person.overflow()

        look(page)
        type_password(page, email, demo.PASSWORD)
        look(page)
        type_code(page, beside, email)
        start = urlsplit(page.url).path
        assert "/account/sign-in" not in start
        rooms = ("desk", "coordination", "needs", "partner", "account")
        addresses = [start]
        for room in rooms:
            addresses += [one for one in links(page, server.origin, f"/{language}/{room}/") if one not in addresses]
        seen = set()
        # One's own account and the needs look the same to everybody: once is enough.
        known = tuple(f"/{language}/{room}" for room in ("account/me", "needs") if f"{room}/" in visited)
        for room in rooms:
            own = [one for one in addresses if one.startswith(f"/{language}/{room}/") and "login" not in one]
            own = [one for one in own if not one.startswith(known)]
            seen |= crawl(person, own, f"/{language}/{room}/", look, skip=(f"/{language}/account/l", *known))
        assert seen, who
        visited |= {path.split("?")[0].removeprefix(f"/{language}/") for path in seen}
    assert visited >= {"desk/", "coordination/", "needs/", "partner/services/", "partner/new-service", "account/people"}
    assert [path for path in visited if path.startswith("desk/T-")]
    assert [path for path in visited if path.startswith("partner/services/") and path != "partner/services/"]
