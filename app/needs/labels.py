"""The words of the needs page: topics, hidden numbers, what the fills of the map mean."""

from __future__ import annotations

from itertools import pairwise

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.core.codes import Target, Topic
from app.needs.domain import (
    ALL,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    OTHER,
    PARTS,
    QUARTERLY,
    TARGETS,
    Figure,
    Listed,
    Published,
)
from app.needs.looks import RATE_STEPS, RATES, Line, Shade


def topic_label(topic: str) -> str:
    """The name of an area of life, of all together, or of none of them."""
    if topic == ALL:
        return str(_("All areas of life together"))
    return str(_("Something else") if topic == OTHER else Topic(topic).label)


def column_label(column: str) -> str:
    """The name of an area of life or of a group of people."""
    return str(Target(column).label) if column in TARGETS else topic_label(column)


def quarter_labels(published: Published) -> list[str]:
    """The heads of the quarters that are out."""
    return [str(_("Quarter %(number)s", number=one.quarter)) for one in published.periods if one.quarter]


def table_label(table: Listed) -> str:
    """What a table of the list counts."""
    labels = {
        QUARTERLY: _("Gap reports of a quarter in the whole city, by area of life"),
        CITY_TOPICS: _("Gap reports of a year in the whole city, by area of life"),
        CITY_TARGETS: _("Gap reports of a year in the whole city, by who is concerned"),
        GROUPS: _("Gap reports of a year, by planning area"),
        GROUP_TOPICS: _("Gap reports of a year, by planning area and area of life"),
        GROUP_TARGETS: _("Gap reports of a year, by planning area and who is concerned"),
        PARTS: _("Gap reports of a year, by part of town"),
        DISCRIMINATION: _("Experiences of racism and discrimination of a year in the whole city, by area of life"),
    }
    return str(labels[table])


def number(value: float | None) -> str:
    """A number as the page's language writes it."""
    return "" if value is None else str(format_decimal(value))


def figure_label(figure: Figure) -> str:
    """A count in words: the number, "at least 20", or that it is not shown."""
    if figure.value is not None:
        return number(figure.value)
    if figure.at_least:
        return str(_("at least %(least)s", least=number(figure.at_least)))
    return str(_("not shown"))


def map_text(line: Line) -> str:
    """What the map says of an area."""
    said = {"services": number(line.services), "measures": number(line.measures), "reports": figure_label(line.reports)}
    if line.rate is None:
        return str(_("Services: %(services)s. Measures: %(measures)s. Gap reports: %(reports)s.", **said))
    said |= {"rate": number(line.rate), "year": str(line.residents_year)}
    return str(
        _(
            "Services: %(services)s. Measures: %(measures)s. Gap reports: %(reports)s, "
            "or %(rate)s per 1,000 residents of %(year)s.",
            **said,
        )
    )


def legend(year: int | None) -> list[tuple[Shade, str]]:
    """The fills of the map and what each means, from few to many."""
    steps = [number(step) for step in RATE_STEPS]
    rates = [
        _("fewer than %(step)s per 1,000", step=steps[0]),
        *(_("%(step)s to under %(next)s per 1,000", step=step, next=following) for step, following in pairwise(steps)),
        _("%(step)s or more per 1,000", step=steps[-1]),
    ]
    other = (
        _("not comparable: residents are not known")
        if year is None
        else _("not comparable: residents were not counted in %(year)s", year=year)
    )
    return [
        (Shade.HIDDEN, _("not shown")),
        (Shade.NOT_COMPARABLE, other),
        *zip(RATES, rates, strict=True),
    ]
