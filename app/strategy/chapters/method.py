"""The first and last chapters: how to read the report, its method and limits, sources, what is not confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.core.languages import listed
from app.core.texts import Localized
from app.needs.labels import number
from app.needs.pages.labels import basis_note, index_sentences, part_label
from app.needs.snapshot.domain import Part
from app.plans.document import Edition
from app.strategy import words
from app.strategy.chapters.measures import name_of
from app.strategy.paper import Cell, Paragraph, Points, Section, Table

if TYPE_CHECKING:
    from app.strategy.material import Material


def reading(material: Material) -> Section:
    """How to read the report."""
    return Section(
        "reading",
        _("How to read this report"),
        (
            Paragraph(
                _("This report tells how far the measures of the social strategy are, what people say is missing, "
                  "and what there is already.")
            ),
            Paragraph(
                _("“Not shown” means that a number is too small: somebody could be recognised. It can mean none, few "
                  "or many.")
            ),
            Paragraph(
                _("“Too few to tell” means that there are too few reports to compare an area with others. Few "
                  "reports do not mean little need: many people do not know this platform yet.")
            ),
            Paragraph(_("Whatever is marked as an example or as not confirmed is not the word of the city.")),
            Paragraph(
                _("All numbers are of one day and one snapshot. Its hash is %(hash)s. Whoever makes the report again "
                  "from this snapshot gets the same report.", hash=material.snapshot.hash)
            ),
        ),
    )  # fmt: skip


def method(material: Material) -> Section:
    """What was left out and why, how numbers are made, and what they cannot tell."""
    limits = sorted({one.threshold for one in material.years} or {material.snapshot.threshold})
    left_out = (
        _("A number of reports below %(limit)s is never shown. Further numbers are left out where they would give a "
          "small number away.", limit=listed([number(one) for one in limits])),
        _("There is no exact total of all reports: with it somebody could work out what is not shown."),
        _("Only reports whose senders agreed to be counted are counted."),
        _("By area only reports of gaps and barriers are counted, and only where their place is known."),
        _("Numbers are published once for each quarter and each year, a week after its end, and never change after "
          "that."),
        _("Texts, names and contacts of reports stand in no report of the strategy."),
    )  # fmt: skip
    supply = (
        basis_note(material.snapshot),
        _("Walks of 800 m and 1,500 m are measured as the crow flies: the way on foot is longer."),
        _("Services count as their providers list them, also where nobody has confirmed them this year."),
        _("Measures for the whole city are counted for the city and for no single area."),
        _("Rates and the index are compared only between areas whose residents were counted in the same year."),
    )
    return Section(
        "method",
        _("Method and limits"),
        (),
        (
            Section("left-out", _("What was left out and why"), (Points(tuple(str(one) for one in left_out)),)),
            Section("supply", _("How services and measures are counted"), (Points(tuple(str(one) for one in supply)),)),
            Section("index", _("How the mismatch index is made"), (Points(tuple(index_sentences())),)),
        ),
    )


# Sources -------------------------------------------------------------------------------------------------------------


def sources(material: Material) -> Section:
    """Where everything comes from, with dates."""
    return Section(
        "sources",
        _("Sources"),
        (
            Table(
                "sources",
                _("Sources and the days they are of"),
                (_("What"), _("Source"), _("As of")),
                tuple(_sources(material)),
                _("Sources"),
            ),
        ),
    )


def _sources(material: Material) -> Iterator[tuple[Cell, ...]]:
    yield from _of_plans(material.edition)
    if material.older:
        yield from _of_head(material.older)
    snapshot = material.snapshot
    for level in snapshot.levels:
        if level.attribution:
            yield Cell(part_label(level)), Cell(level.attribution), words.NOTHING
    if snapshot.basis_source:
        yield Cell(_("Where people live")), Cell(snapshot.basis_source), words.day(snapshot.basis_on)
    counted = sorted({place.residents_year for place in snapshot.places if place.residents_year is not None})
    if counted:
        yield Cell(_("Residents")), Cell(_("City")), Cell(listed([str(one) for one in counted]))
    for one in snapshot.indicators:
        yield words.cell(one.name), Cell(one.source), words.day(one.on)
    for published in material.years:
        periods = listed([period.name for period in published.periods])
        told = _("Numbers of reports (%(periods)s)", periods=periods)
        yield Cell(told), Cell(_("This platform")), words.day(published.published_at.date())
    yield Cell(_("Services and measures")), Cell(_("This platform")), words.day(snapshot.on)


def _of_head(edition: Edition) -> Iterator[tuple[Cell, ...]]:
    yield words.cell(edition.name), words.cell(edition.source), words.day(edition.adopted_on)


def _of_plans(edition: Edition) -> Iterator[tuple[Cell, ...]]:
    yield from _of_head(edition)
    for plan in edition.plans:
        yield words.cell(plan.name), words.cell(plan.source), words.year(plan.updated or plan.since)
    for measure in edition.measures:
        if measure.source:
            yield name_of(measure), words.cell(measure.source), words.NOTHING


def unconfirmed(material: Material) -> Section:
    """Everything that is an example or not confirmed, in one place."""
    found = tuple(_unconfirmed(material))
    lead = Paragraph(
        _("The following still has to be confirmed or replaced by the city.")
        if found
        else _("Everything is confirmed.")
    )
    if not found:
        return Section("unconfirmed", _("Not confirmed"), (lead,))
    heads = (_("What"), _("Kind"), _("Why"))
    table = Table("unconfirmed", _("Not confirmed"), heads, found, _("Not confirmed"))
    return Section("unconfirmed", _("Not confirmed"), (lead, table))


def _unconfirmed(material: Material) -> Iterator[tuple[Cell, ...]]:
    for goal in material.edition.goals:
        if goal.unconfirmed:
            yield words.cell(goal.name), Cell(_("Goal")), Cell(_("not confirmed"))
    for field in material.edition.fields_of_action:
        if field.unconfirmed:
            yield words.cell(field.name), Cell(_("Field of action")), Cell(_("not confirmed"))
    for measure in material.edition.measures:
        if measure.example:
            yield words.cell(measure.name), Cell(_("Measure")), Cell(_("example"))
    for level in material.snapshot.levels:
        if level.unconfirmed:
            yield Cell(_level_label(level.name, level.part)), Cell(_("Division of the city")), Cell(_("not confirmed"))


def _level_label(name: Localized, part: Part) -> str:
    return str(_("Planning areas")) if part is Part.GROUPS else words.names([name])
