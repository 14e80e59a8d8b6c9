"""Templates for replies: put into the field in the language of the report, with the German beside."""

from __future__ import annotations

import pytest

from app.core.codes import Kind
from app.reports import dialogue
from app.reports import queries as reports
from app.triage import work_queries
from tests.factories import sent
from tests.support.desks import LEAD, element, form_on, report_of
from tests.support.forms import fill_form, soup, values_of


def _insert(person, number, template, text=""):
    values = values_of(form_on(person.case(number), "reply"))
    values.setlist("reply-template", [template])
    values.setlist("reply-text", [text])
    values.setlist("reply-insert", ["1"])
    return person.client.post(f"/en/desk/{number}", data=values)


def _field(page):
    return element(page, "#reply-text").get_text().strip()


def test_the_words_come_in_the_language_of_the_report_with_the_german_beside(session, desk):
    number = sent(language="ar", text="لا توجد استشارة هنا").number
    page = _insert(desk(LEAD), number, "received")
    assert page.status_code == 200
    assert _field(page).startswith("مرحبًا")
    assert number in _field(page)
    beside = element(page, "#german")
    assert "hidden" not in beside.attrs
    assert f"Ihre Meldung {number} ist bei uns angekommen" in beside.get_text()


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_german_words_need_no_german_beside(session, desk, language):
    page = _insert(desk(LEAD), sent(language=language).number, "received")
    assert _field(page).startswith("Guten Tag")
    assert "hidden" in element(page, "#german").attrs


def test_what_was_typed_stays_and_nothing_is_sent(session, desk):
    answer = sent()
    page = _insert(desk(LEAD), answer.number, "received", "Liebe Frau Beispiel,")
    assert _field(page).startswith("Liebe Frau Beispiel,")
    assert "Guten Tag" in _field(page)
    assert not dialogue.open_by_receipt(answer.receipt).messages
    assert [event.kind for event in reports.events(report_of(answer.number).id)] == ["received"]


def test_the_page_that_comes_back_can_be_sent(session, desk):
    answer = sent()
    person = desk(LEAD)
    page = _insert(person, answer.number, "received")
    assert person.send(answer.number, "reply", page=page, then="answered").status_code == 303
    (message,) = dialogue.open_by_receipt(answer.receipt).messages
    assert answer.number in message.text
    assert "{number}" not in message.text


def test_no_template_chosen_is_told(session, desk):
    page = _insert(desk(LEAD), sent().number, "", "Mein Text")
    assert "Please choose a template." in page.text
    assert _field(page) == "Mein Text"


def test_only_what_fits_the_kind_is_offered(session, desk):
    number = sent(kind=Kind.GAP).number
    offered = {option["value"] for option in soup(desk(LEAD).case(number)).select("#reply-template option")}
    assert {"received", "outcome"} <= offered
    assert "thanks" not in offered
    assert "Please choose a template." in _insert(desk(LEAD), number, "thanks").text


def test_every_template_has_a_text_in_every_language_of_the_city(session):
    for card in work_queries.all_templates():
        assert set(card.text) == set(card.name) == {"de", "de-simple", "en", "ar"}, card.key
        for language in card.text:
            assert "{" not in card.written(language, "T-2222-2222").text


# The list ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(sign_in):
    return sign_in("administrator", "en")


def _change(admin, key, **values):
    address = f"/en/account/templates/{key}"
    return admin.post(address, data=fill_form(admin.get(address), address, **values))


def test_a_change_is_used_at_once_and_says_whose_it_is(session, admin, desk):
    assert "proposal, not confirmed yet" in admin.get("/en/account/templates").text
    assert _change(admin, "received", text_de="Neu: {number}").status_code == 303
    card = work_queries.template("received")
    assert card.changed_by is not None
    number = sent().number
    assert _field(_insert(desk(LEAD), number, "received")) == f"Neu: {number}"


def test_a_preview_keeps_nothing(session, admin):
    before = work_queries.template("received")
    answer = _change(admin, "received", text_de="Nur zum Ansehen {number}", preview="1")
    assert answer.status_code == 200
    assert "Nur zum Ansehen T-4K7M-92QX" in element(answer, "#preview").get_text()
    assert element(answer, "#text_de").get_text().strip() == "Nur zum Ansehen {number}"
    assert work_queries.template("received") == before


@pytest.mark.parametrize("text", ["Hallo {name}", "Hallo {", "} {number}", "{number} {number"])
def test_another_placeholder_is_refused(session, admin, text):
    answer = _change(admin, "received", text_de=text)
    assert answer.status_code == 422
    assert "would reach the person like that" in element(answer, "#error-summary").get_text()


def test_a_template_without_german_is_refused(session, admin):
    answer = _change(admin, "received", text_de="", name_de="")
    assert answer.status_code == 422
    assert len(element(answer, "#error-summary").select("li")) == 2


def test_a_language_that_is_missing_falls_back_to_german(session, admin, desk):
    _change(admin, "received", text_ar="")
    number = sent(language="ar").number
    assert _field(_insert(desk(LEAD), number, "received")).startswith("Guten Tag")


def test_a_template_out_of_use_is_offered_no_more(session, admin, desk):
    address = "/en/account/templates/received"
    values = fill_form(admin.get(address), address)
    values.pop("active")
    assert admin.post(address, data=values).status_code == 303
    assert not soup(desk(LEAD).case(sent().number)).select("#reply-template option[value=received]")
    assert "out of use" in admin.get("/en/account/templates").text


def test_a_new_template_is_added(session, admin):
    address = "/en/account/templates/new"
    values = fill_form(admin.get(address), address, name_de="Termin", text_de="Kommen Sie vorbei.")
    assert admin.post(address, data=values).status_code == 303
    assert "Termin" in {card.name["de"] for card in work_queries.templates("gap")}
