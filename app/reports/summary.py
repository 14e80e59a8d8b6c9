"""What the pages at the end show: every answer in words, who reads it, the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.directory.domain import OrganisationCard
from app.privacy.domain import grouped
from app.reports import flow
from app.reports.flow import Question
from app.reports.forms import FIELDS, ReportForm
from app.reports.readers import Reader


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its answers in words; none means that it was left open."""

    question: Question
    label: str
    answers: tuple[str, ...]


def rows(form: ReportForm) -> list[Row]:
    """Every question of a report with what was answered, in order."""
    asked = [question for question in flow.questions(form.known) if question not in {Question.READERS, Question.CHECK}]
    return [Row(question, _label(form, question), tuple(filter(None, _answers(form, question)))) for question in asked]


def _label(form: ReportForm, question: Question) -> str:
    return _("The place on the map") if question is Question.POINT else str(form[FIELDS[question][0]].label.text)


def _answers(form: ReportForm, question: Question) -> list[str]:
    if question is Question.POINT:
        return [_("Marked on the map"), *_words(form, "area"), *_words(form, "place_detail")]
    return [word for name in FIELDS[question] for word in _words(form, name)]


def _words(form: ReportForm, name: str) -> list[str]:
    """What a field says, in words."""
    field = form[name]
    if getattr(field, "choices", None) is None:
        return [field.data or ""]
    labels = {choice.value: choice.label for choice in field.choices}
    given = field.data if isinstance(field.data, list) else [field.data]
    return [str(labels[value]) for value in given if value in labels and value]


def receipt_page(
    receipt: str, readers: Sequence[Reader], left_out: Sequence[OrganisationCard], expected: Sequence[str] = ()
) -> dict[str, Any]:
    """What the page with the receipt shows; ``expected`` says by when the office wants to act."""
    return {
        "receipt": receipt,
        "groups": grouped(receipt),
        "readers": readers,
        "left_out": left_out,
        "expected": expected,
    }
