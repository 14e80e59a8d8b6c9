"""The active rules and the desks that can receive, kept in memory until either changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.accounts import queries as accounts
from app.core.clock import today
from app.core.database import db
from app.core.revisions import remembered
from app.directory import queries as directory
from app.privacy import queries as privacy
from app.routing.domain import BrokenRules, Desk, Rule, Rules
from app.routing.models import RuleRow, RuleSet


@remembered("routing")
def rules() -> Rules:
    """The active rule set.

    Raises:
        BrokenRules: none is active.
    """
    active = db.session.scalars(select(RuleSet).where(RuleSet.active).order_by(RuleSet.id)).first()
    if active is None:
        message = "no rule set is active; load the city's content first"
        raise BrokenRules(message)
    rows = db.session.scalars(select(RuleRow).where(RuleRow.set_id == active.id).order_by(RuleRow.priority))
    return Rules(
        active.version,
        active.fallback,
        tuple(
            Rule(
                row.key,
                row.priority,
                {fact: frozenset(values) for fact, values in row.conditions.items()},
                row.office,
                row.plan,
                row.field,
                tuple(row.measures),
                row.because,
            )
            for row in rows
        ),
    )


def desks() -> Mapping[str, Desk]:
    """Every organisation; one is open when it receives, is confirmed and valid today, and somebody there can read."""
    return _desks_on(today())


@remembered("directory", "accounts", most=2)
def _desks_on(day: date) -> Mapping[str, Desk]:
    cards = directory.organisations().values()
    ids = [card.id for card in cards]
    people, reading = accounts.everybody(ids), accounts.member_principals(ids)
    holders = privacy.holders([card.principal_id for card in cards if card.principal_id])
    readers = {card.id: holders.get(card.principal_id or "", set()) & reading[card.id] for card in cards}
    return {
        card.key: Desk(
            card.key,
            card.parent,
            opens=card.receives and card.stands_on(day) and bool(readers[card.id]),
            independent=card.kind == "independent",
            people=frozenset(people[card.id]),
            readers=frozenset(readers[card.id]),
        )
        for card in cards
    }
