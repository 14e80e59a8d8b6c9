from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

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


def test_a_new_rule_set_takes_over_at_once(session, jena):
    service.activate(factories.rules(factories.rule("soziales", kind="gap"), fallback="ads"))
    assert queries.rules().version == "test"
    decision = service.decide_now(factories.facts())
    assert (decision.office, decision.reserve, decision.version) == ("soziales", "ads", "test")


def test_a_rule_set_of_the_same_version_is_replaced(session, jena):
    for office in ("soziales", "gesundheit"):
        service.activate(factories.rules(factories.rule(office, kind="gap"), fallback="ads"))
    assert session.scalar(select(func.count()).select_from(RuleSet).where(RuleSet.version == "test")) == 1
    assert [rule.office for rule in queries.rules().rules] == ["gesundheit"]
    assert session.scalar(select(func.count()).select_from(RuleSet).where(RuleSet.active)) == 1


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
