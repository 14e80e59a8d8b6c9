"""``flask routing``: the rules of Jena proved, written out and taken in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.clock import today
from app.core.revisions import touch
from app.directory.models import Organisation
from app.plans.models import Field
from app.routing import exchange, queries, sets
from app.routing.proof import Flaw, Proof
from app.workshop.proving import prove_rules


def run(app, *args):
    return app.test_cli_runner().invoke(args=["routing", *map(str, args)])


def change_office(session, key, **values):
    session.execute(update(Organisation).where(Organisation.key == key).values(**values))
    touch("directory")


def id_of(session, key):
    return session.scalars(select(Organisation.id).where(Organisation.key == key)).one()


def found(rules=None):
    return {(fault.flaw, fault.about): fault.from_day for fault in prove_rules(rules or queries.rules()).faults}


def changed(**of):
    """The rules in force, some of them changed: ``racism={"priority": 1}``."""
    rules = queries.rules()
    names = {key.replace("_", "-"): values for key, values in of.items()}
    return replace(rules, rules=tuple(replace(rule, **names.get(rule.key, {})) for rule in rules.rules))


def test_the_rules_of_jena_hold(app, session):
    answer = run(app, "prove")
    assert answer.exit_code == 0, answer.output
    assert "combinations, 0 dead ends, 0 conflicts, 0 unreachable, 0 fields without a case, 0 unknown" in answer.output
    assert prove_rules(queries.rules()).combinations > 1_000_000_000


def test_an_office_that_closes_is_named_with_an_example(app, session):
    change_office(session, "ads", receives=False)
    answer = run(app, "prove")
    assert answer.exit_code == 1
    assert "a rule names ads, which does not receive reports now; for example kind discrimination" in answer.output
    change_office(session, "ads", substitute_id=id_of(session, "soziales"))
    assert run(app, "prove").exit_code == 0


def test_each_planted_fault_is_named(session, jena):
    """The rules of Jena with one thing wrong at a time; ``from_day`` says when it begins."""
    assert found() == {}
    housing = {"topic": frozenset({"housing"})}
    assert found(changed(racism={"priority": 1})).keys() >= {
        (Flaw.UNREACHABLE, "racism-housing"), (Flaw.FIELD, "eccar-7"),
    }  # fmt: skip
    assert (Flaw.OVERLAP, "gender, racism") in found(changed(gender={"priority": 50}))
    # Ending a rule takes its field along, once its last day is over.
    last = today() + timedelta(days=3)
    ends = found(changed(racism_housing={"valid_until": last}))
    assert ends == {(Flaw.FIELD, "eccar-7"): last + timedelta(days=1)}
    unknown = found(changed(barrier={"office": "nobody", "conditions": housing}))
    assert (Flaw.UNKNOWN, "barrier: there is no office 'nobody'") in unknown
    assert (Flaw.CLOSED, "nobody") in unknown
    assert (Flaw.UNKNOWN, "fallback: there is no office 'ezra'") in found(replace(queries.rules(), fallback="ezra"))
    row = session.scalars(select(Field).where(Field.not_by_reports.is_not(None)).order_by(Field.key)).first()
    row.not_by_reports = None
    touch("plans")
    assert found() == {(Flaw.FIELD, row.key): None}


def test_an_office_that_will_expire_is_named_with_the_day(app, session):
    last = today() + timedelta(days=30)
    change_office(session, "gesundheit", valid_until=last)
    assert found() == {(Flaw.EXPIRED, "gesundheit"): last + timedelta(days=1)}
    answer = run(app, "prove")
    assert (
        f"the validity of gesundheit, which a rule names, is over; from {last + timedelta(days=1)} on" in answer.output
    )
    change_office(session, "gesundheit", substitute_id=id_of(session, "soziales"))
    assert found() == {}


def test_an_unconfirmed_office_and_one_with_a_single_reader_are_named(app, session, jena):
    from app.accounts import queries as accounts

    change_office(session, "soziales", confirmed_on=None)
    accounts.members(jena.organisation("ads").id)[0].active = False
    touch("accounts")
    assert found() == {(Flaw.CLOSED, "soziales"): None, (Flaw.FEW_READERS, "ads"): None}


def test_a_draft_or_a_file_is_proved_without_putting_it_in_force(app, session, tmp_path):
    draft = sets.new_draft(None)
    rule = next(rule for rule in queries.rules().rules if rule.key == "racism")
    sets.put_rule(draft, replace(rule, priority=1), None, "", replaces="racism")
    file = tmp_path / "rules.yaml"
    file.write_text(exchange.to_yaml(queries.rules_of(draft.id)), encoding="utf-8")
    for option in (("--set", draft.version), ("--file", file)):
        answer = run(app, "prove", *option)
        assert answer.exit_code == 1
        assert "no report ever gets to the rule racism-housing" in answer.output
    assert run(app, "prove").exit_code == 0
    assert run(app, "prove", "--set", draft.version, "--file", file).exit_code == 2
    assert "there is no set nothing" in run(app, "prove", "--set", "nothing").output


def test_sets_are_listed(app, session):
    before = queries.set_in_force()
    draft = sets.new_draft(None)
    lines = run(app, "list").output.splitlines()
    assert [line.split()[0] for line in lines] == [before.version, draft.version]
    assert ["in force" in line for line in lines] == [True, False]
    assert f"based on {before.version}" in lines[1]
    sets.put_in_force(draft, Proof(0, 0, ()), None, "")
    assert "earlier" in run(app, "list").output.splitlines()[1]


def test_a_set_is_written_out_and_taken_in_again(app, session, tmp_path):
    text = run(app, "export").output
    rules = queries.rules_of(queries.set_in_force().id)
    assert exchange.from_yaml(text) == rules
    file = tmp_path / "rules.yaml"
    file.write_text(text.replace("priority: 5\n", "priority: 6\n", 1), encoding="utf-8")
    answer = run(app, "import", file, "--why", "from the workshop")
    assert answer.exit_code == 0, answer.output
    draft = next(card for card in queries.sets() if card.draft)
    assert answer.output == f"{draft.version} is a draft with {len(rules.rules)} rules.\n"
    assert {line.why for line in queries.changes(draft.id) if line.rule} == {"from the workshop"}
    assert queries.rules() == rules.on(today())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("priority: 5\n", "priority: five\n", "line 5: rule 'racist-violence': 'five' is no whole number"),
        ("office: ads", "office: nobody", "rule 'racist-violence': there is no office 'nobody'"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(app, session, tmp_path, old, new, said):
    file = tmp_path / "rules.yaml"
    file.write_text(run(app, "export").output.replace(old, new, 1), encoding="utf-8")
    answer = run(app, "import", file, "--why", "no")
    assert answer.exit_code == 1
    assert f"Error: {file}: {said}" in answer.output
    (tmp_path / "other.yaml").write_bytes(b"\xff\xfe\xff")
    assert "is no UTF-8 text" in run(app, "prove", "--file", tmp_path / "other.yaml").output
