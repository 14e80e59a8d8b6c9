"""The weekly mail: how many cases are open, overdue and waiting for an answer. Numbers only, to who wants it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from app.accounts import queries as accounts
from app.accounts.domain import RoleName
from app.accounts.models import User
from app.core.clock import day_of, now, start_of
from app.core.database import db
from app.directory import queries as directory
from app.notifications import queries as outbox
from app.notifications import service as notifications
from app.reports.deadlines import city_calendar
from app.triage.domain import Reach
from app.triage.overdue import queries
from app.triage.overdue.domain import opens_the_week

KIND = "digest"

MORNING = timedelta(hours=6)
"""After midnight; nobody is woken by a mail."""


def send_digest() -> int:
    """Write the weekly mails in the morning of the week's first working day; gives how many.

    Done again on the same day it writes only those that are missing. Commits person by person.
    """
    moment = now()
    midnight = start_of(day_of(moment))
    if moment < midnight + MORNING or not opens_the_week(moment, city_calendar()):
        return 0
    have_it = outbox.got(KIND, midnight)
    wanting = [user for user in accounts.users() if user.active and user.digest and user.id not in have_it]
    return sum(_send(user) for user in wanting if any(role.name == RoleName.READER for role in user.roles))


def _send(user: User) -> bool:
    week = queries.week(_reach(user), now())
    if week:
        notifications.tell_people(KIND, [user.id], None, asdict(week))
        db.session.commit()
    return bool(week)


def _reach(user: User) -> Reach:
    """The ways to cases that somebody has, as far as they can be told without their keys."""
    reads = frozenset(one.organisation_id for one in user.memberships if one.reads)
    mailboxes = [card.principal_id for card in directory.organisations().values() if card.principal_id]
    offices = accounts.offices_of([*mailboxes, *accounts.retired_mailboxes()])
    mine = frozenset(mailbox for mailbox, office in offices.items() if office in reads)
    belongs_to = frozenset(one.organisation_id for one in user.memberships)
    return Reach(mine, reads, str(user.principal_id), belongs_to)
