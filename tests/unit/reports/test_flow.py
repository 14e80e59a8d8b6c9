"""Which question comes when."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.codes import Kind, Purpose, Role, Where, Wish
from app.reports import flow
from app.reports.flow import Known, Question

knowns = st.builds(
    Known,
    kind=st.one_of(st.none(), st.sampled_from(Kind)),
    role=st.one_of(st.none(), st.sampled_from(Role)),
    where=st.one_of(st.none(), st.sampled_from(Where)),
    wish=st.one_of(st.none(), st.sampled_from(Wish)),
    about=st.booleans(),
)


def way(known):
    return [question.value for question in flow.questions(known)]


def test_a_gap_is_not_asked_about_grounds():
    assert way(Known(Kind.GAP, None, Where.AREA, Wish.CONTACT)) == [
        "kind", "topic", "missing", "targets", "where", "area", "involved", "text", "wish", "contact", "consents",
        "readers", "check",
    ]  # fmt: skip


def test_discrimination_is_not_asked_what_is_missing():
    assert way(Known(Kind.DISCRIMINATION, Role.AFFECTED, Where.ONLINE, Wish.DOCUMENT)) == [
        "kind", "role", "topic", "grounds", "forms", "where", "when", "involved", "text", "wish", "consents", "readers",
        "check",
    ]  # fmt: skip


def test_a_correction_is_short():
    assert way(Known(Kind.CORRECTION, about=True)) == ["kind", "text", "consents", "readers", "check"]


@pytest.mark.parametrize(
    ("where", "asked"),
    [
        (Where.AREA, ["where", "area"]),
        (Where.STREET, ["where", "street", "area"]),
        (Where.POINT, ["where", "point"]),
        (Where.ONLINE, ["where"]),
        (Where.NONE, ["where"]),
    ],
)
def test_each_way_to_name_a_place(where, asked):
    places = {"where", "street", "point", "area"}
    assert [question for question in way(Known(Kind.GAP, where=where)) if question in places] == asked


@given(knowns)
def test_every_way_begins_and_ends_alike(known):
    asked = flow.questions(known)
    assert asked[0] is Question.KIND
    assert asked[-3:] == (Question.CONSENTS, Question.READERS, Question.CHECK)


@given(knowns)
def test_next_and_back_are_each_other(known):
    for one, other in itertools.pairwise(flow.questions(known)):
        assert flow.following(one, known) is other
        assert flow.preceding(other, known) is one
    assert flow.preceding(Question.KIND, known) is None
    assert flow.following(Question.CHECK, known) is Question.CHECK


@given(knowns, st.sampled_from(Question))
def test_there_is_a_way_on_from_everywhere(known, question):
    assert flow.following(question, known) in flow.questions(known)
    number, of = flow.step(question, known)
    assert 1 <= number <= of


@given(knowns)
def test_steps_count_one_by_one_once_everything_is_known(known):
    if None in {known.kind, known.role, known.where, known.wish}:
        return
    asked = flow.questions(known)
    assert [flow.step(question, known) for question in asked] == [(n, len(asked)) for n in range(1, len(asked) + 1)]


@given(knowns)
def test_the_first_open_question_is_the_first_not_passed(known):
    asked = flow.questions(known)
    assert flow.first_open(known, ()) is Question.KIND
    assert flow.first_open(known, asked[:3]) is asked[3]
    assert flow.first_open(known, asked) is Question.CHECK


def test_only_something_listed_can_be_corrected():
    assert Kind.CORRECTION not in flow.offered_kinds(about=False)
    assert Kind.CORRECTION in flow.offered_kinds(about=True)


def test_there_is_nobody_to_mediate_with_in_a_gap():
    assert Wish.MEDIATE not in flow.offered_wishes(Kind.GAP)
    assert Wish.MEDIATE in flow.offered_wishes(Kind.DISCRIMINATION)


def test_a_witness_cannot_consent_for_the_affected_person():
    witness = Known(Kind.DISCRIMINATION, Role.WITNESS, wish=Wish.CONTACT)
    affected = Known(Kind.DISCRIMINATION, Role.AFFECTED, wish=Wish.CONTACT)
    assert set(flow.offered_purposes(affected)) - set(flow.offered_purposes(witness)) == {Purpose.INDEPENDENT}


@given(knowns)
def test_reading_is_always_asked_first(known):
    assert flow.offered_purposes(known)[0] is Purpose.READING
    assert (Purpose.CONTACT in flow.offered_purposes(known)) == flow.wants_answer(known)
