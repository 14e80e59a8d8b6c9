"""What stands in the queue: what the person's mailboxes can open, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.models import VaultSession
from app.core.clock import now
from app.core.codes import Kind, State
from app.reports import service as reports
from app.triage import queries
from tests.factories import discrimination, sent
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup


def _age(number, **ago):
    report_of(number).received_at = now() - timedelta(**ago)


def test_an_office_sees_its_own_and_the_reserve_desk_too(session, desk):
    number = sent().number
    assert desk(LEAD).numbers() == [number]
    assert desk("sozialplanung").numbers() == [number]
    assert desk("ads").numbers() == []
    assert desk("gesundheit").numbers() == []


def test_an_empty_queue_says_so(session, desk):
    assert "New reports for your office will appear" in desk(LEAD).queue().text


def test_every_column_says_its_fact(session, desk):
    number = sent(language="ar").number
    _age(number, days=3)
    row = element(desk(LEAD).queue(), "#reports tbody tr")
    words = row.get_text(" ", strip=True)
    for expected in (number, "3 days", "Something is missing", "Housing", "Winzerla", "العربية", "New", "unread"):
        assert expected in words
    assert "files" not in words


def test_a_report_of_discrimination_shows_the_coarse_area_only(session, desk):
    reports.submit(discrimination(area="6"))
    row = element(desk("ads").queue(), "#reports tbody tr").get_text(" ", strip=True)
    assert "Drackendorf" not in row
    assert "Lobeda" in row


def test_filters(session, desk):
    gap, idea, closed = sent().number, sent(kind=Kind.IDEA, missing=(), targets=()).number, sent().number
    for number, hours in ((gap, 3), (idea, 2), (closed, 1)):
        _age(number, hours=hours)
    report_of(closed).state = State.SPAM
    reserve = desk("sozialplanung")
    assert reserve.numbers() == [idea, gap]
    assert reserve.numbers(sort="oldest") == [gap, idea]
    assert reserve.numbers(state="all") == [closed, idea, gap]
    assert reserve.numbers(kind="idea") == [idea]
    assert reserve.numbers(whose="offered") == []
    led = {number for number in (gap, idea) if report_of(number).fallback_office_id == report_of(number).office_id}
    assert set(reserve.numbers(whose="mine")) == led


def test_the_figures(session, desk):
    first, second = sent().number, sent().number
    report_of(first).unread = False
    report_of(second).state = State.CLOSED
    figures = [item.get_text(" ", strip=True) for item in soup(desk(LEAD).queue()).select(".tk-figure")]
    assert figures == ["1 open", "0 with something new", "1 led by my office", "0 on offer to my office"]


@pytest.mark.parametrize(
    "filters",
    [
        {"state": "x"},
        {"kind": "gap'"},
        {"whose": "'; --"},
        {"sort": "\x00"},
        {"after": "1"},
        {"before": "9" * 99 + "-1"},
    ],
)
def test_a_forged_filter_is_told(session, desk, filters):
    sent()
    answer = desk(LEAD).queue(**filters)
    assert answer.status_code == 422
    assert soup(answer).select_one("[role=alert] li")


def test_pages_by_key_there_and_back(session, desk, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    numbers = [sent().number for _ in range(5)]
    moment = now() - timedelta(days=1)
    for number in numbers:
        # All at the same moment: the id decides.
        report_of(number).received_at = moment
    newest_first = list(reversed(numbers))
    person = desk(LEAD)
    seen, page = [], person.queue()
    while True:
        seen.append([link.get_text() for link in soup(page).select("#reports tbody th a")])
        further = soup(page).select_one("a[rel=next]")
        if further is None:
            break
        page = person.client.get(further["href"])
    assert seen == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    back = person.client.get(element(page, "a[rel=prev]")["href"])
    assert [link.get_text() for link in soup(back).select("#reports tbody th a")] == newest_first[2:4]


def test_what_arrives_meanwhile_does_not_shift_the_next_page(session, desk, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    numbers = [sent().number for _ in range(4)]
    person = desk(LEAD)
    further = element(person.queue(), "a[rel=next]")["href"]
    sent()
    rest = [link.get_text() for link in soup(person.client.get(further)).select("#reports tbody th a")]
    assert rest == [numbers[1], numbers[0]]


def test_the_number_of_queries_does_not_grow(session, desk, count_statements):
    person = desk(LEAD)
    sent()
    person.queue()
    with count_statements() as few:
        person.queue()
    for _ in range(12):
        sent()
    with count_statements() as many:
        person.queue()
    assert len(few) == len(many) <= 12


def test_without_the_session_key_nothing_opens(session, desk):
    number = sent().number
    person = desk(LEAD)
    session.query(VaultSession).delete()
    answer = person.client.get(f"/en/desk/{number}")
    assert (answer.status_code, answer.location) == (302, f"/en/account/login?next=/en/desk/{number}")
    assert person.client.post(f"/en/desk/{number}").status_code == 401


def test_a_withdrawn_report_is_gone(session, desk):
    from app.reports import dialogue

    answer = sent()
    dialogue.withdraw(dialogue.open_by_receipt(answer.receipt))
    person = desk(LEAD)
    assert person.numbers(state="all") == []
    assert person.case(answer.number).status_code == 404
