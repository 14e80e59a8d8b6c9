"""Who took part: what is told of reports of all kinds."""

from __future__ import annotations

from dataclasses import dataclass

from app.needs.domain import (
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    DISCRIMINATION,
    TONGUES,
    TOPICS,
    WAITED,
    Figure,
    Published,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of one of the smaller tables: an area of life or a group of people, and its numbers in order."""

    column: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Participation:
    """Reports of all kinds of a year: by language, by how long the first answer took, and how many at least."""

    year: int
    languages: tuple[Row, ...]
    answers: tuple[Row, ...]
    at_least: int


def taking_part(published: Published) -> Participation:
    """What is told of all kinds of reports. How many there were exactly is told only where every part of it is."""
    languages, answers = (
        tuple(Row(column, (published.figure(table, CITY, column),)) for column in columns)
        for table, columns in ((CITY_LANGUAGES, TONGUES), (CITY_ANSWERS, WAITED))
    )
    by_topic = (published.figure(DISCRIMINATION, CITY, topic).at_least for topic in TOPICS)
    told = [sum(row.figures[0].at_least for row in rows) for rows in (languages, answers)]
    return Participation(published.year, languages, answers, max(*told, published.seen() + sum(by_topic)))
