"""The active rules and the desks that can receive, kept in memory until either changes."""

from __future__ import annotations

from collections.abc import Mapping

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
    """Every office; one is open when it receives, is confirmed and valid today, and somebody there holds its key."""
    return _desks_on(today().toordinal())


@remembered("directory", "accounts", most=2)
def _desks_on(day: int) -> Mapping[str, Desk]:
    offices = [card for card in directory.organisations().values() if card.kind == "office"]
    people = accounts.member_principals([card.id for card in offices])
    holders = privacy.holders([card.principal_id for card in offices if card.principal_id])
    return {
        card.key: Desk(
            card.key,
            card.parent,
            opens=card.receives
            and card.confirmed_on is not None
            and (card.valid_until is None or card.valid_until.toordinal() >= day)
            and card.principal_id is not None
            and bool(holders[card.principal_id] & people[card.id]),
        )
        for card in offices
    }
