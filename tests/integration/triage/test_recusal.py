"""Somebody who is not impartial leaves a case, and it no longer exists for them."""

from __future__ import annotations

import pytest

from app.accounts import queries as accounts
from app.accounts.models import Membership
from app.core.codes import Purpose
from app.core.revisions import touch
from app.directory import queries as directory
from app.privacy import queries as privacy
from app.reports import dialogue, readers, service
from tests.factories import draft
from tests.support.arrivals import come_in
from tests.support.desks import LEAD, Desk, form_on, report_of
from tests.support.forms import soup
from tests.support.mail import all_sent

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})


@pytest.fixture
def sent(session):
    return service.submit(draft(consents=AGREED))


@pytest.fixture
def colleague(app):
    """The second reader of an office, signed in."""
    return lambda office: Desk(come_in(app.test_client(), f"{office}-vertretung@demo.example", "en"))


def _people(office):
    return accounts.members(directory.organisations()[office].id)


def test_the_case_no_longer_exists_for_them_and_goes_on_with_the_others(sent, desk, colleague, client, outbox):
    person, other = desk(LEAD), colleague(LEAD)
    number = sent.number
    person.do(number, "recuse", reason="Das ist meine Schwester.")
    assert person.case(number).status_code == 404
    assert person.numbers(state="all") == []
    assert person.client.get(f"/en/desk/{number}/files/0").status_code == 404
    assert soup(person.queue()).select_one(".tk-figure__number").get_text() == "0"
    page = other.case(number)
    assert "Wohnungssuche" in page.text
    assert "Das ist meine Schwester." in page.text
    assert other.numbers() == [number]
    all_sent(outbox())
    before = len(outbox())
    dialogue.write(dialogue.open_by_receipt(sent.receipt), "Gibt es etwas Neues?")
    me, you = _people(LEAD)
    assert [mail.user_id for mail in outbox()[before:]] == [you.id]
    named = readers.readers_of(report_of(number))
    assert [(reader.key, reader.single) for reader in named] == [(LEAD, True), ("sozialplanung", False)]
    text = soup(client.post("/en/receipt", data={"receipt": sent.receipt})).main.get_text()
    assert "single persons only" in text
    assert me.title not in text
    other.do(number, "reply", text="Wir arbeiten daran.", then="answered")


def test_alone_one_hands_over_first(session, sent, desk, colleague):
    desk(LEAD).do(sent.number, "recuse")
    last = colleague(LEAD)
    answer = last.send(sent.number, "recuse", reason="Ich auch")
    assert answer.status_code == 422
    assert "Please hand it over to another office first." in answer.text
    assert "Ich auch" in answer.text
    assert last.case(sent.number).status_code == 200
    assert last.numbers() == [sent.number]


def test_who_has_left_does_not_come_back_by_a_handover(session, sent, desk, colleague):
    number = sent.number
    person, other, planning = desk(LEAD), colleague(LEAD), desk("gesundheit")
    person.do(number, "recuse")
    other.do(number, "offer", office="gesundheit", reason="Pflege")
    planning.do(number, "accept")
    assert other.case(number).status_code == 404
    assert form_on(planning.case(number), "offer") is not None
    planning.do(number, "offer", office=LEAD, reason="Doch Miete")
    assert person.case(number).status_code == 404
    assert person.numbers(state="all") == []
    assert "Wohnungssuche" in other.case(number).text
    other.do(number, "accept")
    assert person.case(number).status_code == 404
    assert other.case(number).status_code == 200


def test_the_desk_in_reserve_may_leave_altogether(session, sent, desk, colleague):
    desk("sozialplanung").do(sent.number, "recuse")
    colleague("sozialplanung").do(sent.number, "recuse")
    assert [reader.key for reader in readers.readers_of(report_of(sent.number))] == [LEAD]
    assert report_of(sent.number).fallback_office_id == report_of(sent.number).office_id
    assert desk(LEAD).case(sent.number).status_code == 200


def test_who_joined_an_involved_office_later_is_out_as_well(session, desk, colleague, outbox):
    sent = service.submit(draft(involved=("jenawohnen",)))
    person = desk(LEAD)
    assert person.case(sent.number).status_code == 200
    me, you = _people(LEAD)
    session.add(Membership(user_id=me.id, organisation_id=directory.organisations()["jenawohnen"].id))
    session.flush()
    session.expire_all()
    touch("accounts")
    assert person.case(sent.number).status_code == 404
    all_sent(outbox())
    before = len(outbox())
    dialogue.write(dialogue.open_by_receipt(sent.receipt), "Hallo")
    assert [mail.user_id for mail in outbox()[before:]] == [you.id]
    again = desk(LEAD)
    assert again.numbers(state="all") == []
    assert me.principal_id not in privacy.granted_to(report_of(sent.number).box_id)
    assert colleague(LEAD).numbers() == [sent.number]


def test_both_boxes_are_always_open_to_the_same(sent, desk):
    desk(LEAD).do(sent.number, "recuse")
    report = report_of(sent.number)
    grants = privacy.granted_to(report.box_id)
    assert grants == privacy.granted_to(report.staff_box_id)
    _me, you = _people(LEAD)
    assert grants == {you.principal_id, directory.organisations()["sozialplanung"].principal_id}
