"""The mails to partners: who gets them, when, and how each is stopped. Counts and an address, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.accounts import queries as accounts
from app.accounts.domain import permissions_of
from app.accounts.models import User
from app.core.clock import day_of, now, start_of, today
from app.core.database import db
from app.core.permissions import Permission
from app.directory import queries as directory
from app.notifications import service as notifications
from app.partners import queries
from app.partners.models import Preference
from app.partners.services.domain import due
from app.reports.deadlines import city_calendar

REMINDER = "services_due"

MORNING = timedelta(hours=6)
"""After midnight; nobody is woken by a mail."""

MONTH = timedelta(days=30)
"""So long nobody is reminded a second time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails somebody wants."""

    reminders: bool = True
    growth: bool = True


def wanted(user_id: int) -> Wanted:
    """Which mails somebody wants; whoever has said nothing wants them all."""
    row = queries.preference(user_id)
    return Wanted() if row is None else Wanted(row.reminders, row.growth)


def want(user_id: int, choice: Wanted) -> None:
    """Order these mails and stop the others."""
    row = _row(user_id)
    row.reminders, row.growth = choice.reminders, choice.growth
    db.session.flush()


def _row(user_id: int) -> Preference:
    row = queries.preference(user_id)
    if row is None:
        row = Preference(user_id=user_id, reminders=True, growth=True)
        db.session.add(row)
    return row


def partners() -> list[User]:
    """Everybody active who keeps services."""
    return [
        user
        for user in accounts.users()
        if user.active and Permission.KEEP_SERVICES in permissions_of(role.name for role in user.roles)
    ]


def is_time_for_mail() -> bool:
    """Whether it is a working day, and no longer night."""
    moment = now()
    day = day_of(moment)
    return moment >= start_of(day) + MORNING and city_calendar().works(day)


def remind() -> int:
    """Remind partners of services that are due, each at most once a month; gives how many mails were written.

    Commits person by person.
    """
    return sum(_remind(user) for user in partners()) if is_time_for_mail() else 0


def _remind(user: User) -> bool:
    row, day = queries.preference(user.id), today()
    if row is not None and (not row.reminders or (row.reminded_on is not None and day - row.reminded_on < MONTH)):
        return False
    kept = directory.kept_services([one.organisation_id for one in user.memberships])
    waiting = sum(one.offered and due(one.card.confirmed_on, day) for one in kept)
    if not waiting:
        return False
    _row(user.id).reminded_on = day
    db.session.flush()
    notifications.tell_people(REMINDER, [user.id], None, {"due": waiting})
    db.session.commit()
    return True
