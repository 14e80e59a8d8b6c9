"""What would have become of past reports by other rules."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.routing.domain import Rules, decide
from app.routing.replay import replay
from tests import factories

OFFICES = ["a", "b", "c"]
DESKS = factories.desks("a", "b", closed=("c",))

reports = st.lists(
    st.builds(
        factories.facts,
        kind=st.sampled_from(["gap", "idea"]),
        topic=st.sampled_from(["housing", "work", None]),
        involved=st.frozensets(st.sampled_from(OFFICES), max_size=2),
    ),
    max_size=30,
)
rule_sets = st.lists(
    st.tuples(st.sampled_from(OFFICES), st.sampled_from(["gap", "idea"])), max_size=3
).flatmap(
    lambda pairs: st.sampled_from(OFFICES).map(
        lambda fallback: factories.rules(*(factories.rule(one, kind=kind) for one, kind in pairs), fallback=fallback)
    )
)  # fmt: skip


@given(reports, rule_sets, rule_sets)
def test_it_counts_what_deciding_each_report_twice_counts(past, before, after):
    found = replay(iter(past), before, after, DESKS)
    ways = [(decide(one, before, DESKS).office, decide(one, after, DESKS).office) for one in past]
    assert found.total == len(past)
    assert found.moved == Counter(way for way in ways if way[0] != way[1])
    assert found.load == {
        office: (sum(old == office for old, _new in ways), sum(new == office for _old, new in ways))
        for office in {office for way in ways for office in way if office}
    }
    assert found.moved.keys() == found.examples.keys()
    for way, example in found.examples.items():
        assert (decide(example, before, DESKS).office, decide(example, after, DESKS).office) == way


def test_the_same_rules_move_nothing():
    rules = factories.rules(factories.rule("a", kind="gap"), fallback="b")
    found = replay([factories.facts()] * 3, rules, Rules("other", "b", rules.rules), DESKS)
    assert (found.total, found.moved, found.load) == (3, {}, {"a": (3, 3)})
