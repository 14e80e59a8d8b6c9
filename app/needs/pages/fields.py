"""The choices of a page: what to show, of which areas, area of life, group of people and year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.languages import in_language
from app.needs.domain import ALL, TARGETS, TOPICS
from app.needs.labels import topic_label
from app.needs.pages import labels
from app.needs.pages.look import IN_MATRIX, MAPPED, Look, levels
from app.needs.snapshot.domain import Snapshot
from app.needs.snapshot.numbers import EFFORT, INDICATOR, NEED, SUPPLY, Column


@dataclass(frozen=True, slots=True)
class Field:
    """A choice of a page's filter. ``options`` are groups with a heading, which may be empty."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def fields_of(snapshot: Snapshot, look: Look, names: Sequence[str]) -> list[Field]:
    """The choices of a page, without those that leave no choice."""
    makers: dict[str, Callable[[], Field]] = {
        "show": lambda: Field("show", str(_("What to show")), look.show, _shows(snapshot)),
        "measure": lambda: Field("show", str(_("What to show")), look.show, _in_matrix(snapshot)),
        "topic": lambda: Field(
            "topic",
            str(_("Area of life")),
            look.topic,
            (("", tuple((one, topic_label(one)) for one in (ALL, *TOPICS))),),
        ),
        "target": lambda: Field(
            "target",
            str(_("Group of people")),
            look.target,
            (("", tuple((one, labels.target_label(one)) for one in (ALL, *TARGETS))),),
        ),
        "level": lambda: Field(
            "level",
            str(_("By which areas")),
            look.level,
            (("", tuple((one.key, in_language(one.name).text) for one in levels(snapshot))),),
        ),
        "year": lambda: Field("year", str(_("Year")), _year(snapshot, look), (("", _years(snapshot)),)),
    }
    fields = [makers[name]() for name in names]
    return [field for field in fields if sum(len(options) for _group, options in field.options) > 1]


def _year(snapshot: Snapshot, look: Look) -> str:
    found = look.published(snapshot)
    return str(found.year) if found else ""


def _years(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    return tuple((str(year), str(year)) for year in snapshot.years)


def _named(snapshot: Snapshot, columns: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((column, labels.column_label(column, snapshot)) for column in columns)


def _shows(snapshot: Snapshot) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    indicators = tuple(dict.fromkeys(INDICATOR + one.key for one in snapshot.indicators))
    groups = (
        (str(_("Need")), [one for one in MAPPED if one in {Column.MISMATCH, *NEED}]),
        (str(_("Supply")), [one for one in MAPPED if one in SUPPLY]),
        (str(_("Effort")), [one for one in MAPPED if one in EFFORT]),
        (str(_("Context")), list(indicators)),
    )
    return tuple((heading, _named(snapshot, columns)) for heading, columns in groups if columns)


def _in_matrix(snapshot: Snapshot) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return (("", _named(snapshot, IN_MATRIX)),)
