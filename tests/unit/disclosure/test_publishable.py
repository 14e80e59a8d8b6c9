from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.disclosure.domain import Figure, Table, per_thousand, publishable, rounded

HIDDEN = Figure(None, 0, 4)


def table_of(*lines, threshold=5, before=None):
    counts = {(row, column): count for row, line in enumerate(lines) for column, count in enumerate(line)}
    return publishable(counts, range(len(lines)), range(len(lines[0])), threshold, before)


def test_counts_below_the_threshold_and_zero_look_the_same():
    published = table_of([0, 4, 5, 60])
    assert [published.cells[0, column] for column in range(4)] == [HIDDEN, HIDDEN, Figure.of(5), Figure.of(60)]
    assert HIDDEN.limit == 5


def test_a_table_without_reports_says_nothing_but_under_5():
    published = table_of(*[[0] * 12] * 30)
    figures = [*published.cells.values(), *published.rows.values(), *published.columns.values(), published.total]
    assert set(figures) == {HIDDEN}


def test_a_total_that_would_give_a_hidden_cell_away_becomes_a_range_of_what_is_known_anyway():
    published = table_of([20, 3, 8], [9, 9, 9], [7, 7, 7])
    assert published.rows[0] == Figure(None, 28, 32)
    assert published.rows[1] == Figure.of(27)
    assert published.columns[1].hidden
    assert published.total.hidden


def test_a_total_of_many_small_counts_is_shown():
    published = table_of([2, 1, 3, 2, 1, 2])
    assert published.total == Figure.of(11)


def test_a_total_that_is_small_beside_large_cells_is_no_hint_either():
    # Of a total of 11 the 10 is known: published, it would say that the rest is 1.
    assert table_of([10, 1, 0, 0]).total == Figure(None, 10, 14)
    assert table_of([10, 4, 0, 0]).total == Figure(None, 10, 14)
    assert table_of([10, 4, 1, 0]).total == Figure.of(15)


def test_two_hidden_cells_never_share_a_total_that_narrows_them_down():
    assert table_of([3, 4]).rows[0] == Figure(None, 0, 8)
    assert table_of([1, 1]).rows[0] == Figure(None, 0, 8)
    assert table_of([2, 2]).rows[0] == Figure(None, 0, 8)


def test_one_small_total_among_large_ones_cannot_be_subtracted():
    published = table_of([9, 9, 9], [0, 1, 2], [8, 8, 8])
    known = [published.total, published.rows[0], published.rows[2]]
    assert published.rows[1].limit == 5
    assert any(figure.hidden for figure in known)


@pytest.mark.parametrize("counts", [{(0, 0): -1}, {(9, 0): 1}])
def test_what_is_no_table_of_counts_is_refused(counts):
    with pytest.raises(ValueError, match="counts must be"):
        publishable(counts, [0], [0], 5)


def test_a_threshold_that_hides_nothing_is_refused():
    with pytest.raises(ValueError, match="threshold"):
        publishable({}, [0], [0], 1)


# What a reader can work out ------------------------------------------------------------------------------------------


def feasible(published: Table[int, int], keys: list[tuple[int, int]]) -> dict[object, set[int]]:
    """By trying every table that agrees with the publication: the values each hidden number can have.

    The reader also knows what silence means: of three cells or more, a total that is not "under 5" is 5 or more.
    """
    hidden = [key for key in keys if published.cells[key].hidden]
    if not hidden:
        return {}
    tables = np.array(list(product(range(published.threshold), repeat=len(hidden))))

    def sums(members):
        shown = sum(published.cells[key].value or 0 for key in members)
        return shown + tables[:, [position for position, key in enumerate(hidden) if key in members]].sum(axis=1)

    totals: dict[object, list[tuple[int, int]]] = {"total": keys}
    totals |= {("row", row): [key for key in keys if key[0] == row] for row in published.rows}
    totals |= {("column", column): [key for key in keys if key[1] == column] for column in published.columns}
    figures: dict[object, Figure] = {("row", row): figure for row, figure in published.rows.items()}
    figures |= {("column", column): figure for column, figure in published.columns.items()}
    figures["total"] = published.total
    agrees = np.ones(len(tables), dtype=bool)
    for name, members in totals.items():
        agrees &= (sums(members) >= figures[name].at_least) & (sums(members) <= figures[name].at_most)
    found: dict[object, set[int]] = {key: set(tables[agrees, place].tolist()) for place, key in enumerate(hidden)}
    small = {name for name, figure in figures.items() if figure.limit == published.threshold}
    return found | {name: set(sums(totals[name])[agrees].tolist()) for name in small}


@st.composite
def tables(draw):
    rows, columns, threshold = draw(
        st.sampled_from([(2, 2, 5), (3, 3, 3), (2, 4, 3), (3, 4, 2), (2, 3, 5), (1, 6, 5), (5, 2, 2), (1, 2, 5)])
    )
    small = st.integers(0, threshold - 1)
    any_count = st.one_of(small, st.integers(0, 3 * threshold))
    return threshold, [[draw(any_count) for _ in range(columns)] for _ in range(rows)]


@settings(max_examples=400, deadline=None)
@given(tables())
def test_every_hidden_number_could_be_anything_below_the_threshold(example):
    threshold, lines = example
    published = table_of(*lines, threshold=threshold)
    keys = list(product(range(len(lines)), range(len(lines[0]))))
    for key in keys:
        true = lines[key[0]][key[1]]
        assert published.cells[key] == (Figure.of(true) if true >= threshold else Figure(None, 0, threshold - 1))
    for name, values in feasible(published, keys).items():
        assert values >= set(range(threshold)), f"{name} can only be {sorted(values)}"


@pytest.mark.parametrize(("cells", "threshold", "largest"), [(1, 5, 6), (2, 5, 6), (3, 3, 4), (4, 4, 4), (5, 3, 3)])
def test_one_line_tells_nothing_even_to_those_who_know_the_rule(cells, threshold, largest):
    alike: dict[tuple[tuple[Figure, ...], Figure], list[tuple[int, ...]]] = {}
    for counts in product(range(largest + 1), repeat=cells):
        published = table_of(counts, threshold=threshold)
        alike.setdefault((tuple(published.cells.values()), published.total), []).append(counts)
    for (figures, _total), possible in alike.items():
        for place, figure in enumerate(figures):
            if figure.hidden:
                assert {counts[place] for counts in possible} >= set(range(threshold))


@settings(max_examples=200, deadline=None)
@given(tables())
def test_every_published_total_is_true(example):
    threshold, lines = example
    published = table_of(*lines, threshold=threshold)
    totals = {("row", row): sum(line) for row, line in enumerate(lines)}
    totals |= {("column", column): sum(line[column] for line in lines) for column in range(len(lines[0]))}
    for (kind, place), true in totals.items():
        figure = (published.rows if kind == "row" else published.columns)[place]
        assert figure.at_least <= true <= figure.at_most
        assert figure.value in {None, true}
    assert published.total.at_least <= sum(map(sum, lines)) <= published.total.at_most


def test_most_reports_of_a_year_lie_in_some_published_number():
    # 600 reports in 30 areas as uneven as Jena's, in 12 areas of life.
    generator = np.random.default_rng(1)
    weights = 1 / np.arange(1, 31) ** 1.2
    areas = generator.choice(30, 600, p=weights / weights.sum())
    topics = generator.choice(12, 600)
    counts: dict[tuple[int, int], int] = {}
    for key in zip(areas.tolist(), topics.tolist(), strict=True):
        counts[key] = counts.get(key, 0) + 1
    published = publishable(counts, range(30), range(12), 5)
    seen = sum(
        count
        for (area, topic), count in counts.items()
        if not (published.cells[area, topic].hidden and published.rows[area].hidden and published.columns[topic].hidden)
    )
    assert seen >= 0.7 * 600


# From one publication to the next ------------------------------------------------------------------------------------


def test_a_published_number_stands_until_it_has_moved_by_the_threshold():
    first = table_of([12, 0, 0])
    assert table_of([13, 0, 0], before=first).cells[0, 0] == Figure.of(12)
    assert table_of([16, 0, 0], before=first).cells[0, 0] == Figure.of(12)
    assert table_of([17, 0, 0], before=first).cells[0, 0] == Figure.of(17)
    assert table_of([8, 0, 0], before=first).cells[0, 0] == Figure.of(12)
    assert table_of([7, 0, 0], before=first).cells[0, 0] == Figure.of(7)


def test_a_number_that_falls_below_the_threshold_is_hidden_at_once():
    assert table_of([4, 0, 0], before=table_of([6, 0, 0])).cells[0, 0] == HIDDEN


def test_another_threshold_starts_anew():
    first = table_of([12, 0, 0])
    assert table_of([13, 0, 0], threshold=6, before=first).cells[0, 0] == Figure.of(13)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 20), min_size=9, max_size=9), min_size=2, max_size=6))
def test_no_two_publications_differ_by_a_handful(nights):
    before = None
    for night in nights:
        after = table_of(night[:3], night[3:6], night[6:], before=before)
        if before is not None:
            for key, figure in after.cells.items():
                old = before.cells[key]
                if figure.value is not None and old.value is not None:
                    assert figure.value == old.value or abs(figure.value - old.value) >= 5
        for row, figure in after.rows.items():
            cells = [after.cells[row, column] for column in range(3)]
            assert sum(cell.at_least for cell in cells) <= figure.at_least
            assert figure.limit == 5 or figure.at_most <= sum(cell.at_most for cell in cells)
        before = after


# Rates and rounding --------------------------------------------------------------------------------------------------


def test_rates_come_from_shown_counts_only():
    assert per_thousand(Figure.of(27), 10_855) == 2.5
    assert per_thousand(HIDDEN, 10_855) is None
    assert per_thousand(Figure(None, 28, 32), 10_855) is None
    assert per_thousand(Figure.of(27), None) is None
    assert per_thousand(Figure.of(27), 0) is None


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_rounding_goes_to_the_nearest_multiple(count, expected):
    assert rounded(count, 5) == expected


def test_rounding_goes_upwards_from_the_middle():
    assert rounded(5, 10) == 10
