"""What can be said of offices without a database: standing, circles, the tree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.administration.domain import InTheWay, Office, Standing, check, leads_back, tree, would_close_a_circle
from tests.factories import localized

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def office(key="jugendamt", **changes):
    values = {"kind": "office", "name": localized(key), "summary": localized("Dafür da."), "receives": True,
              "confirmed_on": TODAY}  # fmt: skip
    return Office(key=key, **values | changes)


def keyed(*offices):
    return {one.key: one for one in offices}


@pytest.mark.parametrize(
    ("changes", "read", "standing"),
    [
        ({}, True, Standing.RECEIVES),
        ({}, False, Standing.NOBODY_READS),
        ({"receives": False}, True, Standing.NOT_MEANT_TO),
        ({"confirmed_on": None}, True, Standing.UNCONFIRMED),
        ({"valid_from": TODAY}, True, Standing.RECEIVES),
        ({"valid_from": TODAY + DAY}, True, Standing.NOT_YET),
        ({"valid_until": TODAY}, True, Standing.RECEIVES),
        ({"valid_until": TODAY - DAY}, True, Standing.ENDED),
        ({"valid_until": TODAY - DAY, "receives": False}, True, Standing.ENDED),
    ],
)
def test_what_stands_in_the_way_of_receiving(changes, read, standing):
    assert office(**changes).standing(TODAY, read=read) is standing


@pytest.mark.parametrize("field", ["parent", "substitute"])
def test_nothing_leads_back_to_itself(field):
    first, second, third = office("a"), office("b", **{field: "a"}), office("c", **{field: "b"})
    others = keyed(first, second, third)
    check(third, others, new=False)
    for named in ("a", "b", "c"):
        with pytest.raises(InTheWay) as fault:
            check(replace(first, **{field: named}), others, new=False)
        assert fault.value.field == field


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (office("a"), "key"),
        (office("new", parent="nobody"), "parent"),
        (office("new", substitute="nobody"), "substitute"),
        (office("new", substitute="free"), "substitute"),
        (office("new", valid_from=TODAY, valid_until=TODAY - DAY), "valid_from"),
    ],
)
def test_what_cannot_be_is_named(one, field):
    with pytest.raises(InTheWay) as fault:
        check(one, keyed(office("a"), office("free", kind="independent")), new=True)
    assert fault.value.field == field


def test_one_day_is_a_validity():
    check(office("new", valid_from=TODAY, valid_until=TODAY), {}, new=True)


def test_what_would_close_a_circle_is_exactly_what_the_check_refuses():
    step = {"a": None, "b": "a", "c": "b", "d": "a", "e": None}
    for key in step:
        refused = {other for other in step if leads_back(key, {**step, key: other})}
        assert would_close_a_circle(key, step) == refused


def test_a_circle_that_does_not_pass_by_is_noticed_too():
    assert leads_back("a", {"a": "b", "b": "c", "c": "b"})


def test_the_tree_shows_everybody_once_in_order():
    grown = tree(
        [office("b"), office("a"), office("a2", parent="a"), office("a1", parent="a"), office("x", parent="?")]
    )
    assert [branch.office.key for branch in grown] == ["b", "a", "x"]
    assert [branch.office.key for branch in grown[1].branches] == ["a2", "a1"]
