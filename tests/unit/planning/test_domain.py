"""Single entries of an edition: put, moved, removed, put back; keys made from names."""

import pytest
from hypothesis import given

from app.planning import domain
from app.plans.document import About, Edition, differences, told
from tests.support.written import editions


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Bänke für Ältere", "baenke-fuer-aeltere"),
        ("Straße & Platz!", "strasse-platz"),
        ("العربية", "entry"),
        ("x" * 80, "x" * 60),
        ("Évian", "evian"),
    ],
)
def test_a_key_is_made_from_a_name(name, key):
    assert domain.key_for(name, ()) == key


def test_a_key_that_is_taken_gets_a_number():
    assert domain.key_for("Bench", {"bench", "bench-2"}) == "bench-3"


@given(editions())
def test_what_is_put_where_it_was_changes_nothing(edition):
    again = domain.with_head(edition, domain.head_of(edition))
    for goal in edition.goals:
        again = domain.with_goal(again, goal)
    for plan in edition.plans:
        again = domain.with_plan(again, plan)
        for field in plan.fields_:
            again = domain.with_field(again, field, plan.key)
    for measure in edition.measures:
        again = domain.with_measure(again, measure)
    assert again == edition


@given(editions())
def test_an_entry_that_was_removed_comes_back_by_its_difference(edition):
    for about in (About.GOAL, About.MEASURE, About.FIELD):
        for key in domain.keys_of(edition, about):
            try:
                less = domain.without(edition, about, key)
            except domain.NotAlone:
                continue
            (found,) = differences(edition, less)
            back = domain.put_back(less, about, key, found.before)
            assert differences(edition, back) == ()
            assert Edition.model_validate(told(back)) == back


@given(editions())
def test_the_last_plan_and_the_last_field_stay(edition):
    for plan in edition.plans:
        if len(plan.fields_) == 1:
            with pytest.raises(domain.NotAlone):
                domain.without(edition, About.FIELD, plan.fields_[0].key)
    if len(edition.plans) == 1:
        with pytest.raises(domain.NotAlone):
            domain.without(edition, About.PLAN, edition.plans[0].key)


def test_what_was_there_stays_in_its_order():
    assert domain.in_order(("b", "a", "c"), ("c", "d", "b")) == ("b", "c", "d")
