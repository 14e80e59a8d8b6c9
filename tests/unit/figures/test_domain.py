"""The figures of an office: only months that are over, nothing small, nothing that gives something small away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.workdays import Calendar
from app.disclosure.domain import Known, Sum, blocks_of
from app.disclosure.reader import Reader
from app.figures.domain import MONTHS, Course, Part, Span, figures

SPAN = Span.before(date(2026, 11, 22))
THURINGIA = Calendar("TH")


def course(day, topic="housing", *, answered=None, ended=None):
    at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    return Course(
        at,
        topic,
        None if answered is None else at + timedelta(days=answered),
        None if ended is None else at + timedelta(days=ended),
    )


def test_the_span_is_twelve_months_that_are_over():
    assert len(SPAN.months) == MONTHS
    assert (SPAN.months[0], SPAN.months[-1]) == (date(2025, 11, 1), date(2026, 10, 1))
    assert Span.before(date(2026, 1, 1)).months[-1] == date(2025, 12, 1)
    # Summer time has ended by then.
    assert datetime(2026, 10, 31, 23, tzinfo=UTC) == SPAN.until


def test_large_numbers_are_shown_and_add_up():
    found = figures([course(day % 300, ended=3, answered=2) for day in range(3000)], SPAN, THURINGIA, 5)
    assert dict(found.of(Part.IN))["2026-03"] == 310
    assert dict(found.of(Part.OUT))["2026-03"] == 310
    assert dict(found.of(Part.TOPIC))["housing"] is None, "it is the only one of its block that is large"


def test_one_report_shows_nowhere():
    assert set(figures([course(60)], SPAN, THURINGIA, 5).numbers.values()) == {None}


def test_the_running_month_does_not_count():
    now = figures([course(310) for _ in range(50)], SPAN, THURINGIA, 5)
    assert all(number in {None, 0} for number in now.numbers.values())


def test_the_first_answer_is_counted_in_working_days():
    # In days of the calendar; neither span comes near the end of a class, whatever weekend or holiday lies in it.
    many = [course(day, answered=days) for days in (1, 13) for day in range(-60, 290)]
    many += [course(day) for day in range(-60, 290)]
    answers = dict(figures(many, SPAN, THURINGIA, 5).of(Part.ANSWER))
    assert (answers["three_days"], answers["ten_days"]) == (350, 350)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["housing", "work", "health_care", None]),
                          st.one_of(st.none(), st.integers(0, 60))), max_size=120))  # fmt: skip
def test_nobody_can_work_a_small_number_out(said):
    found = figures([course(day, topic, answered=days, ended=days) for day, topic, days in said], SPAN, THURINGIA, 5)
    parts = {part: [(part, key) for key, _number in found.of(part)] for part in Part}
    blocks = [block for cells in parts.values() for block in blocks_of(cells)]
    known = Known(
        5,
        {cell: number for cell, number in found.numbers.items() if number is not None},
        tuple(block for block in blocks if found.numbers[block[0]] is None),
        (Sum(tuple(parts[Part.IN]), tuple(parts[Part.TOPIC])), Sum(tuple(parts[Part.IN]), tuple(parts[Part.ANSWER]))),
    )
    assert Reader(known).narrowed() is None
    assert all(number is None or number >= 5 for number in found.numbers.values())
