from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.disclosure.domain import Known, Sum, blocks_of, large, per_thousand
from app.disclosure.protection import protected
from app.disclosure.reader import Reader


def line(total, *cells, blocks=(("a", "b"), ("c", "d")), threshold=5):
    """One total that its cells add up to, published together with another total that stands for nothing here."""
    counts = {"total": total, "other": 50} | dict(zip("abcd", cells, strict=False))
    return protected(counts, [("total", "other"), *blocks], [Sum(("total",), tuple("abcd"[: len(cells)]))], threshold)


def test_cells_are_laid_out_in_pairs_and_the_last_is_never_alone():
    assert blocks_of("abcd") == (("a", "b"), ("c", "d"))
    assert blocks_of("abcde") == (("a", "b"), ("c", "d", "e"))
    assert blocks_of("a") == (("a",),)
    assert blocks_of("") == ()


def test_a_cell_that_is_alone_is_never_shown():
    assert not large(("a",), {"a": 100}, 5)
    assert large(("a", "b"), {"a": 5, "b": 5}, 5)
    assert not large(("a", "b"), {"a": 100, "b": 4}, 5)


def test_large_numbers_are_shown_with_their_total():
    assert line(40, 10, 11, 9, 10) == {"total": 40, "other": 50, "a": 10, "b": 11, "c": 9, "d": 10}


def test_a_small_number_takes_its_neighbour_along():
    assert line(30, 10, 11, 6, 3) == {"total": 30, "other": 50, "a": 10, "b": 11}


def test_two_small_numbers_with_a_small_sum_take_others_along():
    # 29 - 28 would say that c and d are 1 together.
    shown = line(29, 15, 13, 1, 0)
    assert "c" not in shown
    assert not {"total", "a"} <= set(shown)


def test_the_cheapest_numbers_go():
    assert "total" in line(29, 15, 13, 1, 0)


@pytest.mark.parametrize("threshold", [-1, 0, 1])
def test_a_threshold_that_hides_nothing_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        protected({}, [], [], threshold)


def test_what_is_no_count_is_refused():
    with pytest.raises(ValueError, match="counts"):
        protected({"a": -1}, [("a", "b")], [], 5)


def test_the_reader_sees_what_a_total_gives_away():
    sums = (Sum(("total",), ("a", "b")),)
    assert Reader(Known(5, {"total": 9}, (("a", "b"),), sums)).narrowed() is None
    assert Reader(Known(5, {"total": 4}, (("a", "b"),), sums)).narrowed() == ("a", 5, None)
    assert Reader(Known(5, {"total": 9, "b": 6}, (("a", "c"),), sums)).narrowed() == ("a", 0, 0)


def test_the_reader_knows_that_each_block_has_a_small_cell():
    # Were a 5 or more, b would have to be small; but what is shown of b's parts says that it is not.
    sums = (Sum(("b",), ("x", "y")),)
    assert Reader(Known(5, {"x": 7, "y": 9}, (("a", "b"),), sums)).narrowed() == ("a", 5, None)


def test_of_a_hidden_sum_the_shown_parts_are_known_and_nothing_more():
    known = Known(5, {"x": 7}, (("b", "c"), ("y", "z")), (Sum(("b",), ("x", "y")),))
    assert known.floor("b") == 7
    assert known.floor("y") == 0


def test_what_was_published_before_is_never_narrowed_later():
    sums = [Sum(("year",), ("spring", "autumn"))]
    before = Known(5, {"spring": 8, "another spring": 9}, (("autumn", "another autumn"),), ())
    shown = protected({"year": 11, "another year": 30}, [("year", "another year")], sums, 5, before)
    assert shown == {}


def test_the_same_counts_give_the_same_publication():
    counts = {name: number for number, name in enumerate("abcdefgh", start=2)}
    sums = [Sum(("h",), ("a", "b")), Sum(("g",), ("c", "d"))]
    once = protected(counts, blocks_of("abcdefgh"), sums, 5)
    assert once == protected(counts, blocks_of("abcdefgh"), sums, 5)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 14), min_size=12, max_size=12))
def test_no_hidden_cell_of_a_table_is_narrowed(numbers):
    rows, columns, cells = "rst", "wxyz", {}
    for place, (row, column) in enumerate(product(rows, columns)):
        cells[row + column] = numbers[place]
    counts = cells | {row: sum(cells[row + column] for column in columns) for row in rows}
    counts |= {column: sum(cells[row + column] for row in rows) for column in columns}
    sums = [Sum((row,), tuple(row + column for column in columns)) for row in rows]
    sums += [Sum((column,), tuple(row + column for row in rows)) for column in columns]
    blocks = [*blocks_of(list(cells)), *blocks_of(rows), *blocks_of(columns)]
    shown = protected(counts, blocks, sums, 5)
    assert all(shown[key] == counts[key] >= 5 for key in shown)
    assert (
        Reader(Known(5, shown, tuple(block for block in blocks if block[0] not in shown), tuple(sums))).narrowed()
        is None
    )


def test_rates_come_from_shown_counts_only():
    assert per_thousand(27, 10_855) == 2.5
    assert per_thousand(None, 10_855) is None
    assert per_thousand(27, None) is None
    assert per_thousand(27, 0) is None
