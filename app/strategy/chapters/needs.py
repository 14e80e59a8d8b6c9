"""The chapter of needs and supply: for the city by area of life and group of people, and by area with the mismatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.languages import in_language, listed
from app.needs.domain import ALL, CITY, CITY_TARGETS, CITY_TOPICS, TARGETS, TOPICS, Listed, Published
from app.needs.labels import number, target_label, topic_label
from app.needs.pages import charts
from app.needs.pages.labels import COLUMNS, VERDICTS, number_label
from app.needs.snapshot.domain import Level, Part, Place
from app.needs.snapshot.mismatch import Verdict
from app.needs.snapshot.numbers import EFFORT, Column, Numbers
from app.strategy import words
from app.strategy.domain import NEEDS
from app.strategy.paper import Block, Cell, Chart, Paragraph, Remark, Section, Table

if TYPE_CHECKING:
    from app.strategy.material import Material

BY_AREA = (Column.REPORTS, Column.RATE, Column.AVERAGE_FAR, Column.RESIDENTS, Column.MISMATCH)
ENDS = (Column.MISMATCH_LOW, Column.MISMATCH_HIGH)
MORE_NEED = (Verdict.MORE_NEED, Verdict.MUCH_MORE_NEED)


def needs(material: Material) -> Section:
    """The whole chapter."""
    blocks: list[Block] = [
        Paragraph(
            _("People tell the city what is missing or what keeps them out. These gap reports stand beside the "
              "services and measures that there are.")
        ),
        *words.written(material.texts, NEEDS),
    ]  # fmt: skip
    if not material.whole_years:
        blocks.append(
            Remark(_("No calendar year within the period has been published yet, so there are no numbers of reports."))
        )
    levels = [level for part in (Part.GROUPS, Part.PARTS) if (level := material.snapshot.level(part)) is not None]
    return Section(
        "needs",
        _("Needs and supply"),
        tuple(blocks),
        (_by_topic(material), _by_target(material), *(_by_area(material, level) for level in levels)),
    )


# The whole city ------------------------------------------------------------------------------------------------------


def _by_topic(material: Material) -> Section:
    blocks: list[Block] = []
    if material.whole_years:
        blocks += _topic_chart(material.whole_years[-1])
    blocks.append(
        Table(
            "needs-topics",
            _("Gap reports, services and measures in the whole city by area of life"),
            (_("Area of life"), *_city_heads(material.whole_years)),
            tuple(
                (Cell(topic_label(topic)), *_city_row(material, CITY_TOPICS, topic, (topic, ALL))) for topic in TOPICS
            ),
            _("Needs by area of life"),
        )
    )
    return Section("needs-by-topic", _("By area of life"), tuple(blocks))


def _topic_chart(year: Published) -> list[Block]:
    figures = [(topic, year.figure(CITY_TOPICS, CITY, topic).value) for topic in TOPICS]
    shown = sorted(((topic, value) for topic, value in figures if value is not None), key=lambda pair: -pair[1])
    if not shown:
        return []
    marks = [charts.Mark(topic_label(topic), "", value, number(value)) for topic, value in shown]
    alternative = _(
        "Bar chart. Most gap reports in %(year)s are about: %(topics)s.",
        year=year.year,
        topics=listed([f"{topic_label(topic)} ({number(value)})" for topic, value in shown[:3]]),
    )
    caption = _("Gap reports in %(year)s by area of life, as far as they are shown", year=year.year)
    return [Chart("chart-topics", caption, charts.bars(marks, str(COLUMNS[Column.REPORTS])), alternative)]


def _by_target(material: Material) -> Section:
    return Section(
        "needs-by-target",
        _("By group of people"),
        (
            Paragraph(_("A report may name several groups of people, so these numbers do not add up.")),
            Table(
                "needs-targets",
                _("Gap reports, services and measures in the whole city by group of people"),
                (_("Group of people"), *_city_heads(material.whole_years)),
                tuple(
                    (Cell(target_label(target)), *_city_row(material, CITY_TARGETS, target, (ALL, target)))
                    for target in TARGETS
                ),
                _("Needs by group of people"),
            ),
        ),
    )


def _city_heads(years: Sequence[Published]) -> tuple[str, ...]:
    return (
        *(_("Gap reports in %(year)s", year=one.year) for one in years),
        _("Services"),
        *(str(COLUMNS[column]) for column in EFFORT),
    )


def _city_row(material: Material, table: Listed, key: str, about: tuple[str, str]) -> tuple[Cell, ...]:
    city, numbers = material.snapshot.whole_city, material.numbers
    columns = (Column.WITHIN, *EFFORT)
    return (
        *(words.figure(one.figure(table, CITY, key)) for one in material.whole_years),
        *(words.told(column, numbers.told(city, column, *about)) for column in columns),
    )


# By area -------------------------------------------------------------------------------------------------------------


def _by_area(material: Material, level: Level) -> Section:
    numbers, places = material.numbers, material.snapshot.places_of(level.key)
    groups = level.part is Part.GROUPS
    blocks: list[Block] = []
    if level.unconfirmed:
        blocks.append(Remark(_("Not confirmed: names and members of these areas are a proposal.")))
    blocks.append(Paragraph(_summary(numbers, places)))
    blocks += _area_chart(numbers, places, level)
    caption = _("Need and supply by planning area") if groups else _("Need and supply by part of town")
    if numbers.published:
        caption = (
            _("Need and supply by planning area in %(year)s", year=numbers.published.year)
            if groups
            else _("Need and supply by part of town in %(year)s", year=numbers.published.year)
        )
    blocks.append(
        Table(
            f"needs-{level.part}",
            caption,
            (_("Area"), *(str(COLUMNS[column]) for column in (*BY_AREA, *ENDS)), _("What the index says")),
            tuple(_area_row(numbers, place) for place in places),
            _("Needs by planning area") if groups else _("Needs by part of town"),
        )
    )
    title = _("By planning area") if groups else _("By part of town")
    return Section(f"needs-by-{level.part}", title, tuple(blocks))


def _area_row(numbers: Numbers, place: Place) -> tuple[Cell, ...]:
    verdict = numbers.mismatch(place).verdict
    return (
        words.cell(place.name),
        *(words.told(column, numbers.told(place, column)) for column in BY_AREA),
        # The index itself says why there is none.
        *(
            words.told(column, found) if (found := numbers.told(place, column)).value is not None else words.NOTHING
            for column in ENDS
        ),
        Cell(str(VERDICTS[verdict])),
    )


def _summary(numbers: Numbers, places: Sequence[Place]) -> str:
    verdicts = {place.key: numbers.mismatch(place).verdict for place in places}
    untold = sum(verdict is Verdict.TOO_FEW for verdict in verdicts.values())
    need = [place.name for place in places if verdicts[place.key] in MORE_NEED]
    said = [
        _("There is clearly more need than supply in %(areas)s.", areas=words.names(need))
        if need
        else _("In no area is there clearly more need than supply.")
    ]
    if untold:
        said.append(
            ngettext(
                "For one area there are too few reports to tell.",
                "For %(num)d areas there are too few reports to tell.",
                untold,
            )
        )
    return " ".join(said)


def _area_chart(numbers: Numbers, places: Sequence[Place], level: Level) -> list[Block]:
    found = [(place, numbers.told(place, Column.MISMATCH).value) for place in places]
    known = sorted(((place, value) for place, value in found if value is not None), key=lambda pair: -pair[1])
    if not known:
        return []
    marks = [
        charts.Mark(
            in_language(place.name).text,
            "",
            value,
            number_label(Column.MISMATCH, value),
            numbers.told(place, Column.MISMATCH_LOW).value,
            numbers.told(place, Column.MISMATCH_HIGH).value,
        )
        for place, value in known
    ]
    alternative = _(
        "Points with intervals: the mismatch index of %(number)s areas. Highest: %(first)s with %(most)s, lowest: "
        "%(last)s with %(least)s.",
        number=number(len(known)),
        first=in_language(known[0][0].name).text,
        most=number_label(Column.MISMATCH, known[0][1]),
        last=in_language(known[-1][0].name).text,
        least=number_label(Column.MISMATCH, known[-1][1]),
    )
    caption = _("Mismatch index with its uncertainty; to the right there is more need than supply")
    drawn = charts.intervals(marks, str(COLUMNS[Column.MISMATCH]))
    return [Chart(f"chart-{level.part}", caption, drawn, alternative)]
