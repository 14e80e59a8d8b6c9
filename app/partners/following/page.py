"""What the page of followed needs shows: numbers from publications, side by side, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.languages import in_language
from app.needs import labels
from app.needs import queries as needs
from app.needs.domain import CITY, TARGETS, Geography, Period, Rows
from app.partners.following.domain import Choice, Comparison, Need, Verdict, compared, latest, preceding
from app.places import queries as places


@dataclass(frozen=True, slots=True)
class Line:
    """A followed need in words. ``level`` and ``area`` name the place in addresses."""

    comparison: Comparison
    place: str
    subject: str
    level: str
    area: str


@dataclass(frozen=True, slots=True)
class Block:
    """What is followed, in one period and the one before."""

    period: Period
    lines: tuple[Line, ...]

    @property
    def earlier(self) -> Period:
        """The period it is compared with."""
        return preceding(self.period)

    @property
    def grown(self) -> tuple[Line, ...]:
        """What has grown."""
        return tuple(line for line in self.lines if line.comparison.verdict is Verdict.GROWN)


def blocks(choice: Choice) -> tuple[Block, ...]:
    """The latest published year and quarter, each beside the one before, of what somebody follows."""
    years, geography = needs.publications(), needs.geography()
    found = []
    for period in latest(years):
        comparisons = (compared(need, period, years) for need in choice.needs())
        lines = tuple(_line(one, geography) for one in comparisons if one is not None)
        if lines:
            found.append(Block(period, lines))
    return tuple(found)


def subject_label(column: str) -> str:
    """The name of an area of life, or of a group of people."""
    return labels.target_label(column) if column in TARGETS else labels.topic_label(column)


def period_label(period: Period) -> str:
    """The name of a year or a quarter."""
    if period.quarter is None:
        return str(period.year)
    return str(_("%(year)s, quarter %(number)s", year=period.year, number=period.quarter))


def _line(comparison: Comparison, geography: Geography) -> Line:
    need = comparison.need
    city = places.city()
    levels = {Rows.CITY: CITY, Rows.GROUPS: city.coarse_level or "", Rows.PARTS: city.needs_level or ""}
    return Line(comparison, _place(need, geography), subject_label(need.column), levels[need.rows], need.area)


def _place(need: Need, geography: Geography) -> str:
    if need.rows is Rows.CITY:
        return str(_("Whole city"))
    cards = geography.groups if need.rows is Rows.GROUPS else geography.parts
    return next(in_language(card.name).text for card in cards if card.key == need.area)
