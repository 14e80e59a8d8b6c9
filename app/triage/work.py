"""What staff arrange around a case: things to do, and labels of the city's list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import delete, or_

from app.core.clock import now
from app.core.database import db
from app.reports.domain import NotAllowed
from app.triage import work_queries
from app.triage.case import Case
from app.triage.models import CaseLabel, Related, ToDo
from app.triage.service import claim, must_work, record
from app.triage.work_domain import LabelCard


def takes_part(case: Case) -> bool:
    """Whether the person's office works on the case, or works along since it has said yes."""
    asked = case.consultation
    return case.works or (asked is not None and asked.outcome == "accepted")


def remember(case: Case, text: str, due_on: date | None) -> None:
    """Keep something that is to be done. What it is goes into the offices' box.

    Raises:
        NotAllowed: the office takes no part in the case.
    """
    _must_take_part(case)
    claim(case)
    event = record(case, "todo", words=text)
    db.session.add(ToDo(report_id=case.report.id, office_id=case.office_id, due_on=due_on, sealed_id=event.sealed_id))
    db.session.flush()


def tick_off(case: Case, to_do_id: int) -> None:
    """Say that something is done.

    Raises:
        NotAllowed: the office takes no part in the case, or it was done before.
    """
    row = _to_do(case, to_do_id)
    if row.done_at is not None:
        raise NotAllowed(_("This is done already."))
    claim(case)
    row.done_at = now()
    record(case, "todo_done", code=str(row.id))


def take_up_again(case: Case, to_do_id: int) -> None:
    """Say that something is not done after all.

    Raises:
        NotAllowed: the office takes no part in the case, or it is not marked as done.
    """
    row = _to_do(case, to_do_id)
    if row.done_at is None:
        raise NotAllowed(_("This is not marked as done."))
    claim(case)
    row.done_at = None
    record(case, "todo_again", code=str(row.id))


def _must_take_part(case: Case) -> None:
    if not takes_part(case):
        raise NotAllowed(_("Your office has not accepted this case yet, so it cannot change it."))


def _to_do(case: Case, to_do_id: int) -> ToDo:
    _must_take_part(case)
    row = work_queries.to_do(case.report.id, to_do_id)
    if row is None:
        raise NotAllowed(_("This is not among the things to do in this case."))
    return row


def put_label(case: Case, label: LabelCard) -> None:
    """Put a label on a case.

    Raises:
        NotAllowed: the office does not work on the case, the label is out of use, or is there already.
    """
    must_work(case)
    if not label.active:
        raise NotAllowed(_("This label is not in use any more."))
    if work_queries.case_label(case.report.id, label.id):
        raise NotAllowed(_("The case has this label already."))
    claim(case)
    db.session.add(CaseLabel(report_id=case.report.id, label_id=label.id))
    record(case, "labelled", code=label.key)


def remove_label(case: Case, label: LabelCard) -> None:
    """Take a label off a case.

    Raises:
        NotAllowed: the office does not work on the case, or the label is not there.
    """
    must_work(case)
    found = work_queries.case_label(case.report.id, label.id)
    if found is None:
        raise NotAllowed(_("The case does not have this label."))
    claim(case)
    db.session.delete(found)
    record(case, "unlabelled", code=label.key)


def set_labels(case: Case, keys: Collection[str]) -> None:
    """Give a case exactly these labels; without a difference nothing happens.

    Raises:
        NotAllowed: the office does not work on the case, or one of them is out of use.
    """
    must_work(case)
    there = work_queries.labels_of([case.report.id]).get(case.report.id, ())
    for label in there:
        if label.key not in keys:
            remove_label(case, label)
    for label in work_queries.all_labels():
        if label.key in keys and label not in there:
            put_label(case, label)


def clear_away(report_id: int) -> None:
    """Forget labels, things to do and related cases: for a report that no office works on any more."""
    db.session.execute(delete(ToDo).where(ToDo.report_id == report_id))
    db.session.execute(delete(CaseLabel).where(CaseLabel.report_id == report_id))
    db.session.execute(delete(Related).where(or_(Related.report_id == report_id, Related.other_id == report_id)))
