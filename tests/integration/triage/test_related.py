"""Cases like one another, and cases of the same incident: told only to those who can open both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.clock import now
from app.core.codes import Kind, Topic
from app.reports import dialogue
from app.reports import queries as reports
from app.reports import service as intake
from app.triage import work_queries
from tests.factories import discrimination, draft, sent
from tests.support.desks import LEAD, element, form_on, report_of
from tests.support.forms import soup


def _listed(page, selector):
    return [link.get_text() for link in soup(page).select(f"{selector} a.tk-number")]


def _kinds(number):
    return [event.kind for event in reports.events(report_of(number).id)]


def test_the_same_area_topic_and_time_is_similar(session, desk):
    here, alike = sent().number, sent().number
    other_topic = sent(topic=Topic.EDUCATION).number
    old = sent().number
    report_of(old).received_at = now() - timedelta(days=91)
    session.flush()
    found = _listed(desk(LEAD).case(here), "#similar")
    assert found == [alike]
    assert other_topic not in found


def test_a_similar_case_is_linked_with_one_button_and_both_pages_say_so(session, desk):
    one, other = sent().number, sent().number
    person = desk(LEAD)
    person.do(one, "relate", other=other)
    assert _listed(person.case(one), "#linked-cases") == [other]
    assert _listed(person.case(other), "#linked-cases") == [one]
    assert not _listed(person.case(one), "#similar")
    assert _kinds(one)[-1] == _kinds(other)[-1] == "related"
    assert other in element(person.case(one), "#timeline").get_text()


def test_the_voices_stay_apart(session, desk):
    one, other = sent(text="Die erste Stimme"), sent(text="Die zweite Stimme")
    person = desk(LEAD)
    person.do(one.number, "relate", other=other.number)
    assert "Die zweite Stimme" not in person.case(one.number).text
    mine = dialogue.open_by_receipt(one.receipt)
    assert mine.report.number == one.number


def test_a_link_is_taken_back_from_either_side(session, desk):
    one, other = sent().number, sent().number
    person = desk(LEAD)
    person.do(one, "relate", other=other)
    person.do(other, "part", other=one)
    assert form_on(person.case(one), "part") is None
    assert _kinds(one)[-1] == _kinds(other)[-1] == "unrelated"


def test_a_case_that_one_cannot_open_is_no_case(session, desk):
    mine = sent().number
    foreign = intake.submit(discrimination()).number
    person = desk(LEAD)
    assert person.case(foreign).status_code == 404
    answers = [person.send(mine, "relate", other=number) for number in (foreign, "T-2222-2222")]
    told = [element(answer, "#error-summary").get_text() for answer in answers]
    assert told[0] == told[1]
    assert "You work on no case with this number." in told[0]
    assert _kinds(foreign) == ["received"]


def test_who_cannot_open_the_other_case_learns_nothing_of_it(session, desk):
    # The desk in reserve opens both; the offices that lead them open one each.
    both = desk("sozialplanung")
    gap = intake.submit(draft(kind=Kind.GAP)).number
    other = intake.submit(discrimination()).number
    if both.case(other).status_code == 404:
        pytest.fail("the desk in reserve should open both")
    both.do(gap, "relate", other=other)
    page = desk(LEAD).case(gap)
    assert page.status_code == 200
    assert other not in page.text
    assert "same incident as another case" not in page.text
    assert _listed(page, "#linked-cases") == []
    assert _listed(both.case(gap), "#linked-cases") == [other]


def test_similar_cases_of_other_offices_are_not_named(session, desk):
    mine, foreign = sent(), sent()
    report = report_of(foreign.number)
    from app.privacy import service as privacy
    from app.privacy.queries import granted_to

    privacy.take_away(report.box_id, granted_to(report.box_id))
    session.flush()
    assert foreign.number not in desk(LEAD).case(mine.number).text


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("", "Please give the number"),
        ("12345", "This is not a case number."),
        ("T-2222-2222", "You work on no case with this number."),
    ],
)
def test_a_wrong_number_is_told_and_stays_typed(session, desk, number, told):
    answer = desk(LEAD).send(sent().number, "relate", other=number)
    assert answer.status_code == 422
    assert told in element(answer, "#error-summary").get_text()
    assert element(answer, "#relate-other").get("value", "") == number


def test_a_case_is_not_linked_with_itself_nor_twice(session, desk):
    one, other = sent().number, sent().number
    person = desk(LEAD)
    assert "this very case" in person.send(one, "relate", other=one.lower()).text
    person.do(one, "relate", other=other)
    assert "linked already" in person.send(other, "relate", other=one).text


def test_an_erased_report_is_linked_no_more(session, desk):
    one, other = sent().number, sent()
    person = desk(LEAD)
    person.do(one, "relate", other=other.number)
    gone = report_of(other.number).id
    dialogue.erase(dialogue.open_by_receipt(other.receipt))
    assert work_queries.link(report_of(one).id, gone) is None
    assert other.number not in person.case(one).text


def test_the_reporter_learns_nothing_of_another_case(session, desk, client):
    one, other = sent(), sent()
    desk(LEAD).do(one.number, "relate", other=other.number)
    copy = client.post("/en/receipt", data={"receipt": one.receipt}).text
    assert other.number not in copy
