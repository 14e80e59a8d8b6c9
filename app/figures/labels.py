"""What the cells of the figures are called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.codes import Topic
from app.figures.domain import OTHER, Part
from app.reports.answers import UNANSWERED

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

CHARTS: Mapping[str, tuple[Part, ...]] = {
    "months": (Part.IN, Part.OUT),
    "topics": (Part.TOPIC,),
    "ages": (Part.AGE,),
    "answers": (Part.ANSWER,),
}
"""The charts by the name in their address, and the tables that each shows."""

TITLES: Mapping[str, LazyString] = {
    "months": _l("Reports that came in and that were concluded, by month"),
    "topics": _l("Reports that came in, by area of life"),
    "ages": _l("How old the open cases were when the last month ended"),
    "answers": _l("How long the first answer took, in working days"),
}

_SERIES: Mapping[Part, LazyString] = {
    Part.IN: _l("came in"),
    Part.OUT: _l("concluded"),
    Part.TOPIC: _l("came in"),
    Part.AGE: _l("open"),
    Part.ANSWER: _l("came in"),
}

_CLASSES: Mapping[str, LazyString] = {
    "two_weeks": _l("up to two weeks"),
    "six_weeks": _l("up to six weeks"),
    "half_a_year": _l("up to half a year"),
    "older": _l("older"),
    "three_days": _l("up to three days"),
    "ten_days": _l("up to ten days"),
    "twenty_days": _l("up to twenty days"),
    "later": _l("longer"),
    UNANSWERED: _l("no answer yet"),
    OTHER: _l("None named"),
}


def label(part: Part, key: str) -> str:
    """What a cell of a table is called."""
    if part in {Part.IN, Part.OUT}:
        return str(format_date(date.fromisoformat(f"{key}-01"), "MMM yyyy"))
    return str(Topic(key).label if key in set(Topic) else _CLASSES[key])


def series(part: Part) -> str:
    """What the numbers of a table count."""
    return str(_SERIES[part])


def columns() -> list[str]:
    """The heads of the file's columns."""
    return [
        _("Key of the table"),
        _("Key of the line"),
        _("What is counted"),
        _("Line"),
        _("How many (empty: hidden)"),
    ]
