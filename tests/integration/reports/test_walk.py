"""The form, page by page."""

import re

import pytest
from sqlalchemy import func, select

from app.core.codes import Purpose
from app.reports import dialogue
from app.reports.models import Report
from tests.support.forms import soup as parsed
from tests.support.walks import DISCRIMINATION, GAP, answer, page_of, receipt_in, report_form, send, walk

LANGUAGES = ("de", "de-simple", "en", "ar")


def soup(response):
    return parsed(response)


def reports(session):
    return session.scalar(select(func.count()).select_from(Report))


def errors(response):
    return [item.get_text(" ", strip=True) for item in soup(response).select("[data-error-summary] li")]


def post(client, values, language="de", **changes):
    for name, value in changes.items():
        values.setlist(name, value if isinstance(value, list) else [value])
    return client.post(f"/{language}/report", data=values, content_type="multipart/form-data")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answers", [GAP, DISCRIMINATION], ids=["gap", "discrimination"])
def test_a_report_is_sent_in_every_language(session, client, language, answers):
    response = send(client, answers, language)
    assert response.status_code == 200
    opened = dialogue.open_by_receipt(receipt_in(response))
    assert opened.content.text == answers["text"]
    assert opened.report.language == language
    assert opened.report.kind == answers["kind"]


def test_no_cookie_and_no_session(client):
    send(client)
    assert not client._cookies
    response = client.post("/de/report", data={})
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_steps_are_counted_and_never_get_more(client):
    response = client.post("/de/report", data={})
    most = []
    while page_of(response) != "check":
        bar = soup(response).select_one("progress")
        most.append((int(bar["value"]), int(bar["max"])))
        response = answer(client, response, GAP)
    bar = soup(response).select_one("progress")
    assert bar["value"] == bar["max"]
    assert [number for number, _of in most] == list(range(1, len(most) + 1))
    assert [of for _number, of in most] == sorted((of for _number, of in most), reverse=True)


@pytest.mark.parametrize("kind", ["discrimination", "gap", "barrier", "idea", "praise"])
def test_every_kind_comes_to_its_end(session, client, kind):
    answers = {**DISCRIMINATION, **GAP, "kind": kind}
    if kind == "praise":
        answers["consents"] = ["reading", "statistics"]
    response = send(client, answers)
    assert response.status_code == 200
    assert dialogue.open_by_receipt(receipt_in(response)).report.kind == kind


def test_the_page_says_what_is_missing_and_keeps_everything(client):
    response = walk(client, to="text")
    refused = answer(client, response, {})
    assert refused.status_code == 422
    assert page_of(refused) == "text"
    assert len(errors(refused)) == 1
    assert soup(refused).select_one("[data-error-summary] a")["href"] == "#text"
    assert report_form(refused)["area"] == "18"


def test_a_text_that_is_too_long_is_refused_and_not_cut(client):
    long = "Lang. " * 1800
    refused = answer(client, walk(client, to="text"), {"text": long})
    assert refused.status_code == 422
    assert report_form(refused)["text"] == long.strip()


def test_back_loses_nothing(client):
    response = walk(client, to="text")
    back = answer(client, response, {"text": "Noch nicht fertig"}, go="back")
    assert page_of(back) == "involved"
    assert report_form(back)["text"] == "Noch nicht fertig"
    again = answer(client, back, {})
    assert report_form(again)["text"] == "Noch nicht fertig"


def test_the_language_switch_stays_on_the_page_and_loses_nothing(client):
    response = walk(client, to="text")
    button = soup(response).select_one("button[lang=ar]")
    assert button["form"] == "report"
    values = report_form(response)
    values["text"] = "نص"
    values[button["name"]] = button["value"]
    arabic = client.post(button["formaction"], data=values)
    assert arabic.status_code == 200
    assert soup(arabic).html["dir"] == "rtl"
    assert page_of(arabic) == "text"
    assert report_form(arabic)["text"] == "نص"
    assert report_form(arabic)["nonce"] == values["nonce"]


def test_the_first_button_of_the_form_goes_on(client):
    for page in ("kind", "area", "readers"):
        buttons = soup(walk(client, to=page)).select("button[form=report], form#report button[type=submit]")
        assert buttons[0]["value"] == "next"


@pytest.mark.parametrize(
    ("page", "changes"),
    [
        ("kind", {"kind": "correction"}),
        ("kind", {"kind": "anything"}),
        ("topic", {"topic": "nothing"}),
        ("missing", {"missing": ["no_service", "everything"]}),
        ("targets", {"targets": ["nobody"]}),
        ("where", {"where": "moon"}),
        ("area", {"area": "99"}),
        ("involved", {"involved": ["ads", "no-such-office"]}),
        ("wish", {"wish": "mediate"}),
        ("consents", {"consents": ["reading", "publication"]}),
        ("consents", {"consents": ["contact"]}),
        ("readers", {"excluded": ["awo"]}),
        ("readers", {"excluded": ["no-such-office"]}),
    ],
)
def test_what_the_form_did_not_offer_is_refused_at_its_own_page(session, client, page, changes):
    before = reports(session)
    values = report_form(walk(client))
    response = post(client, values, go="send", **changes)
    assert response.status_code == 422
    assert page_of(response) == page
    assert errors(response)
    assert report_form(response)["text"] == GAP["text"]
    assert reports(session) == before


@pytest.mark.parametrize("page", ["grounds", "check", "readers", "point", "nothing"])
@pytest.mark.parametrize("go", ["next", "back", "stay", "send", "again", "change:check", "change:what", "what"])
def test_a_made_up_way_never_breaks_anything(session, client, page, go):
    values = report_form(client.post("/de/report", data={}))
    response = post(client, values, page=page, go=go)
    assert response.status_code in {200, 422}
    assert page_of(response)
    assert reports(session) == 0


@pytest.mark.parametrize("nonce", ["", "short", "ä" * 32, "x" * 400])
def test_a_wrong_nonce_is_replaced_and_nothing_is_sent(session, client, nonce):
    values = report_form(walk(client))
    response = post(client, values, go="send", nonce=nonce)
    assert response.status_code == 422
    assert report_form(response)["nonce"] not in {nonce, values["nonce"]}
    assert report_form(response)["text"] == GAP["text"]
    assert reports(session) == 0


def test_a_foreign_page_cannot_hand_in_a_form(session, client):
    values = report_form(walk(client))
    values["go"] = "send"
    response = client.post("/de/report", data=values, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 303
    assert response.location.endswith("/de/report")
    assert reports(session) == 0


# Places --------------------------------------------------------------------------------------------------------------


def test_a_point_outside_the_city_is_told_and_not_kept(client):
    response = walk(client, {**GAP, "where": "point"}, to="point")
    values = report_form(response)
    refused = post(client, values, go="next", longitude="11.0312345", latitude="50.9854321", area="18")
    assert refused.status_code == 422
    assert page_of(refused) == "point"
    assert "11.0312345" not in refused.get_data(as_text=True)
    assert "50.9854321" not in refused.get_data(as_text=True)


@pytest.mark.parametrize("place", [("nan", "inf"), ("11.58", ""), ("11,58", "50,88"), ("1e2", "5"), ("999", "999")])
def test_no_place_on_earth_is_refused(client, place):
    values = report_form(walk(client, {**GAP, "where": "point"}, to="point"))
    assert post(client, values, go="next", longitude=place[0], latitude=place[1]).status_code == 422


def test_a_click_only_proposes_a_part_of_town(session, client):
    answers = {**GAP, "where": "point"}
    values = report_form(walk(client, answers, to="point"))
    proposed = post(client, values, go="next", longitude="11.575", latitude="50.89", area="")
    assert page_of(proposed) == "point"
    assert report_form(proposed)["area"] == "18"
    assert soup(proposed).select_one(".kern-alert--info")
    response = answer(client, proposed, {})
    while page_of(response) != "check":
        response = answer(client, response, answers)
    opened = dialogue.open_by_receipt(receipt_in(answer(client, response, {}, go="send")))
    assert opened.content.point == (11.575, 50.89)
    assert opened.content.area == "18"


def test_a_street_is_confirmed_by_its_part_of_town(session, client):
    answers = {**GAP, "where": "street", "street": "Anna-Siemsen-Straße 5"}
    response = walk(client, answers, to="area")
    assert report_form(response)["street"] == "Anna-Siemsen-Straße 5"
    sent = send(client, answers)
    content = dialogue.open_by_receipt(receipt_in(sent)).content
    assert (content.street, content.area, content.point) == ("Anna-Siemsen-Straße 5", "18", None)


def test_answers_to_questions_that_no_longer_apply_are_not_sent(session, client):
    values = report_form(walk(client))
    response = post(client, values, go="change:where")
    response = answer(client, response, {"where": "online"})
    assert page_of(response) == "check"
    assert report_form(response)["area"] == "18"
    content = dialogue.open_by_receipt(receipt_in(answer(client, response, {}, go="send"))).content
    assert content.area is None


# Check your answers --------------------------------------------------------------------------------------------------


def test_every_answer_can_be_changed_from_the_last_page(client):
    response = walk(client)
    ways = [button["value"] for button in soup(response).select("button[value^='change:']")]
    assert ways == [f"change:{page}" for page in (
        "kind", "topic", "missing", "targets", "where", "area", "involved", "text", "wish", "contact", "consents",
        "readers",
    )]  # fmt: skip
    for way in ways:
        changed = post(client, report_form(response), go=way)
        assert page_of(changed) == way.removeprefix("change:")
    changed = post(client, report_form(response), go="change:text")
    back = answer(client, changed, {"text": "Anders gesagt."})
    assert page_of(back) == "check"
    assert "Anders gesagt." in soup(back).select_one("dl").get_text()


def test_another_kind_asks_what_it_needs_and_nothing_twice(client):
    response = post(client, report_form(walk(client)), go="change:kind")
    response = answer(client, response, {"kind": "discrimination"})
    seen = []
    while page_of(response) not in {"readers", "check"}:
        seen.append(page_of(response))
        response = answer(client, response, DISCRIMINATION)
    assert seen == ["role", "grounds", "forms", "when", "consents"]


def test_a_witness_is_not_asked_to_consent_for_another(session, client):
    answers = {**DISCRIMINATION, "role": "witness"}
    response = walk(client, answers, to="consents")
    assert "independent" not in [box["value"] for box in soup(response).select("[name=consents]")]
    refused = post(client, report_form(response), go="next", consents=["reading", "independent"])
    assert (refused.status_code, page_of(refused)) == (422, "consents")


def test_who_turns_witness_loses_the_consent_they_may_not_give(session, client):
    answers = {**DISCRIMINATION, "consents": ["reading", "contact", "independent"]}
    response = post(client, report_form(walk(client, answers)), go="change:role")
    response = answer(client, response, {"role": "witness"})
    assert page_of(response) == "consents"
    assert report_form(response).getlist("consents") == ["reading", "contact"]


def test_markup_in_a_text_stays_text(client):
    text = "<script>alert(1)</script> \"' & </textarea>"
    response = walk(client, {**GAP, "text": text})
    assert "<script>alert" not in response.get_data(as_text=True)
    assert report_form(response)["text"] == text


# Readers -------------------------------------------------------------------------------------------------------------


def test_the_readers_are_named_with_a_reason(client):
    page = soup(walk(client, to="readers")).select_one("main").get_text(" ")
    assert "Fachdienst Soziales" in page
    assert "Weil es um das Wohnen geht" in page


def test_who_is_kept_out_does_not_read_it(session, client, jena):
    response = walk(client, to="readers")
    again = answer(client, response, {"excluded": ["soziales"]}, go="again")
    assert page_of(again) == "readers"
    assert soup(again).select_one("input[name=excluded][value=soziales][checked]")
    check = answer(client, again, {})
    assert page_of(check) == "check"
    opened = dialogue.open_by_receipt(receipt_in(answer(client, check, {}, go="send")))
    assert opened.report.office_id != jena.organisation("soziales").id
    assert opened.content.excluded == ("soziales",)


def test_new_readers_are_shown_before_one_goes_on(client):
    response = walk(client, to="readers")
    again = answer(client, response, {"excluded": ["soziales"]})
    assert page_of(again) == "readers"
    assert soup(again).select_one(".kern-alert--warning")


def test_a_route_that_changed_is_shown_before_anything_is_sent(session, client):
    values = report_form(walk(client))
    response = post(client, values, go="send", seen_route="jugendhilfe")
    assert page_of(response) == "check"
    assert soup(response).select_one(".kern-alert--warning")
    assert reports(session) == 0
    assert receipt_in(answer(client, response, {}, go="send"))


def test_nobody_is_left_to_read_it(session, client):
    response = walk(client, {**GAP, "involved": ["stadt"]}, to="readers")
    page = soup(response)
    assert page.select_one(".kern-alert--warning")
    assert "ezra" in page.get_text()
    # Nothing is kept before the person has seen that nobody reads it.
    values = report_form(response)
    values["seen_route"] = "ads"
    sent = post(client, values, page="check", go="send")
    assert page_of(sent) == "check"
    assert reports(session) == 0
    receipt = receipt_in(answer(client, answer(client, response, {}), {}, go="send"))
    assert dialogue.open_by_receipt(receipt).report.state == "kept"


def test_whoever_wants_an_answer_and_forbids_it_is_told(client):
    response = walk(client, {**GAP, "consents": ["reading"]})
    assert soup(response).select_one(".kern-alert--warning")


# A service or measure ------------------------------------------------------------------------------------------------


def test_praise_for_a_service_asks_little(session, client):
    from app.directory import queries as directory

    key = directory.services()[0].key
    response = client.post("/de/report/about", data={"kind": "praise", "subject": f"service:{key}"})
    assert page_of(response) == "text"
    while page_of(response) != "check":
        response = answer(client, response, {"text": "Sehr gut.", "consents": ["reading"]})
    opened = dialogue.open_by_receipt(receipt_in(answer(client, response, {}, go="send")))
    assert opened.report.subject == f"service:{key}"
    assert opened.report.topic == directory.services()[0].topics[0]


@pytest.mark.parametrize("subject", ["service:no-such", "measure:no-such", "office:ads", "nonsense"])
def test_a_subject_that_is_not_listed_is_refused(client, subject):
    response = client.post("/de/report/about", data={"kind": "correction", "subject": subject})
    assert (response.status_code, page_of(response)) == (422, "kind")
    assert "subject" not in report_form(response)


# Sent twice ----------------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_report_with_one_receipt(session, client):
    values = report_form(walk(client))
    first = post(client, values, go="send")
    second = post(client, values, go="send")
    assert receipt_in(first) == receipt_in(second)
    assert reports(session) == 1
    assert soup(second).select_one(".kern-alert--info")


def test_a_changed_form_after_the_sending_says_that_the_first_one_counts(session, client):
    values = report_form(walk(client))
    first = post(client, values, go="send")
    second = post(client, values, go="send", text="Etwas anderes.")
    assert receipt_in(first) == receipt_in(second)
    assert soup(second).select_one(".kern-alert--warning")
    assert dialogue.open_by_receipt(receipt_in(second)).content.text == GAP["text"]
    assert reports(session) == 1


def test_the_receipt_stands_in_no_address(client):
    response = send(client)
    receipt = receipt_in(response)
    for element in soup(response).select("[href], [action], [formaction], [src]"):
        address = element.get("href") or element.get("action") or element.get("formaction") or element.get("src")
        assert receipt not in re.sub(r"\D", "", address)


def test_no_report_and_no_receipt_when_the_commit_fails(session, client, monkeypatch):
    from app.core.database import db

    values = report_form(walk(client))
    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", lambda: 1 / 0)
        response = post(client, values, go="send")
    assert response.status_code == 500
    assert not soup(response).select_one("#receipt")


def test_consents_are_kept_one_by_one(session, client):
    from app.reports import queries

    opened = dialogue.open_by_receipt(receipt_in(send(client, {**GAP, "consents": ["reading", "handover"]})))
    assert {consent.purpose for consent in queries.consents(opened.report.id)} == {Purpose.READING, Purpose.HANDOVER}
