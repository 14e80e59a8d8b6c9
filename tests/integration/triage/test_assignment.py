"""Who works on a case: oneself, a colleague who can read it, or nobody."""

from __future__ import annotations

import pytest

from app.accounts import people
from app.accounts import queries as accounts
from app.core.codes import Purpose
from app.reports import dialogue, service
from tests.conftest import account_of
from tests.factories import draft
from tests.support.arrivals import come_in
from tests.support.desks import LEAD, Desk, form_on, report_of
from tests.support.forms import soup

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})


@pytest.fixture
def sent(session):
    return service.submit(draft(consents=AGREED))


@pytest.fixture
def colleague(app):
    """The second reader of an office, signed in."""
    return lambda office: Desk(come_in(app.test_client(), f"{office}-vertretung@demo.example", "en"))


def _person(office):
    return accounts.user_by_email(account_of(f"reader:{office}"))


def _second(office):
    return accounts.user_by_email(f"{office}-vertretung@demo.example")


def _offered(page):
    return {option["value"] for option in soup(page).select("#assign-person option")} - {""}


def test_somebody_takes_a_case(sent, desk):
    person = desk(LEAD)
    person.do(sent.number, "mine")
    assert report_of(sent.number).assignee_id == _person(LEAD).id
    page = person.case(sent.number)
    assert form_on(page, "mine") is None
    assert _person(LEAD).title in page.text


def test_it_is_given_to_a_colleague_or_to_nobody(sent, desk):
    person = desk(LEAD)
    person.do(sent.number, "assign", person=str(_second(LEAD).id))
    assert report_of(sent.number).assignee_id == _second(LEAD).id
    person.do(sent.number, "assign", person="")
    assert report_of(sent.number).assignee_id is None


def test_only_to_those_who_can_read_it(sent, desk, colleague):
    number = sent.number
    person = desk(LEAD)
    able = {str(one.id) for office in (LEAD, "sozialplanung") for one in (_person(office), _second(office))}
    assert _offered(person.case(number)) == able
    stranger = _person("ads").id
    assert person.send(number, "assign", person=str(stranger)).status_code == 422
    assert report_of(number).assignee_id is None
    colleague(LEAD).do(number, "recuse")
    assert _offered(person.case(number)) == able - {str(_second(LEAD).id)}


def test_who_reported_learns_of_it_but_not_of_whom(sent, desk, client):
    desk(LEAD).do(sent.number, "mine")
    text = soup(client.post("/en/receipt", data={"receipt": sent.receipt})).main.get_text()
    assert "Somebody at" in text
    assert "works on your report" in text
    assert _person(LEAD).title not in text
    opened = dialogue.open_by_receipt(sent.receipt)
    assert _person(LEAD).title not in repr([vars(event) for event in opened.events])


def test_a_handover_makes_it_nobodys(sent, desk):
    number = sent.number
    desk(LEAD).do(number, "mine")
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    assert report_of(number).assignee_id == _person(LEAD).id, "until somebody accepts, it is still theirs"
    desk("gesundheit").do(number, "accept")
    assert report_of(number).assignee_id is None


def test_the_end_of_an_account_makes_it_nobodys(sent, desk, session):
    desk(LEAD).do(sent.number, "mine")
    admin = accounts.user_by_email(account_of("administrator"))
    people.end(admin, _person(LEAD))
    session.expire_all()
    assert report_of(sent.number).assignee_id is None


def test_who_leaves_the_case_no_longer_works_on_it(sent, desk):
    desk(LEAD).do(sent.number, "mine")
    desk(LEAD).do(sent.number, "recuse")
    assert report_of(sent.number).assignee_id is None


def test_a_report_taken_away_is_nobodys(sent, desk, session):
    desk(LEAD).do(sent.number, "mine")
    dialogue.withdraw(dialogue.open_by_receipt(sent.receipt))
    session.expire_all()
    assert report_of(sent.number).assignee_id is None


def test_the_office_on_offer_assigns_nobody(sent, desk):
    desk(LEAD).do(sent.number, "offer", office="gesundheit", reason="Pflege")
    assert desk("gesundheit").forge(sent.number, "mine").status_code == 422
    assert report_of(sent.number).assignee_id is None
