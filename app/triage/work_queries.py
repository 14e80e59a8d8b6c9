"""Every select on what lies beside a case: labels, templates, things to do, and other cases that somebody can open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.core.database import db
from app.core.revisions import remembered
from app.reports.domain import UNSEEN
from app.reports.models import Report
from app.triage.domain import Reach
from app.triage.lists.queries import openable
from app.triage.models import CaseLabel, Label, Related, ReplyTemplate, ToDo
from app.triage.work_domain import SIMILAR_MOST, SIMILAR_WITHIN, LabelCard, Neighbour, TemplateCard

BODY = "wordings"
"""The body of content that labels and templates belong to."""

_NEIGHBOUR = (
    Report.id,
    Report.number,
    Report.received_at,
    Report.kind,
    Report.topic,
    Report.state,
    Report.office_id,
)

# Labels and templates ------------------------------------------------------------------------------------------------


@remembered(BODY, most=1)
def all_labels() -> tuple[LabelCard, ...]:
    """Every label, in the order they were made, those out of use as well."""
    rows = db.session.scalars(select(Label).order_by(Label.id))
    return tuple(LabelCard(row.id, row.key, row.name, row.active, row.changed_at, row.changed_by) for row in rows)


def labels() -> tuple[LabelCard, ...]:
    """The labels that can be put on a case."""
    return tuple(card for card in all_labels() if card.active)


def label(key: str) -> LabelCard | None:
    """A label by its key."""
    return next((card for card in all_labels() if card.key == key), None)


def labels_of(report_ids: Collection[int]) -> Mapping[int, tuple[LabelCard, ...]]:
    """The labels of cases, by the report's id; a case without any is left out."""
    known = {card.id: card for card in all_labels()}
    rows = db.session.execute(
        select(CaseLabel.report_id, CaseLabel.label_id)
        .where(CaseLabel.report_id.in_(sorted(report_ids)))
        .order_by(CaseLabel.report_id, CaseLabel.label_id)
    )
    found: dict[int, tuple[LabelCard, ...]] = {}
    for report_id, label_id in rows:
        found[report_id] = (*found.get(report_id, ()), known[label_id])
    return found


def case_label(report_id: int, label_id: int) -> CaseLabel | None:
    """The label on a case, as a row."""
    return db.session.get(CaseLabel, (report_id, label_id))


def label_row(key: str) -> Label | None:
    """A label as a row, to change it."""
    return db.session.scalars(select(Label).where(Label.key == key).order_by(Label.id)).first()


@remembered(BODY, most=1)
def all_templates() -> tuple[TemplateCard, ...]:
    """Every template for a reply, in their order, those out of use as well."""
    rows = db.session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.position, ReplyTemplate.id))
    return tuple(
        TemplateCard(
            row.id,
            row.key,
            row.name,
            row.text,
            tuple(row.kinds),
            row.position,
            row.active,
            row.changed_at,
            row.changed_by,
        )
        for row in rows
    )


def templates(kind: str) -> tuple[TemplateCard, ...]:
    """The templates that fit a kind of report."""
    return tuple(card for card in all_templates() if card.active and card.fits(kind))


def template(key: str) -> TemplateCard | None:
    """A template by its key."""
    return next((card for card in all_templates() if card.key == key), None)


def template_row(key: str) -> ReplyTemplate | None:
    """A template as a row, to change it."""
    return db.session.scalars(select(ReplyTemplate).where(ReplyTemplate.key == key).order_by(ReplyTemplate.id)).first()


# Things to do --------------------------------------------------------------------------------------------------------


def to_dos(report_id: int) -> Sequence[ToDo]:
    """What is to be done in a case: first what is open, by its day; then what is done, the latest first."""
    return db.session.scalars(
        select(ToDo)
        .where(ToDo.report_id == report_id)
        .order_by(
            ToDo.done_at.is_not(None), ToDo.done_at.desc(), ToDo.due_on.is_(None), ToDo.due_on, ToDo.made_at, ToDo.id
        )
    ).all()


def to_do(report_id: int, to_do_id: int) -> ToDo | None:
    """Something to do in this case."""
    return db.session.scalars(
        select(ToDo).where(ToDo.report_id == report_id, ToDo.id == to_do_id).order_by(ToDo.id)
    ).first()


# Other cases ---------------------------------------------------------------------------------------------------------


def links(report_id: int) -> Mapping[int, str]:
    """The reports tied to this one, by id, with why; whether or not anybody can open them."""
    rows = db.session.scalars(
        select(Related)
        .where(or_(Related.report_id == report_id, Related.other_id == report_id))
        .order_by(Related.report_id, Related.other_id)
    )
    return {row.other_id if row.report_id == report_id else row.report_id: row.why for row in rows}


def openable_among(ids: Mapping[int, str], numbers: Collection[str], reach: Reach) -> tuple[Neighbour, ...]:
    """The cases with these ids (with why they are related) or numbers that somebody can open; oldest first."""
    if not (ids or numbers):
        return ()
    query: Select[*tuple[Any, ...]] = (
        select(*_NEIGHBOUR)
        .where(
            or_(Report.id.in_(sorted(ids)), Report.number.in_(sorted(numbers))),
            Report.state.not_in(sorted(UNSEEN)),
            openable(reach),
        )
        .order_by(Report.received_at, Report.id)
    )
    found = (Neighbour(*row) for row in db.session.execute(query))
    return tuple(replace(one, why=ids.get(one.report_id)) for one in found)


def similar(report: Report, reach: Reach, apart_from: Collection[int]) -> tuple[Neighbour, ...]:
    """The cases of the same area, topic and time that somebody can open, without some; the latest first.

    Only facts in the clear are compared, so of a restricted report nothing that is sealed gets into a statement.
    """
    earliest, latest = report.received_at - SIMILAR_WITHIN, report.received_at + SIMILAR_WITHIN
    query: Select[*tuple[Any, ...]] = (
        select(*_NEIGHBOUR)
        .where(
            Report.id.not_in(sorted({report.id, *apart_from})),
            Report.received_at.between(earliest, latest),
            Report.state.not_in(sorted(UNSEEN)),
            Report.topic == report.topic if report.topic else Report.kind == report.kind,
            _same_area(report),
            openable(reach),
        )
        .order_by(Report.received_at.desc(), Report.id.desc())
        .limit(SIMILAR_MOST)
    )
    return tuple(Neighbour(*row) for row in db.session.execute(query))


def link(one_id: int, other_id: int) -> Related | None:
    """What ties two reports together."""
    return db.session.get(Related, (min(one_id, other_id), max(one_id, other_id)))


def _same_area(report: Report) -> ColumnElement[bool]:
    """The same part of town; where that is not known, the same coarse area; and without any, none either."""
    if report.area_id is not None:
        return Report.area_id == report.area_id
    if report.coarse_area_id is not None:
        return Report.coarse_area_id == report.coarse_area_id
    return and_(Report.area_id.is_(None), Report.coarse_area_id.is_(None))
