from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.codes import Topic
from app.needs.domain import ALL, TARGETS, TOPICS
from app.needs.pages import tables
from app.needs.pages.look import Look, Moved, first_show
from app.needs.snapshot.domain import Part
from app.needs.snapshot.numbers import Column, Told
from tests.support.snapshots import published, snapshot


@pytest.fixture
def town():
    return snapshot()


def asked(town, **arguments):
    areas = arguments.pop("areas", ())
    return Look.asked(arguments, town, areas=areas)


def test_an_address_says_what_to_see_and_back(town):
    assert asked(town) == Look(level="parts")
    arguments = {"show": "share_far", "topic": "housing", "target": "families", "level": "groups", "year": "2024",
                 "sort": "reports", "order": "descending"}  # fmt: skip
    look = asked(town, **arguments, areas=["south", "north"])
    assert look.arguments(town) == arguments | {"area": ["south", "north"]}
    assert look.areas == ("south", "north")
    assert look.arguments(town, sort="area", order="", area="") == {
        name: value for name, value in arguments.items() if name not in {"sort", "order"}
    }


@pytest.mark.parametrize("nonsense", ["", "x" * 5000, "housing; drop table", "\x00", "ALL", "2031", "02025", "city"])
def test_an_address_that_makes_no_sense_shows_the_usual(town, nonsense):
    names = ("show", "topic", "target", "level", "year", "sort", "order")
    assert Look.asked(dict.fromkeys(names, nonsense), town, areas=[nonsense]) == Look(level="parts")


def test_what_is_asked_twice_is_looked_at_once(town):
    assert asked(town, areas=["1", "2", "1", "99"]).areas == ("1", "2")


def test_without_a_year_the_latest_with_numbers_by_area_is_shown(town):
    begun = published(2026, whole=False, quarters=1)
    later = replace(town, years={2026: begun, **town.years})
    assert Look().published(later).year == 2025
    assert Look(year=2026).published(later) is begun
    assert Look().published(replace(town, years={2026: begun})) is begun
    assert Look().published(replace(town, years={})) is None


def test_before_the_first_year_is_out_the_map_begins_with_supply(town):
    assert first_show(town) == Column.MISMATCH
    assert first_show(replace(town, years={2026: published(2026, whole=False)})) == Column.SHARE_FAR


def test_need_in_one_area_of_life_moves_to_the_groups_and_supply_stays(town):
    look, moved = asked(town, topic="housing").settled(town)
    assert (look.level, moved) == ("groups", (Moved.TO_GROUPS,))
    look, moved = asked(town, topic="housing", show="share_far").settled(town)
    assert (look.level, moved) == ("parts", ())


def test_need_for_both_at_once_leaves_the_group_of_people_out(town):
    look, moved = asked(town, topic="housing", target=TARGETS[0], level="groups").settled(town)
    assert (look.topic, look.target, moved) == ("housing", ALL, (Moved.NOT_TOGETHER,))


def test_need_is_never_told_by_another_division(town):
    look, moved = asked(town, level="districts").settled(town)
    assert (look.level, moved) == ("parts", (Moved.FROM_CONTEXT,))


def test_a_city_without_groups_says_so(town):
    bare = replace(town, levels=tuple(one for one in town.levels if one.part is not Part.GROUPS))
    look, moved = asked(bare, topic="housing").settled(bare)
    assert (look.level, moved) == ("parts", (Moved.NO_GROUPS,))


# The tables ----------------------------------------------------------------------------------------------------------


def order(town, **arguments):
    look = asked(town, **arguments)
    return [[line.place.key for line in group.lines] for group in tables.arranged(tables.areas(town, look), look)]


def test_lines_stand_by_position_until_a_column_is_chosen(town):
    assert order(town) == [["1", "2", "3", "4", "5", "6", "7", "8"]]
    assert order(town, order="descending") == [["8", "7", "6", "5", "4", "3", "2", "1"]]
    assert order(town, sort="reports", order="descending")[0][:3] == ["1", "4", "5"]


def test_hidden_numbers_stand_below_shown_ones_whichever_way_round(town):
    for way in ("", "descending"):
        assert order(town, sort="reports", order=way)[0][-2:] == ["7", "8"]


def test_rates_are_never_ranked_across_years(town):
    places = tuple(replace(one, residents_year=2010) if one.key == "5" else one for one in town.places)
    look = asked(town, sort="reports_per_1000", order="descending")
    groups = tables.arranged(tables.areas(replace(town, places=places), look), look)
    assert [group.year for group in groups] == [2020, 2010, None]
    assert [line.place.key for line in groups[1].lines] == ["5"]


def test_the_matrix_has_a_cell_for_each_area_and_area_of_life(town):
    table = tables.matrix(town, asked(town, level="groups"))
    assert len(table.lines) == 3 * len(TOPICS)
    assert table.told(table.lines[0], Column.REPORTS) == Told(9)


def test_quarters_come_one_after_the_other_through_the_years(town):
    table = tables.quarters(town, asked(town, topic=Topic.HOUSING))
    assert [line.period for line in table.lines] == [f"{year}-Q{n}" for year in (2024, 2025) for n in (1, 2, 3, 4)]


def test_years_that_are_not_over_have_no_line_by_area(town):
    later = replace(town, years={2026: published(2026, whole=False, quarters=1), **town.years})
    assert {line.period for line in tables.years(later, asked(later)).lines} == {"2024", "2025"}


def test_neighbours_are_the_other_members_of_the_group(town):
    assert [one.key for one in tables.neighbours(town, town.place("parts", "2"))] == ["1", "3"]
    assert [one.key for one in tables.neighbours(town, town.place("groups", "hills"))] == ["7", "8"]
    assert tables.neighbours(town, town.place("districts", "d1")) == ()
