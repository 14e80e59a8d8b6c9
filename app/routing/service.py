"""The verb of routing: decide, by the rules in force and the desks that are open."""

from __future__ import annotations

from app.routing import domain, queries
from app.routing.domain import Decision, RoutingFacts


def decide_now(facts: RoutingFacts) -> Decision:
    """The decision by the rules in force and the desks open today."""
    return domain.decide(facts, queries.rules(), queries.desks())
