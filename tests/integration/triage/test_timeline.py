"""The timeline of a case: everything in words, from either end, and one sort at a time."""

from __future__ import annotations

import pytest

from app.core.codes import Outcome
from app.reports import dialogue
from tests.factories import sent
from tests.support.desks import LEAD, element
from tests.support.forms import soup


def _titles(page):
    return [title.get_text() for title in soup(page).select("#timeline .tk-step__head strong")]


def _look(person, number, **asked):
    return person.client.get(f"/en/desk/{number}", query_string=asked)


@pytest.fixture
def busy(session, desk, clock):
    """A case with something of each sort, and somebody who reads it."""
    answer = sent()
    person = desk(LEAD)
    clock.forward(minutes=1)
    person.do(answer.number, "note", text="Ich frage nach.")
    clock.forward(minutes=1)
    person.do(answer.number, "reply", text="Wo genau?", then="waiting")
    clock.forward(minutes=1)
    dialogue.write(dialogue.open_by_receipt(answer.receipt), "Im Hinterhof.")
    return answer.number, person


def test_everything_stands_in_one_list_the_newest_first(busy):
    number, person = busy
    page = person.case(number)
    titles = _titles(page)
    assert titles[-1] == "The report arrived"
    assert titles.index("Message from the person") < titles.index("Message to the person")
    assert titles.index("Message to the person") < titles.index("Internal note")
    assert "Opened the case" in titles
    told = element(page, "#timeline").get_text(" ", strip=True)
    for words in ("Ich frage nach.", "Wo genau?", "Im Hinterhof."):
        assert words in told


def test_the_oldest_comes_first_on_request(busy):
    number, person = busy
    assert _titles(_look(person, number, order="oldest")) == _titles(person.case(number))[::-1]


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        ("messages", {"Message from the person", "Message to the person"}),
        ("notes", {"Internal note"}),
        ("openings", {"Opened the case"}),
    ],
)
def test_one_sort_at_a_time(busy, sort, titles):
    number, person = busy
    page = _look(person, number, show=sort)
    assert set(_titles(page)) == titles
    assert element(page, ".tk-sorts [aria-current]")["href"].endswith(f"?show={sort}#history")


def test_a_sort_without_anything_says_so(session, desk):
    number = sent().number
    assert "Nothing of this sort" in _look(desk(LEAD), number, show="notes").text


@pytest.mark.parametrize("asked", [{"show": "secrets"}, {"order": "sideways"}, {"show": "", "order": ""}])
def test_what_an_address_asks_for_wrongly_is_everything(busy, asked):
    number, person = busy
    assert _titles(_look(person, number, **asked)) == _titles(person.case(number))


def test_every_step_is_told_in_words(session, desk):
    number = sent().number
    person = desk(LEAD)
    person.do(number, "take")
    person.do(number, "link", measure="anti-discrimination-office")
    person.do(number, "close", outcome=Outcome.REMEDIED, words="Steht nun im Plan.")
    told = element(person.case(number), "#timeline").get_text(" ", strip=True)
    for words in ("In work", "Linked to a measure", "Steht nun im Plan."):
        assert words in told
    assert "anti-discrimination-office" not in told


def test_a_colleague_who_has_just_opened_the_case_is_named(session, desk, clock):
    number = sent().number
    first, second = desk(LEAD), desk("sozialplanung")
    assert not soup(first.case(number)).select("#present")
    assert "opened this case" in element(second.case(number), "#present").get_text()
    clock.forward(minutes=11)
    assert not soup(desk("sozialplanung").case(number)).select("#present")
