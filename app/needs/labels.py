"""The words of the needs page: topics, hidden numbers, what the fills of the map mean."""

from __future__ import annotations

from itertools import pairwise

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.core.codes import Topic
from app.disclosure.domain import Figure
from app.needs.domain import ALL, OTHER, RATE_STEPS, RATES, Line, Shade


def topic_label(topic: str) -> str:
    """The name of an area of life, of all together, or of none of them."""
    if topic == ALL:
        return str(_("All areas of life together"))
    return str(_("Something else") if topic == OTHER else Topic(topic).label)


def number(value: float | None) -> str:
    """A number as the page's language writes it."""
    return "" if value is None else str(format_decimal(value))


def figure_label(figure: Figure) -> str:
    """A count in words: the number, "under 5", or a range."""
    if figure.value is not None:
        return number(figure.value)
    if figure.limit is not None:
        return str(_("under %(limit)s", limit=number(figure.limit)))
    return str(_("%(least)s to %(most)s", least=number(figure.at_least), most=number(figure.at_most)))


def map_text(line: Line) -> str:
    """What the map says of an area."""
    said = {"services": number(line.services), "measures": number(line.measures), "reports": figure_label(line.reports)}
    if line.rate is None:
        return str(_("Services: %(services)s. Measures: %(measures)s. Gap reports: %(reports)s.", **said))
    said |= {"rate": number(line.rate), "year": str(line.area.residents_year)}
    return str(
        _(
            "Services: %(services)s. Measures: %(measures)s. Gap reports: %(reports)s, "
            "or %(rate)s per 1,000 residents of %(year)s.",
            **said,
        )
    )


def legend(threshold: int, year: int | None) -> list[tuple[Shade, str]]:
    """The fills of the map and what each means, from few to many."""
    steps = [number(step) for step in RATE_STEPS]
    rates = [
        _("fewer than %(step)s per 1,000", step=steps[0]),
        *(_("%(step)s to under %(next)s per 1,000", step=step, next=following) for step, following in pairwise(steps)),
        _("%(step)s or more per 1,000", step=steps[-1]),
    ]
    other = (
        _("not comparable: only a range is known")
        if year is None
        else _("not comparable: only a range is known, or residents were not counted in %(year)s", year=year)
    )
    return [
        (Shade.HIDDEN, _("under %(limit)s reports, or none", limit=threshold)),
        (Shade.NOT_COMPARABLE, other),
        *zip(RATES, rates, strict=True),
    ]
