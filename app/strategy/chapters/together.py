"""The chapters of several plans or editions together: synergies, and what became of an earlier edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.languages import listed
from app.core.texts import Localized
from app.needs.domain import CITY, CITY_TARGETS, CITY_TOPICS, TARGETS, TOPICS
from app.plans import synergies as together
from app.plans.document import Edition, FieldOfAction, Goal
from app.strategy import words
from app.strategy.chapters.measures import name_of
from app.strategy.comparing import Compared, Comparison, Fate, compare
from app.strategy.paper import Block, Cell, Paragraph, Points, Section, Table

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from app.strategy.material import Material

FATES: Mapping[Fate, tuple[LazyString, LazyString]] = {
    Fate.REACHED: (_l("Reached"), _l("No measure has been done since.")),
    Fate.MOVED: (_l("Moved"), _l("No measure was moved.")),
    Fate.DROPPED: (_l("Dropped"), _l("No measure was dropped.")),
    Fate.NEW: (_l("New"), _l("No measure is new.")),
    Fate.KEPT: (_l("Carried on as before"), _l("No measure goes on as before.")),
}
"""What became of measures: the heading, and what is said where there are none."""

MOVED_BY: Mapping[str, LazyString] = {
    "from_": _l("beginning"),
    "to": _l("end"),
    "office": _l("office"),
    "fields_": _l("field of action"),
    "plans": _l("plan"),
    "areas": _l("place"),
}


def synergies(material: Material) -> Section:
    """What carries several plans, and what hangs on nothing."""
    edition = material.edition
    plan_name = {plan.key: plan.name for plan in edition.plans}
    several = together.carrying_several(edition)
    needed = _needed(material)
    blocks: list[Block] = []
    if several:
        blocks.append(
            Table(
                "synergies",
                _("Measures that carry more than one plan"),
                (_("Measure"), _("State"), _("Plans")),
                tuple(
                    (name_of(one), Cell(str(one.state.label)), Cell(words.names(plan_name[key] for key in one.plans)))
                    for one in several
                ),
                _("Synergies"),
            )
        )
    else:
        blocks.append(Paragraph(_("No measure carries more than one plan yet.")))
    blocks += _named(
        together.goals_without_measure(edition), _("These goals are not carried by any measure:"),
        _("Each goal is carried by at least one measure."),
    )  # fmt: skip
    blocks += _named(
        together.fields_without_measure(edition), _("In these fields of action there is no measure:"),
        _("In each field of action there is at least one measure."),
    )  # fmt: skip
    if found := together.needed_without_measure(edition, needed):
        blocks += _named(found, _("Of these fields the following are about needs that people have reported:"), "")
    return Section("synergies", _("How the plans work together"), tuple(blocks))


def _needed(material: Material) -> frozenset[str]:
    """Areas of life and groups of people whose number is shown in a year of the period."""
    tables = ((CITY_TOPICS, TOPICS), (CITY_TARGETS, TARGETS))
    return frozenset(
        key
        for year in material.whole_years
        for table, keys in tables
        for key in keys
        if year.figure(table, CITY, key).value
    )


def _named(found: Sequence[Goal | FieldOfAction], lead: str, none: str) -> list[Block]:
    if not found:
        return [Paragraph(none)]
    return [Paragraph(lead), Points(tuple(words.said(one.name) for one in found))]


# Two editions --------------------------------------------------------------------------------------------------------


def comparison(older: Edition, newer: Edition) -> Section:
    """What became of the earlier edition."""
    found = compare(older, newer)
    lead = Paragraph(
        _(
            "Compared with: %(edition)s. Of its measures %(reached)s were reached, %(moved)s moved, %(dropped)s "
            "dropped; %(kept)s go on as before. New are %(new)s.",
            edition=words.names([older.name]),
            **{fate.value: len(found.of(fate)) for fate in Fate},
        )
    )
    sections = tuple(_fate(found, fate) for fate in FATES)
    return Section("comparison", _("What became of the earlier edition"), (lead, *_frame(found)), sections)


def _frame(found: Comparison) -> list[Block]:
    """Fields of action and goals that only one of the two has."""
    lists: tuple[tuple[Sequence[Goal | FieldOfAction], str], ...] = (
        (found.new_fields, _("New fields of action:")),
        (found.dropped_fields, _("Fields of action that are no longer there:")),
        (found.new_goals, _("New goals:")),
        (found.dropped_goals, _("Goals that are no longer there:")),
    )
    return [block for entries, lead in lists if entries for block in _named(entries, lead, "")]


def _fate(found: Comparison, fate: Fate) -> Section:
    title, none = FATES[fate]
    measures = found.of(fate)
    key = f"comparison-{fate}"
    if not measures:
        return Section(key, str(title), (Paragraph(str(none)),))
    table = Table(
        key,
        str(title),
        (_("Measure"), _("State before"), _("State now"), _("Years before"), _("Years now"), _("What moved"), _("Why")),
        tuple(_compared(one) for one in measures),
        _("Comparison"),
        (_("What became of it"),),
        (Cell(str(title)),),
    )
    return Section(key, str(title), (table,))


def _compared(one: Compared) -> tuple[Cell, ...]:
    before, after = one.before, one.after
    reason: Localized | None = after.reason if after else None
    return (
        name_of(one.measure),
        Cell(str(before.state.label)) if before else words.NOTHING,
        Cell(str(after.state.label)) if after else words.NOTHING,
        words.span(before.from_, before.to) if before else words.NOTHING,
        words.span(after.from_, after.to) if after else words.NOTHING,
        Cell(listed([str(MOVED_BY[name]) for name in one.moved_by])) if one.moved_by else words.NOTHING,
        words.cell(reason),
    )
