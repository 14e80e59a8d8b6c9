from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from app.core.clock import today
from app.core.database import db
from app.core.revisions import touch
from app.directory.models import Organisation
from app.privacy.models import Holding
from app.routing import queries, service
from app.routing.domain import BrokenRules
from app.routing.models import RuleRow, RuleSet
from tests import factories


def organisation(session, key):
    return session.scalars(select(Organisation).where(Organisation.key == key)).one()


def test_the_rules_of_the_city_lead_to_offices_that_exist(jena):
    rules = queries.rules()
    desks = queries.desks()
    assert rules.fallback in desks
    assert {rule.office for rule in rules.rules} <= set(desks)
    assert [rule.priority for rule in rules.rules] == sorted(rule.priority for rule in rules.rules)


def test_an_office_with_confirmed_staff_is_open(jena):
    desks = queries.desks()
    assert desks["ads"].opens
    assert not desks["auslaenderbehoerde"].opens
    assert desks["ezra"].independent
    assert not desks["ezra"].opens
    assert len(desks["ads"].readers) == 2
    assert desks["ads"].readers <= desks["ads"].people


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("receives", False),
        ("confirmed_on", None),
        ("valid_until", "yesterday"),
        ("principal_id", None),
    ],
)
def test_an_office_is_closed_when_one_thing_is_missing(session, jena, name, value):
    assert queries.desks()["ads"].opens
    setattr(organisation(session, "ads"), name, today() - timedelta(days=1) if value == "yesterday" else value)
    touch("directory")
    assert not queries.desks()["ads"].opens


def test_validity_ends_with_its_last_day(session, jena, clock):
    organisation(session, "ads").valid_until = today() + timedelta(days=1)
    touch("directory")
    assert queries.desks()["ads"].opens
    clock.forward(days=1)
    assert queries.desks()["ads"].opens
    clock.forward(days=1)
    assert not queries.desks()["ads"].opens


def test_an_office_is_closed_when_nobody_there_holds_its_key(session, jena):
    session.execute(delete(Holding).where(Holding.mailbox_id == jena.organisation("ads").principal_id))
    touch("accounts")
    assert not queries.desks()["ads"].opens


def test_an_office_is_closed_when_its_people_are_no_longer_active(session, jena):
    from app.accounts import queries as accounts

    for user in accounts.members(jena.organisation("ads").id):
        user.active = False
    touch("accounts")
    assert not queries.desks()["ads"].opens


def test_an_office_that_begins_later_is_closed_until_then(session, jena, clock):
    organisation(session, "ads").valid_from = today() + timedelta(days=1)
    touch("directory")
    assert not queries.desks()["ads"].opens
    assert not queries.desks()["ads"].expired
    assert queries.desks_on(today() + timedelta(days=1))["ads"].opens
    clock.forward(days=1)
    assert queries.desks()["ads"].opens


def test_a_desk_tells_its_substitute_and_when_its_validity_is_over(session, jena):
    row = organisation(session, "ads")
    row.valid_until, row.substitute_id = today(), organisation(session, "soziales").id
    touch("directory")
    assert (queries.desks()["ads"].substitute, queries.desks()["ads"].expired) == ("soziales", False)
    tomorrow = queries.desks_on(today() + timedelta(days=1))["ads"]
    assert (tomorrow.opens, tomorrow.expired) == (False, True)


def test_the_substitute_of_a_closed_office_reads_what_is_meant_for_it(session, jena):
    rule = next(rule for rule in queries.rules().rules if rule.key == "racism")
    facts = factories.facts(kind="discrimination", topic="leisure", grounds=frozenset({"skin_colour"}))
    assert service.decide_now(facts).office == rule.office == "ads"
    row = organisation(session, "ads")
    row.receives, row.substitute_id = False, organisation(session, "soziales").id
    touch("directory")
    decision = service.decide_now(facts)
    assert (decision.office, decision.stands_in_for, decision.rule) == ("soziales", "ads", rule)


def test_without_an_active_rule_set_nothing_is_decided(session, jena):
    session.execute(delete(RuleRow))
    session.execute(delete(RuleSet))
    touch("routing")
    with pytest.raises(BrokenRules, match="no rule set is active"):
        service.decide_now(factories.facts())


def test_deciding_asks_the_database_only_whether_something_changed(app, jena, count_statements):
    service.decide_now(factories.facts())
    with count_statements() as said:
        service.decide_now(factories.facts())
    assert all("core_revision" in statement for statement in said), said
    assert db.session.is_active
