"""The pictures of the pages: what each is drawn from, and a sentence or two that say what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.languages import in_language, listed
from app.needs.domain import TOPICS
from app.needs.labels import number, topic_label
from app.needs.pages import charts, labels, tables
from app.needs.pages.charts import Mark
from app.needs.pages.classes import classes, sign
from app.needs.pages.look import Look
from app.needs.pages.tables import Line, Table
from app.needs.snapshot.domain import Snapshot
from app.needs.snapshot.mismatch import Verdict
from app.needs.snapshot.numbers import Column

MOST = 40
"""So many bars at most: of a city with hundreds of areas those with the highest numbers."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: what it says to those who do not see it, and how it is drawn."""

    alternative: str
    draw: Callable[[], bytes]


def picture(name: str, snapshot: Snapshot, look: Look) -> Picture | None:
    """One of the pictures; ``None`` where there would be nothing on it.

    Raises:
        KeyError: there is none of this name.
    """
    return PICTURES[name](snapshot, look)


def _areas(snapshot: Snapshot, look: Look) -> Picture | None:
    table = tables.areas(snapshot, look)
    known = sorted(table.values(look.show), key=lambda pair: -pair[1])
    if not known:
        return None
    shown = known[:MOST]
    heading = labels.column_label(look.show, snapshot)
    if look.show == Column.MISMATCH:
        marks = [
            Mark(
                _name(line),
                "",
                value,
                labels.number_label(look.show, value),
                table.told(line, Column.MISMATCH_LOW).value,
                table.told(line, Column.MISMATCH_HIGH).value,
            )
            for line, value in shown
        ]
        return Picture(_intervals_said(table, snapshot, look), partial(charts.intervals, marks, heading))
    marks = [Mark(_name(line), "", value, labels.number_label(look.show, value)) for line, value in shown]
    said = _(
        "Bars: %(column)s. Highest in %(first)s with %(most)s, lowest in %(last)s with %(least)s.",
        column=heading,
        first=_name(known[0][0]),
        most=labels.number_label(look.show, known[0][1]),
        last=_name(known[-1][0]),
        least=labels.number_label(look.show, known[-1][1]),
    )
    return Picture(_said(said, table, known), partial(charts.bars, marks, heading))


def _intervals_said(table: Table, snapshot: Snapshot, look: Look) -> str:
    numbers = look.numbers(snapshot)
    verdicts = [(line, numbers.mismatch(line.place, line.topic, line.target).verdict) for line in table.lines]
    need = [_name(line) for line, one in verdicts if one in {Verdict.MORE_NEED, Verdict.MUCH_MORE_NEED}]
    supply = [_name(line) for line, one in verdicts if one in {Verdict.MORE_SUPPLY, Verdict.MUCH_MORE_SUPPLY}]
    told = len(table.values(Column.MISMATCH))
    return " ".join(
        (
            _("Points with intervals: the mismatch index of %(told)s areas.", told=number(told)),
            str(_("More need than supply: %(names)s.", names=listed(need) if need else _("none"))),
            str(_("More supply than need: %(names)s.", names=listed(supply) if supply else _("none"))),
            _missing(len(table.lines) - told),
        )
    ).strip()


def _matrix(snapshot: Snapshot, look: Look) -> Picture | None:
    table, numbers = tables.matrix(snapshot, look), look.numbers(snapshot)
    known = table.values(look.show)
    if not known:
        return None
    classed = classes(table, look.show)
    marks = [
        Mark(
            _name(line),
            topic_label(line.topic),
            told.value,
            labels.number_label(look.show, told.value) if told.value is not None else sign("hidden"),
            code=classed.of(numbers, line, told),
        )
        for line in table.lines
        for told in (table.told(line, look.show),)
    ]
    line, value = max(known, key=lambda pair: pair[1])
    said = _(
        "Heat map of %(areas)s areas by area of life: %(column)s. Highest for %(topic)s in %(area)s with %(most)s.",
        areas=number(len({one.place.key for one in table.lines})),
        column=labels.column_label(look.show, snapshot),
        topic=topic_label(line.topic),
        area=_name(line),
        most=labels.number_label(look.show, value),
    )
    return Picture(_said(said, table, known), partial(charts.heat, marks))


def _quarters(snapshot: Snapshot, look: Look) -> Picture | None:
    table = tables.quarters(snapshot, look)
    shown = {line.topic for line, _value in table.values(Column.REPORTS)}
    told = Table(table.name, table.columns, tuple(one for one in table.lines if one.topic in shown))
    return _course(told, lambda line: topic_label(line.topic))


def _years(snapshot: Snapshot, look: Look) -> Picture | None:
    table = tables.years(snapshot, look)
    shown = {line.place.key for line, _value in table.values(Column.REPORTS)}
    return _course(Table(table.name, table.columns, tuple(one for one in table.lines if one.place.key in shown)), _name)


def _course(table: Table, row: Callable[[Line], str]) -> Picture | None:
    """Panels over time."""
    known = table.values(Column.REPORTS)
    if not known:
        return None
    marks = [
        Mark(row(line), period_label(line.period), told.value, number(told.value) if told.value is not None else "?")
        for line in table.lines
        for told in (table.told(line, Column.REPORTS),)
    ]
    line, value = max(known, key=lambda pair: pair[1])
    periods = [one.period for one in table.lines]
    said = _(
        "Bars over time from %(first)s to %(last)s: gap reports. Most for %(what)s in %(period)s with %(most)s.",
        first=period_label(min(periods)),
        last=period_label(max(periods)),
        what=row(line),
        period=period_label(line.period),
        most=number(value),
    )
    drawn = partial(charts.panels, marks, str(labels.COLUMNS[Column.REPORTS]))
    return Picture(_said(said, table, known), drawn)


def _supply(snapshot: Snapshot, look: Look) -> Picture | None:
    """Services by area of life around an average resident: of the areas that were picked, or of one and the city."""
    column = Column.AVERAGE_FAR
    numbers, places = look.numbers(snapshot), look.places(snapshot)
    if not places:
        return None
    beside = places if len(places) > 1 else (*places, snapshot.whole_city)
    cells = [
        (topic, place, told.value)
        for topic in TOPICS
        for place in beside
        if (told := numbers.told(place, column, topic)).value is not None
    ]
    if not cells:
        return None
    marks = [
        Mark(topic_label(topic), in_language(place.name).text, value, labels.number_label(column, value or 0))
        for topic, place, value in cells
    ]
    topic, place, value = max(cells, key=lambda cell: cell[2] or 0)
    least = min(cells, key=lambda cell: cell[2] or 0)
    said = _(
        "Bars: services within 1,500 m of an average resident, by area of life, for %(areas)s. Most for %(topic)s in "
        "%(area)s with %(most)s, fewest for %(last)s in %(other)s with %(least)s.",
        areas=listed([in_language(one.name).text for one in beside]),
        topic=topic_label(topic),
        area=in_language(place.name).text,
        most=labels.number_label(column, value or 0),
        last=topic_label(least[0]),
        other=in_language(least[1].name).text,
        least=labels.number_label(column, least[2] or 0),
    )
    return Picture(str(said), partial(charts.bars, marks, str(labels.COLUMNS[column])))


PICTURES: Mapping[str, Callable[[Snapshot, Look], Picture | None]] = {
    "areas": _areas,
    "matrix": _matrix,
    "quarters": _quarters,
    "years": _years,
    "supply": _supply,
}
"""The pictures by the name in their address."""


def period_label(period: str) -> str:
    """A year, or a quarter as it stands below a bar."""
    return period.replace("-", " ")


def _name(line: Line) -> str:
    return in_language(line.place.name).text


def _said(said: str, table: Table, known: Sequence[object]) -> str:
    """A sentence, and how many numbers there are not."""
    return f"{said} {_missing(len(table.lines) - len(known))}".strip()


def _missing(hidden: int) -> str:
    if not hidden:
        return ""
    return str(
        ngettext("%(num)s number is not shown or not known.", "%(num)s numbers are not shown or not known.", hidden)
    )
