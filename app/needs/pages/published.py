"""What is published of a year for the whole city and by group, as the tables of one page. Nothing stands on a map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.languages import in_language
from app.needs.domain import (
    ALL,
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_MEASURES,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    NOWHERE,
    TARGETS,
    TONGUES,
    TOPICS,
    WAITED,
    Figure,
    Listed,
    Published,
)
from app.needs.labels import answer_label, language_label, measure_label, target_label, topic_label
from app.needs.snapshot.domain import Part, Place, Snapshot


@dataclass(frozen=True, slots=True)
class Shown:
    """A table: ``rows`` are a name and the figures below ``heads``. ``id`` stands in the page."""

    id: str
    caption: str
    first: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Tables with a heading and what has to be said about them. Without tables: nothing can be shown."""

    heading: str
    lead: tuple[str, ...]
    tables: tuple[Shown, ...]


def sections(snapshot: Snapshot, year: Published) -> list[Section]:
    """Everything that is out of a year."""
    if not year.whole:
        return []
    level = snapshot.level(Part.GROUPS)
    groups = snapshot.places_of(level.key) if level else ()
    found = [_people(year, groups), _topics(year, groups), _racism(year, groups)]
    if year.columns(CITY_LANGUAGES):
        found += [_part_taken(year), _moved(year)]
    return found


def _by_group(
    year: Published, groups: Sequence[Place], inside: Listed, whole: Listed, columns: Sequence[str],
    label: Callable[[str], str],
) -> tuple[tuple[str, tuple[Figure, ...]], ...]:  # fmt: skip
    return tuple(
        (
            label(column),
            (
                *(year.figure(inside, key, column) for key in (*(group.key for group in groups), *_nowhere(groups))),
                year.figure(whole, CITY, column),
            ),
        )
        for column in columns
    )


def _nowhere(groups: Sequence[Place]) -> tuple[str, ...]:
    return (NOWHERE,) if groups else ()


def _heads(groups: Sequence[Place]) -> tuple[str, ...]:
    outside = (str(_("Not counted by area")),) if groups else ()
    return (*(in_language(group.name).text for group in groups), *outside, str(_("Whole city")))


def _people(year: Published, groups: Sequence[Place]) -> Section:
    return Section(
        str(_("Who is concerned")),
        (str(_("A report may name several groups of people, so these numbers do not add up.")),),
        (
            Shown(
                "needs-targets",
                str(_("Gap reports in %(year)s by planning area and who is concerned", year=year.year)),
                str(_("Who is concerned")),
                _heads(groups),
                _by_group(year, groups, GROUP_TARGETS, CITY_TARGETS, TARGETS, target_label),
            ),
        ),
    )


def _topics(year: Published, groups: Sequence[Place]) -> Section:
    return Section(
        str(_("By area of life")),
        (),
        (
            Shown(
                "needs-topics",
                str(_("Gap reports in %(year)s by planning area and area of life", year=year.year)),
                str(_("Area of life")),
                _heads(groups),
                _by_group(year, groups, GROUP_TOPICS, CITY_TOPICS, TOPICS, topic_label),
            ),
        ),
    )


def _list(
    year: Published, table: Listed, columns: Sequence[str], label: Callable[[str], str], shape: tuple[str, str, str]
) -> Shown:
    """A table with one column of figures. ``shape`` is its id, its caption and what stands above the names."""
    identity, caption, first = shape
    rows = tuple((label(column), (year.figure(table, CITY, column),)) for column in columns)
    return Shown(identity, caption, first, (str(_("Reports")),), rows)


def _racism(year: Published, groups: Sequence[Place]) -> Section:
    caption = str(_("Reports in %(year)s by area of life", year=year.year))
    by_topic = _list(
        year, DISCRIMINATION, TOPICS, topic_label, ("needs-discrimination", caption, str(_("Area of life")))
    )
    tables = [by_topic]
    if year.columns(GROUP_DISCRIMINATION):
        rows = (
            *((in_language(group.name).text, group.key) for group in groups),
            (str(_("Not counted by area")), NOWHERE),
        )
        tables.append(
            Shown(
                "needs-discrimination-groups",
                str(_("Reports in %(year)s by planning area", year=year.year)),
                str(_("Planning area")),
                (str(_("Reports")),),
                tuple((name, (year.figure(GROUP_DISCRIMINATION, key, ALL),)) for name, key in rows),
            )
        )
    return Section(
        str(_("Experiences of racism and discrimination")),
        (
            str(
                _(
                    "They are counted for a whole year only, for the whole city and, where the city has chosen so, by "
                    "planning area. They stand on no map."
                )
            ),
        ),
        tuple(one for one in tables if one.rows),
    )


def _part_taken(year: Published) -> Section:
    languages = str(_("Reports of all kinds in %(year)s by language", year=year.year))
    answers = str(_("Reports of all kinds in %(year)s by time until the first answer", year=year.year))
    return Section(
        str(_("Taking part")),
        (
            str(
                _("Reports of all kinds: gaps, barriers, experiences of discrimination, ideas, praise and corrections.")
            ),
        ),
        (
            _list(year, CITY_LANGUAGES, TONGUES, language_label, ("needs-languages", languages, str(_("Language")))),
            _list(year, CITY_ANSWERS, WAITED, answer_label, ("needs-answers", answers, str(_("First answer after")))),
        ),
    )


def _moved(year: Published) -> Section:
    caption = str(_("Reports in %(year)s by measure", year=year.year))
    shown = [key for key in year.columns(CITY_MEASURES) if year.figure(CITY_MEASURES, CITY, key).value is not None]
    table = _list(year, CITY_MEASURES, shown, measure_label, ("needs-measures", caption, str(_("Measure"))))
    return Section(
        str(_("Reports that moved a measure")),
        (
            str(_("A report may move several measures, so these numbers do not add up. Measures without a number that "
                  "can be shown are left out.")),
        ),
        (table,) if shown else (),
    )  # fmt: skip
