"""The whole way of a report: resident, office, resident again, partner."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Error
from sqlalchemy import update

from app.core.codes import Purpose
from app.core.database import db
from app.reports.models import Report
from app.wiring import demo
from tests import factories
from tests.browser.conftest import PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.leaks import files_below, leaks, photograph, stored
from tests.support.servers import BreakableLine
from tests.support.steps import fill, press, receipt_on, send, standing_at, walk
from tests.support.walks import GAP

TEXT = "لا توجد هنا أي استشارة للبحث عن سكن، ونحن خمسة أشخاص في غرفتين."
REPLY = "شكرًا لبلاغكم. سنفتح استشارة في الحي."
CONTACT = "nachtigall.4711@post.example"
PHOTO = "Admiral-im-Lichtbild"


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, to look and to prepare."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


def sign_in(visitor, app, server, who):
    with app.app_context():
        email = account_of(who)
        db.session.rollback()
    person = visitor(server.origin)
    page = person.go("/de/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, app, email)
    assert "/account/" not in page.url
    return person


def test_a_gap_reported_in_arabic_is_answered_and_counted(visitor, own_server, beside):  # noqa: PLR0915
    # The resident, on a telephone, in Arabic.
    resident = visitor(own_server.origin, viewport=PHONE, locale="ar")
    page = resident.go("/")
    assert page.url == f"{own_server.origin}/ar/"
    assert page.locator("html").get_attribute("dir") == "rtl"
    resident.go("/ar/report")
    answers = {**GAP, "text": TEXT, "contact": CONTACT}
    walk(page, answers, to="readers")
    office, because = readers_in_arabic(beside)
    assert office in page.locator("main").inner_text()
    assert because in page.locator("main").inner_text()
    press(page, "next")
    assert standing_at(page) == "check"
    assert TEXT in page.locator("main").inner_text()
    assert "وينتسرلا" in page.locator("main").inner_text() or "Winzerla" in page.locator("main").inner_text()
    image = photograph(PHOTO)
    send(page, {"name": f"{PHOTO}.jpg", "mimeType": "image/jpeg", "buffer": image})
    receipt = receipt_on(page)
    assert receipt not in page.url
    assert resident.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0

    # The office.
    staff = sign_in(visitor, beside, own_server, f"reader:{leading_office(beside)}")
    desk = staff.go("/de/desk/")
    with desk.expect_navigation():
        desk.locator("#reports tbody th a").first.click()
    assert TEXT in desk.locator("main").inner_text()
    shown = desk.locator("main img").first
    shown.scroll_into_view_if_needed()
    desk.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    with desk.expect_navigation():
        desk.locator("form:has(input[name=action][value=take]) button").first.click()
    reply = desk.locator("form:has(input[name=action][value=reply])")
    if not reply.locator("textarea").is_visible():
        desk.locator("details:has(input[name=action][value=reply]) > summary").click()
    reply.locator("textarea").fill(REPLY)
    with desk.expect_navigation():
        reply.locator("button[value=answered]").click()
    assert REPLY in desk.locator("main").inner_text()

    # The resident comes back, with nothing but the receipt.
    again = visitor(own_server.origin, viewport=PHONE, locale="ar")
    page = again.go("/ar/receipt")
    page.locator("[name=receipt]").fill(" ".join(receipt[at : at + 5] for at in range(0, 30, 5)))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("text=" + REPLY)
    assert receipt not in page.url
    page.locator("details:has(.tk-words) > summary").first.click()
    assert TEXT in page.locator("main").inner_text()

    # The partner sees it counted once its quarter is over, and sees no number that is small.
    partner = sign_in(visitor, beside, own_server, "partner:awo")
    with beside.app_context():
        counted = frozenset({Purpose.READING, Purpose.STATISTICS})
        for topic, number in (("housing", 4), ("authority", 7), ("education", 9), ("health_care", 4)):
            for _ in range(number):
                factories.sent(topic=topic, consents=counted)
        db.session.execute(update(Report).values(received_at=datetime(2025, 5, 14, 12, tzinfo=UTC)))
        db.session.commit()
    own_server.command("needs", "publish")
    quarters = partner.go("/de/needs/time").locator("#needs-quarters tbody tr")
    told = {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in quarters.all()}
    assert list(told.values())[:2] == ["5", "7"]
    assert not any(text.isdigit() for text in list(told.values())[2:])

    # And nothing of it lies about.
    with beside.app_context():
        found = files_below(own_server.instance_dir) | stored(own_server.database_address) | {"server": own_server.log}
        db.session.rollback()
    assert leaks([TEXT, CONTACT, REPLY, PHOTO, receipt], found) == []
    assert b'"endpoint": "reports.step"' in own_server.log


def readers_in_arabic(app):
    from app.reports import service

    with app.app_context():
        decision = service.decide(factories.draft())
        office = service.directory.organisations()[decision.office]
        found = office.name.shown("ar").text, decision.rule.because["ar"]
        db.session.rollback()
    return found


def leading_office(app):
    from app.reports import service

    with app.app_context():
        found = service.decide(factories.draft()).office
        db.session.rollback()
    return found


def reload(page):
    """Press reload on the browser's own page about the lost connection; the form is sent again."""
    for _ in range(20):
        try:
            page.reload()
        except Error:
            page.wait_for_timeout(250)
        else:
            return
    pytest.fail("the page cannot be loaded again")


def test_a_report_whose_answer_was_lost_is_sent_again_and_is_there_once(visitor, own_server, beside):
    from sqlalchemy import func, select

    from app.reports.models import Report

    with BreakableLine(own_server.port).open() as line:
        resident = visitor(line.origin, viewport=PHONE, locale="ar")
        resident.expected = ("net::ERR_EMPTY_RESPONSE", "ERR_CONNECTION")
        page = resident.go("/ar/report")
        walk(page, {**GAP, "text": TEXT})
        line.drop_answer_to(b"\r\n\r\nsend\r\n")
        # Some connections the browser tries once more by itself; otherwise it says so, and the person reloads.
        try:
            send(page)
            page.wait_for_selector("#receipt", timeout=3_000)
        except Error:
            reload(page)
        (lost,) = line.dropped
        assert b" 200 OK" in lost.split(b"\r\n")[0]
        receipt = receipt_on(page)
        groups = " ".join(receipt[at : at + 5] for at in range(0, 30, 5))
        assert groups.encode() in lost
        with beside.app_context():
            assert db.session.scalar(select(func.count()).select_from(Report)) == 1
            db.session.rollback()
        page = resident.go("/ar/receipt")
        page.locator("[name=receipt]").fill(receipt)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_selector(f"text={TEXT}", state="attached")


def test_nothing_typed_is_lost_on_the_way_back_or_in_another_language(visitor, server):
    resident = visitor(server.origin)
    page = resident.go("/de/report")
    walk(page, GAP, to="text")
    fill(page, {"text": "Angefangen und noch nicht fertig"})
    page.locator("button[formaction='/ar/report']").click()
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator("[name=text]").input_value() == "Angefangen und noch nicht fertig"
    press(page, "next")
    press(page, "back")
    assert page.locator("[name=text]").input_value() == "Angefangen und noch nicht fertig"
    assert "Angefangen" not in page.url


def test_somebody_in_a_hurry_is_away_with_one_press(visitor, server):
    resident = visitor(server.origin)
    page = resident.go("/de/report")
    walk(page, GAP, to="text")
    exits = page.locator("main a[data-exit], main a.tk-exit, main [data-quick-exit]")
    assert exits.count() >= 1
    assert "110" in page.locator("main").inner_text()
