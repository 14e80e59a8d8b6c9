"""What a receipt opens, and what it does not."""

import re
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import func, select, update

from app.core.codes import Purpose, State
from app.privacy import queries as privacy
from app.privacy.domain import grouped
from app.reports import dialogue, queries
from app.reports.models import Report
from tests import factories
from tests.support.forms import fill_form
from tests.support.forms import soup as parsed

LANGUAGES = ("de", "de-simple", "en", "ar")
ACTIONS = ("", "/keep", "/card", "/file", "/write", "/consent", "/withdraw", "/erase")


def soup(response):
    return parsed(response)


@pytest.fixture
def receipt(session, jena):
    consents = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.STATISTICS})
    return factories.sent(contact="0170 1234567", text="Erste Zeile\nZweite Zeile", consents=consents).receipt


def post(client, path="", language="de", **data):
    return client.post(f"/{language}/receipt{path}", data=data)


def text_of(response):
    return soup(response).select_one("main").get_text(" ", strip=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_opens_the_report(client, receipt, language):
    response = post(client, language=language, receipt=" ".join(grouped(receipt)))
    assert response.status_code == 200
    assert "Zweite Zeile" in text_of(response)
    assert "0170 1234567" in text_of(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize("typed", ["", "abc", "1" * 30, "12345", "x" * 10_000, "0" * 28 + "98"])
def test_no_other_receipt_opens_anything(client, receipt, path, typed):
    response = post(client, path, receipt=typed, confirm="yes", purpose="reading", message="Hallo", position="0")
    assert response.status_code == 422
    assert soup(response).select_one("[data-error-summary] a")["href"] == "#receipt"
    assert "Erste Zeile" not in response.get_data(as_text=True)


def test_what_was_typed_is_still_there(client, receipt):
    response = post(client, receipt="12345 678")
    assert soup(response).select_one("input[name=receipt]")["value"] == "12345 678"


def test_a_receipt_is_never_part_of_an_address(client, receipt):
    page = soup(post(client, receipt=receipt))
    for element in page.select("[href], [action], [formaction], [src]"):
        address = element.get("href") or element.get("action") or element.get("formaction") or element.get("src")
        assert receipt not in re.sub(r"\D", "", address)


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_plain_words(session, client, receipt, state):
    session.execute(update(Report).values(state=state))
    words = soup(post(client, receipt=receipt)).select_one("main h2 + p strong").get_text()
    assert words
    assert words != str(state)


def test_words_of_both_sides_are_read(session, client, receipt):
    opened = dialogue.open_by_receipt(receipt)
    dialogue.put_message(opened, "Danke.\nWir schauen nach.", office_id=opened.report.office_id)
    session.flush()
    response = post(client, "/write", receipt=receipt, message="Noch etwas.")
    assert response.status_code == 200
    page = text_of(response)
    assert "Wir schauen nach." in page
    assert "Noch etwas." in page
    assert soup(response).select_one(".kern-alert--success")


def test_notes_of_the_office_are_not_shown(session, client, receipt):
    from app.reports.models import Event

    report = dialogue.open_by_receipt(receipt).report
    for kind in ("note", "read", "linked"):
        session.add(Event(report_id=report.id, kind=kind, actor="office", office_id=report.office_id, reason="secret"))
    session.flush()
    response = post(client, receipt=receipt)
    assert len(soup(response).select(".tk-moment")) == 1
    assert "secret" not in text_of(response)


def test_a_handover_is_told(session, client, receipt, jena):
    from app.reports.models import Event

    opened = dialogue.open_by_receipt(receipt)
    for kind in ("offered", "accepted", "returned"):
        session.add(
            Event(
                report_id=opened.report.id,
                kind=kind,
                actor="office",
                office_id=jena.organisation("ads").id,
                reason="ads",
            )
        )
    session.flush()
    page = text_of(post(client, receipt=receipt))
    assert page.count("Antidiskriminierungsstelle") >= 3


@pytest.mark.parametrize("message", ["", "   \n ", "x" * 5001])
def test_a_message_that_cannot_be_sent_stays(session, client, receipt, message):
    response = post(client, "/write", receipt=receipt, message=message)
    assert response.status_code == 422
    assert soup(response).select_one("[data-error-summary] a")["href"] == "#message"
    assert soup(response).select_one("textarea").get_text().strip() == message.strip()
    assert not dialogue.open_by_receipt(receipt).messages


def test_the_language_switch_keeps_words_that_were_not_sent(client, receipt):
    page = soup(post(client, receipt=receipt))
    button = page.select_one("button[lang=en]")
    assert page.select_one(f"form#{button['form']} textarea")
    response = client.post(button["formaction"], data={"receipt": receipt, "message": "Halb fertig"})
    assert soup(response).html["lang"] == "en"
    assert soup(response).select_one("textarea").get_text().strip() == "Halb fertig"


def test_nothing_is_written_to_a_report_that_was_taken_away(session, client, receipt):
    post(client, "/withdraw", receipt=receipt, confirm="yes")
    response = post(client, "/write", receipt=receipt, message="Hallo")
    assert response.status_code == 422
    assert not dialogue.open_by_receipt(receipt).messages


# Taking back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "more"),
    [("/withdraw", {}), ("/erase", {}), ("/consent", {"purpose": "statistics"}), ("/consent", {"purpose": "reading"})],
)
def test_first_it_is_said_what_changes(session, client, receipt, path, more):
    response = post(client, path, receipt=receipt, **more)
    assert response.status_code == 200
    assert len(soup(response).select("main ul li")) >= 2
    assert dialogue.open_by_receipt(receipt).report.state == State.RECEIVED
    assert len([one for one in queries.consents(dialogue.open_by_receipt(receipt).report.id) if one.withdrawn_at]) == 0


def test_a_consent_is_withdrawn(session, client, receipt):
    first = post(client, "/consent", receipt=receipt, purpose="statistics")
    response = client.post("/de/receipt/consent", data=fill_form(first, "/de/receipt/consent"))
    assert soup(response).select_one(".kern-alert--success")
    assert not queries.allows(dialogue.open_by_receipt(receipt).report.id, Purpose.STATISTICS)
    again = post(client, "/consent", receipt=receipt, purpose="statistics", confirm="yes")
    assert again.status_code == 422


@pytest.mark.parametrize("purpose", ["", "handover", "nonsense"])
def test_only_what_was_agreed_to_can_be_withdrawn(client, receipt, purpose):
    assert post(client, "/consent", receipt=receipt, purpose=purpose, confirm="yes").status_code == 422


@pytest.mark.parametrize(("path", "more"), [("/withdraw", {}), ("/consent", {"purpose": "reading"})])
def test_a_report_is_taken_away(session, client, receipt, path, more):
    first = post(client, path, receipt=receipt, **more)
    response = client.post("/de/receipt/withdraw", data=fill_form(first, "/de/receipt/withdraw", 0))
    assert response.status_code == 200
    opened = dialogue.open_by_receipt(receipt)
    assert opened.report.state == State.WITHDRAWN
    assert not privacy.granted_to(opened.box.box_id)
    assert not soup(response).select("textarea")


def test_a_report_is_erased(session, client, receipt):
    response = post(client, "/erase", receipt=receipt, confirm="yes")
    assert response.status_code == 200
    assert post(client, receipt=receipt).status_code == 422
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_somebody_at_the_office_was_quicker(session, client, receipt, monkeypatch):
    from sqlalchemy.orm.exc import StaleDataError

    def too_late(*_args):
        raise StaleDataError

    monkeypatch.setattr(dialogue, "write", too_late)
    response = post(client, "/write", receipt=receipt, message="Hallo")
    assert response.status_code == 422
    assert soup(response).select_one(".kern-alert--danger")
    assert soup(response).select_one("textarea").get_text().strip() == "Hallo"


# To keep -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card(client, receipt, language):
    response = post(client, "/card", language, receipt=receipt)
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == "attachment; filename=card.pdf"
    assert response.headers["Cache-Control"] == "no-store"
    with pikepdf.open(BytesIO(response.data)) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_in_another_language_sends_nothing_again(session, client, receipt, language):
    response = post(client, "/keep", language, receipt=receipt)
    digits = soup(response).select_one("#receipt")
    assert digits["dir"] == "ltr"
    assert re.sub(r"\D", "", digits.get_text()) == receipt
    assert session.scalar(select(func.count()).select_from(Report)) == 1
