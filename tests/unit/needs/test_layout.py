from __future__ import annotations

import pytest

from app.core.texts import Localized
from app.needs.domain import (
    ALL,
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_MEASURES,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    LIST,
    NOWHERE,
    PARTS,
    QUARTERLY,
    TONGUES,
    TOPICS,
    WAITED,
    Geography,
    Key,
    Length,
    Period,
)
from app.needs.layout import Facts, publication
from app.places.domain import AreaCard


def area(number, level="ortsteil", parent=None, residents=1000):
    return AreaCard(number, level, str(number), Localized(de="Ort"), parent, residents, 2020, False, number, None, None)


TOWN = Geography(
    tuple(area(number, "planungsraum", residents=None) for number in (100, 200)),
    tuple(area(number, parent=number // 10 * 100, residents=1000 - number) for number in (10, 11, 12, 20, 21, 22)),
)


def facts(gaps, targets=None, discrimination=None, languages=None, answers=None, measures=None, placed=None):
    """As many reports by language and answer as the others come to, unless told otherwise."""
    total = sum(gaps.values()) + sum((discrimination or {}).values())
    return Facts(
        gaps,
        targets or {},
        discrimination or {},
        {"de": total} if languages is None else languages,
        {"three_days": total} if answers is None else answers,
        measures or {},
        placed,
    )


def everywhere(number, quarters=(1, 2, 3, 4)):
    """So many reports in each part of town, area of life and quarter."""
    return {(quarter, part.key, topic): number for quarter in quarters for part in TOWN.parts for topic in TOPICS}


def a_year(gaps, later=None, threshold=5, periods=(1, 2, 3, 4), **more):
    """The cells of a year, published quarter by quarter and at its end; ``later`` is what is counted then."""
    cells = ()
    for number in periods:
        these = {key: value for key, value in gaps.items() if key[0] == number}
        cells += publication(Period(2025, number), facts(these), TOWN, threshold, cells)
    return cells + publication(
        Period(2025), facts(later if later is not None else gaps, **more), TOWN, threshold, cells
    )


def values(cells):
    return {cell.key: cell.value for cell in cells}


def key(table, row, column=ALL, period="2025"):
    return Key(table.name, period, row, column)


def test_each_table_of_the_list_is_published_in_full():
    found = dict.fromkeys((one.name for one in LIST), 0)
    for cell in a_year({}):
        found[cell.key.table] += 1
        assert cell.value is None
    assert found[QUARTERLY.name] == 4 * 13
    assert found[CITY_TOPICS.name] == found[DISCRIMINATION.name] == 13
    assert found[GROUPS.name] == 2
    assert found[GROUP_TOPICS.name] == 3 * 13
    assert found[PARTS.name] == 6


def test_an_empty_year_and_one_with_a_few_reports_look_alike():
    assert values(a_year({})) == values(a_year({(1, "10", "work"): 3, (4, NOWHERE, "housing"): 1}))


def test_where_everything_is_large_everything_is_shown_and_true():
    cells = values(
        a_year(everywhere(6) | {(quarter, NOWHERE, topic): 7 for quarter in (1, 2, 3, 4) for topic in TOPICS})
    )
    assert cells[key(QUARTERLY, CITY, "work", "2025-Q2")] == 6 * 6 + 7
    assert cells[key(CITY_TOPICS, CITY, "work")] == 4 * (6 * 6 + 7)
    assert cells[key(GROUPS, "100")] == 4 * 3 * 6 * 13
    assert cells[key(GROUP_TOPICS, "200", "work")] == 4 * 3 * 6
    assert cells[key(GROUP_TOPICS, NOWHERE, "work")] == 28
    assert cells[key(PARTS, "10")] == 4 * 6 * 13


def test_a_published_number_has_reached_the_threshold():
    cells = values(a_year(everywhere(1), threshold=7))
    assert min(value for value in cells.values() if value is not None) >= 7


@pytest.mark.parametrize("gone", [1, 3, 9])
def test_who_leaves_after_a_quarter_is_published_shows_in_no_difference(gone):
    gaps = everywhere(6) | {(quarter, NOWHERE, topic): 20 for quarter in (1, 2, 3, 4) for topic in TOPICS}
    later = dict(gaps)
    later[1, "10", "work"] -= min(gone, 6)
    later[2, NOWHERE, "work"] -= gone
    before, after = values(a_year(gaps)), values(a_year(gaps, later))
    for name in ("2025-Q1", "2025-Q2"):
        assert after[key(QUARTERLY, CITY, "work", name)] == before[key(QUARTERLY, CITY, "work", name)]
    assert after[key(CITY_TOPICS, CITY, "work")] == before[key(CITY_TOPICS, CITY, "work")]
    rows = [after[key(GROUP_TOPICS, row, "work")] for row in ("100", "200", NOWHERE)]
    assert sum(rows) == after[key(CITY_TOPICS, CITY, "work")]
    assert after[key(PARTS, "10")] == before[key(PARTS, "10")] - min(gone, 6)


def test_more_by_area_than_the_quarters_have_shown_is_no_fault():
    gaps = everywhere(6)
    later = {place: number + 1 for place, number in gaps.items()}
    cells = values(a_year(gaps, later))
    assert cells[key(CITY_TOPICS, CITY, "work")] in {None, 4 * 6 * 6}


def test_the_year_of_a_single_hidden_quarter_is_hidden():
    gaps = everywhere(6)
    for part in TOWN.parts:
        gaps[3, part.key, "work"] = 0
    cells = values(a_year(gaps))
    assert cells[key(QUARTERLY, CITY, "work", "2025-Q3")] is None
    assert cells[key(CITY_TOPICS, CITY, "work")] is None


def test_quarters_that_are_hidden_may_be_told_together():
    gaps = {(quarter, "10", topic): 4 for quarter in (1, 2, 3, 4) for topic in TOPICS}
    cells = values(a_year(gaps))
    assert cells[key(QUARTERLY, CITY, "work", "2025-Q1")] is None
    assert cells[key(CITY_TOPICS, CITY, "work")] == 16


def test_quarters_before_the_first_report_are_known_to_be_empty():
    # With spring and summer known to be 0, the year would give the hidden autumn away.
    gaps = {(quarter, part.key, topic): 3 if quarter == 4 else 0 for quarter, part, topic in
            ((quarter, part, topic) for quarter in (4,) for part in TOWN.parts[:1] for topic in TOPICS)}  # fmt: skip
    gaps |= {(3, part.key, topic): 6 for part in TOWN.parts for topic in TOPICS}
    cells = values(a_year(gaps, periods=(3, 4)))
    assert cells[key(QUARTERLY, CITY, "work", "2025-Q4")] is None
    assert cells[key(CITY_TOPICS, CITY, "work")] is None


def test_people_concerned_are_told_by_group():
    gaps = everywhere(6) | {(quarter, NOWHERE, topic): 7 for quarter in (1, 2, 3, 4) for topic in TOPICS}
    cells = values(a_year(gaps, targets={("10", "families"): 9, ("20", "families"): 8, (NOWHERE, "families"): 6,
                                                  ("10", "children"): 9}))  # fmt: skip
    assert cells[key(GROUP_TARGETS, "100", "families")] == 9
    assert cells[key(GROUP_TARGETS, "100", "children")] is None


def test_discrimination_is_counted_apart():
    cells = values(a_year({}, discrimination={"housing": 9, "authority": 6, "education": 9}))
    assert cells[key(DISCRIMINATION, CITY, "housing")] == 9
    assert cells[key(DISCRIMINATION, CITY, "education")] is None
    assert cells[key(CITY_TOPICS, CITY, "housing")] is None


def test_a_town_without_groups_has_no_tables_of_groups():
    town = Geography((), TOWN.parts)
    cells = values(publication(Period(2025), facts(everywhere(6)), town, 5, ()))
    assert not [one for one in cells if one.table in {GROUPS.name, GROUP_TOPICS.name, GROUP_TARGETS.name}]
    assert cells[key(PARTS, "10")] == 4 * 6 * 13


def test_only_tables_of_a_quarter_are_published_with_it():
    cells = publication(Period(2025, 1), facts(everywhere(6, (1,))), TOWN, 5, ())
    assert {cell.key.table for cell in cells} == {one.name for one in LIST if one.length is Length.QUARTER}


# All kinds of reports -------------------------------------------------------------------------------------------------


LANGUAGES = {"de": 60, "en": 20, "ar": 15, "de-simple": 10}
ANSWERS = {"three_days": 30, "ten_days": 40, "twenty_days": 20, "later": 8, "unanswered": 7}


def all_kinds(gaps=None, **more):
    """The cells of a year with 105 reports of all kinds."""
    return values(a_year(gaps or {}, languages=LANGUAGES, answers=ANSWERS, **more))


def test_languages_and_answers_are_told_for_the_city():
    cells = all_kinds()
    assert {column: cells[key(CITY_LANGUAGES, CITY, column)] for column in LANGUAGES} == LANGUAGES
    assert {column: cells[key(CITY_ANSWERS, CITY, column)] for column in ANSWERS} == ANSWERS


def test_a_total_of_all_kinds_that_would_give_hidden_gaps_away_is_not_told():
    told = all_kinds({(1, NOWHERE, topic): 17 for topic in TOPICS[:6]} | {(1, NOWHERE, TOPICS[6]): 2})
    # Of 105 reports 102 are told by area of life: nothing that is not told could reach the threshold.
    assert told[key(QUARTERLY, CITY, TOPICS[0], "2025-Q1")] == 17
    assert [told[key(CITY_LANGUAGES, CITY, column)] for column in TONGUES].count(None) >= 2
    assert [told[key(CITY_ANSWERS, CITY, column)] for column in WAITED].count(None) >= 2


def test_who_leaves_after_a_quarter_is_published_is_still_among_all_kinds():
    gaps = {(1, NOWHERE, topic): 8 for topic in TOPICS}
    later = {**gaps, (1, NOWHERE, "work"): 3}
    cells = values(a_year(gaps, later))
    assert cells[key(QUARTERLY, CITY, "work", "2025-Q1")] == 8
    languages = [cells[key(CITY_LANGUAGES, CITY, column)] or 0 for column in TONGUES]
    assert sum(languages) in {0, 13 * 8}


def test_a_measure_is_told_with_its_neighbour():
    cells = all_kinds(measures={"a": 9, "b": 6, "c": 20, "d": 4})
    assert (cells[key(CITY_MEASURES, CITY, "a")], cells[key(CITY_MEASURES, CITY, "b")]) == (9, 6)
    assert cells[key(CITY_MEASURES, CITY, "c")] is cells[key(CITY_MEASURES, CITY, "d")] is None


def test_a_single_measure_has_no_neighbour_and_is_never_told():
    assert all_kinds(measures={"a": 40})[key(CITY_MEASURES, CITY, "a")] is None
    assert not [one for one in all_kinds() if one.table == CITY_MEASURES.name]


def test_discrimination_by_group_is_told_where_the_city_has_chosen_so():
    racism = dict.fromkeys(TOPICS, 3)
    cells = all_kinds(discrimination=racism, placed={"100": 15, "200": 14, NOWHERE: 10})
    told = {row: cells[key(GROUP_DISCRIMINATION, row)] for row in ("100", "200", NOWHERE)}
    assert told == {"100": 15, "200": 14, NOWHERE: 10}
    assert not [one for one in all_kinds(discrimination=racism) if one.table == GROUP_DISCRIMINATION.name]
