"""Every select on reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.reports.models import Consent, DecisionRow, Event, MeasureLink, Report


def by_box(box_id: str) -> Report | None:
    """The report whose content is in a box."""
    return db.session.scalars(select(Report).where(Report.box_id == box_id)).first()


def by_number(number: str) -> Report | None:
    """A report by its case number."""
    return db.session.scalars(select(Report).where(Report.number == number)).first()


def events(report_id: int) -> Sequence[Event]:
    """What happened, oldest first."""
    return db.session.scalars(select(Event).where(Event.report_id == report_id).order_by(Event.id)).all()


def consents(report_id: int) -> Sequence[Consent]:
    """Consents ever given."""
    return db.session.scalars(select(Consent).where(Consent.report_id == report_id).order_by(Consent.purpose)).all()


def allows(report_id: int, purpose: str) -> bool:
    """Whether a consent is in force."""
    consent = db.session.get(Consent, (report_id, purpose))
    return consent is not None and consent.withdrawn_at is None


def decision(report_id: int) -> DecisionRow | None:
    """The latest decision about where a report belongs."""
    return db.session.scalars(
        select(DecisionRow).where(DecisionRow.report_id == report_id).order_by(DecisionRow.id.desc()).limit(1)
    ).first()


def measure_ids(report_id: int) -> Sequence[int]:
    """The measures a report is linked to."""
    return db.session.scalars(
        select(MeasureLink.measure_id).where(MeasureLink.report_id == report_id).order_by(MeasureLink.id)
    ).all()
