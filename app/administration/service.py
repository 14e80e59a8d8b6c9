"""The verbs of the administration: keep offices, choose for the city. Each leaves an entry in the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.service import mailboxes_by_office
from app.administration import queries
from app.administration.domain import Consequences, Office, check
from app.core import choices, languages, workdays
from app.core.codes import Kind
from app.core.database import db
from app.core.revisions import touch
from app.core.rows import bring_up_to_date
from app.core.texts import Localized
from app.core.workdays import ClosedDay
from app.directory import queries as directory
from app.directory.models import Organisation
from app.privacy import audit
from app.reports import deadlines, retention
from app.reports.deadlines import Days
from app.routing import queries as routing
from app.routing.domain import BrokenRules, Rules

CLOSED_DAYS = "closed_days"


class DayTaken(Exception):  # noqa: N818
    """The day is on the list already."""


def about_office(key: str) -> str:
    """What the audit trail says an entry about an office is about."""
    return f"office:{key}"


def about_choice(name: str) -> str:
    """What the audit trail says an entry about a choice is about."""
    return f"choice:{name}"


# Offices -------------------------------------------------------------------------------------------------------------


def add_office(actor: User, office: Office) -> None:
    """Add an organisation; it stands last.

    Raises:
        InTheWay: something about it cannot be.
    """
    check(office, queries.offices(), new=True)
    row = Organisation(key=office.key, kind=office.kind, position=queries.last_position() + 1, **_values(office))
    db.session.add(row)
    _note(actor, "office_added", row)


def change_office(actor: User, office: Office) -> None:
    """Bring an organisation up to date; routing goes by it from the next report on.

    Raises:
        InTheWay: something about it cannot be.
    """
    others = queries.offices()
    check(office, others, new=False)
    row, values = _row(office.key), _values(office)
    if office.confirmed_on and office.confirmed_on != row.confirmed_on:
        values["unconfirmed"] = []
    if bring_up_to_date(row, values):
        _note(actor, "office_changed", row)


def end_office(actor: User, office: Office, day: date | None) -> None:
    """Say on which day an organisation receives for the last time; None: it goes on. It stays known either way.

    Raises:
        InTheWay: the day lies before the first one.
    """
    check(office.until(day), queries.offices(), new=False)
    row = _row(office.key)
    if bring_up_to_date(row, {"valid_until": day}):
        _note(actor, "office_closed" if day else "office_reopened", row)


def _values(office: Office) -> dict[str, Any]:
    cards = directory.organisations()
    values: dict[str, Any] = {
        name: getattr(office, name)
        for name in (
            "name", "summary", "receives", "counselling", "url", "phone", "email", "address", "opening_hours",
            "confirmed_on", "valid_from", "valid_until",
        )
    }  # fmt: skip
    values["parent_id"] = cards[office.parent].id if office.parent else None
    values["substitute_id"] = cards[office.substitute].id if office.substitute else None
    return values


def _row(key: str) -> Organisation:
    row = directory.organisation_row(key)
    if row is None:
        raise LookupError(key)
    return row


def _note(actor: User, action: str, row: Organisation) -> None:
    db.session.flush()
    touch("directory")
    audit.note(action, actor=actor.principal_id, subject=about_office(row.key), office_id=row.id)


def consequences(actor: User, key: str) -> Consequences:
    """What hangs on an office."""
    offices, rules = queries.offices(), _rules()
    identity = directory.organisations()[key].id
    return Consequences(
        rules=tuple(rule.key for rule in rules.rules if rule.office == key) if rules else (),
        fallback=rules is not None and rules.fallback == key,
        people=len(accounts.members(identity)),
        cases=queries.open_cases(identity, mailboxes_by_office(actor)),
        beneath=tuple(one.key for one in offices.values() if one.parent == key),
        stands_in_for=tuple(one.key for one in offices.values() if one.substitute == key),
    )


def named_but_closed() -> tuple[str, ...]:
    """The offices that rules in force name and that receive nothing today, in the order of the directory."""
    rules, desks = _rules(), routing.desks()
    named = {rules.fallback, *(rule.office for rule in rules.rules)} if rules else set()
    return tuple(key for key, desk in desks.items() if key in named and not desk.opens)


def _rules() -> Rules | None:
    try:
        return routing.rules()
    except BrokenRules:
        return None


# Choices of the city -------------------------------------------------------------------------------------------------


def choose_retention(actor: User, months: Mapping[str, int] | None) -> None:
    """Keep closed reports for so many months by kind; None: as the operator has set."""
    _choose(actor, retention.CHOICE, dict(months) if months else None)


def goes_sooner(months: Mapping[str, int]) -> int:
    """How many reports the next purge would delete that it would not delete with the months of today."""
    return len(set(retention.due(months)) - set(retention.due()))


def choose_threshold(actor: User, least: int | None) -> None:
    """Publish no number below; None: as the operator has set."""
    _choose(actor, choices.THRESHOLD, least)


def choose_languages(actor: User, codes: Collection[str] | None) -> None:
    """Offer these languages to residents; None: all there are."""
    _choose(actor, languages.CHOICE, sorted(codes) if codes is not None else None)


def choose_deadlines(actor: User, days: Mapping[Kind, Days] | None) -> None:
    """Ask the offices to answer and conclude in so many working days; None: as the platform brings along."""
    plain = {str(kind): {"answer": one.answer, "conclusion": one.conclusion} for kind, one in (days or {}).items()}
    _choose(actor, deadlines.CHOICE, plain or None)


def _choose(actor: User, name: str, value: object) -> None:
    choices.choose(name, value, actor.principal_id)
    audit.note(f"{name}_chosen", actor=actor.principal_id, subject=about_choice(name))


def close_day(actor: User, day: date, name: Localized) -> None:
    """Say that the offices do not work on a day.

    Raises:
        DayTaken: it is on the list already.
    """
    if day in workdays.closed_days():
        raise DayTaken
    db.session.add(ClosedDay(day=day, name=name, made_by=actor.principal_id))
    _note_day(actor, "closed_day_added")


def open_day(actor: User, day: date) -> Localized | None:
    """Take a closed day back; gives its name, None where it is not on the list."""
    row = db.session.get(ClosedDay, day)
    if row is None:
        return None
    name = row.name
    db.session.delete(row)
    _note_day(actor, "closed_day_removed")
    return name


def _note_day(actor: User, action: str) -> None:
    db.session.flush()
    touch("workdays")
    audit.note(action, actor=actor.principal_id, subject=about_choice(CLOSED_DAYS))
