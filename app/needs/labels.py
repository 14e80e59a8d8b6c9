"""The words of what is published: tables, what they tell apart, numbers."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.core.codes import Target, Topic
from app.core.languages import LANGUAGES, in_language
from app.needs.domain import (
    ALL,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_MEASURES,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    OTHER,
    PARTS,
    QUARTERLY,
    Columns,
    Figure,
    Listed,
)
from app.plans import queries as plans
from app.reports.answers import UNANSWERED


def topic_label(topic: str) -> str:
    """The name of an area of life, of all together, or of none of them."""
    if topic == ALL:
        return str(_("All areas of life together"))
    return str(_("Something else") if topic == OTHER else Topic(topic).label)


def target_label(target: str) -> str:
    """The name of a group of people."""
    return str(Target(target).label)


def language_label(code: str) -> str:
    """A language by its own name."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def answer_label(waited: str) -> str:
    """How long the first answer took."""
    labels = {
        "three_days": _("Up to three working days"),
        "ten_days": _("Up to ten working days"),
        "twenty_days": _("Up to twenty working days"),
        "later": _("Longer"),
        UNANSWERED: _("No answer yet"),
    }
    return str(labels[waited])


def measure_label(key: str) -> str:
    """The name of a measure; its key where it is there no more."""
    card = plans.measure(key)
    return in_language(card.name).text if card else key


def column_label(table: Listed, column: str) -> str:
    """The name of what a table tells apart."""
    labels: dict[Columns, Callable[[str], str]] = {
        Columns.ALL: topic_label,
        Columns.TOPICS: topic_label,
        Columns.TARGETS: target_label,
        Columns.TONGUES: language_label,
        Columns.WAITED: answer_label,
        Columns.MEASURES: measure_label,
    }
    return labels[table.columns](column)


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
        GROUP_DISCRIMINATION: _("Experiences of racism and discrimination of a year, by planning area"),
        CITY_LANGUAGES: _("Reports of all kinds of a year, by language"),
        CITY_ANSWERS: _("Reports of all kinds of a year, by time until the first answer"),
        CITY_MEASURES: _("Reports of a year that moved a measure"),
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
