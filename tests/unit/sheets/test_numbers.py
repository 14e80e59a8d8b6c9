"""Numbers in German and in English: what says itself is read, what could be two numbers is not guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sheets import readers
from app.sheets.domain import Percent, Wrong
from app.sheets.numbers import decimal_marks, parsed, written


def read(text, *others, reader=None):
    return (reader or readers.decimal()).over([text, *others])(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("1’234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("12.345.678,9", "12345678.9"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("0.123", "0.123"),
        ("0,123", "0.123"),
        ("1234.567", "1234.567"),
        (",5", "0.5"),
        ("-3,25", "-3.25"),
        ("−3", "-3"),
        ("+7", "7"),
        (" 42 ", "42"),
        ("007", "7"),
    ],
)
def test_numbers_that_say_themselves(text, value):
    assert read(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,2,3",
        "1.23.456",
        "1 23",
        "12 34,5",
        "1.234,567,8",
        "1e5",
        "0x1",
        "--1",
        "1,",
        ".",
        "٣",
        "1.2.3,4",
        "NaN",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Wrong):
        read(text)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "-123,456"])
def test_what_could_be_two_numbers_is_refused_where_the_column_says_nothing(text):
    with pytest.raises(Wrong, match="two ways"):
        read(text, "17", "n/a")


@pytest.mark.parametrize(
    ("text", "neighbour", "value"),
    [
        ("1.234", "12,5", "1234"),
        ("1.234", "12.5", "1.234"),
        ("1,234", "12,5", "1.234"),
        ("1,234", "12.5", "1234"),
        ("1.234", "1.234.567", "1234"),
        ("1.234", "9 999,1", "1234"),
        ("12.345", "1,234.5", "12.345"),
    ],
)
def test_the_column_decides(text, neighbour, value):
    assert read(text, neighbour) == Decimal(value)


def test_a_column_that_says_both_decides_nothing():
    with pytest.raises(Wrong):
        read("1.234", "12,5", "12.5")


def test_in_a_column_of_whole_numbers_a_sign_before_three_digits_parts_thousands():
    assert read("1.234", "987", reader=readers.whole()) == 1234
    with pytest.raises(Wrong):
        read("1.234", "12.5", reader=readers.whole())
    with pytest.raises(Wrong):
        read("12,5", reader=readers.whole())


def test_bounds():
    assert read("100", reader=readers.percent(0, 100)) == 100
    for text in ("-1", "100,1"):
        with pytest.raises(Wrong):
            read(text, reader=readers.percent(0, 100))


def test_percent_with_and_without_its_sign_and_from_a_cell():
    reader = readers.percent()
    assert read("12,5 %", reader=reader) == read("12.5%", reader=reader) == read("12,5", reader=reader)
    assert read(Percent(Decimal("12.5")), reader=reader) == Decimal("12.5")
    assert read(Percent(Decimal("12.5")), reader=readers.decimal()) == Decimal("0.125")
    with pytest.raises(Wrong):
        read("12 %", reader=readers.decimal())


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=3))
def test_what_is_written_with_groups_and_decimals_is_read_in_both_languages(number):
    english = f"{number:,}"
    german = english.translate(str.maketrans(".,", ",."))
    for text in (english, german, german.replace(".", "\u202f")):
        marks = decimal_marks([text])
        try:
            assert parsed(text, marks) == number
        except Wrong:
            # Three decimals after one to three digits look like thousands.
            assert written(text).decimal_mark is None
