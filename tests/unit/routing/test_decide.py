import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.codes import Kind, Topic, Wish
from app.routing.domain import (
    BrokenRules,
    Desk,
    Known,
    RoutingFacts,
    Rule,
    Rules,
    barred,
    checked,
    decide,
    kept_out,
    line_of,
)
from tests import factories

KEYS = [f"office-{number}" for number in range(8)]
PEOPLE = [f"person-{number}" for number in range(6)]


@st.composite
def worlds(draw):
    """Rules, desks and facts as wild as they come: closed desks, unknown offices, loops in the tree, busy people."""
    desks = {}
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=8)):
        people = draw(st.frozensets(st.sampled_from(PEOPLE), max_size=2))
        readers = draw(st.frozensets(st.sampled_from(sorted(people)), max_size=2)) if people else frozenset()
        independent = draw(st.sampled_from([False, False, False, True]))
        parent = None if independent else draw(st.none() | st.sampled_from(KEYS))
        substitute = draw(st.none() | st.sampled_from(KEYS))
        desks[key] = Desk(key, parent, draw(st.booleans()), independent, people, readers, substitute)
    conditions = st.dictionaries(
        st.sampled_from(["kind", "topic"]), st.just(frozenset({"gap", "housing"})), max_size=2
    ) | st.just({"kind": frozenset({"idea"})})
    rules = Rules(
        "test",
        draw(st.sampled_from(KEYS)),
        tuple(
            Rule(f"rule-{number}", number, draw(conditions), draw(st.sampled_from(KEYS)), "p", "f", (),
                 factories.localized("Darum."))
            for number in range(draw(st.integers(0, 5)))
        ),
    )  # fmt: skip
    facts = RoutingFacts(
        kind=draw(st.sampled_from(["gap", "idea", "praise"])),
        topic=draw(st.none() | st.sampled_from(["housing", "work"])),
        involved=frozenset(draw(st.lists(st.sampled_from(KEYS), max_size=3))),
        excluded=frozenset(draw(st.lists(st.sampled_from(KEYS), max_size=3))),
        independent=draw(st.booleans()),
    )
    return facts, rules, desks


def out_of(facts, desks):
    return barred(facts.involved, facts.excluded, desks)


@given(worlds())
def test_an_open_uninvolved_office_of_the_city_reads_if_there_is_one(world):
    facts, rules, desks = world
    decision = decide(facts, rules, desks)
    able = {key for key, desk in desks.items() if desk.opens} - out_of(facts, desks)
    city = {key for key in able if not desks[key].independent}
    outside = able - city
    if city:
        assert set(decision.readers) <= city
        assert decision.readers[0] == decision.office
        assert decision.willing is None
    elif outside:
        assert decision.willing in outside
        assert decision.readers == ((decision.willing,) if facts.independent else ())
    else:
        assert (decision.office, decision.willing, decision.readers) == (None, None, ())


@given(worlds())
def test_nobody_from_an_office_kept_out_reads_anywhere(world):
    facts, rules, desks = world
    decision = decide(facts, rules, desks)
    out = kept_out(facts.involved, facts.excluded, desks)
    people = {person for key in out if key in desks for person in desks[key].people}
    for reader in decision.readers:
        assert reader not in out
        assert people.isdisjoint(desks[reader].readers)


@given(worlds())
def test_the_fallback_desk_reads_too_unless_it_is_left_out(world):
    facts, rules, desks = world
    decision = decide(facts, rules, desks)
    desk, out = desks.get(rules.fallback), out_of(facts, desks)
    serves = desk and desk.opens and not desk.independent and desk.key not in out
    if serves:
        assert rules.fallback in decision.readers
    else:
        assert rules.fallback not in decision.readers or decision.office == decision.willing == rules.fallback
    assert len(decision.readers) == len(set(decision.readers)) <= 2


@given(worlds())
def test_the_decision_is_pure(world):
    before = copy.deepcopy(world)
    facts, rules, desks = world
    once = decide(facts, rules, desks)
    assert decide(facts, rules, desks) == once
    assert world == before
    assert decide(facts, rules, dict(reversed(desks.items()))) == once


@given(worlds())
def test_the_matter_follows_the_first_matching_rule_whoever_reads(world):
    facts, rules, desks = world
    decision = decide(facts, rules, desks)
    assert decision.rule == next((rule for rule in rules.rules if rule.matches(facts)), None)
    assert decision.version == rules.version


@given(worlds())
def test_whoever_is_passed_over_is_named(world):
    facts, rules, desks = world
    decision = decide(facts, rules, desks)
    out = out_of(facts, desks)
    assert set(decision.left_out) <= out
    assert facts.excluded <= set(decision.left_out)
    if decision.rule and decision.rule.office != decision.office:
        named = decision.rule.office in decision.left_out or decision.rule.office == decision.closed
        assert named


def test_the_first_matching_rule_wins():
    rules = factories.rules(
        factories.rule("narrow", kind="gap", topic="housing"), factories.rule("broad", kind="gap"), fallback="broad"
    )
    desks = factories.desks("narrow", "broad")
    assert decide(factories.facts(), rules, desks).office == "narrow"
    assert decide(factories.facts(topic="work"), rules, desks).office == "broad"


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({"kind": "gap"}, True),
        ({"kind": {"idea", "gap"}}, True),
        ({"kind": "idea"}, False),
        ({"area": "18"}, True),
        ({"area": "ortsteil:18"}, True),
        ({"area": "bezirk:18"}, False),
        ({"area": {"4", "30"}}, False),
        ({"kind": "gap", "wish": "mediate"}, False),
        ({"target": "children"}, False),
        ({"grounds": "age"}, False),
        ({}, True),
    ],
)
def test_every_condition_has_to_be_met(conditions, matches):
    assert factories.rule("office", **conditions).matches(factories.facts()) is matches


def test_a_closed_office_passes_the_report_on_and_is_named():
    rules = factories.rules(factories.rule("closed", kind="gap"), fallback="fallback")
    decision = decide(factories.facts(), rules, factories.desks("fallback", closed=("closed",)))
    assert (decision.office, decision.closed, decision.left_out) == ("fallback", "closed", ())
    assert decision.reserve is None


@given(worlds())
def test_an_office_is_replaced_by_its_substitute_only_while_it_is_closed_and_not_barred(world):
    facts, rules, desks = world
    decision = decide(facts, rules, desks)
    if decision.stands_in_for is not None:
        closed = desks[decision.stands_in_for]
        assert closed.substitute == decision.office
        assert closed.independent or not closed.opens
        assert closed.key not in out_of(facts, desks)


def away(key, substitute):
    return {key: Desk(key, None, opens=False, substitute=substitute)}


def test_the_substitute_of_a_closed_office_comes_before_the_next_rule():
    rules = factories.rules(factories.rule("away", kind="gap"), factories.rule("next", kind="gap"), fallback="fallback")
    desks = factories.desks("next", "fallback", "instead", closed=("shut",)) | away("away", "instead")
    decision = decide(factories.facts(), rules, desks)
    assert (decision.office, decision.closed, decision.stands_in_for) == ("instead", "away", "away")
    assert decision.readers == ("instead", "fallback")
    for nobody in ("shut", "nobody"):
        decision = decide(factories.facts(), rules, desks | away("away", nobody))
        assert (decision.office, decision.closed, decision.stands_in_for) == ("next", "away", None)


def test_an_office_that_a_report_is_about_sends_no_substitute():
    rules = factories.rules(factories.rule("away", kind="gap"), fallback="fallback")
    desks = factories.desks("fallback", "instead") | away("away", "instead")
    decision = decide(factories.facts(involved=frozenset({"away"})), rules, desks)
    assert (decision.office, decision.stands_in_for, decision.left_out) == ("fallback", None, ("away",))
    decision = decide(factories.facts(involved=frozenset({"instead"})), rules, desks)
    assert (decision.office, decision.stands_in_for, decision.closed) == ("fallback", None, "away")


def test_the_fallback_has_a_substitute_too():
    desks = factories.desks("instead", "another") | away("fallback", "instead")
    rules = factories.rules(factories.rule("another", kind="gap"), fallback="fallback")
    assert decide(factories.facts(), rules, desks).readers == ("another", "instead")
    decision = decide(factories.facts(kind="idea"), rules, desks)
    assert (decision.office, decision.reserve, decision.stands_in_for) == ("instead", None, "fallback")


# Validity ------------------------------------------------------------------------------------------------------------


def test_a_rule_holds_on_its_first_and_its_last_day():
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    one = replace(factories.rule("office"), valid_from=first, valid_until=last)
    assert [one.holds_on(first + timedelta(days=number)) for number in (-1, 0, 29, 30)] == [False, True, True, False]
    assert replace(one, valid_from=None).holds_on(date.min)
    assert replace(one, valid_until=None).holds_on(date.max)


def test_only_rules_that_hold_are_asked_in_the_order_of_priority_and_key():
    day = date(2026, 11, 23)
    later = replace(factories.rule("a", 1), valid_from=date(2026, 11, 24))
    one, other = replace(factories.rule("a", 2), key="one"), replace(factories.rule("b", 2), key="other")
    first = factories.rule("c", 1)
    rules = factories.rules(other, one, later, first).on(day)
    assert rules.rules == (first, one, other)
    assert (rules.version, rules.fallback) == ("test", "fallback")


# Involved ------------------------------------------------------------------------------------------------------------


def test_a_report_about_an_office_does_not_reach_its_line():
    parents = {"team": "department", "department": "city", "beneath": "team", "other": "department"}
    desks = factories.desks("team", "department", "city", "beneath", "other", parents=parents)
    rules = factories.rules(factories.rule("team", kind="gap"), fallback="city")
    decision = decide(factories.facts(involved=frozenset({"team"})), rules, desks)
    assert decision.office == "other"
    assert decision.left_out == ("team",)
    assert decision.closed is None


def test_the_line_is_the_office_everybody_above_and_everybody_beneath():
    parents = {"team": "department", "department": "city", "beneath": "team", "below": "beneath", "other": "department"}
    desks = factories.desks(parents=parents)
    assert line_of("team", desks) == {"team", "department", "city", "beneath", "below"}
    assert line_of("city", desks) == {"city", "department", "team", "beneath", "below", "other"}
    assert line_of("unknown", desks) == {"unknown"}


def test_a_loop_in_the_tree_does_not_hang():
    desks = factories.desks(parents={"one": "other", "other": "one"})
    assert line_of("one", desks) == {"one", "other"}


def test_nobody_reads_when_every_open_office_is_left_out():
    rules = factories.rules(factories.rule("only", kind="gap"), fallback="only")
    decision = decide(factories.facts(excluded=frozenset({"only"})), rules, factories.desks("only"))
    assert decision.office is None
    assert decision.readers == ()


def test_somebody_from_an_involved_office_does_not_read_at_another_desk():
    desks = factories.desks("team", "other", "third")
    desks["head"] = Desk("head", None, opens=False, people=frozenset({"anna"}))
    desks["other"] = Desk("other", None, opens=True, people=frozenset({"anna", "ben"}), readers=frozenset({"anna"}))
    desks["third"] = Desk("third", None, opens=True, people=frozenset({"ben"}), readers=frozenset({"ben"}))
    rules = factories.rules(factories.rule("other", kind="gap"), fallback="other")
    decision = decide(factories.facts(involved=frozenset({"head"})), rules, desks)
    assert decision.readers == ("team",)
    assert decision.left_out == ("head", "other")
    # Ben works beside Anna, not at the office that the report is about.
    assert barred({"head"}, (), desks) == {"head", "other"}


def test_an_independent_desk_reads_only_where_no_desk_of_the_city_may_and_only_by_consent():
    desks = factories.desks("team") | {"aid": Desk("aid", None, opens=True, independent=True)}
    rules = factories.rules(factories.rule("team", kind="gap"), fallback="team")
    assert decide(factories.facts(independent=True), rules, desks).readers == ("team",)
    about = factories.facts(involved=frozenset({"team"}))
    assert (decide(about, rules, desks).office, decide(about, rules, desks).willing) == (None, "aid")
    agreed = factories.facts(involved=frozenset({"team"}), independent=True)
    assert (decide(agreed, rules, desks).office, decide(agreed, rules, desks).reserve) == ("aid", None)
    against = factories.facts(involved=frozenset({"team"}), excluded=frozenset({"aid"}), independent=True)
    assert decide(against, rules, desks).office is None


# Broken rules --------------------------------------------------------------------------------------------------------


def check(*members, fallback="office"):
    known = Known(frozenset({"office"}), frozenset({"18"}), {"poverty-housing": "poverty"}, frozenset({"m"}))
    return checked(factories.rules(*members, fallback=fallback), known)


def test_sound_rules_come_back_in_order_of_priority():
    later = factories.rule("office", 20, kind=Kind.GAP)
    sooner = factories.rule("office", 10, topic=Topic.HOUSING, area="18", wish=Wish.CONTACT)
    assert check(later, sooner).rules == (sooner, later)


@pytest.mark.parametrize(
    ("office", "conditions", "fault"),
    [
        ("office", {"weather": "rain"}, "unknown condition 'weather'"),
        ("office", {"kind": "gaps"}, "kind has no value 'gaps'"),
        ("office", {"topic": {"housing", "houses"}}, "topic has no value 'houses'"),
        ("office", {"area": "99"}, "area has no value '99'"),
        ("office", {"target": set()}, "condition 'target' is empty"),
        ("nobody", {"kind": "gap"}, "there is no office 'nobody'"),
    ],
)
def test_a_broken_rule_is_named_with_its_fault(office, conditions, fault):
    broken = factories.rule(office, **conditions)
    with pytest.raises(BrokenRules) as error:
        check(factories.rule("office", kind="gap"), broken)
    assert str(error.value) == f"rule {broken.key!r}: {fault}"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"field": "poverty-weather"}, "field 'poverty-weather' does not belong to plan 'poverty'"),
        ({"plan": "integration"}, "field 'poverty-housing' does not belong to plan 'integration'"),
        ({"measures": ("m", "n")}, "there is no measure 'n'"),
        ({"because": factories.Localized(en="Because.")}, "the reason is missing in German"),
        (
            {"valid_from": date(2026, 11, 2), "valid_until": date(2026, 11, 1)},
            "its validity ends before it begins",
        ),
    ],
)
def test_so_is_one_that_leads_to_nothing_known(changes, fault):
    sound = factories.rule("office", kind="gap")
    values = {name: getattr(sound, name) for name in Rule.__slots__}
    with pytest.raises(BrokenRules) as error:
        check(Rule(**values | changes))
    assert str(error.value) == f"rule {sound.key!r}: {fault}"


def test_two_rules_may_share_a_priority_but_not_a_key():
    one, other = factories.rule("office", 5, kind="gap"), factories.rule("office", 5, kind="idea")
    assert sorted(rule.key for rule in check(one, other).rules) == sorted([one.key, other.key])
    with pytest.raises(BrokenRules, match=rf"rule '{one.key}': the key is used twice"):
        check(one, replace(other, key=one.key))


def test_an_unknown_fallback_is_broken():
    with pytest.raises(BrokenRules, match="fallback: there is no office 'nobody'"):
        check(fallback="nobody")
