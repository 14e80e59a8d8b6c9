"""The chapter of participation: languages, answer times, experiences of racism, reports that moved a measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.core.texts import Localized
from app.needs.domain import (
    ALL,
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_MEASURES,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    TONGUES,
    TOPICS,
    WAITED,
    Listed,
    Published,
)
from app.needs.labels import answer_label, number, topic_label
from app.needs.looks import taking_part
from app.needs.pages.labels import spoken_label
from app.needs.snapshot.domain import Part
from app.strategy import words
from app.strategy.domain import PARTICIPATION
from app.strategy.paper import Block, Cell, Paragraph, Remark, Section, Table

if TYPE_CHECKING:
    from app.strategy.material import Material


def participation(material: Material) -> Section:
    """The whole chapter. There is no exact total: the numbers shown come to at least so many."""
    years = material.whole_years
    counted = [one for one in years if one.columns(CITY_LANGUAGES)]
    blocks: list[Block] = [*words.written(material.texts, PARTICIPATION)]
    if not years:
        blocks.append(Remark(_("No calendar year within the period has been published yet.")))
        return Section("participation", _("Participation"), tuple(blocks))
    blocks += [
        Paragraph(
            _("In %(year)s there were at least %(number)s reports of all kinds.", year=one.year,
              number=number(taking_part(one).at_least))
        )
        for one in counted
    ]  # fmt: skip
    sections = [_answers(counted)] if counted else []
    sections.append(_racism(material, years))
    if counted:
        sections.append(_moved(material, counted))
    return Section("participation", _("Participation"), tuple(blocks), tuple(sections))


def _by_year(years: Sequence[Published]) -> tuple[str, ...]:
    return tuple(_("Reports in %(year)s", year=one.year) for one in years)


def _rows(
    years: Sequence[Published], table: Listed, columns: Sequence[str], label: Callable[[str], str]
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (Cell(label(column)), *(words.figure(one.figure(table, CITY, column)) for one in years)) for column in columns
    )


def _answers(years: Sequence[Published]) -> Section:
    return Section(
        "answers",
        _("Languages and answers"),
        (
            Table(
                "languages",
                _("Reports of all kinds by language"),
                (_("Language"), *_by_year(years)),
                _rows(years, CITY_LANGUAGES, TONGUES, _language),
                _("Languages"),
            ),
            Table(
                "answer-times",
                _("Reports of all kinds by time until the first answer"),
                (_("First answer"), *_by_year(years)),
                _rows(years, CITY_ANSWERS, WAITED, answer_label),
                _("Answer times"),
            ),
        ),
    )


def _language(code: str) -> str:
    """A language in the language of the report: a reader may not know the signs of its own name."""
    return str(_("Plain German")) if code == "de-simple" else spoken_label(code)


def _racism(material: Material, years: Sequence[Published]) -> Section:
    blocks: list[Block] = [
        Paragraph(
            _("Experiences of racism and discrimination are counted for the whole city and a whole year, or by large "
              "area where the city has chosen so.")
        ),
        Table(
            "discrimination",
            _("Experiences of racism and discrimination by area of life"),
            (_("Area of life"), *_by_year(years)),
            _rows(years, DISCRIMINATION, TOPICS, topic_label),
            _("Discrimination"),
        ),
    ]  # fmt: skip
    placed = [one for one in years if one.columns(GROUP_DISCRIMINATION)]
    level = material.snapshot.level(Part.GROUPS)
    if placed and level:
        rows = tuple(
            (
                words.cell(place.name),
                *(words.figure(one.figure(GROUP_DISCRIMINATION, place.key, ALL)) for one in placed),
            )
            for place in material.snapshot.places_of(level.key)
        )
        heads = (_("Area"), *_by_year(placed))
        caption = _("Experiences of racism and discrimination by planning area")
        blocks.append(Table("discrimination-areas", caption, heads, rows, _("Discrimination by area")))
    return Section("racism", _("Experiences of racism and discrimination"), tuple(blocks))


def _moved(material: Material, years: Sequence[Published]) -> Section:
    shown = [
        key
        for key in sorted({key for one in years for key in one.columns(CITY_MEASURES)})
        if any(one.figure(CITY_MEASURES, CITY, key).value is not None for one in years)
    ]
    lead = Paragraph(
        _("Offices link reports to the measures that they moved. Numbers that are too small are left out.")
    )
    if not shown:
        return Section("moved", _("Reports that moved a measure"), (lead, Paragraph(_("No number can be shown yet."))))
    rows = tuple(
        (words.cell(_name(material, key)), *(words.figure(one.figure(CITY_MEASURES, CITY, key)) for one in years))
        for key in shown
    )
    table = Table(
        "moved-measures", _("Reports by measure"), (_("Measure"), *_by_year(years)), rows, _("Moved measures")
    )
    return Section("moved", _("Reports that moved a measure"), (lead, table))


def _name(material: Material, key: str) -> Localized:
    found = material.edition.measure(key)
    return found.name if found else Localized({"de": key})
