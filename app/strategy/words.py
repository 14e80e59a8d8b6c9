"""Cells and paragraphs from values: numbers, days and names as the language of a report writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from app.core.languages import in_language, language, listed
from app.core.texts import Localized, Shown
from app.needs.domain import Figure
from app.needs.labels import figure_label, number
from app.needs.pages.labels import number_label, told_label
from app.needs.snapshot.numbers import Told
from app.strategy.domain import Texts
from app.strategy.paper import Cell, Paragraph, Said

NOTHING = Cell("–")
"""There is nothing to tell here."""

_BLANK_LINE = re.compile(r"\n\s*\n")


def said(text: Localized | None) -> Said:
    """A text of the content, with its language where that is not the report's own."""
    found = in_language(text)
    return found.text if found.language == language().code else found


def cell(text: Localized | None) -> Cell:
    """A name or a sentence of the content."""
    return Cell(said(text)) if text else NOTHING


def marked(text: Localized, phrase: str, **more: str) -> Said:
    """A name of the content inside a phrase, which has ``%(name)s`` where it stands."""
    found = said(text)
    if isinstance(found, str):
        return phrase % ({"name": found} | more)
    return Shown(phrase % ({"name": found.text} | more), found.language)


def count(value: int) -> Cell:
    """How many."""
    return Cell(number(value), value)


def amount(value: float | None) -> Cell:
    """A measured number."""
    return NOTHING if value is None else Cell(number(value), value)


def year(value: int | None) -> Cell:
    """A calendar year."""
    return NOTHING if value is None else Cell(str(value), value)


def day(value: date | None) -> Cell:
    """A day."""
    return NOTHING if value is None else Cell(said_day(value), value)


def said_day(value: date) -> str:
    """A day, written out."""
    return str(format_date(value, "long"))


def figure(found: Figure) -> Cell:
    """A published number, or that it is not shown."""
    return Cell(figure_label(found), found.value)


def told(column: str, found: Told) -> Cell:
    """A number of a snapshot, or why there is none."""
    return Cell(told_label(column, found), found.value)


def signed(column: str, value: float | None) -> str:
    """A number of a snapshot in a sentence."""
    return "" if value is None else number_label(column, value)


def names(texts: Iterable[Localized]) -> str:
    """Several names as one phrase."""
    return listed([in_language(one).text for one in texts])


def span(first: int | None, last: int | None) -> Cell:
    """The years of a measure."""
    if first is None and last is None:
        return NOTHING
    if last is None:
        return Cell(str(_("from %(year)s", year=first)))
    if first is None:
        return Cell(str(_("until %(year)s", year=last)))
    return Cell(str(first) if first == last else f"{first}–{last}")


def written(texts: Texts, place: str) -> tuple[Paragraph, ...]:
    """What somebody has written for a place: a paragraph for each that is set apart by a blank line."""
    found = in_language(texts.get(place))
    pieces = (piece.strip() for piece in _BLANK_LINE.split(found.text.replace("\r\n", "\n")))
    own = found.language == language().code
    return tuple(Paragraph(piece if own else Shown(piece, found.language)) for piece in pieces if piece)
