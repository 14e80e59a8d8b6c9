"""Moving a rule of a draft by one place: the two rules exchange their priorities."""

from __future__ import annotations

from dataclasses import replace

from app.routing import sets
from app.routing.domain import Rules
from app.routing.models import RuleSet


def move(draft: RuleSet, rules: Rules, key: str, by: str, *, up: bool) -> bool:
    """Move a rule up or down; says whether there was a place to move to.

    Where both have the same priority, only the moved rule gets another one: between them there is no order to exchange.
    """
    order = [rule.key for rule in rules.rules]
    place = order.index(key) if key in order else -1
    goal = place + (-1 if up else 1)
    if place < 0 or not 0 <= goal < len(order):
        return False
    moved, passed = rules.rules[place], rules.rules[goal]
    if moved.priority == passed.priority:
        priority = moved.priority + (-1 if up else 1)
    else:
        priority = passed.priority
        sets.put_rule(draft, replace(passed, priority=moved.priority), by, "", replaces=passed.key)
    sets.put_rule(draft, replace(moved, priority=priority), by, "", replaces=moved.key)
    return True
