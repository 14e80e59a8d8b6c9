"""Every question to the database about reports of the strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.database import db
from app.core.texts import Localized
from app.strategy.domain import Format, Months, ReportCard, State, Texts, Wanted
from app.strategy.models import Report, ReportFile

OUT = (State.ISSUED, State.WITHDRAWN)
"""What everybody may know of."""


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file without its content."""

    language: str
    format: Format
    title: str
    digest: str


def reports() -> tuple[ReportCard, ...]:
    """All reports, the newest first."""
    rows = db.session.scalars(select(Report).order_by(Report.made_at.desc(), Report.id.desc()))
    return tuple(_card(row) for row in rows)


def issued() -> tuple[ReportCard, ...]:
    """The reports that have been issued, withdrawn ones too, the newest first."""
    rows = db.session.scalars(
        select(Report).where(Report.state.in_(OUT)).order_by(Report.issued_at.desc(), Report.id.desc())
    )
    return tuple(_card(row) for row in rows)


def report(identity: int) -> ReportCard | None:
    """One report."""
    row = db.session.get(Report, identity)
    return None if row is None else _card(row)


def report_to_change(identity: int) -> Report | None:
    """A report, held until the end of the request."""
    return db.session.scalar(select(Report).where(Report.id == identity).with_for_update())


def waiting() -> int | None:
    """The issued report that waits longest for its files, by id."""
    return db.session.scalar(
        select(Report.id).where(Report.state == State.MAKING).order_by(Report.issued_at, Report.id).limit(1)
    )


def texts_for(wanted: Wanted) -> Texts:
    """The free texts of the newest report of an edition and period that has not been withdrawn."""
    row = db.session.scalar(
        select(Report)
        .where(
            Report.edition == wanted.edition,
            Report.first == wanted.months.first,
            Report.last == wanted.months.last,
            Report.state != State.WITHDRAWN,
        )
        .order_by(Report.made_at.desc(), Report.id.desc())
        .limit(1)
    )
    return {} if row is None else texts_of(row)


def texts_of(row: Report) -> Texts:
    """The free texts of a report."""
    return {place: Localized(text) for place, text in row.texts.items()}


def files(identity: int) -> Sequence[FileCard]:
    """The files of a report, by language and format."""
    rows = db.session.execute(
        select(ReportFile.language, ReportFile.format, ReportFile.title, ReportFile.digest)
        .where(ReportFile.report_id == identity)
        .order_by(ReportFile.language, ReportFile.format)
    )
    return [FileCard(row.language, Format(row.format), row.title, row.digest) for row in rows]


def content(identity: int, language: str, wanted: Format) -> bytes | None:
    """A file of a report."""
    return db.session.scalar(
        select(ReportFile.content).where(
            ReportFile.report_id == identity, ReportFile.language == language, ReportFile.format == wanted
        )
    )


def named_snapshots() -> frozenset[str]:
    """The hashes of all snapshots that reports are made of."""
    return frozenset(db.session.scalars(select(Report.snapshot).distinct().order_by(Report.snapshot)))


def _card(row: Report) -> ReportCard:
    return ReportCard(
        id=row.id,
        wanted=Wanted(row.edition, Months(row.first, row.last), row.compare),
        snapshot=row.snapshot,
        state=State(row.state),
        texts=texts_of(row),
        made_at=row.made_at,
        made_by=row.made_by,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        withdrawn_at=row.withdrawn_at,
        reason=row.reason,
    )
