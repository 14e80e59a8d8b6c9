"""How a case may move, and to whom it may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.codes import Kind, Outcome, State
from app.reports.domain import ENDED, UNSEEN
from app.triage import domain
from app.triage.domain import TRANSITIONS, Place, Standing
from tests.factories import desks

LEAD, RESERVE, OFFERED = {Standing.LEAD}, {Standing.RESERVE}, {Standing.OFFERED}
THEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_every_state_has_its_moves_and_what_is_the_reporters_alone_none():
    assert set(TRANSITIONS) == set(State)
    assert all(TRANSITIONS[state] == () for state in UNSEEN)
    assert all(step.to not in UNSEEN for steps in TRANSITIONS.values() for step in steps)


def test_every_state_can_be_reached_and_left():
    reached = {State.RECEIVED, *UNSEEN} | {step.to for steps in TRANSITIONS.values() for step in steps}
    assert reached == set(State)
    assert all(TRANSITIONS[state] for state in State if state not in UNSEEN)


def test_no_state_lists_a_move_twice():
    for steps in TRANSITIONS.values():
        assert len({step.to for step in steps}) == len(steps)


@pytest.mark.parametrize("state", sorted(ENDED - UNSEEN))
def test_what_ended_comes_back_with_a_reason_only(state):
    again = domain.transition(state, State.IN_REVIEW, LEAD)
    assert again is not None
    assert again.needs_reason


@pytest.mark.parametrize("to", [State.NOT_RESPONSIBLE, State.SPAM, State.ABUSE, State.DANGER])
def test_what_hurts_needs_a_reason(to):
    assert all(step.needs_reason for steps in TRANSITIONS.values() for step in steps if step.to is to)


@pytest.mark.parametrize("state", [State.RECEIVED, State.IN_REVIEW, State.WAITING, State.ANSWERED])
def test_an_office_that_was_only_asked_may_raise_the_alarm_and_nothing_else(state):
    assert [step.to for step in TRANSITIONS[state] if step.who & OFFERED] == [State.DANGER]


def test_only_the_lead_ends_a_case():
    ends = [step for steps in TRANSITIONS.values() for step in steps if step.to in ENDED]
    assert ends
    assert all(step.who == LEAD for step in ends)


def test_an_alarm_is_ended_before_the_case_is():
    assert [step.to for step in TRANSITIONS[State.DANGER]] == [State.IN_REVIEW]


def test_moves_leave_out_what_comes_with_a_reply_or_an_outcome():
    offered = {step.to for step in domain.moves(State.IN_REVIEW, LEAD)}
    assert offered == {State.NOT_RESPONSIBLE}
    assert set(domain.SHORT_WAYS) == {State.DANGER, State.SPAM, State.ABUSE}
    for to in domain.SHORT_WAYS:
        step = domain.transition(State.IN_REVIEW, to, LEAD)
        assert step is not None
        assert step.needs_reason


@pytest.mark.parametrize(
    ("state", "question", "to"),
    [
        (State.RECEIVED, False, State.ANSWERED),
        (State.IN_REVIEW, True, State.WAITING),
        (State.ANSWERED, False, State.ANSWERED),
        (State.DANGER, False, State.DANGER),
        (State.CLOSED, False, None),
        (State.WITHDRAWN, True, None),
    ],
)
def test_where_a_reply_leads(state, question, to):
    assert domain.after_reply(state, question=question, standings=LEAD) is to


def test_nobody_replies_for_an_office_that_was_only_asked():
    assert domain.after_reply(State.DANGER, question=False, standings=OFFERED) is None
    assert domain.after_reply(State.IN_REVIEW, question=False, standings=OFFERED) is None


@pytest.mark.parametrize(
    ("consented", "withdrawn", "wrote", "may"),
    [
        (True, None, None, True),
        (False, None, None, False),
        (False, None, THEN, True),
        (False, THEN, None, False),
        (False, THEN, THEN - timedelta(hours=1), False),
        (False, THEN, THEN + timedelta(hours=1), True),
    ],
)
def test_who_may_be_written_to(consented, withdrawn, wrote, may):
    assert domain.may_write(consented=consented, withdrawn_at=withdrawn, wrote_at=wrote) is may


def test_a_case_goes_to_open_offices_that_it_is_not_about():
    tree = desks(
        *("lead", "other", "far", "head", "involved", "team", "excluded", "unit"),
        closed=("closed",),
        parents={"team": "involved", "involved": "head", "unit": "excluded"},
    )
    found = domain.receivers("lead", ["involved"], ["excluded"], tree)
    assert set(found) == {"other", "far"}
    assert set(domain.receivers("lead", ["involved"], ["excluded"], tree, out=tree["far"].readers)) == {"other"}


def test_every_kind_can_end():
    assert set(domain.OUTCOMES) == set(Kind)
    assert all(Outcome.DOCUMENTED in outcomes for outcomes in domain.OUTCOMES.values())


@given(st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), st.integers(1, 2**48))  # noqa: DTZ001
def test_a_place_in_the_list_survives_the_address(moment, number):
    place = Place(moment, number)
    assert Place.read(str(place)) == place


@given(st.text(max_size=40))
def test_other_texts_are_no_place(text):
    found = Place.read(text)
    assert found is None or str(Place.read(str(found))) == str(found)


@pytest.mark.parametrize(
    "text", ["", "1", "-1", "1-", "a-b", "1-2-3", "99999999999999999-1", "1-9999999999999999", "１-２"]
)
def test_broken_places(text):
    assert Place.read(text) is None
