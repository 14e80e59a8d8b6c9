"""The search in opened texts: in memory only, of one's own open cases, and it says where it stopped."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.codes import State
from app.privacy.models import AuditEntry
from app.reports import dialogue, readers
from app.triage.lists import searching
from tests.factories import sent
from tests.integration.triage.test_queue import ALL_CONSENTS, one_of
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup, values_of


def look(person, words):
    values = values_of(element(person.queue(), ".tk-search"))
    values["words"] = words
    return person.client.post("/en/desk/search", data=values)


def found(answer):
    return {
        row.select_one("th a").get_text(): row.select("td")[-1].get_text(strip=True)
        for row in soup(answer).select("#found tbody tr")
    }


def test_words_are_found_in_reports_messages_and_notes(session, desk):
    report, message, note, _other = (
        sent(text="Im Café am Markt."),
        sent(text="Nichts."),
        sent(text="Nichts."),
        sent(text="Im Kino, ganz woanders als am Café."),
    )
    person = desk(LEAD)
    dialogue.write(dialogue.open_by_receipt(message.receipt), "Das CAFÉ am Markt ist bekannt.")
    person.do(note.number, "note", text="Wegen des Cafes am Markt angerufen.")
    assert found(look(person, "cafe markt")) == {
        report.number: "in the report",
        message.number: "in a message",
        note.number: "in a note",
    }


def test_nothing_found_is_said(session, desk):
    sent()
    answer = look(desk(LEAD), "Unauffindbares")
    assert "None of your open cases has these words" in answer.text
    assert "1 open case was looked through" in answer.text


def test_only_open_cases_that_the_office_works_on_are_looked_through(session, desk):
    sent(text="Kennwort")
    closed = sent(text="Kennwort").number
    offered = sent(text="Kennwort", consents=ALL_CONSENTS).number
    person = desk(LEAD)
    report_of(closed).state = State.CLOSED
    person.do(offered, "offer", office="gesundheit", reason="Zuständig.")
    assert closed not in found(look(person, "kennwort"))
    assert found(look(desk("gesundheit"), "kennwort")) == {}
    assert found(look(desk("ads"), "kennwort")) == {}


def test_what_somebody_must_not_read_they_do_not_find(session, desk, monkeypatch):
    number = sent(text="Kennwort").number
    person = desk(LEAD)
    assert set(found(look(person, "kennwort"))) == {number}
    # They have come to belong to what the report is about; the grants are still as they were.
    monkeypatch.setattr(readers, "kept_out", lambda _content: frozenset({one_of(LEAD).principal_id}))
    assert found(look(person, "kennwort")) == {}


def test_the_search_says_where_it_stopped(session, desk, monkeypatch):
    monkeypatch.setattr(searching, "MOST", 2)
    numbers = [sent(text="Kennwort").number for _ in range(3)]
    answer = look(desk(LEAD), "kennwort")
    assert set(found(answer)) == set(numbers[1:])
    assert "The search stops after the newest 2 open cases" in answer.text


def test_a_number_leads_to_its_case(session, desk):
    number = sent().number
    answer = look(desk(LEAD), f" {number.lower()} ")
    assert (answer.status_code, answer.location) == (303, f"/en/desk/{number}")


@pytest.mark.parametrize("words", ["", "   ", "x" * 201])
def test_without_words_nothing_is_looked_for(session, desk, words):
    sent()
    assert look(desk(LEAD), words).status_code == 422


def test_the_words_are_nowhere_and_the_search_is_noted_once(session, desk, caplog):
    sent(text="Kennwort")
    person = desk(LEAD)
    answer = look(person, "Kennwort")
    assert answer.request.query_string == b""
    assert "Kennwort" not in caplog.text
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "searched")).all()
    assert [(entry.subject, entry.office_id) for entry in entries] == [(None, None)]


def test_looking_through_many_takes_no_more_statements(session, desk, count_statements):
    sent(text="Kennwort")
    person = desk(LEAD)
    look(person, "kennwort")
    with count_statements() as few:
        look(person, "kennwort")
    for _ in range(5):
        sent(text="Kennwort")
    with count_statements() as many:
        look(person, "kennwort")
    assert len(few) == len(many)
