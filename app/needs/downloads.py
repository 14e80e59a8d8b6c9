"""The numbers of the needs page as files: what is published and what there is, nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain

from flask_babel import gettext as _

from app.core.languages import LANGUAGES
from app.needs.domain import (
    ALL,
    CITY,
    CITY_TOPICS,
    NOWHERE,
    TABLES,
    TOPICS,
    Figure,
    Geography,
    Period,
    Published,
    Rows,
)
from app.needs.labels import column_label, figure_label, table_label, topic_label
from app.needs.looks import Line, Supply, group_lines, part_lines
from app.places import geojson
from app.places import queries as places
from app.sheets.writing import Value, csv_bytes


def csv_table(years: Mapping[int, Published], geography: Geography, supply: Supply, code: str) -> bytes:
    """Everything that has been published and everything there is, a number a row.

    With semicolons and decimal commas where the language has them.
    """
    names = _names(geography, code)
    head = (
        _("Key of the table"),
        _("Table"),
        _("Period"),
        _("From"),
        _("To"),
        _("Key of the area"),
        _("Area"),
        _("Key of what is counted"),
        _("What is counted"),
        _("How many"),
        _("How many, as shown"),
    )
    rows = chain([head], _published_rows(years, names), _supply_rows(geography, supply, names))
    return csv_bytes(rows, german=LANGUAGES[code].formal == "de")


def _names(geography: Geography, code: str) -> dict[tuple[Rows, str], str]:
    areas = {Rows.GROUPS: geography.groups, Rows.PARTS: geography.parts}
    return {(rows, card.key): card.name.shown(code).text for rows, cards in areas.items() for card in cards} | {
        (Rows.CITY, CITY): str(_("Whole city")),
        (Rows.GROUPS, NOWHERE): str(_("Not counted by area")),
    }


def _published_rows(
    years: Mapping[int, Published], names: Mapping[tuple[Rows, str], str]
) -> Iterator[tuple[Value, ...]]:
    for published in years.values():
        for key in published.cells:
            table, period = TABLES[key.table], Period.named(key.period)
            figure = published.figure(table, key.row, key.column, period)
            yield (
                table.name,
                table_label(table),
                period.name,
                period.first_day,
                period.last_day,
                "" if key.row == CITY else key.row,
                names.get((table.rows, key.row), key.row),
                key.column,
                column_label(table, key.column),
                figure.value,
                figure_label(figure),
            )


def _supply_rows(
    geography: Geography, supply: Supply, names: Mapping[tuple[Rows, str], str]
) -> Iterator[tuple[Value, ...]]:
    areas = [(part.key, names[Rows.PARTS, part.key], frozenset({part.id})) for part in geography.parts]
    kinds = (("services", _("Services"), supply.services_in), ("measures", _("Measures"), supply.measures_in))
    for table, label, count in kinds:
        for topic in (ALL, *TOPICS):
            about = (topic, topic_label(topic))
            for key, name, ids in areas:
                number = count(ids, topic)
                yield (table, label, "", "", "", key, name, *about, number, number)
            number = count(None, topic)
            yield (table, label, "", "", "", "", names[Rows.CITY, CITY], *about, number, number)


def geojson_layer(published: Published | None, geography: Geography, supply: Supply, topic: str, code: str) -> bytes:
    """Areas with their outlines and their numbers, as RFC 7946.

    All areas of life together by part of town; one of them by group. ``gap_reports`` is null where it is hidden.
    """
    lines = part_lines(published, geography, supply)
    if topic != ALL:
        lines = group_lines(published, geography, supply, topic)
    shown = {line.area.id: line for line in lines}
    drawn = [(one.card, one.outline) for one in places.drawn_areas() if one.card.id in shown and one.outline]
    shapes = geojson.simplified([outline for _card, outline in drawn])
    features = [
        geojson.feature(shape, _properties(shown[card.id], topic, code), f"{card.level}/{card.key}")
        for (card, _outline), shape in zip(drawn, shapes, strict=True)
    ]
    known = places.level(lines[0].area.level) if lines else None
    collection = geojson.collection(features, known.attribution if known else "")
    return (
        collection[:-1]
        + b',"needs":'
        + json.dumps(_about(published, supply, topic), ensure_ascii=False).encode()
        + b"}"
    )


def _properties(line: Line, topic: str, code: str) -> dict[str, object]:
    return {
        "key": line.area.key,
        **geojson.named(line.area.name, code),
        "topic": topic,
        "services": line.services,
        "measures": line.measures,
        "gap_reports": line.reports.value,
        "gap_reports_per_1000": line.rate,
        "residents": line.residents,
        "residents_year": line.residents_year,
        "schematic": line.area.schematic,
    }


def _about(published: Published | None, supply: Supply, topic: str) -> dict[str, object]:
    about: dict[str, object] = {
        "topic": topic,
        "topic_name": topic_label(topic),
        "services": supply.services_in(None, topic),
        "measures": supply.measures_in(None, topic),
        "measures_for_the_whole_city": supply.citywide(topic),
    }
    if published is None:
        return about
    figure = Figure(None, published.seen()) if topic == ALL else published.figure(CITY_TOPICS, CITY, topic)
    return about | {
        "year": published.year,
        "periods": [period.name for period in published.periods],
        "hidden_below": published.threshold,
        "gap_reports": figure.value,
        "gap_reports_at_least": figure.at_least,
    }
