"""Rules as YAML, and back."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.codes import Ground, Kind, Topic
from app.core.texts import Localized
from app.routing.domain import BrokenRules, Rule, Rules, in_order
from app.routing.exchange import from_yaml, to_yaml
from app.routing.history import retold, told

JENA = Path("cities/jena/routing.yaml")

SMALL = """\
version: "1"
fallback: b
rules:
  - key: housing
    priority: 10
    valid_from: 2026-11-01
    when:
      topic: [housing]
      area: ["18", 4]
    then: {office: a, plan: p, field: f}
    because: {de: "Weil es um Wohnen geht."}
"""

keys = st.text("abc-1", min_size=1, max_size=5)
words = st.text(min_size=1, max_size=30).map(str.strip).filter(str.isprintable).filter(bool)
conditions = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.frozensets(st.sampled_from([str(one) for one in Kind]), min_size=1),
        "topic": st.frozensets(st.sampled_from([str(one) for one in Topic]), min_size=1),
        "grounds": st.frozensets(st.sampled_from([str(one) for one in Ground]), min_size=1),
        "area": st.frozensets(st.sampled_from(["18", "4", "ortsteil:18", "on", "1e3"]), min_size=1),
    },
)
rule_values = st.builds(
    Rule,
    key=keys,
    priority=st.integers(-5, 10_000),
    conditions=conditions,
    office=keys,
    plan=keys,
    field=keys,
    measures=st.lists(keys, max_size=3).map(tuple),
    because=st.dictionaries(st.sampled_from(["de", "de-simple", "en", "ar"]), words, min_size=1).map(Localized),
    valid_from=st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1)),
    valid_until=st.none() | st.dates(date(2025, 1, 1), date(2030, 1, 1)),
)


@given(st.lists(rule_values, unique_by=lambda rule: rule.key, max_size=4), words, keys)
def test_what_was_written_is_read_again(rules, version, fallback):
    whole = Rules(version, fallback, in_order(rules))
    assert from_yaml(to_yaml(whole)) == whole


@given(rule_values)
def test_the_history_tells_a_rule_as_it_was(rule):
    assert retold(told(rule)) == rule


def test_the_file_of_jena_is_of_the_same_shape():
    rules = from_yaml(JENA.read_text(encoding="utf-8"))
    assert from_yaml(to_yaml(rules)) == rules
    assert "grounds: [" in to_yaml(rules)
    assert "Weil Sie" in to_yaml(rules)


def test_numbers_of_areas_and_days_are_read_as_they_are_meant():
    rule = from_yaml(SMALL).rules[0]
    assert rule.conditions["area"] == {"18", "4"}
    assert (rule.valid_from, rule.valid_until, rule.measures) == (date(2026, 11, 1), None, ())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("priority: 10", "priority: ten", "line 5: rule 'housing': 'ten' is no whole number"),
        ("    priority: 10\n", "", "line 4: rule 'housing': 'priority' is missing"),
        ("2026-11-01", "soon", "line 6: rule 'housing': 'soon' is no day, such as 2026-11-23"),
        ("valid_from: 2026-11-01", "valid_from: [2026]", "line 6: rule 'housing': must be a text"),
        ("    when:", "    valid_until: 2026-10-01\n    when:",
         "line 7: rule 'housing': the validity ends before it begins"),
        ("[housing]", "[houses]", "line 8: rule 'housing': topic has no value 'houses'"),
        ("[housing]", "[]", "line 8: rule 'housing': condition 'topic' is empty"),
        ("[housing]", "housing", "line 8: rule 'housing': must hold a list"),
        ("topic:", "weather:", "line 8: rule 'housing': 'weather' has no meaning here"),
        ("field: f", "field: F f",
         "line 10: rule 'housing': 'F f' is no key: lower-case letters a-z, digits and hyphens"),
        ("field: f", "field: f, field: g", "line 10: rule 'housing': 'field' stands twice"),
        ("because: {de: ", "because: {de: [", "line 11: expected ',' or ']', but got '}'"),
        ('de: "Weil es um Wohnen geht."', "de: ''", "line 11: rule 'housing': must be a text"),
        ("  - key: housing\n    priority", "  - priority", "line 4: 'key' is missing"),
        ("fallback: b\n", "", "line 1: 'fallback' is missing"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_rule(old, new, message):
    assert old in SMALL
    with pytest.raises(BrokenRules) as error:
        from_yaml(SMALL.replace(old, new))
    assert str(error.value) == message


def test_a_key_that_stands_twice_is_named_with_both_lines():
    twice = SMALL + SMALL.split("rules:\n")[1]
    with pytest.raises(BrokenRules, match="line 12: rule 'housing': the key is used twice, first in line 4"):
        from_yaml(twice)


@pytest.mark.parametrize(
    "text", ["", "just words", "- a\n- b", "[" * 100_000, "a: !!python/object:os.system {}", "\x00"]
)
def test_what_holds_no_rules_is_refused(text):
    with pytest.raises(BrokenRules, match=r"^line 1"):
        from_yaml(text)
