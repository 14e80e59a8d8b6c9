"""Several offices at one case: one leads, others are asked, answer, do their part, and lose their way in afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.core.codes import Purpose, State
from app.privacy import queries as privacy
from app.reports import dialogue, service
from app.triage import queries
from app.triage.domain import Asking
from app.triage.models import Consultation
from tests.factories import draft
from tests.support.arrivals import come_in
from tests.support.desks import LEAD, Desk, form_on, report_of
from tests.support.forms import soup
from tests.support.mail import all_sent

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def sent(session):
    return service.submit(draft(consents=AGREED))


@pytest.fixture
def number(sent):
    return sent.number


@pytest.fixture
def colleague(app):
    """The second reader of an office, signed in."""
    return lambda office: Desk(come_in(app.test_client(), f"{office}-vertretung@demo.example", "en"))


@pytest.fixture
def asked(number, desk):
    """A case in which the health office has been asked to work along."""
    lead = desk(LEAD)
    lead.do(number, "consult", office="gesundheit", reason="Bitte prüft die Pflege.")
    return lead


def _readers(number, jena):
    """Keys of the offices whose mailboxes open both boxes of a report; the two must always agree."""
    report = report_of(number)
    grants = [privacy.granted_to(box) for box in (str(report.box_id), str(report.staff_box_id))]
    assert grants[0] == grants[1]
    from app.directory import queries as directory

    return {card.key for card in directory.organisations().values() if card.principal_id in grants[0]}


def test_who_is_asked_reads_and_the_lead_stays(asked, number, desk, jena, outbox):
    assert _readers(number, jena) == {LEAD, "sozialplanung", "gesundheit"}
    assert report_of(number).office_id == jena.organisation(LEAD).id
    assert {mail.kind for mail in outbox()[-2:]} == {"asked"}
    other = desk("gesundheit")
    page = other.case(number)
    assert "Wohnungssuche" in page.text
    assert "Bitte prüft die Pflege." in page.text
    assert "asked to work along" in soup(page).main.get_text()
    for action in ("reply", "close", "offer", "consult", "take", "recode", "mine", "consult_done", "accept"):
        assert form_on(page, action) is None
    for action, fields in (
        ("reply", {"text": "Hallo", "then": "answered"}),
        ("close", {"outcome": "remedied"}),
        ("offer", {"office": "ads", "reason": "x"}),
        ("consult", {"office": "ads", "reason": "x"}),
        ("consult_end", {"office": "gesundheit"}),
        ("consult_done", {"words": "x"}),
        ("mine", {}),
    ):
        assert other.forge(number, action, **fields).status_code == 422


def test_it_accepts_keeps_notes_and_says_when_its_part_is_done(asked, number, desk, jena, outbox):
    other = desk("gesundheit")
    other.do(number, "consult_accept")
    assert form_on(other.case(number), "consult_accept") is None
    other.do(number, "note", text="Wir haben angerufen.")
    assert "Wir haben angerufen." in asked.case(number).text
    all_sent(outbox())
    asked.do(number, "take")
    before = len(outbox())
    assert other.send(number, "consult_done", words=" ").status_code == 422
    other.do(number, "consult_done", words="Der Pflegedienst hat Platz.")
    assert other.case(number).status_code == 404
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    assert "Der Pflegedienst hat Platz." in asked.case(number).text
    assert report_of(number).unread
    assert {mail.kind for mail in outbox()[before:]} == {"answer"}
    asked.do(number, "consult", office="gesundheit", reason="Noch einmal, bitte.")


def test_it_returns_the_question_with_a_reason(asked, number, desk, jena):
    other = desk("gesundheit")
    assert other.send(number, "consult_return", reason="").status_code == 422
    other.do(number, "consult_return", reason="Das macht das Land.")
    assert other.case(number).status_code == 404
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    assert "Das macht das Land." in asked.case(number).text


def test_the_lead_ends_it(asked, number, desk, jena):
    desk("gesundheit").do(number, "consult_accept")
    asked.do(number, "consult_end", office="gesundheit")
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    assert desk("gesundheit").case(number).status_code == 404


def test_the_person_who_reported_sees_it_in_plain_words(sent, asked, number, desk, client):
    desk("gesundheit").do(number, "consult_accept")
    text = soup(client.post("/en/receipt", data={"receipt": sent.receipt})).main.get_text()
    assert "was asked to help with your report and can read it too" in text
    assert "helps with your report" in text
    assert "Bitte prüft die Pflege." not in text


def test_a_handover_of_the_lead_keeps_it_going(asked, number, desk, jena):
    desk("gesundheit").do(number, "consult_accept")
    asked.do(number, "offer", office="jugendhilfe", reason="Familie")
    desk("jugendhilfe").do(number, "accept")
    assert _readers(number, jena) == {"jugendhilfe", "sozialplanung", "gesundheit"}
    assert asked.case(number).status_code == 404
    desk("gesundheit").do(number, "consult_done", words="Fertig.")
    assert "Fertig." in desk("jugendhilfe").case(number).text


def test_who_works_along_may_take_over_the_lead(asked, number, desk, jena, session):
    desk("gesundheit").do(number, "consult_accept")
    asked.do(number, "offer", office="gesundheit", reason="Ihr macht ohnehin alles.")
    desk("gesundheit").do(number, "return", reason="Noch nicht.")
    assert _readers(number, jena) == {LEAD, "sozialplanung", "gesundheit"}, "working along keeps the way in"
    asked.do(number, "offer", office="gesundheit", reason="Jetzt.")
    desk("gesundheit").do(number, "accept")
    assert _readers(number, jena) == {"sozialplanung", "gesundheit"}
    assert queries.consultations(report_of(number).id) == []
    assert form_on(desk("gesundheit").case(number), "consult_done") is None


def test_not_without_consent(session, desk):
    number = service.submit(draft()).number
    lead = desk(LEAD)
    assert form_on(lead.case(number), "consult") is None
    refused = lead.forge(number, "consult", office="gesundheit", reason="x")
    assert refused.status_code == 422
    assert "has not agreed that another office" in refused.text


def test_never_of_whom_it_is_about_nor_twice(session, desk):
    about = draft(consents=AGREED, involved=("jugendhilfe",), excluded=("gesundheit",))
    number = service.submit(about).number
    lead = desk(LEAD)
    offered = {option["value"] for option in soup(lead.case(number)).select("#consult-office option")} - {""}
    assert offered
    assert offered.isdisjoint({"jugendhilfe", "bildung-kultur", "gesundheit", "sozialplanung", LEAD})
    for office in ("jugendhilfe", "gesundheit", "sozialplanung", LEAD, "ezra", "nobody", ""):
        answer = lead.send(number, "consult", office=office, reason="Was ich schrieb")
        assert answer.status_code == 422
        assert "Was ich schrieb" in answer.text
    lead.do(number, "consult", office="ads", reason="Rat")
    assert lead.forge(number, "consult", office="ads", reason="Rat").status_code == 422


def test_a_withdrawn_consent_ends_every_question_and_offer_at_once(sent, asked, number, desk, jena):
    asked.do(number, "consult", office="ads", reason="Rat")
    desk("ads").do(number, "consult_accept")
    asked.do(number, "offer", office="jugendhilfe", reason="Familie")
    assert _readers(number, jena) == {LEAD, "sozialplanung", "gesundheit", "ads", "jugendhilfe"}
    dialogue.withdraw_consent(dialogue.open_by_receipt(sent.receipt), Purpose.HANDOVER)
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    for office in ("gesundheit", "ads", "jugendhilfe"):
        assert desk(office).case(number).status_code == 404
        assert desk(office).numbers(state="all") == []
    assert queries.consultations(report_of(number).id) == []
    assert queries.open_handover(report_of(number).id) is None
    assert asked.case(number).text.count("Can no longer read it, because the person withdrew their consent") == 3


def test_another_consent_withdrawn_ends_nothing(sent, asked, number, jena):
    dialogue.withdraw_consent(dialogue.open_by_receipt(sent.receipt), Purpose.CONTACT)
    assert "gesundheit" in _readers(number, jena)


def test_a_report_taken_away_ends_it(sent, asked, number, session):
    report_id = report_of(number).id
    dialogue.withdraw(dialogue.open_by_receipt(sent.receipt))
    session.expire_all()
    [row] = session.query(Consultation).filter_by(report_id=report_id)
    assert row.ended_at is not None
    assert row.outcome == "taken_back"


def test_a_case_does_not_end_while_another_office_works_along(asked, number, desk):
    asked.do(number, "take")
    for action, fields in (("close", {"outcome": "remedied"}), ("spam", {"reason": "x"})):
        refused = asked.send(number, action, **fields)
        assert refused.status_code == 422
        assert "still works along" in refused.text
    asked.do(number, "consult_end", office="gesundheit")
    asked.do(number, "close", outcome="remedied")


def test_the_office_asked_may_raise_the_alarm_and_everybody_else_hears(asked, number, desk, outbox):
    before = len(outbox())
    desk("gesundheit").do(number, "danger", reason="Das Kind ist allein.")
    assert report_of(number).state == State.DANGER
    told = {mail.user_id for mail in outbox()[before:]}
    assert len(told) == 4, "two people of the office that leads, two of the desk in reserve"


def test_the_one_asked_hears_an_alarm_of_the_lead(asked, number, desk, outbox, jena):
    from app.accounts import queries as accounts

    before = len(outbox())
    asked.do(number, "danger", reason="Drohung")
    told = {mail.user_id for mail in outbox()[before:]}
    assert {user.id for user in accounts.members(jena.organisation("gesundheit").id)} <= told


def test_somebody_of_the_office_asked_leaves_and_it_goes_on_with_the_other(asked, number, desk, colleague, jena):
    desk("gesundheit").do(number, "recuse", reason="Meine Nachbarin")
    assert desk("gesundheit").case(number).status_code == 404
    other = colleague("gesundheit")
    assert other.send(number, "recuse").status_code == 422
    other.do(number, "consult_accept")
    assert other.numbers(state="all") == [number]
    other.do(number, "consult_done", words="Fertig")
    assert other.case(number).status_code == 404
    assert privacy.granted_to(report_of(number).box_id) == {
        jena.organisation(key).principal_id for key in (LEAD, "sozialplanung")
    }


def test_who_has_left_does_not_come_back_by_a_question(number, desk, colleague):
    desk(LEAD).do(number, "recuse")
    colleague(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    desk("gesundheit").do(number, "accept")
    desk("gesundheit").do(number, "consult", office=LEAD, reason="Miete")
    assert desk(LEAD).case(number).status_code == 404
    assert "Wohnungssuche" in colleague(LEAD).case(number).text


def test_the_words_stay_with_the_offices_and_out_of_the_database(asked, number, session):
    rows = session.query(Consultation).all()
    assert [(row.outcome, row.ended_at) for row in rows] == [(None, None)]
    assert all("Pflege" not in str(vars(row)) for row in rows)


def test_what_is_not_answered_within_a_working_day_shows(session, clock, jena):
    clock.stop_at(MONDAY)
    number = service.submit(draft(consents=AGREED)).number
    report = report_of(number)
    session.add(
        Consultation(
            report_id=report.id,
            office_id=jena.organisation("gesundheit").id,
            asked_by_id=jena.organisation(LEAD).id,
            due_at=datetime(2026, 11, 24, 23, tzinfo=UTC),
        )
    )
    session.flush()
    assert queries.unanswered(datetime(2026, 11, 24, 22, tzinfo=UTC)) == ()
    [one] = queries.unanswered(datetime(2026, 11, 24, 23, tzinfo=UTC))
    assert (one.what, one.number, one.to_office_id) == (
        Asking.CONSULTATION,
        number,
        jena.organisation("gesundheit").id,
    )
    assert queries.unanswered(datetime(2026, 11, 25, tzinfo=UTC), [[str(jena.organisation("ads").principal_id)]]) == (
        one,
    )


def test_a_question_is_to_be_answered_by_the_end_of_the_next_working_day(number, desk, clock, session):
    clock.stop_at(datetime(2026, 11, 27, 9, tzinfo=UTC))
    desk(LEAD).do(number, "consult", office="gesundheit", reason="Pflege")
    desk(LEAD).do(number, "offer", office="ads", reason="Rat")
    report = report_of(number)
    [question], offer = queries.consultations(report.id), queries.open_handover(report.id)
    assert question.due_at == offer.due_at == datetime(2026, 11, 30, 23, tzinfo=UTC), "the end of Monday, in Jena"
    late = queries.unanswered(datetime(2026, 12, 1, 6, tzinfo=UTC))
    assert [one.what for one in late] == [Asking.CONSULTATION, Asking.HANDOVER]
    desk("gesundheit").do(number, "consult_accept")
    desk("ads").do(number, "return", reason="Nein")
    assert queries.unanswered(datetime(2026, 12, 1, 6, tzinfo=UTC)) == ()


def test_a_restricted_report_shows_only_to_those_who_may_know(session, desk, clock, jena):
    clock.stop_at(MONDAY)
    number = service.submit(draft(consents=AGREED, involved=("jugendhilfe",))).number
    desk(LEAD).do(number, "consult", office="gesundheit", reason="Pflege")
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert len(queries.unanswered(later)) == 1
    assert queries.unanswered(later, [[str(jena.organisation("jugendhilfe").principal_id)]]) == ()
    assert len(queries.unanswered(later, [[str(jena.organisation("gesundheit").principal_id)]])) == 1
