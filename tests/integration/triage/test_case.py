"""The page of a case: what it opens, to whom, and what it keeps back."""

from __future__ import annotations

import pytest

from app.core.codes import Kind, Purpose, Where, Wish
from app.reports import dialogue
from app.reports import service as reports
from app.reports.domain import CleanFile
from tests.factories import discrimination, draft, sent
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup

PNG = b"\x89PNG\r\n\x1a\n and so on"
PDF = b"%PDF-1.7 and so on"


def _words(answer):
    return element(answer, "main").get_text(" ", strip=True)


def test_everything_that_was_said_is_opened(session, desk):
    number = sent(
        kind=Kind.BARRIER,
        text="Zeile eins\nZeile zwei <b>fett</b>",
        where=Where.STREET,
        street="Beispielstraße 7",
        place_detail="Hintereingang",
        month="2026-10",
        involved=("jenarbeit",),
        involved_person="Die Person am Schalter",
        language="de",
    ).number
    words = _words(desk("sozialplanung").case(number))
    for expected in (
        "Zeile eins\nZeile zwei <b>fett</b>",
        "Beispielstraße 7",
        "Hintereingang",
        "Winzerla",
        "October 2026",
        "jenarbeit",
        "Die Person am Schalter",
    ):
        assert expected in words


def test_the_reasons_of_the_route_are_told(session, desk):
    reasons = _words(desk("ads").case(reports.submit(discrimination()).number))
    for expected in ("Anti-Discrimination Office reads your report", "racism", "2026-11", "Version of the rules"):
        assert expected in reasons


def test_a_text_says_its_language_and_direction(session, desk):
    number = sent(language="ar", text="لا توجد استشارة هنا").number
    text = element(desk(LEAD).case(number), ".tk-case__said .tk-words")
    assert (text["lang"], text["dir"]) == ("ar", "auto")
    assert text.get_text() == "لا توجد استشارة هنا"


@pytest.mark.parametrize("office", ["ads", "gesundheit"])
def test_a_foreign_case_is_no_case(session, desk, office):
    assert desk(office).case(sent().number).status_code == 404


@pytest.mark.parametrize("number", ["T-2222-2222", "T-0000", "x", "T-2222-2222%00", "%F0%9F%98%80", "T-" + "A" * 500])
def test_a_number_that_is_none_is_the_same(session, desk, number):
    person = desk(LEAD)
    assert person.case(number).status_code == 404
    assert person.client.post(f"/en/desk/{number}", data={"action": "note"}).status_code == 404


def test_reading_changes_nothing(session, desk):
    number = sent().number
    version = report_of(number).version
    desk(LEAD).case(number)
    assert report_of(number).unread
    assert report_of(number).version == version


@pytest.mark.parametrize("language", ["de", "en"])
def test_contact_only_by_consent(session, sign_in, language):
    with_consent = sent(contact="Mona, 0151 000").number
    without = sent(contact="Mona, 0151 000", consents=frozenset({Purpose.READING})).number
    client = sign_in(f"reader:{LEAD}", language)
    assert "0151 000" in client.get(f"/{language}/desk/{with_consent}").text
    assert "0151 000" not in client.get(f"/{language}/desk/{without}").text


def test_a_withdrawn_consent_hides_the_contact_and_says_so(session, desk):
    answer = sent(contact="Mona, 0151 000")
    dialogue.withdraw_consent(dialogue.open_by_receipt(answer.receipt), Purpose.CONTACT)
    page = desk(LEAD).case(answer.number).text
    assert "0151 000" not in page
    assert "has withdrawn their consent to be contacted" in page


def test_pictures_are_shown_and_documents_only_saved(session, desk):
    number = sent(files=(CleanFile("image/png", PNG), CleanFile("application/pdf", PDF))).number
    person = desk(LEAD)
    page = soup(person.case(number))
    assert [image["src"] for image in page.select(".tk-files img")] == [f"/en/desk/{number}/files/0/preview"]
    shown = person.client.get(f"/en/desk/{number}/files/0/preview")
    assert (shown.data, shown.mimetype) == (PNG, "image/png")
    assert shown.headers["Content-Disposition"] == "inline"
    saved = person.client.get(f"/en/desk/{number}/files/1")
    assert (saved.data, saved.mimetype) == (PDF, "application/pdf")
    assert saved.headers["Content-Disposition"] == f"attachment; filename={number}-2.pdf"
    for answer in (shown, saved):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    assert person.client.get(f"/en/desk/{number}/files/1/preview").status_code == 404


@pytest.mark.parametrize("end", ["files/2", "files/99999999999999999999", "files/-1", "files/x", "files/2/preview"])
def test_there_is_no_other_file(session, desk, end):
    number = sent(files=(CleanFile("image/png", PNG),)).number
    assert desk(LEAD).client.get(f"/en/desk/{number}/{end}").status_code == 404


def test_nobody_else_gets_a_file(session, desk):
    number = sent(files=(CleanFile("image/png", PNG),)).number
    assert desk("gesundheit").client.get(f"/en/desk/{number}/files/0").status_code == 404


def test_what_was_left_out_is_named_to_the_office_that_reads(session, desk):
    number = reports.submit(discrimination(excluded=("ads",))).number
    page = desk("sozialplanung").case(number)
    assert "Must not read it" in _words(page)
    assert desk("ads").case(number).status_code == 404


def test_an_erased_report_is_gone(session, desk):
    answer = sent()
    dialogue.erase(dialogue.open_by_receipt(answer.receipt))
    assert desk(LEAD).case(answer.number).status_code == 404


def test_the_page_is_there_in_german(session, sign_in):
    number = reports.submit(draft(wish=Wish.DOCUMENT)).number
    assert sign_in(f"reader:{LEAD}").get(f"/de/desk/{number}").status_code == 200


def test_opening_a_case_takes_a_constant_number_of_queries(session, desk, count_statements):
    number = sent().number
    person = desk(LEAD)
    for word in ("eins", "zwei"):
        person.do(number, "note", text=word)
    person.case(number)
    with count_statements() as few:
        person.case(number)
    for word in ("drei", "vier", "fünf", "sechs"):
        person.do(number, "note", text=word)
        person.do(number, "reply", text=word, then="answered")
    person.case(number)
    with count_statements() as many:
        person.case(number)
    assert len(few) == len(many) <= 30
