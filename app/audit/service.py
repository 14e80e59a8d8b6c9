"""The trail in words, and its daily head on the way to the administrators."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts.service import mailboxes_by_office
from app.audit import queries
from app.audit.domain import Line, Place
from app.core.clock import today
from app.core.languages import in_language
from app.directory import queries as directory
from app.notifications import service as notifications
from app.privacy import audit
from app.privacy.models import AuditEntry
from app.reports.domain import NUMBER


def lines(entries: Sequence[AuditEntry]) -> tuple[Line, ...]:
    """Entries with the titles of desks and the names of mailboxes instead of opaque names."""
    named = {one for entry in entries for one in (entry.actor, entry.subject) if one}
    titles = accounts.titles(named)
    offices = accounts.offices_of(named)
    return tuple(
        Line(
            at=entry.at,
            who=None if entry.actor is None else titles.get(entry.actor, _("An account that no longer exists")),
            action=entry.action,
            about=_about(entry.subject, titles, offices),
            office_id=entry.office_id,
            place=Place.of(entry.at, entry.digest),
        )
        for entry in entries
    )


def _about(subject: str | None, titles: dict[str, str], offices: dict[str, int]) -> str:
    """A case number, a desk or the office of a mailbox; an opaque name says nothing to anybody."""
    if subject is None:
        return ""
    if subject in titles:
        return titles[subject]
    card = directory.organisation_by_id(offices[subject]) if subject in offices else None
    if card:
        return in_language(card.name).text
    return subject if NUMBER.fullmatch(subject) else ""


def send_head() -> int:
    """Once a day tell every administrator the trail's head; gives to how many it goes.

    The entry that says so is itself the head: the head changes every day, and a day that has one gets no second.
    """
    fresh = {user.id: queries.new_entries(mailboxes_by_office(user)) for user in accounts.administrators()}
    day = today()
    head = audit.close_day(day)
    if head is None:
        return 0
    for user_id, entries in fresh.items():
        facts = {"date": day.isoformat(), "entries": entries, "head": head.hex()}
        notifications.tell_people("audit_head", [user_id], None, facts)
    return len(fresh)
