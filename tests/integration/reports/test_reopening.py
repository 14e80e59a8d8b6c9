"""Whoever writes after the end of a case brings it back to work, so that no word lies where nobody looks."""

from __future__ import annotations

import pytest

from app.core.codes import Outcome, State
from app.reports import dialogue, queries, retention
from app.reports.domain import NotAllowed
from tests import factories
from tests.support.desks import LEAD, Desk
from tests.support.forms import fill_form, soup

ENDED_AT_THE_OFFICE = (State.CLOSED, State.NOT_RESPONSIBLE, State.SPAM, State.ABUSE)


@pytest.fixture
def receipt(session, jena):
    return factories.sent().receipt


def ended(receipt, state):
    opened = dialogue.open_by_receipt(receipt)
    opened.report.state, opened.report.unread = state, False
    opened.report.outcome = Outcome.ADVICE_GIVEN if state is State.CLOSED else None
    return opened


def page_of(client, receipt):
    return client.post("/en/receipt", data={"receipt": receipt})


def words(response):
    return soup(response).select_one("main").get_text(" ", strip=True)


@pytest.mark.parametrize("state", ENDED_AT_THE_OFFICE)
def test_a_message_after_the_end_brings_the_case_back(session, receipt, state):
    opened = ended(receipt, state)
    dialogue.write(opened, "Es ist noch nicht erledigt.")
    report = opened.report
    assert (report.state, report.unread, report.outcome) == (State.IN_REVIEW, True, None)
    reopened = [event for event in queries.events(report.id) if event.kind == "reopened"]
    assert [(event.actor, event.state) for event in reopened] == [("reporter", State.IN_REVIEW)]
    assert dialogue.open_by_receipt(receipt).messages[-1].text == "Es ist noch nicht erledigt."


def test_a_case_that_is_not_ended_is_not_reopened(session, receipt):
    opened = dialogue.open_by_receipt(receipt)
    dialogue.write(opened, "Noch etwas.")
    assert "reopened" not in {event.kind for event in queries.events(opened.report.id)}


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.KEPT])
def test_what_nobody_reads_stays_as_it_is(session, receipt, state):
    opened = ended(receipt, state)
    with pytest.raises(NotAllowed):
        dialogue.write(opened, "Es ist noch nicht erledigt.")
    assert opened.report.state == state


def test_the_office_is_told_and_finds_the_case_among_the_open_ones(session, receipt, sign_in, outbox, clock):
    desk = Desk(sign_in(f"reader:{LEAD}", "en"))
    opened = ended(receipt, State.CLOSED)
    session.flush()
    number = opened.report.number
    assert number not in desk.numbers()
    # The mail about its arrival went out long ago.
    for mail in outbox():
        mail.sent_at = mail.created_at
    session.flush()
    clock.forward(days=7)
    before = len(outbox())
    dialogue.write(opened, "Es ist noch nicht erledigt.")
    session.flush()
    assert number in {mail.subject_number for mail in outbox()[before:]}
    desk = Desk(sign_in(f"reader:{LEAD}", "en"))
    assert number in desk.numbers()
    history = desk.case(number).text
    assert "is not settled" in history
    assert "Es ist noch nicht erledigt." in history


def test_its_deadlines_begin_anew(session, receipt):
    from app.reports import deadlines

    opened = ended(receipt, State.CLOSED)
    deadlines.follow(opened.report)
    assert opened.report.due_at is None
    dialogue.write(opened, "Es ist noch nicht erledigt.")
    assert opened.report.due_at is not None


@pytest.mark.parametrize("state", [State.CLOSED, State.NOT_RESPONSIBLE])
def test_the_page_asks_whether_it_is_settled(session, client, receipt, state):
    ended(receipt, state)
    page = page_of(client, receipt)
    assert "Is it not settled?" in words(page)
    answer = client.post(
        "/en/receipt/write", data=fill_form(page, "/en/receipt/write", message="Die Beratung gab es nie.")
    )
    assert answer.status_code == 200
    said = words(answer)
    assert "You wrote again, so your report is being worked on again" in said
    assert "Die Beratung gab es nie." in said
    assert "Is it not settled?" not in said


@pytest.mark.parametrize("state", [State.RECEIVED, State.WAITING, State.SPAM, State.ABUSE])
def test_nobody_else_is_asked(session, client, receipt, state):
    ended(receipt, state)
    assert "Is it not settled?" not in words(page_of(client, receipt))


def test_without_words_nothing_is_reopened(session, client, receipt):
    opened = ended(receipt, State.CLOSED)
    page = page_of(client, receipt)
    answer = client.post("/en/receipt/write", data=fill_form(page, "/en/receipt/write", message="  "))
    assert answer.status_code == 422
    assert queries.by_number(opened.report.number).state == State.CLOSED


def test_it_can_be_reopened_as_long_as_it_is_kept(session, client, receipt, clock):
    opened = ended(receipt, State.CLOSED)
    session.flush()
    report_id, until = opened.report.id, retention.kept_until(opened.report)
    clock.forward(days=(until - retention.today()).days - 1)
    assert not retention.purge(report_id)
    assert page_of(client, receipt).status_code == 200
    clock.forward(days=2)
    assert retention.purge(report_id)
    assert page_of(client, receipt).status_code == 422
