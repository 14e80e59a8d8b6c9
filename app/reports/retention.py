"""How long a report is kept, and how it goes: taken away from the offices, erased by its reporter, purged by rule.

What goes, goes for good. Every deed changes the report's row first: its version tells whether somebody else was
quicker, and two deeds at once wait for each other at the same place. Then it is noted in the erasure ledger, so that a
restored backup cannot bring back what is gone.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import delete, update
from sqlalchemy.orm.exc import StaleDataError

from app.core import choices
from app.core.clock import day_of, now, start_of, today
from app.core.codes import Kind, Purpose, State, Where, Wish
from app.core.database import db
from app.privacy import audit, ledger
from app.privacy import service as privacy
from app.privacy.ledger import Deed, Line
from app.reports import deadlines, queries
from app.reports.domain import ENDED, UNSEEN
from app.reports.leaving import consent_withdrawn, keep_if_outside, left
from app.reports.models import Consent, DecisionRow, Event, MeasureLink, Report

if TYPE_CHECKING:
    from app.core.settings import Settings


CHOICE = "retention_months"
"""The name of the city's choice: months by kind."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report whose time has run out."""

    report_id: int
    number: str
    kind: Kind


# How long ------------------------------------------------------------------------------------------------------------


def months() -> Mapping[str, int]:
    """For how many months a closed report is kept, by kind: as the city has chosen, else as the operator has set."""
    chosen: Mapping[str, int] = choices.chosen(CHOICE, {})
    return {**_settings().retention_months, **chosen}


def months_kept(kind: str) -> int:
    """For how many months a closed report of a kind is kept."""
    return months()[kind]


def kept_until(report: Report) -> date | None:
    """The first day on which a report may be purged unless something happens before; None while it is worked on."""
    if report.state not in ENDED or report.box_id is None:
        return None
    return after_months(day_of(report.changed_at), months_kept(report.kind))


def after_months(day: date, months: int) -> date:
    """The same day of a later month, or the first of the next where that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= calendar.monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    year, month = divmod(year * 12 + month + 1, 12)
    return date(year, month + 1, 1)


def before_months(day: date, months: int) -> date:
    """The latest day that lies so many months back: ``after_months`` of it is not after ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due(kept: Mapping[str, int] | None = None) -> tuple[Due, ...]:
    """The reports whose time has run out, or would with other months; the one that has rested longest first."""
    kept = months() if kept is None else kept
    ends = {str(kind): start_of(before_months(today(), kept[kind]) + timedelta(days=1)) for kind in Kind}
    return tuple(Due(report_id, number, Kind(kind)) for report_id, number, kind in queries.resting(ENDED, ends))


def purge_due() -> list[Due]:
    """Purge what is due; gives what has gone. Commits report by report, so that one that changes stops no other."""
    gone = []
    for one in due():
        try:
            if purge(one.report_id):
                gone.append(one)
            db.session.commit()
        except StaleDataError:
            # Somebody wrote to it at this very moment, so its time begins anew.
            db.session.rollback()
    return gone


# How it goes ---------------------------------------------------------------------------------------------------------


def purge(report_id: int) -> bool:
    """Destroy what was said in a report whose time has run out; False when it has not, or not any more.

    The row stays and counts: with its coded facts if the consent to statistics is in force, without them otherwise.

    Raises:
        sqlalchemy.orm.exc.StaleDataError: somebody changed the report at the same moment; nothing is purged.
    """
    report = queries.afresh(report_id)
    until = kept_until(report) if report else None
    if report is None or until is None or until > today():
        return False
    box_id, number = report.box_id, report.number
    _entomb(report)
    ledger.note(Deed.PURGED, str(box_id))
    audit.note("purged", actor=None, subject=number, office_id=report.office_id)
    return True


def take_away(report: Report) -> None:
    """Take a report away from every office; only the receipt still opens it."""
    if report.state == State.WITHDRAWN or report.box_id is None:
        return
    _take_away(report)
    ledger.note(Deed.WITHDRAWN, str(report.box_id))


def erase(report: Report) -> None:
    """Destroy everything that was said. A row without place, topic or words remains, to count that it was."""
    box_id = report.box_id
    if box_id is not None:
        _erase(report)
        ledger.note(Deed.ERASED, box_id)


def withdraw_consent(report: Report, purpose: Purpose) -> bool:
    """Take back a consent; False when it is not in force."""
    if not _withdraw_consent(report, purpose):
        return False
    ledger.note(Deed.CONSENT_WITHDRAWN, str(report.box_id), purpose)
    return True


def give_consent(report: Report, purpose: Purpose) -> bool:
    """Give a consent that is not in force; False when it is."""
    consent = db.session.get(Consent, (report.id, purpose))
    if consent is not None and consent.withdrawn_at is None:
        return False
    claim(report)
    if consent is None:
        consent = Consent(report_id=report.id, purpose=purpose)
        db.session.add(consent)
    consent.given_at, consent.withdrawn_at = now(), None
    db.session.add(Event(report_id=report.id, kind="consent_given", actor="reporter", reason=purpose))
    db.session.flush()
    ledger.note(Deed.CONSENT_GIVEN, str(report.box_id), purpose)
    return True


def claim(report: Report) -> None:
    """Say that the report is about to change, and that this is new to the office.

    Raises:
        sqlalchemy.orm.exc.StaleDataError: somebody else changed it in the meantime.
    """
    report.changed_at = now()
    report.unread = report.state not in UNSEEN
    db.session.flush()


def forget_again() -> int:
    """Do again, in a database that came from a backup, what the ledger says was done; gives how many reports changed.

    Done twice it changes nothing more. A purge is done again only if the report has rested since: what was written to
    it after the line keeps it.
    """
    deeds: dict[str, list[Line]] = defaultdict(list)
    for line in ledger.lines():
        deeds[line.digest].append(line)
    boxes = {box_id: report_id for report_id, box_id in queries.boxes()} if deeds else {}
    found = [(report_id, deeds.get(ledger.digest_of(box_id), [])) for box_id, report_id in boxes.items()]
    return sum(_forget(report_id, lines) for report_id, lines in found if lines)


def _forget(report_id: int, lines: Sequence[Line]) -> bool:
    report = queries.afresh(report_id)
    if report is None:
        return False
    said = {line.deed for line in lines}
    if Deed.ERASED in said:
        _erase(report)
        return True
    # What stands here may be older than the line, but then it has not been touched after it either.
    rested = report.state in ENDED and day_of(report.changed_at)
    purged = [line.day for line in lines if line.deed is Deed.PURGED]
    if purged and (Deed.WITHDRAWN in said or (rested and rested < purged[-1])):
        _entomb(report)
        return True
    changed = False
    if Deed.WITHDRAWN in said and report.state != State.WITHDRAWN:
        _take_away(report)
        changed = True
    latest = {line.purpose: line.deed for line in lines if line.purpose}
    for purpose in sorted(purpose for purpose, deed in latest.items() if deed is Deed.CONSENT_WITHDRAWN):
        changed |= _withdraw_consent(report, Purpose(purpose))
    return changed


# The parts -----------------------------------------------------------------------------------------------------------


def _take_away(report: Report) -> None:
    report.state, report.changed_at, report.unread = State.WITHDRAWN, now(), False
    deadlines.follow(report)
    db.session.flush()
    db.session.add(Event(report_id=report.id, kind="state", actor="reporter", state=State.WITHDRAWN))
    for box_id in _boxes(report):
        privacy.take_away_all(box_id)
    left(report)
    for consent in queries.consents(report.id):
        consent.withdrawn_at = consent.withdrawn_at or now()
    db.session.flush()


def _erase(report: Report) -> None:
    if report.state != State.WITHDRAWN:
        _take_away(report)
    _entomb(report)


def _entomb(report: Report) -> None:
    boxes = _boxes(report)
    left(report)
    report.box_id = report.staff_box_id = None
    report.has_files = report.unread = False
    report.purged_at = now()
    counted = queries.allows(report.id, Purpose.STATISTICS)
    if not counted:
        _strip(report)
    db.session.flush()
    if not counted:
        # The rule, and the measures it names, would still tell what the report was about.
        db.session.execute(
            update(DecisionRow)
            .where(DecisionRow.report_id == report.id)
            .values(rule=None, plan=None, field=None, measures=[])
        )
        db.session.execute(delete(MeasureLink).where(MeasureLink.report_id == report.id))
    db.session.execute(delete(Event).where(Event.report_id == report.id))
    for box_id in boxes:
        privacy.shred(box_id)
    db.session.flush()


def _strip(report: Report) -> None:
    report.area_id = report.coarse_area_id = report.topic = report.role = report.subject = report.outcome = None
    report.grounds = report.forms = report.missing = report.targets = []
    report.wish, report.where = Wish.DOCUMENT, Where.NONE


def _withdraw_consent(report: Report, purpose: Purpose) -> bool:
    consent = db.session.get(Consent, (report.id, purpose))
    if consent is None or consent.withdrawn_at is not None:
        return False
    claim(report)
    consent.withdrawn_at = now()
    db.session.add(Event(report_id=report.id, kind="consent_withdrawn", actor="reporter", reason=purpose))
    db.session.flush()
    if purpose is Purpose.INDEPENDENT:
        keep_if_outside(report)
    consent_withdrawn(report, purpose)
    return True


def _boxes(report: Report) -> Collection[str]:
    return [box_id for box_id in (report.box_id, report.staff_box_id) if box_id]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
