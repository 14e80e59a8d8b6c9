"""What the pages of the editor show besides the plans themselves: history, makers, flaws, differences, hints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.accounts import queries as accounts
from app.core.clock import today
from app.core.codes import MeasureState
from app.core.texts import Localized
from app.directory.queries import organisations
from app.planning import labels, queries
from app.planning.words import Names, Part, Said, parts, said, title_of
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import About, Edition, Found, Known, Measure, differences, flaws
from app.plans.domain import VersionCard
from app.plans.editions import Deed
from app.plans.models import VersionChange
from app.routing import queries as routing

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

PAGE = 50
"""Measures or changes on a page of a long list."""

LATEST = 10
"""Changes at the end of a version's own page."""


def words() -> dict[str, Any]:
    """What every template of this room may ask for."""
    return {
        "about_words": labels.ABOUT,
        "attribute_name": labels.attribute,
        "change_words": labels.CHANGES,
        "deed": labels.deed,
        "measure_states": MeasureState,
        "state_words": labels.STATES,
    }


# History -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a version's history; ``who`` is None where it was the city's folder or the command line.

    ``undoable`` says that it can be taken back while the version is a draft.
    """

    change: VersionChange
    who: str | None
    title: str
    parts: tuple[Part, ...]
    undoable: bool


def history(version_id: int, document: Edition, page: int = 1, most: int = PAGE) -> tuple[list[Line], int]:
    """A page of the history of a version, the latest first, and how many pages there are, at least one."""
    changes = plans.changes(version_id)
    pages = max(1, -(-len(changes) // most))
    page = min(max(page, 1), pages)
    return _lines(changes[(page - 1) * most : page * most], document), pages


def news(version_id: int, document: Edition, seen: int, entry: tuple[str, str] | None) -> list[Line]:
    """What was changed after the line that somebody has seen: at an entry, or anywhere."""
    return _lines(queries.changes_after(version_id, seen, entry), document)


def line(change: VersionChange, document: Edition) -> Line:
    """One line of a history."""
    return _lines([change], document)[0]


def _lines(changes: Sequence[VersionChange], document: Edition) -> list[Line]:
    titles = accounts.titles({one.by for one in changes if one.by})
    names = Names(document)
    return [
        Line(
            one,
            titles.get(one.by or ""),
            title_of(one.before, one.after, one.about, one.key) if one.before or one.after else "",
            () if one.after is None else parts(one.before, one.after, names),
            one.action in {Deed.CHANGED, Deed.TAKEN_IN},
        )
        for one in changes
    ]


def makers(cards: Iterable[VersionCard]) -> dict[str, str]:
    """The names of the desks that made versions, submitted or published them, by principal."""
    found = {who for card in cards for who in (card.made_by, card.submitted_by, card.published_by) if who}
    return accounts.titles(found)


# Flaws, hints, differences -------------------------------------------------------------------------------------------


def looks_for() -> Known:
    """What an edition may name today, and what rules in force lead to: those that are over lead nowhere."""
    active = routing.set_in_force()
    every = routing.rules_of(active.id).rules if active else ()
    rules = [one for one in every if one.valid_until is None or one.valid_until >= today()]
    return editions.known(fields={one.field for one in rules}, measures={key for one in rules for key in one.measures})


@dataclass(frozen=True, slots=True)
class Fault:
    """A flaw in words; ``there`` says whether the edition has the entry, so that it can be opened."""

    about: About
    key: str
    title: str
    sentence: LazyString
    there: bool


def faults(document: Edition, known: Known) -> list[Fault]:
    """Everything that keeps an edition from being published, in words."""
    return told(flaws(document, known), document)


def told(found: Iterable[Found], document: Edition) -> list[Fault]:
    """Flaws in words."""
    names = Names(document)
    there = {(About.GOAL, one.key) for one in document.goals} | {(About.MEASURE, one.key) for one in document.measures}
    there |= {(About.PLAN, one.key) for one in document.plans}
    there |= {(About.FIELD, one.key) for one in document.fields_of_action}
    in_rows = Names(plans.in_force())
    return [
        Fault(
            one.about,
            one.key,
            names.entry(one.about, one.key) if (one.about, one.key) in there else in_rows.entry(one.about, one.key),
            labels.flaw_sentence(one, names.name(one.attribute, one.value)),
            (one.about, one.key) in there,
        )
        for one in found
    ]


def unled(document: Edition, known: Known) -> list[tuple[str, Localized]]:
    """(key, name) of fields that reports should be able to reach, and that no rule in force leads to."""
    return [
        (one.key, one.name)
        for one in document.fields_of_action
        if one.not_by_reports is None and one.key not in known.fields
    ]


def compared(before: Edition, after: Edition) -> tuple[Said, ...]:
    """How an edition or version differs from another, in words."""
    return said(differences(before, after), Names(after, before))


# Measures ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which measures of a long list somebody wants to see; empty is all. ``page`` counts from 1."""

    words: str = ""
    plan: str = ""
    state: str = ""
    office: str = ""
    page: int = 1


def found(measures: Collection[Measure], wanted: Wanted) -> list[Measure]:
    """The measures that fit, in their order: words are looked for in names and summaries of every language."""
    asked = wanted.words.casefold().split()
    return [
        one
        for one in measures
        if (not wanted.plan or wanted.plan in one.plans)
        and (not wanted.state or wanted.state == one.state)
        and (not wanted.office or wanted.office == one.office)
        and all(word in _text(one) for word in asked)
    ]


def _text(one: Measure) -> str:
    return " ".join([one.key, *one.name.values(), *one.summary.values()]).casefold()


def office_choices(document: Edition) -> list[tuple[str, str]]:
    """(key, name) of the organisations that measures of an edition are the business of, by name."""
    names = Names(document)
    keys = {one.office for one in document.measures if one.office}
    return sorted(((key, names.name("office", key)) for key in keys), key=lambda one: one[1].casefold())


def all_organisations() -> list[tuple[str, str]]:
    """(key, name) of every organisation, by name."""
    names = Names()
    return sorted(((key, names.name("office", key)) for key in organisations()), key=lambda one: one[1].casefold())


def entry_said(document: Edition, about: About, key: str) -> Said:
    """Everything that an entry says, in words."""
    nothing = document.model_copy(update={"goals": (), "measures": (), "plans": ()})
    found = next(one for one in differences(nothing, document) if (one.about, one.key) == (about, key))
    return said([found], Names(document))[0]
