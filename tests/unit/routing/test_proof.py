"""The proof covers every report: compared with going through all of them one by one."""

from dataclasses import replace
from datetime import date
from itertools import chain, combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.texts import Localized
from app.routing.domain import Decision, Desk, RoutingFacts, Rule, Rules, decide, settle
from app.routing.partition import Choice, Space
from app.routing.proof import STRUCTURAL, Fault, Flaw, prove, prove_days

BECAUSE = Localized({"de": "Weil."})


def rule(key, priority, office, field="f", **when):
    conditions = {name: frozenset(values) for name, values in when.items()}
    return Rule(key, priority, conditions, office, "p", field, (), BECAUSE)


def desk(key, parent=None, *, opens=True, readers=2, **more):
    return Desk(key, parent, opens, readers=frozenset(f"{key}-{number}" for number in range(readers)), **more)


def desks(*some):
    return {one.key: one for one in some}


SPACE = Space(
    {"gap": {"topic": Choice.one(["work", "housing"]), "target": Choice.some(["children", "newcomers"])}},
    ("a", "b"),
)
TWO = desks(desk("a"), desk("b"))
SOUND = Rules("1", "b", (rule("housing", 1, "a", topic=["housing"]),))


def flaws(rules, known=TWO, space=SPACE, fields=None):
    return {(fault.flaw, fault.about) for fault in prove(rules, known, space, fields or {"f": True}).faults}


def test_a_sound_set_holds_and_counts_every_report():
    proof = prove(SOUND, TWO, SPACE, {"f": True})
    assert proof.holds
    # Topic: two or none. Target group: any of two. Involved: any of two.
    assert proof.combinations == 3 * 4 * 4
    assert proof.kept == 3 * 4  # where both are involved


@pytest.mark.parametrize(
    ("rules", "known", "flaw", "about"),
    [
        (SOUND, desks(desk("a", opens=False), desk("b")), Flaw.CLOSED, "a"),
        (SOUND, desks(desk("a", readers=1), desk("b")), Flaw.FEW_READERS, "a"),
        (
            Rules("1", "b", (rule("all", 1, "a"), rule("housing", 2, "b", topic=["housing"]))),
            TWO, Flaw.UNREACHABLE, "housing",
        ),
        (Rules("1", "b", (rule("never", 1, "a", grounds=["age"]),)), TWO, Flaw.UNREACHABLE, "never"),
        (
            Rules("1", "b", (rule("one", 1, "a", topic=["work"]), rule("other", 1, "b", target=["children"]))),
            TWO, Flaw.OVERLAP, "one, other",
        ),
        (
            Rules("1", "b", (rule("broad", 1, "a", topic=["work"]), rule("x", 1, "b", topic=["housing"]),
                             rule("narrow", 1, "a", target=["children"], topic=["work"]))),
            TWO, Flaw.OVERLAP, "broad, narrow",
        ),
        (Rules("1", "b", ()), TWO, Flaw.FIELD, "f"),
        (SOUND, desks(desk("a", opens=False, expired=True), desk("b")), Flaw.EXPIRED, "a"),
        (SOUND, desks(desk("a"), desk("b", opens=False)), Flaw.CLOSED, "b"),
        (SOUND, desks(desk("a", opens=False, substitute="c"), desk("b"), desk("c", opens=False)), Flaw.CLOSED, "a"),
        (
            SOUND, desks(desk("a", opens=False, substitute="c"), desk("b"), desk("c", readers=1)),
            Flaw.FEW_READERS, "c",
        ),
        (SOUND, desks(desk("a", opens=False), desk("b", opens=False)), Flaw.NOWHERE, "b"),
    ],
)  # fmt: skip
def test_every_planted_fault_is_named(rules, known, flaw, about):
    assert (flaw, about) in flaws(rules, known)


def test_two_rules_of_one_priority_may_stand_side_by_side_when_no_report_meets_both():
    rules = Rules("1", "b", (rule("one", 1, "a", topic=["work"]), rule("other", 1, "b", topic=["housing"])))
    assert flaws(rules) == set()


@pytest.mark.parametrize("expired", [False, True])
def test_an_office_whose_substitute_is_open_may_be_closed(expired):
    away = desk("a", opens=False, expired=expired, substitute="c")
    assert flaws(SOUND, desks(away, desk("b"), desk("c"))) == set()


def test_a_decision_that_reached_an_involved_office_would_be_named(monkeypatch):
    blind = lambda facts, matching, rules, desks, out: settle(facts, matching, rules, desks, ())  # noqa: E731
    monkeypatch.setattr("app.routing.proof.settle", blind)
    assert flaws(SOUND) == {(Flaw.INVOLVED, "a"), (Flaw.INVOLVED, "b")}


def test_a_decision_that_forgot_a_desk_would_be_named(monkeypatch):
    lost = Decision(None, None, None, "1")
    monkeypatch.setattr("app.routing.proof.settle", lambda *_all: lost)
    assert (Flaw.NOWHERE, "a") in flaws(SOUND)


def test_only_faults_of_some_sorts_can_be_asked_for():
    proof = prove(Rules("1", "b", ()), desks(desk("b", readers=1)), SPACE, {"f": True})
    assert {fault.flaw for fault in proof.faults} == {Flaw.FEW_READERS, Flaw.FIELD}
    assert [fault.flaw for fault in proof.of(STRUCTURAL).faults] == [Flaw.FIELD]


def test_a_field_that_is_not_for_reports_need_not_be_reached():
    assert flaws(SOUND, fields={"f": True, "network": False}) == set()


def test_reports_about_every_desk_are_kept_and_no_fault():
    proof = prove(Rules("1", "a", ()), desks(desk("a"), desk("b", "a")), SPACE, {})
    assert proof.holds
    assert proof.kept == 3 * 3 * 4


def test_an_example_shows_the_fault():
    rules = Rules("1", "b", (rule("one", 1, "a", topic=["work"]), rule("other", 1, "b", target=["children"])))
    fault = next(fault for fault in prove(rules, TWO, SPACE, {"f": True}).faults if fault.flaw is Flaw.OVERLAP)
    assert isinstance(fault, Fault)
    assert fault.example is not None
    assert all(one.matches(fault.example) for one in rules.rules)


# Day by day ----------------------------------------------------------------------------------------------------------

DAYS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
FIRST, SECOND, THIRD = DAYS


def faults_by_day(rules, desks_on=lambda _day: TWO, days=DAYS):
    proof = prove_days(rules, desks_on, days, SPACE, {"f": True})
    assert proof.days == tuple(days)
    return {(fault.flaw, fault.about): fault.from_day for fault in proof.faults}


def test_every_report_is_covered_on_every_day():
    one = prove(SOUND, TWO, SPACE, {"f": True})
    several = prove_days(SOUND, lambda _day: TWO, DAYS, SPACE, {"f": True})
    assert several.combinations == 3 * one.combinations
    assert several.holds


def test_an_office_that_expires_later_is_named_with_the_day():
    gone = desks(desk("a", opens=False, expired=True), desk("b"))
    assert faults_by_day(SOUND, lambda day: TWO if day < SECOND else gone) == {(Flaw.EXPIRED, "a"): SECOND}
    assert faults_by_day(SOUND, lambda day: TWO if day > FIRST else gone) == {(Flaw.EXPIRED, "a"): None}


def test_a_rule_that_ends_takes_its_field_along_and_the_proof_says_when():
    ends = Rules("1", "b", (replace(SOUND.rules[0], valid_until=date(2026, 11, 30)),))
    assert faults_by_day(ends) == {(Flaw.FIELD, "f"): SECOND}


def test_a_rule_whose_time_is_over_is_unreachable():
    over = replace(SOUND.rules[0], key="over", valid_until=date(2026, 10, 31))
    assert faults_by_day(Rules("1", "b", (*SOUND.rules, over))) == {(Flaw.UNREACHABLE, "over"): None}


def test_a_rule_may_wait_and_stand_back_for_a_while_but_not_for_good():
    instead = rule("instead", 0, "b", topic=["housing"])
    for_a_while = replace(instead, valid_from=SECOND, valid_until=date(2026, 12, 31))
    assert faults_by_day(Rules("1", "b", (for_a_while, *SOUND.rules))) == {}
    for_good = replace(instead, valid_from=SECOND)
    assert faults_by_day(Rules("1", "b", (for_good, *SOUND.rules))) == {(Flaw.UNREACHABLE, "housing"): SECOND}


def test_rules_of_one_priority_overlap_only_where_both_hold():
    one, other = rule("one", 1, "a", topic=["work"]), rule("other", 1, "b", topic=["work"], target=["children"])
    until = replace(one, valid_until=date(2026, 11, 30))
    assert faults_by_day(Rules("1", "b", (until, replace(other, valid_from=SECOND)))) == {}
    assert faults_by_day(Rules("1", "b", (one, replace(other, valid_from=THIRD))))[Flaw.OVERLAP, "one, other"] == THIRD


# Compared with looking at every single report ------------------------------------------------------------------------

TOPICS, TARGETS, PEOPLE = ["t1", "t2"], ["g1", "g2", "g3"], ["p1", "p2", "p3", "p4"]
KEYS = "abcd"
whens = st.fixed_dictionaries(
    {},
    optional={
        "topic": st.sets(st.sampled_from(TOPICS), min_size=1),
        "target": st.sets(st.sampled_from(TARGETS), min_size=1),
        "kind": st.sets(st.sampled_from(["gap", "idea"]), min_size=1),
    },
)
offices = st.sampled_from(KEYS)


@st.composite
def worlds(draw):
    known = {
        key: Desk(
            key,
            draw(st.sampled_from([None, *KEYS[:place]])),
            draw(st.booleans()),
            independent=draw(st.sampled_from([False, False, False, True])),
            readers=draw(st.frozensets(st.sampled_from(PEOPLE))),
            substitute=draw(st.none() | offices),
            expired=draw(st.booleans()),
        )
        for place, key in enumerate(KEYS)
    }
    rules = tuple(
        rule(f"r{number}", draw(st.integers(1, 3)), draw(offices), draw(st.sampled_from(["f1", "f2"])), **when)
        for number, when in enumerate(draw(st.lists(whens, max_size=5)))
    )
    return Rules("1", draw(offices), rules), known


def every_report():
    subsets = list(chain.from_iterable(combinations(TARGETS, size) for size in range(len(TARGETS) + 1)))
    involved = list(chain.from_iterable(combinations(KEYS, size) for size in range(3)))
    for kind, topic, targets, about in product(["gap", "idea"], [None, *TOPICS], subsets, involved):
        yield RoutingFacts(kind, topic, targets=frozenset(targets), involved=frozenset(about))


def stood_in_for(key, known):
    """Whether an open desk of the city stands in for a closed one."""
    instead = known.get(known[key].substitute)
    return bool(instead and instead.opens and not instead.independent)


@given(worlds())
def test_it_finds_what_looking_at_every_single_report_finds(world):
    rules, known = world
    facts = {"topic": Choice.one(TOPICS), "target": Choice.some(TARGETS)}
    proof = prove(rules, known, Space({"gap": facts, "idea": facts}, tuple(KEYS)), {"f1": True, "f2": True})
    ordered = rules.on(FIRST)
    reports = list(every_report())
    decisions = [decide(report, ordered, known) for report in reports]
    assert proof.combinations == len(reports)
    assert proof.kept == sum(decision.office is None for decision in decisions)
    expected = set()
    for report, decision in zip(reports, decisions, strict=True):
        expected |= {(Flaw.FEW_READERS, key) for key in decision.readers if len(known[key].readers) < 2}
        if decision.rule:
            assert decision.rule == next(one for one in ordered.rules if one.matches(report))
        both = [one for one in ordered.rules if one.matches(report)]
        expected |= {
            (Flaw.OVERLAP, f"{one.key}, {other.key}")
            for one, other in combinations(both, 2)
            if one.priority == other.priority
        }
    closed = {one.closed for one in decisions if one.closed}
    closed |= {rules.fallback} - {key for key, one in known.items() if one.opens}
    expected |= {
        (Flaw.EXPIRED if known[key].expired else Flaw.CLOSED, key) for key in closed if not stood_in_for(key, known)
    }
    first = {decision.rule.key: decision.rule for decision in decisions if decision.rule}
    expected |= {(Flaw.UNREACHABLE, one.key) for one in rules.rules if one.key not in first}
    expected |= {(Flaw.FIELD, key) for key in ("f1", "f2") if key not in {one.field for one in first.values()}}
    if not any(one.opens and not one.independent for one in known.values()):
        expected.add((Flaw.NOWHERE, rules.fallback))
    assert {(fault.flaw, fault.about) for fault in proof.faults} == expected
    for fault in proof.faults:
        if fault.example is not None:
            assert fault.example in reports
