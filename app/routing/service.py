"""The verbs of routing: decide, and put a rule set in force."""

from __future__ import annotations

from sqlalchemy import delete, update

from app.core.database import db
from app.core.revisions import touch
from app.routing import domain, queries
from app.routing.domain import Decision, RoutingFacts, Rules
from app.routing.models import RuleRow, RuleSet


def decide_now(facts: RoutingFacts) -> Decision:
    """The decision by the rules in force and the desks open today."""
    return domain.decide(facts, queries.rules(), queries.desks())


def activate(rules: Rules) -> None:
    """Put a checked rule set in force; one of the same version is replaced."""
    db.session.execute(update(RuleSet).values(active=False))
    db.session.execute(delete(RuleSet).where(RuleSet.version == rules.version))
    active = RuleSet(version=rules.version, fallback=rules.fallback, active=True)
    db.session.add(active)
    db.session.flush()
    db.session.add_all(
        RuleRow(
            set_id=active.id,
            key=rule.key,
            priority=rule.priority,
            conditions={fact: sorted(values) for fact, values in rule.conditions.items()},
            office=rule.office,
            plan=rule.plan,
            field=rule.field,
            measures=list(rule.measures),
            because=rule.because,
        )
        for rule in rules.rules
    )
    db.session.flush()
    touch("routing")
