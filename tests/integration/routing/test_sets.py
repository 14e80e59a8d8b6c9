"""Drafts, what comes in force, and what can never change again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import day_of, today
from app.routing import queries, sets
from app.routing.domain import BrokenRules
from app.routing.history import UnknownSet, retold
from app.routing.models import RuleChange, RuleRow, RuleSet
from app.routing.proof import Fault, Flaw, Proof
from tests import factories

SOUND = Proof(1, 0, ())
ME = "p-me"


@pytest.fixture
def draft(session, jena):
    return sets.new_draft(ME)


def new_rule(**changes):
    return replace(factories.rule("soziales", 7, kind="gap", area="18"), **{"key": "new"} | changes)


def in_force():
    return queries.set_in_force()


def test_a_draft_has_the_rules_in_force_and_changes_nothing(draft):
    before = queries.rules()
    assert queries.rules_of(draft.id) == replace(before, version=draft.version)
    assert queries.rules() == before
    card = queries.set_card(draft.id)
    assert (card.draft, card.active, card.based_on, card.made_by) == (True, False, before.version, ME)
    assert card.rules == len(before.rules)
    assert [(line.action, line.by) for line in queries.changes(draft.id)] == [("begun", ME)]


def test_versions_of_a_day_are_numbered(draft, clock):
    assert draft.version == f"{today()}.1"
    assert sets.new_draft(ME).version == f"{today()}.2"
    sets.discard(draft)
    assert sets.new_draft(ME).version == f"{today()}.1"
    clock.forward(days=1)
    assert sets.new_draft(ME).version == f"{today()}.1"


def test_a_rule_is_added_changed_and_removed_and_the_history_tells_who_and_why(draft):
    rule = new_rule(valid_from=date(2026, 12, 1), measures=("anti-discrimination-office",))
    renamed = replace(rule, key="renamed", priority=8)
    sets.put_rule(draft, rule, ME, "asked for")
    assert rule in queries.rules_of(draft.id).rules
    sets.put_rule(draft, renamed, ME, "better name", replaces="new")
    sets.remove_rule(draft, "renamed", "p-other", "no longer")
    assert queries.rules_of(draft.id).rules == queries.rules().rules
    lines = queries.changes(draft.id)
    assert [(line.action, line.rule, line.by, line.why) for line in lines[:3]] == [
        ("removed", "renamed", "p-other", "no longer"),
        ("put", "renamed", ME, "better name"),
        ("put", "new", ME, "asked for"),
    ]
    told = [(line.before and retold(line.before), line.after and retold(line.after)) for line in lines[:3]]
    assert told == [(renamed, None), (rule, renamed), (None, rule)]
    assert queries.set_card(draft.id).last_change == lines[0].id


def test_what_does_not_differ_leaves_no_line(draft):
    rules = queries.rules_of(draft.id)
    sets.put_rule(draft, rules.rules[0], ME, "", replaces=rules.rules[0].key)
    sets.set_fallback(draft, rules.fallback, ME, "")
    assert [line.action for line in queries.changes(draft.id)] == ["begun"]


def test_the_fallback_is_named(draft):
    before = draft.fallback
    sets.set_fallback(draft, "soziales", ME, "they asked")
    assert queries.rules_of(draft.id).fallback == "soziales"
    line = queries.changes(draft.id)[0]
    assert (line.action, line.before, line.after) == ("fallback", {"fallback": before}, {"fallback": "soziales"})


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        (
            lambda draft: sets.put_rule(draft, new_rule(office="nobody"), ME, ""),
            "rule 'new': there is no office 'nobody'",
        ),
        (lambda draft: sets.put_rule(draft, new_rule(key="racism"), ME, ""), "rule 'racism': the key is used twice"),
        (
            lambda draft: sets.put_rule(draft, new_rule(key="racism"), ME, "", replaces="gender"),
            "rule 'racism': the key is used twice",
        ),
        (
            lambda draft: sets.put_rule(draft, new_rule(), ME, "", replaces="nothing"),
            "rule 'nothing': there is no such rule",
        ),
        (lambda draft: sets.remove_rule(draft, "nothing", ME, ""), "rule 'nothing': there is no such rule"),
        (lambda draft: sets.set_fallback(draft, "ezra", ME, ""), "fallback: there is no office 'ezra'"),
        (
            lambda draft: sets.take_in(draft, factories.rules(new_rule(field="f"), fallback="ads"), ME, ""),
            "rule 'new': field 'f' does not belong to plan 'poverty'",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_named(draft, verb, message):
    with pytest.raises(BrokenRules) as error:
        verb(draft)
    assert str(error.value) == message
    assert [line.action for line in queries.changes(draft.id)] == ["begun"]


def test_a_file_takes_the_place_of_everything_and_the_history_tells_each_rule(draft):
    kept, changed, *_gone = queries.rules_of(draft.id).rules
    wanted = factories.rules(kept, replace(changed, priority=99), new_rule(), fallback="soziales")
    version = draft.version
    sets.take_in(draft, wanted, ME, "from the office")
    found = queries.rules_of(draft.id)
    assert (found.version, found.fallback) == (version, "soziales")
    assert {rule.key for rule in found.rules} == {kept.key, changed.key, "new"}
    lines = queries.changes(draft.id)
    assert {line.why for line in lines if line.action != "begun"} == {"from the office"}
    assert {line.rule for line in lines if line.action == "put"} == {changed.key, "new"}
    assert kept.key not in {line.rule for line in lines}
    assert "taken_in" in {line.action for line in lines}


def test_a_draft_that_is_thrown_away_leaves_nothing(draft, session):
    identity = draft.id
    sets.discard(draft)
    assert queries.set_card(identity) is None
    for table in (RuleRow, RuleChange):
        assert session.scalar(select(func.count()).select_from(table).where(table.set_id == identity)) == 0


def test_what_is_put_in_force_decides_from_the_next_report_on(draft):
    before = in_force()
    content = queries.rules_of(before.id)
    sets.put_rule(draft, new_rule(priority=-1), ME, "")
    assert queries.rules().version == before.version
    sets.put_in_force(draft, SOUND, "p-boss", "decided in the meeting")
    assert (queries.rules().version, queries.rules().rules[0].key) == (draft.version, "new")
    card = queries.set_card(draft.id)
    assert (card.active, card.draft, card.activated_by, card.why) == (True, False, "p-boss", "decided in the meeting")
    assert day_of(card.activated_at) == today()
    assert queries.rules_of(before.id) == content
    assert not queries.set_card(before.id).active
    assert [one.id for one in queries.sets()] == [draft.id, before.id]


def test_a_faulty_set_is_not_put_in_force_and_says_why(draft):
    proof = Proof(1, 0, (Fault(Flaw.UNREACHABLE, "new"),))
    version = in_force().version
    with pytest.raises(sets.Faulty, match="unreachable: new") as error:
        sets.put_in_force(draft, proof, ME, "")
    assert error.value.proof is proof
    assert (draft.draft, in_force().version) == (True, version)


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize(
    "verb",
    [
        lambda row: sets.put_rule(row, new_rule(), ME, ""),
        lambda row: sets.remove_rule(row, "racism", ME, ""),
        lambda row: sets.set_fallback(row, "ads", ME, ""),
        lambda row: sets.take_in(row, factories.rules(new_rule(), fallback="ads"), ME, ""),
        lambda row: sets.put_in_force(row, SOUND, ME, ""),
        sets.discard,
    ],
)
def test_what_is_or_was_in_force_never_changes(draft, verb, earlier):
    row = in_force()
    if earlier:
        sets.put_in_force(draft, SOUND, ME, "")
    content = queries.rules_of(row.id)
    with pytest.raises(sets.NotADraft):
        verb(row)
    assert queries.rules_of(row.id) == content


def test_going_back_is_a_draft_with_the_earlier_rules(draft):
    first = in_force()
    sets.remove_rule(draft, "racism", ME, "")
    sets.put_in_force(draft, SOUND, ME, "")
    back = sets.back_to(first.id, "p-other")
    assert (back.draft, back.based_on, back.made_by) == (True, first.version, "p-other")
    assert queries.rules_of(back.id) == replace(queries.rules_of(first.id), version=back.version)
    assert queries.rules().version == draft.version
    for verb in (sets.back_to, lambda identity, by: queries.rules_of(identity)):
        with pytest.raises(UnknownSet):
            verb(-1, ME)


def test_what_the_folder_brings_keeps_its_version_unless_a_decision_may_name_it(session, jena):
    one = sets.bring_in(factories.rules(factories.rule("soziales", kind="gap"), fallback="ads"), SOUND, "folder")
    assert (one.version, queries.rules().version) == ("test", "test")
    other = sets.bring_in(factories.rules(factories.rule("gesundheit", kind="gap"), fallback="ads"), SOUND, "folder")
    assert other.version == "test.2"
    assert [rule.office for rule in queries.rules().rules] == ["gesundheit"]
    assert [rule.office for rule in queries.rules_of(one.id).rules] == ["soziales"]
    assert session.scalar(select(func.count()).select_from(RuleSet).where(RuleSet.active)) == 1
    assert queries.last_from_folder().version == "test.2"


def test_a_rule_begins_and_ends_with_its_days(draft, clock):
    first = today() + timedelta(days=2)
    sets.put_rule(draft, new_rule(priority=-1, valid_from=first, valid_until=first), ME, "")
    sets.put_in_force(draft, SOUND, ME, "")
    found = []
    for _day in range(4):
        found.append("new" in {rule.key for rule in queries.rules().rules})
        clock.forward(days=1)
    assert found == [False, False, True, False]
