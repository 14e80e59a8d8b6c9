"""Somebody at a desk writes a report down for another person and hands over its receipt."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.codes import Purpose
from app.places.domain import folded
from app.places.models import Street
from app.places.service import replace_streets
from app.privacy import queries as privacy
from app.privacy.models import AuditEntry
from app.reports import dialogue
from app.reports import queries as reports
from app.reports.models import Report
from tests.support.desks import LEAD, Desk
from tests.support.forms import fill_form, soup
from tests.support.walks import receipt_in

ADDRESS = "/en/desk/on-behalf"

GAP = {
    "channel": "counter",
    "person_language": "ar",
    "kind": "gap",
    "topic": "housing",
    "missing": ["no_service"],
    "targets": ["families"],
    "where": "area",
    "area": "18",
    "text": "Am Schalter erzählt: keine Beratung zur Wohnungssuche.",
    "wish": "contact",
    "contact": "0170 1234567",
    "consents": ["reading", "contact", "statistics"],
}

DISCRIMINATION = GAP | {
    "kind": "discrimination",
    "role": "affected",
    "topic": "public_transport",
    "grounds": ["racist_attribution"],
    "month": "unsaid",
    "text": "Am Telefon erzählt: in der Straßenbahn beleidigt.",
}


def form_page(client, **changes: Any):
    """The page of the readers, after the questions have been answered."""
    page = client.get(ADDRESS)
    return client.post(ADDRESS, data=fill_form(page, ADDRESS, **GAP | changes, go="look"))


def sent_from(client, page, **changes: Any):
    return client.post(ADDRESS, data=fill_form(page, ADDRESS, **changes, go="send"))


def filed(client, **changes: Any):
    """The page with the receipt."""
    answer = sent_from(client, form_page(client, **changes))
    assert answer.status_code == 200, words(answer)
    return answer


def words(response):
    return soup(response).select_one("main").get_text(" ", strip=True)


def count(session):
    return session.scalar(select(func.count()).select_from(Report))


@pytest.fixture
def staff(session, jena, sign_in):
    """A reader of the office that leads gaps in housing."""
    return sign_in(f"reader:{LEAD}", "en")


def test_the_person_can_open_what_was_written_down_for_them(staff, client):
    receipt = receipt_in(filed(staff))
    page = client.post("/en/receipt", data={"receipt": receipt})
    assert "Am Schalter erzählt" in words(page)
    assert "Somebody filed this report for you" in words(page)
    report = dialogue.open_by_receipt(receipt).report
    assert (report.channel, report.language, report.state) == ("counter", "ar", "received")


def test_the_history_says_who_wrote_it_down_and_how_it_came_in(staff, client, jena):
    receipt = receipt_in(filed(staff, channel="telephone"))
    opened = dialogue.open_by_receipt(receipt)
    [event] = opened.events
    office = jena.organisation(LEAD)
    assert (event.kind, event.actor, event.office_id, event.reason) == ("received", "office", office.id, "telephone")
    assert "By telephone" in words(Desk(staff).case(opened.report.number))
    assert office.name.shown("en").text in words(client.post("/en/receipt", data={"receipt": receipt}))


def test_a_partner_files_from_counselling_and_cannot_open_it(session, sign_in, client, jena):
    partner = sign_in("partner:awo", "en")
    receipt = receipt_in(filed(partner, channel="counselling"))
    opened = dialogue.open_by_receipt(receipt)
    assert opened.events[0].actor == "partner"
    assert partner.get(f"/en/desk/{opened.report.number}").status_code == 403
    office = jena.organisation("awo")
    assert office.principal_id not in privacy.granted_to(opened.report.box_id)


@pytest.mark.parametrize("who", ["coordinator", "administrator"])
def test_nobody_else_files_for_others(session, sign_in, who):
    assert sign_in(who, "en").get(ADDRESS).status_code == 403


def test_who_will_read_it_is_shown_before_anything_is_sent(session, staff, jena):
    before = count(session)
    page = form_page(staff)
    assert jena.organisation(LEAD).name.shown("en").text in words(page)
    assert "read this out before you send it" in words(page)
    assert count(session) == before


def test_it_is_not_sent_to_others_than_those_who_were_shown(session, staff):
    page = form_page(staff)
    before = count(session)
    other = sent_from(staff, page, kind="discrimination", role="affected", grounds=["age"], month="unsaid")
    assert "The readers have changed" in words(other)
    assert count(session) == before
    assert receipt_in(sent_from(staff, other))


def test_sending_without_having_looked_only_shows_who_reads(session, staff):
    page = staff.get(ADDRESS)
    before = count(session)
    answer = staff.post(ADDRESS, data=fill_form(page, ADDRESS, **GAP, go="send"))
    assert "read this out" in words(answer)
    assert count(session) == before


def test_the_same_form_sent_twice_is_one_report(session, staff):
    page = form_page(staff)
    first, second = sent_from(staff, page), sent_from(staff, page)
    assert receipt_in(first) == receipt_in(second)
    assert "had already arrived" in words(second)
    noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "filed_on_behalf")
    session.commit()
    assert session.scalar(noted) == 1


@pytest.mark.parametrize(
    ("changes", "name", "sentence"),
    [
        ({"kind": None}, "kind", "Please choose what it is."),
        ({"text": " "}, "text", "Please write down what the person says."),
        ({"text": "x" * 10_001}, "text", "too long"),
        ({"channel": None}, "channel", "how the report reached you"),
        ({"channel": "web"}, "channel", "was not on this page"),
        ({"person_language": "xx"}, "person_language", "was not on this page"),
        ({"consents": ["contact"]}, "consents", "has agreed that the named offices read it"),
        ({"wish": None}, "wish", "Please choose what the person wishes."),
        ({"wish": "mediate"}, "wish", "Nobody mediates"),
        ({"where": None}, "where", "how the place is named"),
        ({"where": "point"}, "where", "was not on this page"),
        ({"area": ""}, "area", "Please choose the part of town."),
        ({"kind": "discrimination", "grounds": None}, "grounds", "at least one"),
        ({"kind": "discrimination", "role": None}, "role", "whose experience"),
        ({"kind": "correction"}, "kind", "was not on this page"),
        ({"excluded": ["nobody"]}, "excluded", "was not on this page"),
        ({"involved": ["nobody"]}, "involved", "was not on this page"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(session, staff, changes, name, sentence):
    before = count(session)
    page = form_page(staff, **changes)
    assert page.status_code == 422
    summary = soup(page).select_one("[data-error-summary]")
    assert sentence in summary.get_text()
    assert any(link["href"].startswith(f"#{name}") for link in summary.select("a"))
    assert soup(page).select_one("[name=contact]")["value"] == GAP["contact"]
    assert count(session) == before


@pytest.mark.parametrize("kind", ["gap", "barrier", "idea", "praise", "discrimination"])
def test_every_kind_can_be_written_down(session, staff, kind):
    answers = DISCRIMINATION | {"kind": kind}
    receipt = receipt_in(filed(staff, **answers))
    assert dialogue.open_by_receipt(receipt).report.kind == kind


def test_only_what_fits_the_kind_is_kept(session, staff):
    receipt = receipt_in(filed(staff, grounds=["age"], forms=["insult"], role="affected"))
    report = dialogue.open_by_receipt(receipt).report
    assert (report.grounds, report.forms, report.role) == ([], [], None)


def test_a_consent_that_does_not_fit_is_not_given(session, staff):
    """Who wishes for no answer has not agreed to be written to, whatever was ticked."""
    page = form_page(staff, wish="document")
    assert "writes to the person" not in soup(page).select_one("section[aria-labelledby=readers]").get_text()
    opened = dialogue.open_by_receipt(receipt_in(sent_from(staff, page)))
    assert not reports.allows(opened.report.id, Purpose.CONTACT)
    assert opened.content.contact == ""


def test_the_street_tells_the_part_of_town(session, staff, jena):
    area = jena.area("18")
    street = Street(name="Testgasse", folded=folded("Testgasse"), area_id=area.id, longitude=11.57, latitude=50.89)
    replace_streets([street])
    page = form_page(staff, where="street", street="Testgasse 4", area="")
    assert page.status_code == 200
    chosen = soup(page).select_one("select[name=area] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "18"


def test_an_involved_desk_never_sees_again_what_it_wrote_down(session, sign_in, jena, outbox):
    involved = sign_in("reader:jugendhilfe", "en")
    before = len(outbox())
    page = form_page(involved, involved=["jugendhilfe"])
    panel = soup(page).select_one("section[aria-labelledby=readers]").get_text(" ", strip=True)
    name = jena.organisation("jugendhilfe").name.shown("en").text
    assert name in panel[panel.index("These do not get it") :]
    receipt = receipt_in(sent_from(involved, page))
    report = dialogue.open_by_receipt(receipt).report
    assert report.restricted
    assert involved.get(f"/en/desk/{report.number}").status_code == 404
    assert report.number not in Desk(involved).queue().text
    members = {entry.user_id for entry in outbox()[before:]}
    from app.accounts import queries as accounts

    readers = {user.id for _one, user in accounts.readers([jena.organisation("jugendhilfe").id])}
    assert not members & readers


def test_where_nobody_may_read_it_it_is_kept_for_the_person(session, staff, jena):
    from app.directory import queries as directory

    everybody = [key for key, card in directory.organisations().items() if card.kind == "office"]
    page = form_page(staff, involved=everybody)
    assert "kept for the person" in words(page)
    receipt = receipt_in(sent_from(staff, page))
    assert dialogue.open_by_receipt(receipt).report.state == "kept"


def test_a_page_of_somebody_else_files_nothing(session, staff):
    page = form_page(staff)
    before = count(session)
    answer = sent_from(staff, page, csrf_token="forged")
    assert answer.status_code == 422
    assert "could not be sure" in words(answer)
    assert soup(answer).select_one("[name=text]").get_text().strip() == GAP["text"]
    assert count(session) == before


@pytest.mark.parametrize("nonce", ["", "x", "ä" * 32])
def test_a_form_without_a_proper_name_is_asked_for_again(session, staff, nonce):
    before = count(session)
    answer = sent_from(staff, form_page(staff), nonce=nonce)
    assert answer.status_code == 422
    assert re.fullmatch(r"[\w-]{32}", soup(answer).select_one("[name=nonce]")["value"])
    assert count(session) == before


def test_the_other_language_keeps_what_was_typed(session, staff):
    page = form_page(staff)
    answer = staff.post("/de/desk/on-behalf", data=fill_form(page, ADDRESS, go="stay"))
    assert answer.status_code == 200
    assert soup(answer).select_one("[name=text]").get_text().strip() == GAP["text"]


def test_the_receipt_stands_on_one_page_and_in_no_address(staff):
    page = filed(staff)
    receipt = receipt_in(page)
    assert "no-store" in page.headers["Cache-Control"]
    for element in soup(page).select("[href], [action], [formaction], [src]"):
        address = element.get("href") or element.get("action") or element.get("formaction") or element.get("src")
        assert receipt not in re.sub(r"\D", "", address)
    assert "do not keep it" in words(page)


def test_the_card_is_printed_in_the_language_of_the_person(staff):
    page = filed(staff)
    form = soup(page).select_one("main form[action*='/receipt/card']")
    assert form["action"].startswith("/ar/")
    card = staff.post(form["action"], data={"receipt": receipt_in(page)})
    assert card.mimetype == "application/pdf"


def test_after_the_takeover_the_desk_cannot_get_the_receipt_back(session, staff, client):
    page = form_page(staff)
    receipt = receipt_in(sent_from(staff, page))
    asked = client.post("/en/receipt/exchange", data={"receipt": receipt})
    new = receipt_in(client.post("/en/receipt/exchange", data=fill_form(asked, "/en/receipt/exchange")))
    before = count(session)
    late = sent_from(staff, page)
    assert "has gone to the person" in words(late)
    digits = re.sub(r"\D", "", late.get_data(as_text=True))
    assert new not in digits
    assert receipt not in digits
    assert count(session) == before


def test_the_trail_says_who_wrote_it_down_and_nothing_of_what(session, staff):
    number = dialogue.open_by_receipt(receipt_in(filed(staff))).report.number
    session.commit()
    [entry] = privacy.audit_of(number, "filed_on_behalf")
    assert entry.actor
    assert entry.office_id
