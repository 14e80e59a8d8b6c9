"""The words for what happens to a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from app.core.codes import MeasureState
from app.core.languages import in_language
from app.core.texts import Localized
from app.plans.progress import Step, What


def told(step: Step) -> str:
    """A step in a sentence."""
    sentences: Mapping[What, Callable[[Step], str]] = {
        What.LISTED: lambda one: _("Listed here for the first time. State: %(state)s.", state=_state(one)),
        What.STATE: lambda one: _("New state: %(state)s.", state=_state(one)),
        What.REASON: lambda one: _("The city says how it stands. State: %(state)s.", state=_state(one)),
        What.REACHED: lambda one: _("Reached on %(day)s: %(name)s.", day=_day(one), name=_said(one.name)),
        What.MOVED: lambda one: _("A new day for “%(name)s”: %(day)s.", day=_day(one), name=_said(one.name)),
        What.VALUE: lambda one: _(
            "%(name)s, %(day)s: %(value)s %(unit)s.",
            name=_said(one.name),
            day=_day(one),
            value=format_decimal(one.value or 0),
            unit=_said(one.unit),
        ),
        What.GONE: lambda _one: _("It is no longer part of the plans."),
    }
    return str(sentences[step.what](step))


def _state(step: Step) -> str:
    return str(MeasureState(step.state or "").label)


def _day(step: Step) -> str:
    return str(format_date(step.on, "long")) if step.on else ""


def _said(text: Localized | None) -> str:
    return in_language(text).text if text else ""
