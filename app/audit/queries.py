"""Every select for the trail's readers. What an entry is about decides who may know that it exists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, not_, or_, select

from app.audit.domain import PAGE_SIZE, Place, Wanted
from app.core.clock import start_of
from app.core.database import db
from app.privacy.audit import HEAD
from app.privacy.models import AuditEntry
from app.reports.models import Report
from app.reports.queries import may_know

Mailboxes = Collection[Collection[str]]
"""Those of each of a reader's own offices."""


def _visible(mailboxes: Mailboxes) -> ColumnElement[bool]:
    """All entries but those about reports that the reader must not know of."""
    kept_back = select(Report.number).where(not_(may_know(mailboxes)))
    return or_(AuditEntry.subject.is_(None), AuditEntry.subject.not_in(kept_back))


def _listed(mailboxes: Mailboxes, wanted: Wanted) -> Select[AuditEntry]:
    query = select(AuditEntry).where(_visible(mailboxes))
    if wanted.day is not None:
        query = query.where(
            AuditEntry.at >= start_of(wanted.day), AuditEntry.at < start_of(wanted.day + timedelta(days=1))
        )
    if wanted.action is not None:
        query = query.where(AuditEntry.action == wanted.action)
    return query.order_by(AuditEntry.id.desc())


def page(mailboxes: Mailboxes, wanted: Wanted) -> tuple[Sequence[AuditEntry], bool]:
    """A page of the trail, newest first, and whether there are older entries."""
    query = _listed(mailboxes, wanted)
    edge = _entry_at(wanted.before) if wanted.before else None
    if edge is not None:
        query = query.where(AuditEntry.id < edge)
    entries = db.session.scalars(query.limit(PAGE_SIZE + 1)).all()
    return entries[:PAGE_SIZE], len(entries) > PAGE_SIZE


def everything(mailboxes: Mailboxes, wanted: Wanted) -> Sequence[AuditEntry]:
    """All entries of a selection, newest first."""
    return db.session.scalars(_listed(mailboxes, wanted)).all()


def new_entries(mailboxes: Mailboxes) -> int:
    """How many entries there are since the last head that was sent out."""
    last = select(func.max(AuditEntry.id)).where(AuditEntry.action == HEAD).scalar_subquery()
    return (
        db.session.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(_visible(mailboxes), AuditEntry.id > func.coalesce(last, 0))
        )
        or 0
    )


def _entry_at(place: Place) -> int | None:
    found = db.session.execute(
        select(AuditEntry.id, AuditEntry.digest).where(AuditEntry.at == place.at).order_by(AuditEntry.id)
    )
    return next((identity for identity, digest in found if digest.startswith(place.mark)), None)
