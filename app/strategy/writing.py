"""A report from its material: the title page, then chapter after chapter. To be called while its language is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_date
from flask_babel import gettext as _

from app.core.languages import language
from app.plans.document import Edition
from app.strategy import words
from app.strategy.chapters.measures import of_plan, overview
from app.strategy.chapters.method import method, reading, sources, unconfirmed
from app.strategy.chapters.needs import needs
from app.strategy.chapters.participation import participation
from app.strategy.chapters.together import comparison, synergies
from app.strategy.domain import FOREWORD, OUTLOOK, Months
from app.strategy.paper import Paper, Said, Section

if TYPE_CHECKING:
    from app.strategy.material import Material


def paper(material: Material) -> Paper:
    """The whole report."""
    chapters = [
        *_free(material, FOREWORD, _("Foreword")),
        reading(material),
        overview(material),
        *(of_plan(material, plan) for plan in material.edition.plans),
        needs(material),
        participation(material),
        synergies(material),
        *((comparison(material.older, material.edition),) if material.older else ()),
        *_free(material, OUTLOOK, _("Outlook")),
        method(material),
        sources(material),
        unconfirmed(material),
    ]
    return Paper(language().code, title(material), _front(material), tuple(chapters))


def compared(older: Edition, newer: Edition) -> Paper:
    """Two editions beside each other, as a paper of its own."""
    name = _("Two editions compared: %(older)s and %(newer)s", older=words.names([older.name]),
             newer=words.names([newer.name]))  # fmt: skip
    front = ((_("Earlier edition"), words.said(older.name)), (_("Later edition"), words.said(newer.name)))
    return Paper(language().code, str(name), front, (comparison(older, newer),))


def title(material: Material) -> str:
    """What the report is called."""
    return str(_("Interim report: %(edition)s", edition=words.names([material.edition.name])))


def said_months(months: Months) -> str:
    """A period in words."""
    first, last = (format_date(day, "LLLL yyyy") for day in (months.first, months.last))
    return str(_("%(first)s to %(last)s", first=first, last=last))


def _free(material: Material, place: str, heading: str) -> tuple[Section, ...]:
    """A chapter that is nothing but a free text; none where nothing was written."""
    blocks = words.written(material.texts, place)
    return (Section(place, heading, blocks),) if blocks else ()


def _front(material: Material) -> tuple[tuple[str, Said], ...]:
    snapshot, edition = material.snapshot, material.edition
    lines: list[tuple[str, Said]] = [
        (_("City"), words.said(snapshot.whole_city.name)),
        (_("Edition"), words.said(edition.name)),
        (_("Version of the edition"), str(material.version)),
    ]
    if edition.adopted_on:
        lines.append((_("Adopted on"), words.said_day(edition.adopted_on)))
    lines.append((_("Period"), said_months(material.wanted.months)))
    if material.older:
        lines.append((_("Compared with"), words.said(material.older.name)))
    lines += [(_("As of"), words.said_day(snapshot.on)), (_("Snapshot"), snapshot.hash)]
    return tuple(lines)
