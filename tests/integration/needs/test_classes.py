from __future__ import annotations

from dataclasses import replace

import pytest

from app.needs.pages import tables
from app.needs.pages.charts import FILLS
from app.needs.pages.classes import BY_VERDICT, SIGNS, classes
from app.needs.pages.look import Look
from app.needs.snapshot.domain import Supplied
from app.needs.snapshot.numbers import Column
from tests.support.snapshots import snapshot

pytestmark = pytest.mark.usefixtures("session")


def coded(town, column):
    look = Look(show=column, level="parts")
    table, numbers = tables.areas(town, look), look.numbers(town)
    found = classes(table, column)
    return {line.place.key: found.of(numbers, line, table.told(line, column)) for line in table.lines}, found


def supplied(town, **numbers):
    """The town with so many services for an average resident of each part."""
    supply = {cell: replace(one, average_far=numbers.get(f"p{cell[1]}", 0.0)) for cell, one in town.supply.items()}
    return replace(town, supply=supply)


def test_each_class_has_a_sign_and_a_fill():
    codes = {*BY_VERDICT.values(), "1", "2", "3", "4", "5", "0", "hidden"}
    assert codes == SIGNS.keys() == FILLS.keys()
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_every_class_on_the_map_stands_in_the_legend():
    town = snapshot()
    for column in (Column.MISMATCH, Column.RATE, Column.SHARE_FAR, Column.AVERAGE_FAR, Column.PLANNED,
                   "indicator:single"):  # fmt: skip
        codes, found = coded(town, column)
        assert set(codes.values()) <= {code for code, _words in found.legend}, column


def test_rates_have_the_same_classes_in_every_year_and_compare_one_year_of_residents():
    town = snapshot()
    codes, found = coded(town, Column.RATE)
    assert (codes["1"], codes["2"], codes["7"]) == ("5", "4", "hidden")
    assert found.year == 2020
    older = tuple(replace(one, residents_year=2010) if one.key == "2" else one for one in town.places)
    assert coded(replace(town, places=older), Column.RATE)[0]["2"] == "0"


def test_none_at_all_is_a_class_of_its_own():
    town = supplied(snapshot(), p1=2.0, p2=4.0)
    codes, _found = coded(town, Column.AVERAGE_FAR)
    assert codes == {"1": "1", "2": "2"} | {str(number): "0" for number in range(3, 9)}


def test_where_nobody_is_known_to_live_nothing_is_told():
    town = snapshot()
    nowhere = {cell: Supplied() for cell in town.supply}
    assert set(coded(replace(town, supply=nowhere), Column.SHARE_FAR)[0].values()) == {"hidden"}


def test_many_areas_are_spread_over_the_classes():
    town = supplied(snapshot(), **{f"p{number}": float(number) for number in range(1, 9)})
    codes, found = coded(town, Column.AVERAGE_FAR)
    assert set(codes.values()) == {"1", "2", "3", "4", "5"}
    assert list(found.steps) == sorted(set(found.steps))
