"""The proof covers every report: compared with going through all of them one by one."""

from itertools import chain, combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.texts import Localized
from app.routing.domain import Desk, RoutingFacts, Rule, Rules, decide
from app.routing.proof import Choice, Fault, Flaw, Space, prove

BECAUSE = Localized({"de": "Weil."})


def rule(key, priority, office, field="f", **when):
    conditions = {name: frozenset(values) for name, values in when.items()}
    return Rule(key, priority, conditions, office, "p", field, (), BECAUSE)


def desk(key, parent=None, *, opens=True, readers=2):
    return Desk(key, parent, opens, readers=frozenset(f"{key}-{number}" for number in range(readers)))


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
    # Topic: two or none. Target group: any of two. Involved: nobody or one of two.
    assert proof.combinations == 3 * 4 * 3
    assert proof.kept == 0


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
        (Rules("1", "b", ()), TWO, Flaw.FIELD, "f"),
    ],
)  # fmt: skip
def test_every_planted_fault_is_named(rules, known, flaw, about):
    assert (flaw, about) in flaws(rules, known)


def test_two_rules_of_one_priority_may_stand_side_by_side_when_no_report_meets_both():
    rules = Rules("1", "b", (rule("one", 1, "a", topic=["work"]), rule("other", 1, "b", topic=["housing"])))
    assert flaws(rules) == set()


def test_a_field_that_is_not_for_reports_need_not_be_reached():
    assert flaws(SOUND, fields={"f": True, "network": False}) == set()


def test_reports_about_every_desk_are_kept_and_no_fault():
    proof = prove(Rules("1", "a", ()), desks(desk("a"), desk("b", "a")), SPACE, {})
    assert proof.holds
    assert proof.kept == 2 * 3 * 4


def test_an_example_shows_the_fault():
    rules = Rules("1", "b", (rule("one", 1, "a", topic=["work"]), rule("other", 1, "b", target=["children"])))
    fault = next(fault for fault in prove(rules, TWO, SPACE, {"f": True}).faults if fault.flaw is Flaw.OVERLAP)
    assert isinstance(fault, Fault)
    assert fault.example is not None
    assert all(one.matches(fault.example) for one in rules.rules)


TOPICS, TARGETS, PEOPLE = ["t1", "t2"], ["g1", "g2", "g3"], ["p1", "p2", "p3", "p4"]
whens = st.fixed_dictionaries(
    {},
    optional={
        "topic": st.sets(st.sampled_from(TOPICS), min_size=1),
        "target": st.sets(st.sampled_from(TARGETS), min_size=1),
        "kind": st.sets(st.sampled_from(["gap", "idea"]), min_size=1),
    },
)
offices = st.sampled_from(["a", "b", "c"])


@st.composite
def worlds(draw):
    known = {
        key: Desk(
            key,
            draw(st.sampled_from([None, *"abc"[:place]])),
            draw(st.booleans()),
            readers=draw(st.frozensets(st.sampled_from(PEOPLE))),
        )
        for place, key in enumerate("abc")
    }
    rules = tuple(
        rule(f"r{number}", draw(st.integers(1, 3)), draw(offices), draw(st.sampled_from(["f1", "f2"])), **when)
        for number, when in enumerate(draw(st.lists(whens, max_size=5)))
    )
    return Rules("1", draw(offices), tuple(sorted(rules, key=lambda one: one.priority))), known


def every_report():
    subsets = list(chain.from_iterable(combinations(TARGETS, size) for size in range(len(TARGETS) + 1)))
    for kind, topic, targets, involved in product(["gap", "idea"], [None, *TOPICS], subsets, [None, *"abc"]):
        yield RoutingFacts(kind, topic, targets=frozenset(targets), involved=frozenset({involved} if involved else ()))


@given(worlds())
def test_it_finds_what_looking_at_every_single_report_finds(world):
    rules, known = world
    facts = {"topic": Choice.one(TOPICS), "target": Choice.some(TARGETS)}
    proof = prove(rules, known, Space({"gap": facts, "idea": facts}, tuple("abc")), {"f1": True, "f2": True})
    reports = list(every_report())
    decisions = [decide(report, rules, known) for report in reports]
    assert proof.combinations == len(reports)
    assert proof.kept == sum(decision.office is None for decision in decisions)
    found = {(fault.flaw, fault.about) for fault in proof.faults}
    few = {key for decision in decisions for key in decision.readers if len(known[key].readers) < 2}
    assert {about for flaw, about in found if flaw is Flaw.FEW_READERS} == few
    closed = {one.closed for one in decisions if one.closed}
    closed |= {rules.fallback} - {key for key, one in known.items() if one.opens}
    assert {about for flaw, about in found if flaw is Flaw.CLOSED} == closed
    reached = {decision.rule.key for decision in decisions if decision.rule}
    assert {about for flaw, about in found if flaw is Flaw.UNREACHABLE} == {one.key for one in rules.rules} - reached
    clash = any(
        one.priority == other.priority and one.matches(report) and other.matches(report)
        for report in reports
        for one, other in combinations(rules.rules, 2)
    )
    assert clash == any(flaw is Flaw.OVERLAP for flaw, _about in found)
