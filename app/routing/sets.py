"""The verbs on rule sets: work on a draft, put it in force, go back. What once was in force is never changed."""

from __future__ import annotations

from itertools import count
from typing import Any

from app.core.clock import now, today
from app.core.database import db
from app.core.revisions import touch
from app.routing import queries
from app.routing.domain import BrokenRules, Rule, Rules, checked, faults_of
from app.routing.history import Deed, UnknownSet, told
from app.routing.models import RuleChange, RuleRow, RuleSet
from app.routing.proof import Proof


class NotADraft(Exception):  # noqa: N818
    """Somebody wants to change a set that is or was in force."""


class Faulty(Exception):  # noqa: N818
    """A set must not be put in force: its proof does not hold."""

    def __init__(self, proof: Proof) -> None:
        """Carry the proof, which names what is wrong."""
        super().__init__("; ".join(f"{fault.flaw.value}: {fault.about}" for fault in proof.faults))
        self.proof = proof


def new_draft(by: str | None, based_on: int | None = None) -> RuleSet:
    """Begin a draft with the content of a set; without one, with that of the set in force.

    Raises:
        UnknownSet: there is no such set, or none in force.
    """
    source = queries.set_in_force() if based_on is None else db.session.get(RuleSet, based_on)
    if source is None:
        raise UnknownSet(based_on)
    draft = _begin(_free_version(today().isoformat(), numbered=True), source.fallback, by, source.version)
    _add_rules(draft, queries.rules_of(source.id))
    _note(draft, Deed.BEGUN, by, why="")
    return draft


def back_to(set_id: int, by: str | None) -> RuleSet:
    """Begin a draft with the content of an earlier set. It is proved and put in force like any other.

    Raises:
        UnknownSet: there is no such set.
    """
    return new_draft(by, set_id)


def put_rule(draft: RuleSet, rule: Rule, by: str | None, why: str, replaces: str | None = None) -> None:
    """Add a rule to a draft, or put it in the place of the one with the key ``replaces``.

    Raises:
        NotADraft: the set is or was in force.
        BrokenRules: the rule names something unknown, its key is taken, or there is nothing to replace.
    """
    _must_be_draft(draft)
    for fault in faults_of(rule, queries.known()):
        raise BrokenRules(f"rule {rule.key!r}: {fault}")
    if rule.key != replaces and queries.rule_row(draft.id, rule.key) is not None:
        raise BrokenRules(f"rule {rule.key!r}: the key is used twice")
    if replaces is None:
        db.session.add(RuleRow(set_id=draft.id, **_columns(rule)))
        _note(draft, Deed.PUT, by, why, rule.key, after=told(rule))
        return
    row, before = _row_and_rule(draft, replaces)
    if before == rule:
        return
    for name, value in _columns(rule).items():
        setattr(row, name, value)
    _note(draft, Deed.PUT, by, why, rule.key, told(before), told(rule))


def remove_rule(draft: RuleSet, key: str, by: str | None, why: str) -> None:
    """Take a rule out of a draft.

    Raises:
        NotADraft: the set is or was in force.
        BrokenRules: it has no such rule.
    """
    _must_be_draft(draft)
    row, before = _row_and_rule(draft, key)
    db.session.delete(row)
    _note(draft, Deed.REMOVED, by, why, key, before=told(before))


def set_fallback(draft: RuleSet, key: str, by: str | None, why: str) -> None:
    """Say which desk takes what no rule matches, and reads besides everybody else.

    Raises:
        NotADraft: the set is or was in force.
        BrokenRules: there is no such office.
    """
    _must_be_draft(draft)
    if key not in queries.known().offices:
        raise BrokenRules(f"fallback: there is no office {key!r}")
    if key != draft.fallback:
        before, draft.fallback = draft.fallback, key
        _note(draft, Deed.FALLBACK, by, why, before={"fallback": before}, after={"fallback": key})


def take_in(draft: RuleSet, rules: Rules, by: str | None, why: str) -> None:
    """Put the content of a file in the place of everything in a draft, which keeps its version.

    The history shows each rule that differs.

    Raises:
        NotADraft: the set is or was in force.
        BrokenRules: naming the first broken rule.
    """
    _must_be_draft(draft)
    wanted = checked(rules, queries.known())
    before = {rule.key: rule for rule in queries.rules_of(draft.id).rules}
    after = {rule.key: rule for rule in wanted.rules}
    _note(draft, Deed.TAKEN_IN, by, why)
    set_fallback(draft, wanted.fallback, by, why)
    for key in sorted(before.keys() - after.keys()):
        remove_rule(draft, key, by, why)
    for key, rule in after.items():
        put_rule(draft, rule, by, why, replaces=key if key in before else None)


def discard(draft: RuleSet) -> None:
    """Throw a draft away, with its rules and its history.

    Raises:
        NotADraft: the set is or was in force.
    """
    _must_be_draft(draft)
    db.session.delete(draft)
    db.session.flush()


def put_in_force(draft: RuleSet, proof: Proof, by: str | None, why: str) -> None:
    """Let a draft decide from now on. The set before it stays as it is, for the decisions that name it.

    Raises:
        NotADraft: the set is or was in force.
        Faulty: the proof does not hold.
    """
    before = queries.set_in_force(locked=True)
    _must_be_draft(draft)
    if not proof.holds:
        raise Faulty(proof)
    if before is not None:
        before.active = False
        db.session.flush()
    draft.active, draft.draft = True, False
    draft.activated_at, draft.activated_by, draft.why = now(), by, why
    _note(draft, Deed.IN_FORCE, by, why)
    touch("routing")


def bring_in(rules: Rules, proof: Proof, why: str) -> RuleSet:
    """Put the rules of the city's folder in force, under their own version.

    A version that is taken gets a number behind it, because decisions name the set that has it.

    Raises:
        BrokenRules: naming the first broken rule.
        Faulty: the proof does not hold.
    """
    before = queries.set_in_force(locked=True)
    draft = _begin(_free_version(rules.version), rules.fallback, None, before.version if before else None)
    _add_rules(draft, checked(rules, queries.known()))
    put_in_force(draft, proof, None, why)
    return draft


def _must_be_draft(row: RuleSet) -> None:
    if not row.draft:
        raise NotADraft(row.version)


def _begin(version: str, fallback: str, by: str | None, based_on: str | None) -> RuleSet:
    draft = RuleSet(version=version, fallback=fallback, draft=True, made_by=by, based_on=based_on)
    db.session.add(draft)
    db.session.flush()
    return draft


def _free_version(wanted: str, *, numbered: bool = False) -> str:
    """The version itself or, where it is taken or every one gets a number, with the next free number."""
    taken = queries.versions()
    if not numbered and wanted not in taken:
        return wanted
    numbers = count(1 if numbered else 2)
    return next(version for number in numbers if (version := f"{wanted}.{number}") not in taken)


def _add_rules(draft: RuleSet, rules: Rules) -> None:
    db.session.add_all(RuleRow(set_id=draft.id, **_columns(rule)) for rule in rules.rules)
    db.session.flush()


def _columns(rule: Rule) -> dict[str, Any]:
    return {
        "key": rule.key,
        "priority": rule.priority,
        "conditions": {fact: sorted(values) for fact, values in rule.conditions.items()},
        "office": rule.office,
        "plan": rule.plan,
        "field": rule.field,
        "measures": list(rule.measures),
        "because": rule.because,
        "valid_from": rule.valid_from,
        "valid_until": rule.valid_until,
    }


def _row_and_rule(draft: RuleSet, key: str) -> tuple[RuleRow, Rule]:
    row = queries.rule_row(draft.id, key)
    if row is None:
        raise BrokenRules(f"rule {key!r}: there is no such rule")
    return row, queries.rule_in(row)


def _note(draft: RuleSet, deed: Deed, by: str | None, why: str, rule: str | None = None,
          before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> None:  # fmt: skip
    db.session.add(
        RuleChange(set_id=draft.id, by=by, action=deed.value, rule=rule, before=before, after=after, why=why)
    )
    db.session.flush()
