"""From office to office: who may receive, who reads when, and that nothing falls between two."""

from __future__ import annotations

import pytest

from app.core.clock import now
from app.core.codes import Purpose, State
from app.privacy import queries as privacy
from app.reports import dialogue, service
from app.reports import queries as reports
from app.reports.models import Consent
from app.triage import queries
from tests.factories import discrimination, draft
from tests.support.desks import LEAD, form_on, report_of
from tests.support.forms import soup
from tests.support.mail import all_sent

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})


@pytest.fixture
def number(session):
    return service.submit(draft(consents=AGREED)).number


def _readers(number, jena):
    """Keys of the offices that can open both boxes of a report; the two must always agree."""
    report = report_of(number)
    grants = [privacy.granted_to(box) for box in (str(report.box_id), str(report.staff_box_id))]
    assert grants[0] == grants[1]
    from app.directory import queries as directory

    return {card.key for card in directory.organisations().values() if card.principal_id in grants[0]}


def _choices(page):
    return {option["value"] for option in soup(page).select("#offer-office option")} - {""}


def test_an_offer_lets_the_other_read_and_the_giver_keep(number, desk, jena, outbox):
    giver = desk(LEAD)
    giver.do(number, "offer", office="gesundheit", reason="Es geht um Pflege.")
    assert _readers(number, jena) == {LEAD, "sozialplanung", "gesundheit"}
    assert report_of(number).office_id == jena.organisation(LEAD).id
    assert {mail.kind for mail in outbox()[-2:]} == {"offered"}
    receiver = desk("gesundheit")
    assert receiver.numbers(group="waiting") == [number]
    page = receiver.case(number)
    assert "Es geht um Pflege." in page.text
    assert "Wohnungssuche" in page.text
    for action in ("reply", "close", "link", "offer", "take"):
        assert form_on(page, action) is None
    for action, fields in (
        ("reply", {"text": "Hallo", "then": "answered"}),
        ("close", {"outcome": "remedied"}),
        ("link", {"measure": "anti-discrimination-office"}),
        ("offer", {"office": "ads", "reason": "x"}),
        ("take", {}),
        ("take_back", {}),
    ):
        assert receiver.forge(number, action, **fields).status_code == 422


def test_accepting_moves_the_lead_and_ends_the_givers_way_in(number, desk, jena):
    giver = desk(LEAD)
    giver.do(number, "offer", office="gesundheit", reason="Pflege")
    receiver = desk("gesundheit")
    receiver.do(number, "accept")
    assert report_of(number).office_id == jena.organisation("gesundheit").id
    assert _readers(number, jena) == {"sozialplanung", "gesundheit"}
    assert giver.case(number).status_code == 404
    assert giver.numbers(state="all") == []
    assert queries.open_handover(report_of(number).id) is None
    receiver.do(number, "reply", text="Wir sind jetzt da.", then="answered")
    assert [event.kind for event in reports.events(report_of(number).id)][1:3] == ["offered", "accepted"]


def test_the_desk_in_reserve_keeps_its_way_in(number, desk, jena):
    desk(LEAD).do(number, "offer", office="sozialplanung", reason="Planung")
    desk("sozialplanung").do(number, "accept")
    assert _readers(number, jena) == {"sozialplanung"}
    desk("sozialplanung").do(number, "offer", office="gesundheit", reason="Pflege")
    desk("gesundheit").do(number, "accept")
    assert _readers(number, jena) == {"sozialplanung", "gesundheit"}


def test_without_a_reserve_the_giver_keeps_nothing(session, desk, jena):
    number = service.submit(discrimination(consents=AGREED, excluded=("sozialplanung",))).number
    assert _readers(number, jena) == {"ads"}
    desk("ads").do(number, "offer", office="gleichstellung", reason="Geschlecht")
    desk("gleichstellung").do(number, "accept")
    assert _readers(number, jena) == {"gleichstellung"}
    assert report_of(number).fallback_office_id == jena.organisation("gleichstellung").id


def test_returning_ends_the_receivers_way_in(number, desk, jena, outbox):
    giver = desk(LEAD)
    giver.do(number, "take")
    giver.do(number, "offer", office="gesundheit", reason="Pflege")
    receiver = desk("gesundheit")
    all_sent(outbox())
    assert receiver.send(number, "return", reason="").status_code == 422
    receiver.do(number, "return", reason="Nicht Pflege, sondern Miete.")
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    assert receiver.case(number).status_code == 404
    page = giver.case(number)
    assert "Nicht Pflege, sondern Miete." in page.text
    assert report_of(number).unread
    assert outbox()[-1].kind == "answer"
    giver.do(number, "offer", office="gesundheit", reason="Noch einmal")


def test_the_reserve_desk_returns_an_offer_and_still_reads(number, desk, jena):
    desk(LEAD).do(number, "offer", office="sozialplanung", reason="Planung")
    desk("sozialplanung").do(number, "return", reason="Bitte selbst.")
    assert _readers(number, jena) == {LEAD, "sozialplanung"}


def test_an_offer_can_be_taken_back(number, desk, jena):
    giver = desk(LEAD)
    giver.do(number, "offer", office="gesundheit", reason="Pflege")
    giver.do(number, "take_back")
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    assert desk("gesundheit").case(number).status_code == 404


def test_only_with_consent(session, desk):
    number = service.submit(draft()).number
    giver = desk(LEAD)
    assert form_on(giver.case(number), "offer") is None
    answer = giver.forge(number, "offer", office="gesundheit", reason="Pflege")
    assert answer.status_code == 422
    assert "has not agreed that another office" in answer.text


def test_never_to_whom_it_is_about_or_their_line(session, desk):
    about = draft(consents=AGREED, involved=("jugendhilfe",), excluded=("gesundheit",))
    number = service.submit(about).number
    giver = desk(LEAD)
    offered = _choices(giver.case(number))
    assert offered
    assert offered.isdisjoint({"jugendhilfe", "bildung-kultur", "stadt", "gesundheit", LEAD})
    for office in ("jugendhilfe", "bildung-kultur", "gesundheit", LEAD, "ezra", "nobody", ""):
        answer = giver.send(number, "offer", office=office, reason="Was ich schrieb")
        assert answer.status_code == 422
        assert "Was ich schrieb" in answer.text
    assert queries.open_handover(report_of(number).id) is None


def test_never_to_a_closed_office(number, desk):
    assert "auslaenderbehoerde" not in _choices(desk(LEAD).case(number))


def test_one_offer_at_a_time(number, desk):
    giver = desk(LEAD)
    page = giver.case(number)
    giver.do(number, "offer", office="gesundheit", reason="Pflege")
    assert giver.send(number, "offer", page=page, office="ads", reason="x").status_code == 409
    assert giver.forge(number, "offer", office="ads", reason="x").status_code == 422


def test_a_case_on_offer_does_not_end(number, desk):
    giver = desk(LEAD)
    giver.do(number, "take")
    giver.do(number, "offer", office="gesundheit", reason="Pflege")
    assert giver.send(number, "close", outcome="remedied").status_code == 422
    assert giver.send(number, "spam", reason="x").status_code == 422
    assert report_of(number).state == State.IN_REVIEW


def test_a_consent_withdrawn_meanwhile_ends_the_offer(session, desk, jena):
    answer = service.submit(draft(consents=AGREED))
    number = answer.number
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege im Haus")
    receiver = desk("gesundheit")
    page = receiver.case(number)
    dialogue.withdraw_consent(dialogue.open_by_receipt(answer.receipt), Purpose.HANDOVER)
    assert _readers(number, jena) == {LEAD, "sozialplanung"}
    assert queries.open_handover(report_of(number).id) is None
    assert receiver.case(number).status_code == 404
    assert receiver.send(number, "accept", page=page).status_code == 404
    assert form_on(desk(LEAD).case(number), "offer") is None
    dialogue.give_consent(dialogue.open_by_receipt(answer.receipt), Purpose.HANDOVER)
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Wieder erlaubt")


def test_an_offer_from_before_that_was_so_shows_nothing(number, desk, jena, session):
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege im Haus")
    session.get_one(Consent, (report_of(number).id, Purpose.HANDOVER)).withdrawn_at = now()
    session.flush()
    receiver = desk("gesundheit")
    page = receiver.case(number)
    assert "Wohnungssuche" not in page.text
    assert "Pflege im Haus" not in page.text
    assert form_on(page, "accept") is None
    assert receiver.forge(number, "accept").status_code == 422
    receiver.do(number, "return", reason="Einwilligung fehlt")
    assert _readers(number, jena) == {LEAD, "sozialplanung"}


def test_the_reason_of_a_return_stands_at_the_top_until_something_is_done(number, desk):
    giver = desk(LEAD)
    giver.do(number, "take")
    giver.do(number, "offer", office="gesundheit", reason="Pflege")
    assert "did not take this case over" not in giver.case(number).text
    desk("gesundheit").do(number, "return", reason="Nicht Pflege, sondern Miete.")
    notice = next(
        alert for alert in soup(giver.case(number)).select(".kern-alert--warning") if "did not take" in alert.get_text()
    )
    assert "Nicht Pflege, sondern Miete." in notice.get_text()
    giver.do(number, "note", text="Dann machen wir es selbst.")
    assert "did not take this case over" in giver.case(number).text, "a note answers nothing"
    giver.do(number, "offer", office="ads", reason="Rat")
    assert "did not take this case over" not in giver.case(number).text


def test_nobody_accepts_what_was_not_offered(number, desk):
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    assert desk("sozialplanung").forge(number, "accept").status_code == 422
    assert desk(LEAD).forge(number, "return", reason="x").status_code == 422
    assert desk("ads").client.post(f"/en/desk/{number}", data={"action": "accept"}).status_code == 404


def test_the_one_asked_may_raise_the_alarm(number, desk):
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    desk("gesundheit").do(number, "danger", reason="Es eilt.")
    assert report_of(number).state == State.DANGER
