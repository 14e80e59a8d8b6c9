"""By when a report is answered and concluded: begun, paused, resumed, ended, opened again; what its reporter reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core.choices import choose
from app.core.codes import Kind, Purpose, State, Wish
from app.core.revisions import touch
from app.core.workdays import ClosedDay
from app.reports import deadlines, dialogue
from app.reports.deadlines import Days
from app.reports.models import Event
from tests.factories import localized, sent
from tests.support.desks import report_of
from tests.support.forms import soup

BERLIN = ZoneInfo("Europe/Berlin")


def local(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def monday(clock, session):
    """Monday, 23 November 2026, at ten; a normal week begins."""
    clock.stop_at(local(11, 23, 10))
    return clock


def after_days(clock, month, day, hour=10, year=2026):
    clock.stop_at(local(month, day, hour, year))


def move(report, state):
    report.state = state
    deadlines.follow(report)


def deadlines_of(report):
    return report.answer_by, report.conclude_by, report.due_at


# Begun ---------------------------------------------------------------------------------------------------------------


def test_a_new_report_is_due_for_its_first_answer(monday):
    report = report_of(sent().number)
    assert deadlines_of(report) == (local(12, 3), local(1, 7, year=2027), local(12, 3))
    assert (report.escalation, report.answered_at, report.paused_at) == (0, None, None)


@pytest.mark.parametrize(
    ("kind", "wish", "days"),
    [
        (Kind.DISCRIMINATION, Wish.DOCUMENT, Days(4, 20)),
        (Kind.DISCRIMINATION, Wish.CONTACT, Days(3, 20)),
        (Kind.DISCRIMINATION, Wish.MEDIATE, Days(3, 20)),
        (Kind.GAP, Wish.CONTACT, Days(7, 30)),
        (Kind.PRAISE, Wish.DOCUMENT, Days(15, 40)),
    ],
)
def test_who_wishes_for_an_answer_waits_less(session, kind, wish, days):
    assert deadlines.days_for(kind, wish) == days


def test_the_city_chooses_its_own_days(monday):
    choose(deadlines.CHOICE, {"gap": {"answer": 3, "conclusion": 5}}, None)
    assert deadlines.table()[Kind.GAP] == Days(3, 5)
    assert deadlines.table()[Kind.BARRIER] == deadlines.DEFAULTS[Kind.BARRIER]
    assert deadlines_of(report_of(sent().number))[:2] == (local(11, 26), local(12, 1))


def test_a_closed_day_of_the_city_moves_the_deadline(monday, session):
    session.add(ClosedDay(day=local(11, 25, 12).date(), name=localized("Brücke")))
    touch("workdays")
    assert report_of(sent().number).due_at == local(12, 4)


def test_a_kept_report_has_no_deadline_until_it_is_sent_on(session, jena):
    report = report_of(sent().number)
    move(report, State.KEPT)
    assert report.due_at is None
    move(report, State.RECEIVED)
    assert report.due_at is not None


# Answered ------------------------------------------------------------------------------------------------------------


def test_after_the_first_answer_the_conclusion_counts(monday):
    report = report_of(sent().number)
    report.escalation = 1
    deadlines.answered(report)
    move(report, State.ANSWERED)
    assert report.answered_at == local(11, 23, 10)
    assert report.due_at == report.conclude_by
    assert report.escalation == 0


def test_a_second_answer_leaves_the_time_of_the_first(monday):
    report = report_of(sent().number)
    deadlines.answered(report)
    monday.forward(days=2)
    deadlines.answered(report)
    assert report.answered_at == local(11, 23, 10)


@pytest.mark.parametrize(
    ("wish", "consents", "answered"),
    [
        (Wish.DOCUMENT, {Purpose.READING, Purpose.CONTACT}, True),
        (Wish.CONTACT, {Purpose.READING}, True),
        (Wish.CONTACT, {Purpose.READING, Purpose.CONTACT}, False),
    ],
)
def test_where_nobody_may_write_it_is_enough_to_begin(monday, wish, consents, answered):
    report = report_of(sent(wish=wish, consents=frozenset(consents)).number)
    assert report.due_at == report.answer_by
    move(report, State.IN_REVIEW)
    assert (report.answered_at is not None) is answered
    assert report.due_at == (report.conclude_by if answered else report.answer_by)


def test_moving_on_changes_no_deadline(monday):
    report = report_of(sent().number)
    report.escalation = 1
    before = deadlines_of(report)
    monday.forward(days=2)
    move(report, State.IN_REVIEW)
    assert deadlines_of(report) == before
    assert report.escalation == 1


# Paused --------------------------------------------------------------------------------------------------------------


def test_while_the_reporter_is_asked_nothing_runs_and_what_was_left_runs_afterwards(monday):
    report = report_of(sent().number)
    after_days(monday, 11, 25)
    move(report, State.WAITING)
    assert (report.due_at, report.paused_at) == (None, local(11, 25, 10))
    # Five of seven working days were left; the answer comes on the Saturday before Christmas.
    after_days(monday, 12, 19)
    move(report, State.IN_REVIEW)
    # 21, 22, 23, 24 and 28 December: two holidays and a weekend do not count.
    assert report.answer_by == report.due_at == local(12, 29)
    assert report.paused_at is None


def test_asking_twice_goes_on_with_one_pause(monday):
    report = report_of(sent().number)
    move(report, State.WAITING)
    monday.forward(days=3)
    move(report, State.WAITING)
    assert report.paused_at == local(11, 23, 10)


def test_there_is_always_a_day_to_read_what_the_reporter_answers(monday):
    report = report_of(sent().number)
    after_days(monday, 12, 10)
    move(report, State.WAITING)
    after_days(monday, 12, 12)
    move(report, State.IN_REVIEW)
    assert report.due_at == local(12, 15)


def test_a_message_of_the_reporter_ends_the_pause(monday, session):
    receipt = sent()
    report = report_of(receipt.number)
    move(report, State.WAITING)
    session.flush()
    dialogue.write(dialogue.open_by_receipt(receipt.receipt), "Hier ist die Hausnummer.")
    assert report.paused_at is None
    assert report.due_at == report.answer_by == local(12, 3)


# Ended and begun again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [State.CLOSED, State.NOT_RESPONSIBLE, State.SPAM, State.WITHDRAWN])
@pytest.mark.parametrize("before", [State.IN_REVIEW, State.WAITING])
def test_what_has_ended_is_never_late(monday, before, end):
    report = report_of(sent().number)
    move(report, before)
    report.escalation = 2 if report.due_at else 0
    move(report, end)
    assert (report.due_at, report.paused_at, report.escalation) == (None, None, 0)


def test_what_is_opened_again_gets_new_deadlines(monday):
    report = report_of(sent().number)
    deadlines.answered(report)
    move(report, State.CLOSED)
    after_days(monday, 11, 30)
    move(report, State.IN_REVIEW)
    assert report.answered_at is None
    assert report.due_at == local(12, 10)


def test_who_writes_to_a_closed_case_awaits_an_answer_whatever_was_wished(monday, session):
    receipt = sent(wish=Wish.DOCUMENT, consents=frozenset({Purpose.READING}))
    report = report_of(receipt.number)
    move(report, State.CLOSED)
    session.add(Event(report_id=report.id, kind=dialogue.MESSAGE, actor="reporter"))
    session.flush()
    move(report, State.IN_REVIEW)
    assert (report.answered_at, report.due_at) == (None, report.answer_by)


def test_a_report_from_before_there_were_deadlines_gets_them_with_its_next_step(monday):
    report = report_of(sent().number)
    report.answer_by = report.conclude_by = report.due_at = None
    deadlines.answered(report)
    assert report.due_at is None
    report.answered_at = None
    move(report, State.IN_REVIEW)
    assert report.due_at == report.answer_by == local(12, 3)


def test_a_withdrawn_report_is_never_late(monday):
    receipt = sent()
    dialogue.withdraw(dialogue.open_by_receipt(receipt.receipt))
    assert report_of(receipt.number).due_at is None


# What the reporter reads ---------------------------------------------------------------------------------------------


def page(client, receipt, language="en"):
    return " ".join(soup(client.post(f"/{language}/receipt", data={"receipt": receipt})).main.get_text().split())


def test_the_page_says_by_when_and_that_it_is_no_promise(monday, client):
    said = page(client, sent().receipt)
    assert "The office wants to answer within 7 working days: by Wednesday, December 2, 2026." in said
    assert "This is no promise." in said


def test_the_page_after_sending_says_it_too(monday, client):
    answer = client.post("/en/receipt/keep", data={"receipt": sent().receipt})
    assert "within 7 working days: by Wednesday, December 2, 2026" in soup(answer).main.get_text()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((12, 1), "within one working day: by Wednesday, December 2, 2026"),
        ((12, 2), "The office wants to answer today."),
        ((12, 3), "It takes longer than the office had planned: until Wednesday, December 2, 2026. We are sorry."),
    ],
)
def test_it_counts_down_and_tells_when_it_is_late(monday, client, day, words):
    receipt = sent().receipt
    after_days(monday, *day)
    assert words in page(client, receipt)


def test_who_only_wanted_to_document_is_promised_no_answer(monday, client):
    said = page(client, sent(wish=Wish.DOCUMENT).receipt)
    assert "The office wants to have read your report by" in said
    assert "It does not write to you" in said


@pytest.mark.parametrize(("level", "reminded", "known"), [(0, False, False), (1, True, False), (2, True, True)])
def test_a_late_report_says_who_has_been_told(monday, session, client, level, reminded, known):
    receipt = sent()
    report_of(receipt.number).escalation = level
    session.flush()
    after_days(monday, 12, 3)
    said = page(client, receipt.receipt)
    assert ("The office has been reminded of your report." in said) is reminded
    assert ("The coordination of the offices knows that you are waiting." in said) is known


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.WAITING, "Until you write, its time does not run."), (State.ANSWERED, "wants to finish its work")],
)
def test_the_page_follows_the_state(monday, session, client, state, words):
    receipt = sent()
    report = report_of(receipt.number)
    deadlines.answered(report)
    move(report, state)
    session.flush()
    assert words in page(client, receipt.receipt)


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN, State.DANGER])
def test_where_nothing_runs_or_all_is_urgent_nothing_is_expected(monday, session, client, state):
    receipt = sent()
    move(report_of(receipt.number), state)
    session.flush()
    said = page(client, receipt.receipt)
    assert "wants to" not in said
    assert "promise" not in said


def test_the_deadline_is_the_end_of_the_day_that_is_named(monday, client):
    receipt = sent()
    monday.stop_at(report_of(receipt.number).due_at - timedelta(seconds=1))
    assert "wants to answer today" in page(client, receipt.receipt)
