"""The rules in force, every other set with its history, and the desks that can receive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.core.clock import today
from app.core.database import db
from app.core.revisions import remembered
from app.directory import queries as directory
from app.places import queries as places
from app.plans import queries as plans
from app.privacy import queries as privacy
from app.routing.domain import BrokenRules, Desk, Known, Rule, Rules
from app.routing.history import ChangeLine, SetCard, UnknownSet
from app.routing.models import RuleChange, RuleRow, RuleSet


def rules() -> Rules:
    """The rules in force today.

    Raises:
        BrokenRules: no set is in force.
    """
    return _rules_on(today())


@remembered("routing", most=2)
def _rules_on(day: date) -> Rules:
    active = set_in_force()
    if active is None:
        message = "no rule set is active; load the city's content first"
        raise BrokenRules(message)
    return _content(active).on(day)


def rules_of(set_id: int) -> Rules:
    """All rules of a set, whatever the day, by priority and key.

    Raises:
        UnknownSet: there is none.
    """
    row = db.session.get(RuleSet, set_id)
    if row is None:
        raise UnknownSet(set_id)
    return _content(row)


def _content(row: RuleSet) -> Rules:
    rows = db.session.scalars(select(RuleRow).where(RuleRow.set_id == row.id).order_by(RuleRow.priority, RuleRow.key))
    return Rules(row.version, row.fallback, tuple(rule_in(one) for one in rows))


def rule_in(row: RuleRow) -> Rule:
    """The rule that a row holds."""
    return Rule(
        row.key,
        row.priority,
        {fact: frozenset(values) for fact, values in row.conditions.items()},
        row.office,
        row.plan,
        row.field,
        tuple(row.measures),
        row.because,
        row.valid_from,
        row.valid_until,
    )


def sets() -> Sequence[SetCard]:
    """Every set: the one in force, then drafts, then the others; newer before older."""
    order = (RuleSet.active.desc(), RuleSet.draft.desc(), RuleSet.created_at.desc(), RuleSet.id.desc())
    rows = db.session.scalars(select(RuleSet).order_by(*order)).all()
    return _cards(rows)


def set_card(set_id: int) -> SetCard | None:
    """One set."""
    row = db.session.get(RuleSet, set_id)
    return _cards([row])[0] if row else None


def _cards(rows: Sequence[RuleSet]) -> list[SetCard]:
    ids = [row.id for row in rows]
    count = select(RuleRow.set_id, func.count()).where(RuleRow.set_id.in_(ids)).group_by(RuleRow.set_id)
    last = select(RuleChange.set_id, func.max(RuleChange.id)).where(RuleChange.set_id.in_(ids))
    rules_in = {found: number for found, number in db.session.execute(count.order_by(RuleRow.set_id))}  # noqa: C416
    changed = db.session.execute(last.group_by(RuleChange.set_id).order_by(RuleChange.set_id))
    latest = {found: change for found, change in changed}  # noqa: C416
    return [
        SetCard(
            id=row.id,
            version=row.version,
            fallback=row.fallback,
            active=row.active,
            draft=row.draft,
            rules=rules_in.get(row.id, 0),
            based_on=row.based_on,
            created_at=row.created_at,
            made_by=row.made_by,
            activated_at=row.activated_at,
            activated_by=row.activated_by,
            why=row.why,
            last_change=latest.get(row.id),
        )
        for row in rows
    ]


def changes(set_id: int) -> Sequence[ChangeLine]:
    """What was changed in a set, the latest first."""
    rows = db.session.scalars(select(RuleChange).where(RuleChange.set_id == set_id).order_by(RuleChange.id.desc()))
    return [ChangeLine(row.id, row.at, row.by, row.action, row.rule, row.before, row.after, row.why) for row in rows]


def set_in_force(*, locked: bool = False) -> RuleSet | None:
    """The set that decides now; ``locked`` lets nobody else put another in force until the transaction ends."""
    query = select(RuleSet).where(RuleSet.active).order_by(RuleSet.id)
    return db.session.scalars(query.with_for_update() if locked else query).first()


def set_named(version: str) -> RuleSet | None:
    """The set of a version."""
    return db.session.scalars(select(RuleSet).where(RuleSet.version == version).order_by(RuleSet.id)).first()


def versions() -> frozenset[str]:
    """Every version that is taken."""
    return frozenset(db.session.scalars(select(RuleSet.version).order_by(RuleSet.version)))


def last_from_folder() -> RuleSet | None:
    """The newest set that came in force from the city's folder."""
    query = select(RuleSet).where(
        RuleSet.made_by.is_(None), RuleSet.activated_by.is_(None), RuleSet.activated_at.is_not(None)
    )
    return db.session.scalars(query.order_by(RuleSet.id.desc())).first()


def rule_row(set_id: int, key: str) -> RuleRow | None:
    """A rule to change."""
    return db.session.scalars(
        select(RuleRow).where(RuleRow.set_id == set_id, RuleRow.key == key).order_by(RuleRow.id)
    ).first()


def known() -> Known:
    """What rules may name in the city as it is now."""
    finest = str(places.city().facts["needs_level"])
    areas = {f"{level.key}:{area.key}" for level in places.levels() for area in places.areas(level.key)}
    return Known(
        offices=frozenset(key for key, card in directory.organisations().items() if card.kind == "office"),
        areas=frozenset(areas | {area.key for area in places.areas(finest)}),
        fields={one.key: one.plan for one in plans.fields()},
        measures=frozenset(one.key for one in plans.measures()),
    )


def desks() -> Mapping[str, Desk]:
    """Every organisation; one is open when it receives, is confirmed and valid today, and somebody there can read."""
    return desks_on(today())


@remembered("directory", "accounts")
def desks_on(day: date) -> Mapping[str, Desk]:
    """The desks as they are on a day, with the people of now."""
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
            substitute=card.substitute,
            expired=card.valid_until is not None and card.valid_until < day,
        )
        for card in cards
    }
