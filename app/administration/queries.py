"""What the administration's pages ask the database: offices with what hangs on them, and who changed something last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import Membership, User
from app.administration.domain import LastChange, Office
from app.core.database import db
from app.core.workdays import ClosedDay
from app.directory.domain import Kind
from app.directory.models import Organisation
from app.privacy.models import AuditEntry
from app.reports.domain import OPEN
from app.reports.models import Report
from app.reports.queries import may_know


def offices() -> Mapping[str, Office]:
    """Every organisation by its key, in the order of the directory: fresh, for those who keep them."""
    rows = db.session.scalars(select(Organisation).order_by(Organisation.position, Organisation.id)).all()
    keys = {row.id: row.key for row in rows}
    return {
        row.key: Office(
            key=row.key,
            kind=cast("Kind", row.kind),
            name=row.name,
            summary=row.summary,
            parent=keys.get(row.parent_id) if row.parent_id is not None else None,
            substitute=keys.get(row.substitute_id) if row.substitute_id is not None else None,
            receives=row.receives,
            counselling=row.counselling,
            url=row.url,
            phone=row.phone,
            email=row.email,
            address=row.address,
            opening_hours=row.opening_hours,
            confirmed_on=row.confirmed_on,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
    }


def last_position() -> int:
    """The position of the last organisation; 0 while there is none."""
    return db.session.scalar(select(func.max(Organisation.position))) or 0


def members(organisation_id: int) -> Sequence[tuple[Membership, User]]:
    """The active people of an organisation with their membership, in the order they were added."""
    rows = db.session.execute(
        select(Membership, User)
        .join(User, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, User.active)
        .order_by(User.id)
    )
    return [(membership, user) for membership, user in rows.unique()]


def open_cases(organisation_id: int, mailboxes: Collection[Collection[str]]) -> int:
    """How many open cases an office leads, of those that the holder of these mailboxes may know of."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Report)
            .where(Report.office_id == organisation_id, Report.state.in_(OPEN), may_know(mailboxes))
        )
        or 0
    )


def last_change(subject: str) -> LastChange | None:
    """The latest entry of the audit trail about something, with the desk that made it."""
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    if entry is None:
        return None
    return LastChange(entry.at, accounts.titles([entry.actor]).get(entry.actor) if entry.actor else None)


def closed_days() -> Sequence[ClosedDay]:
    """The city's own closed days, from the first on."""
    return db.session.scalars(select(ClosedDay).order_by(ClosedDay.day)).all()
