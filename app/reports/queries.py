"""Every select on reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, false, or_, select

from app.core.database import db
from app.plans.models import Measure
from app.privacy.models import Grant
from app.reports.models import Consent, DecisionRow, Event, MeasureLink, Report
from app.routing.models import RuleRow, RuleSet


def by_box(box_id: str) -> Report | None:
    """The report whose content is in a box."""
    return db.session.scalars(select(Report).where(Report.box_id == box_id)).first()


def by_boxes(box_ids: Collection[str]) -> Sequence[Report]:
    """The reports whose content is in some boxes, the oldest first."""
    return db.session.scalars(select(Report).where(Report.box_id.in_(box_ids)).order_by(Report.id)).all()


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


def has_written(report_id: int) -> bool:
    """Whether the reporter has ever sent a message."""
    written = select(Event.id).where(Event.report_id == report_id, Event.kind == "message", Event.actor == "reporter")
    return db.session.scalar(written.order_by(Event.id).limit(1)) is not None


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


def measure_links(report_id: int) -> Sequence[tuple[str, datetime]]:
    """The keys of the measures that a report is linked to, each with the moment of the link."""
    rows = db.session.execute(
        select(Measure.key, MeasureLink.linked_at)
        .join(Measure, Measure.id == MeasureLink.measure_id)
        .where(MeasureLink.report_id == report_id)
        .order_by(MeasureLink.id)
    )
    return [(row.key, row.linked_at) for row in rows]


def afresh(report_id: int) -> Report | None:
    """A report as it stands in the database now, whatever the session remembers."""
    return db.session.get(Report, report_id, populate_existing=True)


def resting(states: Collection[str], ends: Mapping[str, datetime]) -> Sequence[Row[int, str, str]]:
    """(id, number, kind) of reports in some states that have a box and last changed before the end of their kind."""
    rested = or_(*(and_(Report.kind == kind, Report.changed_at < end) for kind, end in ends.items()))
    return db.session.execute(
        select(Report.id, Report.number, Report.kind)
        .where(Report.box_id.is_not(None), Report.state.in_(sorted(states)), rested)
        .order_by(Report.changed_at, Report.id)
    ).all()


def boxes() -> Sequence[Row[int, str]]:
    """(id, box) of every report that can still be opened."""
    return db.session.execute(
        select(Report.id, Report.box_id).where(Report.box_id.is_not(None)).order_by(Report.id)
    ).all()  # type: ignore[return-value]


def rule_of(set_version: str, rule: str | None) -> RuleRow | None:
    """The rule of a decision, as long as its version of the rules is kept."""
    return db.session.scalars(
        select(RuleRow)
        .join(RuleSet, RuleRow.set_id == RuleSet.id)
        .where(RuleSet.version == set_version, RuleRow.key == rule)
        .order_by(RuleRow.id)
    ).first()


def may_know(mailboxes: Collection[Collection[str]]) -> ColumnElement[bool]:
    """Of which reports somebody without a key may know, who belongs to offices with these mailboxes.

    A report that some office must not learn of exists for them only where each of their offices can read it: then none
    of them is that office.
    """
    reads = [
        Report.box_id.in_(select(Grant.box_id).where(Grant.principal_id.in_(sorted(office)))) for office in mailboxes
    ]
    return or_(Report.restricted.is_(False), and_(*reads) if reads else false())
