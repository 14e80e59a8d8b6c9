"""Things to do in a case: words that only the offices open, a day, done and not done after all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.codes import Purpose
from app.core.database import Base
from app.reports import dialogue
from app.triage import work_queries
from tests.factories import sent
from tests.support.desks import LEAD, element, form_on, report_of
from tests.support.forms import soup


def _words(page):
    return element(page, "main").get_text(" ", strip=True)


def _only(number):
    (row,) = work_queries.to_dos(report_of(number).id)
    return row


def test_something_to_do_stands_on_the_page_until_it_is_done(session, desk):
    number = sent().number
    person = desk(LEAD)
    person.do(number, "todo", text="Beim Vermieter anrufen", due=(today() + timedelta(days=3)).isoformat())
    page = person.case(number)
    assert "Beim Vermieter anrufen" in element(page, "#todo_done-form").get_text()
    person.do(number, "todo_done", which=str(_only(number).id))
    page = person.case(number)
    assert form_on(page, "todo_done") is None
    assert "Done: Beim Vermieter anrufen" in element(page, "#timeline").get_text(" ", strip=True).replace(" :", ":")
    person.do(number, "todo_again", which=str(_only(number).id))
    assert "Beim Vermieter anrufen" in element(person.case(number), "#todo_done-form").get_text()


def test_what_is_to_be_done_is_sealed(session, desk):
    number = sent().number
    desk(LEAD).do(number, "todo", text="Geheimwort Zwetschge")
    tables = [
        Base.metadata.tables[name] for name in ("triage_to_do", "report_event", "privacy_audit", "privacy_sealed")
    ]
    stored = "".join(str(row) for table in tables for row in session.execute(select(table)))
    assert "Zwetschge" not in stored
    assert _only(number).sealed_id is not None


def test_a_day_that_is_over_is_told(session, desk, clock):
    number = sent().number
    person = desk(LEAD)
    due = today() + timedelta(days=1)
    person.do(number, "todo", text="Nachfragen", due=due.isoformat())
    assert "was due on" not in _words(person.case(number))
    clock.forward(hours=72)
    assert "was due on" in _words(desk(LEAD).case(number))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": ""}, "Please write what is to be done."),
        ({"text": "x" * 301}, "too long"),
        ({"text": "Etwas", "due": "2020-01-01"}, "This day is over."),
        ({"text": "Etwas", "due": "morgen"}, "Please give the day in full"),
    ],
)
def test_what_cannot_be_kept_is_told_and_stays_typed(session, desk, fields, told):
    number = sent().number
    answer = desk(LEAD).send(number, "todo", **fields)
    assert answer.status_code == 422
    assert told in element(answer, "#error-summary").get_text()
    assert element(answer, "#todo-text")["value"] == fields["text"]
    assert not work_queries.to_dos(report_of(number).id)


@pytest.mark.parametrize("which", ["", "x", "0", "99999999", "9" * 40, "-1", "²"])
def test_only_what_is_to_be_done_here_can_be_done(session, desk, which):
    number = sent().number
    person = desk(LEAD)
    assert person.forge(number, "todo_done", which=which).status_code == 422


def test_another_cases_errand_is_none_of_this_one(session, desk):
    mine, other = sent().number, sent().number
    person = desk(LEAD)
    person.do(other, "todo", text="Dort")
    assert person.forge(mine, "todo_done", which=str(_only(other).id)).status_code == 422
    assert _only(other).done_at is None


def test_done_twice_is_done_once(session, desk):
    number = sent().number
    person = desk(LEAD)
    person.do(number, "todo", text="Einmal")
    which = str(_only(number).id)
    person.do(number, "todo_done", which=which)
    answer = person.forge(number, "todo_done", which=which)
    assert "This is done already." in element(answer, "#error-summary").get_text()


def test_an_office_that_was_only_asked_keeps_nothing_there(session, desk):
    number = sent(consents=frozenset({Purpose.READING, Purpose.HANDOVER})).number
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    asked = desk("gesundheit")
    assert form_on(asked.case(number), "todo") is None
    assert asked.forge(number, "todo", text="Zu früh").status_code == 422
    assert not work_queries.to_dos(report_of(number).id)


def test_a_report_that_is_taken_away_leaves_nothing_to_do(session, desk):
    answer = sent()
    person = desk(LEAD)
    person.do(answer.number, "todo", text="Später")
    report_id = report_of(answer.number).id
    dialogue.withdraw(dialogue.open_by_receipt(answer.receipt))
    assert not work_queries.to_dos(report_id)


def test_the_reporter_sees_and_takes_along_nothing_of_it(session, desk, client):
    answer = sent()
    desk(LEAD).do(answer.number, "todo", text="Beim Vermieter anrufen")
    page = client.post("/en/receipt", data={"receipt": answer.receipt})
    assert "Vermieter" not in page.text
    assert not soup(page).find_all(string="To do")
