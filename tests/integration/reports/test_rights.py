"""What the holder of a receipt may ask for: a correction, a consent given later, a copy of everything."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import func, select

from app.core.codes import Kind, Purpose, State
from app.core.languages import LANGUAGES
from app.core.settings import REPOSITORY
from app.privacy.models import Sealed
from app.reports import dialogue, export, queries, service
from app.reports.domain import CleanFile
from tests import factories
from tests.support.forms import fill_form, soup

PICTURE = b"\x89PNG and so on"


@pytest.fixture
def receipt(session, jena):
    draft = factories.discrimination(
        month="2026-03",
        place_detail="Haltestelle",
        involved=("jenawohnen",),
        contact="0170 1234567",
        files=(CleanFile("image/png", PICTURE),),
    )
    return service.submit(draft).receipt


def post(client, path, language="de", **data):
    return client.post(f"/{language}/receipt{path}", data=data)


def text_of(page):
    return soup(page).select_one("main").get_text(" ", strip=True)


def opened(receipt):
    return dialogue.open_by_receipt(receipt)


# Correcting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_form_holds_what_stands_now(client, receipt, language):
    page = post(client, "/correct", language, receipt=receipt)
    values = fill_form(page, f"/{language}/receipt/correct")
    assert values["text"] == "Ich wurde in der Straßenbahn beleidigt."
    assert (values["contact"], values["place_detail"], values["month"]) == ("0170 1234567", "Haltestelle", "2026-03")
    assert values.getlist("grounds") == ["racist_attribution"]
    assert "missing" not in values
    assert page.headers["Cache-Control"] == "no-store"


def test_a_correction_takes_the_place_of_what_stood_there(session, client, receipt, outbox):
    page = post(client, "/correct", receipt=receipt)
    before = session.scalar(select(func.count()).select_from(Sealed))
    for mail in outbox():
        # Who has not been sent the first mail yet needs no second one.
        mail.sent_at = mail.created_at
    mails = len(outbox())
    changed = fill_form(
        page,
        "/de/receipt/correct",
        save="yes",
        text="So war es.",
        contact="",
        topic="other",
        grounds=["age", "language"],
    )
    answer = client.post("/de/receipt/correct", data=changed)
    assert soup(answer).select_one(".kern-alert--success")
    now = opened(receipt)
    assert (now.content.text, now.content.contact, now.coded.topic) == ("So war es.", "", None)
    assert now.coded.grounds == ("age", "language")
    assert now.report.grounds == [], "it names an office, so these facts are sealed"
    assert now.content.month == "2026-03"
    assert now.content.files
    assert now.content.involved == ("jenawohnen",)
    assert now.report.unread
    assert session.scalar(select(func.count()).select_from(Sealed)) == before
    assert [event.kind for event in now.events] == ["received", "corrected"]
    assert len(outbox()) > mails
    assert "Straßenbahn beleidigt" not in text_of(answer)


def test_both_sides_see_that_something_was_corrected(session, client, receipt, sign_in):
    page = post(client, "/correct", "en", receipt=receipt)
    answer = client.post("/en/receipt/correct", data=fill_form(page, "/en/receipt/correct", save="yes", text="Better."))
    assert "You corrected your report" in text_of(answer)
    desk = sign_in("reader:ads", "en")
    number = opened(receipt).report.number
    case = desk.get(f"/en/desk/{number}")
    assert "The person corrected the report" in text_of(case)
    assert "Better." in text_of(case)


def test_without_a_change_nothing_happens(client, receipt):
    page = post(client, "/correct", receipt=receipt)
    client.post("/de/receipt/correct", data=fill_form(page, "/de/receipt/correct", save="yes"))
    assert [event.kind for event in opened(receipt).events] == ["received"]


def test_of_two_windows_the_second_is_told(client, receipt):
    first, second = (post(client, "/correct", receipt=receipt) for _ in range(2))
    client.post("/de/receipt/correct", data=fill_form(first, "/de/receipt/correct", save="yes", text="Eins."))
    answer = client.post("/de/receipt/correct", data=fill_form(second, "/de/receipt/correct", save="yes", text="Zwei."))
    assert answer.status_code == 422
    assert soup(answer).select_one("textarea").get_text().strip() == "Zwei."
    assert opened(receipt).content.text == "Eins."
    again = client.post("/de/receipt/correct", data=fill_form(answer, "/de/receipt/correct", save="yes"))
    assert again.status_code == 200
    assert opened(receipt).content.text == "Zwei."


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", ""), ("text", "x" * 10_001), ("topic", "nonsense"), ("grounds", ["nonsense"]), ("grounds", None),
     ("month", "1999-01"), ("contact", "x" * 501)],
)  # fmt: skip
def test_what_cannot_stand_is_told_and_kept(client, receipt, field, value):
    page = post(client, "/correct", receipt=receipt)
    answer = client.post(
        "/de/receipt/correct", data=fill_form(page, "/de/receipt/correct", save="yes", **{field: value})
    )
    assert answer.status_code == 422
    assert soup(answer).select_one("[data-error-summary] a")
    assert opened(receipt).content.text == "Ich wurde in der Straßenbahn beleidigt."


def test_a_form_from_elsewhere_changes_nothing_it_does_not_show(client, receipt):
    page = post(client, "/correct", receipt=receipt)
    forged = fill_form(page, "/de/receipt/correct", save="yes", text="Anders.", area="4", involved="ads", kind="gap")
    client.post("/de/receipt/correct", data=forged)
    now = opened(receipt)
    assert (now.report.kind, now.content.area, now.content.involved) == ("discrimination", "18", ("jenawohnen",))


def test_the_language_switch_keeps_what_was_typed(client, receipt):
    page = post(client, "/correct", receipt=receipt)
    typed = fill_form(page, "/de/receipt/correct", text="Halb fertig")
    answer = client.post("/en/receipt/correct", data=typed)
    assert answer.status_code == 200
    assert soup(answer).select_one("textarea").get_text().strip() == "Halb fertig"
    assert opened(receipt).content.text != "Halb fertig"


def test_what_was_taken_away_is_not_corrected(client, receipt):
    post(client, "/withdraw", receipt=receipt, confirm="yes")
    assert post(client, "/correct", receipt=receipt).status_code == 422


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_corrected(session, client, jena, kind):
    about = {"subject": f"service:{next(iter(services()))}"} if kind is Kind.CORRECTION else {}
    changes = {"role": "affected", "grounds": ("age",), "month": "ongoing"} if kind is Kind.DISCRIMINATION else {}
    receipt = factories.sent(kind=kind, **changes, **about).receipt
    page = post(client, "/correct", receipt=receipt)
    answer = client.post("/de/receipt/correct", data=fill_form(page, "/de/receipt/correct", save="yes", text="Neu."))
    assert answer.status_code == 200
    assert opened(receipt).content.text == "Neu."


def services():
    from app.directory import queries as directory

    return [card.key for card in directory.services()]


# Agreeing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", [Purpose.HANDOVER, Purpose.INDEPENDENT])
def test_a_consent_can_be_given_later(client, receipt, purpose):
    first = post(client, "/agree", receipt=receipt, purpose=purpose)
    assert not queries.allows(opened(receipt).report.id, purpose)
    assert len(soup(first).select("main ul li")) >= 2
    answer = client.post("/de/receipt/agree", data=fill_form(first, "/de/receipt/agree"))
    assert soup(answer).select_one(".kern-alert--success")
    assert queries.allows(opened(receipt).report.id, purpose)
    assert post(client, "/agree", receipt=receipt, purpose=purpose, confirm="yes").status_code == 422


def test_a_consent_can_be_given_again(client, receipt, clock):
    post(client, "/consent", receipt=receipt, purpose="statistics", confirm="yes")
    clock.forward(days=2)
    answer = post(client, "/agree", receipt=receipt, purpose="statistics", confirm="yes")
    assert answer.status_code == 200
    consent = next(one for one in queries.consents(opened(receipt).report.id) if one.purpose == "statistics")
    assert consent.withdrawn_at is None
    assert [event.kind for event in opened(receipt).events] == ["received", "consent_withdrawn", "consent_given"]


@pytest.mark.parametrize("purpose", ["", "reading", "contact", "nonsense"])
def test_only_what_is_open_can_be_agreed_to(client, receipt, purpose):
    answer = post(client, "/agree", receipt=receipt, purpose=purpose, confirm="yes")
    assert answer.status_code == 422
    assert "consent_given" not in [event.kind for event in opened(receipt).events]


def test_a_witness_cannot_agree_for_somebody_else(client, jena):
    receipt = factories.sent(kind=Kind.DISCRIMINATION, role="witness", grounds=("age",)).receipt
    assert post(client, "/agree", receipt=receipt, purpose="independent", confirm="yes").status_code == 422


def test_after_taking_it_away_there_is_nothing_to_agree_to(client, receipt):
    post(client, "/withdraw", receipt=receipt, confirm="yes")
    assert post(client, "/agree", receipt=receipt, purpose="statistics", confirm="yes").status_code == 422


def test_each_consent_is_told_with_its_day(client, jena, clock):
    clock.stop_at(datetime(2026, 3, 4, 12, tzinfo=UTC))
    receipt = factories.sent().receipt
    clock.forward(days=10)
    post(client, "/consent", receipt=receipt, purpose="contact", confirm="yes")
    page = text_of(post(client, "", "en", receipt=receipt))
    assert "Agreed on March 4, 2026" in page
    assert "Withdrawn on March 14, 2026" in page
    assert page.count("Not agreed") == 2


# What is told --------------------------------------------------------------------------------------------------------


def test_the_page_says_why_and_how_long(client, receipt):
    page = text_of(post(client, "", "en", receipt=receipt))
    assert "Why did it go there?" in page
    assert "12 months after the office has closed it" in page
    assert "30 days longer" in page


def test_a_closed_report_says_its_last_day(session, client, receipt, clock):
    clock.stop_at(datetime(2026, 3, 4, 12, tzinfo=UTC))
    report = opened(receipt).report
    report.state, report.changed_at = State.CLOSED, datetime(2026, 3, 4, 12, tzinfo=UTC)
    session.flush()
    assert "It is deleted on March 4, 2027" in text_of(post(client, "", "en", receipt=receipt))


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_before_sending_it_is_said_how_long_things_are_kept(client, language):
    page = text_of(client.get(f"/{language}/report"))
    assert "12" in page
    assert "30" in page


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_privacy_notice_names_the_periods(client, language):
    page = text_of(client.get(f"/{language}/privacy"))
    assert "12" in page
    assert "30" in page


def test_the_privacy_notice_names_each_kind_where_they_differ(app, client, monkeypatch):
    settings = app.config["SETTINGS"]
    months = {**settings.retention_months, "discrimination": 6}
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"retention_months": months}))
    page = soup(client.get("/en/privacy?afresh=1"))
    assert "6 months" in [entry.get_text(strip=True) for entry in page.select("main dd")]


def test_the_page_with_the_receipt_says_how_long(client, receipt):
    page = text_of(post(client, "/keep", "en", receipt=receipt))
    assert "12 months after the office has closed it" in page


def test_an_erased_report_is_not_called_a_wrong_receipt(client, receipt):
    post(client, "/erase", receipt=receipt, confirm="yes")
    answer = post(client, "", "en", receipt=receipt)
    assert answer.status_code == 422
    assert "no longer there" in text_of(answer)


# A copy --------------------------------------------------------------------------------------------------------------


def test_the_copy_for_machines_holds_everything(session, client, receipt):
    dialogue.put_message(opened(receipt), "Wir schauen nach.", office_id=opened(receipt).report.office_id)
    session.flush()
    answer = post(client, "/copy", receipt=receipt, kind="json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == "attachment; filename=copy.json"
    assert answer.headers["Cache-Control"] == "no-store"
    said = json.loads(answer.data)
    assert (said["format"], said["version"]) == ("teilhabekarte.report", 1)
    assert said["sealed"]["text"] == "Ich wurde in der Straßenbahn beleidigt."
    assert said["sealed"]["contact"] == "0170 1234567"
    assert [one["key"] for one in said["sealed"]["involved"]] == ["jenawohnen"]
    assert base64.b64decode(said["files"][0]["base64"]) == PICTURE
    assert said["files"][0]["media_type"] == "image/png"
    assert [(one["from"], one["text"]) for one in said["messages"]] == [("office", "Wir schauen nach.")]
    assert {one["purpose"] for one in said["consents"]} == {"reading", "contact", "statistics"}
    assert said["decision"]["reason"]["de"]
    assert [one["key"] for one in said["readers"]]
    assert said["kept"] == {"months_after_closing": 12, "until": None, "backup_days": 30}
    assert receipt not in answer.get_data(as_text=True)


def test_every_member_of_the_format_is_described(receipt):
    text = (REPOSITORY / "docs/report-copy.md").read_text(encoding="utf-8")

    def members(value, name=""):
        if isinstance(value, dict) and not set(value) & {"de", "en"}:
            for key, member in value.items():
                yield f"{name}{key}"
                yield from members(member, f"{name}{key}.")
        elif isinstance(value, list) and value:
            yield from members(value[0], name.removesuffix(".") + "[].")

    missing = [name for name in members(json.loads(export.as_json(opened(receipt)))) if f"`{name}`" not in text]
    assert missing == []


def test_notes_of_the_office_are_in_no_copy(session, client, receipt):
    from app.reports.models import Event

    session.add(Event(report_id=opened(receipt).report.id, kind="note", actor="office", reason="hidden"))
    session.flush()
    assert "hidden" not in post(client, "/copy", receipt=receipt, kind="json").get_data(as_text=True)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_copy_for_people_can_be_read_aloud(client, receipt, language):
    answer = post(client, "/copy", language, receipt=receipt, kind="pdf")
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert str(pdf.Root.Lang) == LANGUAGES[language].formal
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


@pytest.mark.parametrize(
    ("text", "accessible"),
    [
        ("Мене образили 🙁😀 у трамваї", True),
        ("مرحبا في يينا", True),
        ("שלום", True),
        ("ጤና ይስጥልኝ", True),
        ("#set page(width: 1mm)\n*a* $x$ \\", True),
        ("é\n\n\nb" * 900, True),
        ("𓀀 你好，耶拿 \U0001fbf8", None),
    ],
    ids=["emoji", "arabic", "hebrew", "ethiopic", "markup", "long", "rare"],
)
def test_any_script_can_be_taken_along(jena, text, accessible):
    page = opened(factories.sent(text=text).receipt)
    made = export.as_pdf(page, LANGUAGES["ar"])
    with pikepdf.open(BytesIO(made)) as pdf, pdf.open_metadata() as metadata:
        # Whether a rare sign has a font is the machine's own affair.
        assert accessible is None or metadata.get("pdfuaid:part") == "1"


@pytest.mark.parametrize(("text", "way"), [("Hallo", "ltr"), ("123 مرحبا", "rtl"), ("«שלום»", "rtl"), ("123", "ltr")])
def test_words_run_as_their_first_letter(text, way):
    assert export.direction_of(text) == way


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.CLOSED, State.KEPT])
@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_a_copy_can_be_taken_in_every_state(session, client, receipt, kind, state):
    opened(receipt).report.state = state
    session.flush()
    assert post(client, "/copy", receipt=receipt, kind=kind).status_code == 200
