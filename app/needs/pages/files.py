"""The tables of the pages as files: CSV, workbook and GeoJSON, cell by cell the same as on the page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from flask_babel import format_date
from flask_babel import gettext as _

from app.core.languages import LANGUAGES, in_language
from app.needs.domain import ALL, CITY
from app.needs.labels import topic_label
from app.needs.pages import labels
from app.needs.pages.tables import Line, Table, by_place
from app.needs.snapshot.domain import SHORT, Place, Snapshot
from app.places import geojson
from app.sheets.writing import NewSheet, Value, csv_bytes, workbook


def csv_file(table: Table, snapshot: Snapshot, code: str) -> bytes:
    """A table for spreadsheets. In a cell without a number stands why there is none."""
    return csv_bytes([_heads(table, snapshot), *_rows(table, snapshot)], german=LANGUAGES[code].formal == "de")


def workbook_file(table: Table, snapshot: Snapshot, title: str, notes: Sequence[str], code: str) -> bytes:
    """The same as a workbook whose numbers are numbers, with a sheet that says what was left out and why."""
    rows = list(_rows(table, snapshot))
    said = [title, provenance(snapshot)]
    return workbook(
        [
            NewSheet(title=str(_("Numbers")), heads=_heads(table, snapshot), rows=rows, above=said),
            NewSheet(
                title=str(_("What is left out")), heads=[str(_("What is left out, and why"))],
                rows=[[one] for one in notes],
            ),
        ],
        title,
        code,
    )  # fmt: skip


def provenance(snapshot: Snapshot) -> str:
    """Of which snapshot something is."""
    return str(_("As of %(day)s, snapshot %(hash)s", day=format_date(snapshot.on, "long"), hash=snapshot.hash[:SHORT]))


def _heads(table: Table, snapshot: Snapshot) -> list[str]:
    return [
        str(_("Level")),
        str(_("Key of the area")),
        str(_("Area")),
        str(_("Key of the area of life")),
        str(_("Area of life")),
        str(_("Key of the group of people")),
        str(_("Group of people")),
        str(_("Period of the reports")),
        *(labels.column_label(column, snapshot) for column in table.columns),
        str(_("As of")),
        str(_("Snapshot")),
    ]


def _rows(table: Table, snapshot: Snapshot) -> Iterator[list[Value]]:
    for line in table.lines:
        yield [
            line.place.level,
            line.place.key,
            in_language(line.place.name).text,
            line.topic,
            topic_label(line.topic),
            line.target,
            labels.target_label(line.target),
            line.period,
            *(
                labels.told_label(column, told) if told.value is None else _number(told.value)
                for column, told in zip(table.columns, line.cells, strict=True)
            ),
            snapshot.on,
            snapshot.hash,
        ]


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def geojson_file(table: Table, snapshot: Snapshot, code: str) -> bytes:
    """Areas with their outlines and their numbers, as RFC 7946: a feature for each area.

    Properties are named like the columns; where lines of an area differ in area of life, group of people or period,
    these stand in front (``housing.reports``). A number that there is none of is null, and ``…_why`` says why.
    """
    varied = _varied(table)
    features, drawn = [], set()
    for place, lines in by_place(table):
        properties: dict[str, object] = {
            "level": place.level,
            "key": place.key,
            **geojson.named(place.name, code),
            "schematic": place.schematic,
        }
        for line in lines:
            properties |= _properties(table, line, varied)
        features.append(_feature(place, properties))
        drawn.add(place.level)
    sources = dict.fromkeys(one.attribution for one in snapshot.levels if one.attribution and one.key in drawn)
    about = {"snapshot": snapshot.hash, "as_of": snapshot.on.isoformat(), "hidden_below": snapshot.threshold}
    collection = geojson.collection(features, ", ".join(sources))
    return collection[:-1] + b',"needs":' + json.dumps(about).encode() + b"}"


def _varied(table: Table) -> tuple[str, ...]:
    """In which ways the lines of an area differ."""
    return tuple(
        name for name in ("topic", "target", "period") if len({getattr(line, name) for line in table.lines}) > 1
    )


def _properties(table: Table, line: Line, varied: Sequence[str]) -> dict[str, object]:
    before = "".join(f"{value}." for name in varied if (value := getattr(line, name)) != ALL)
    fixed = {name: getattr(line, name) for name in ("topic", "target", "period") if name not in varied}
    found: dict[str, object] = dict(fixed)
    for column, told in zip(table.columns, line.cells, strict=True):
        found[before + column] = None if told.value is None else _number(told.value)
        if told.why is not None:
            found[f"{before}{column}_why"] = told.why.value
        if told.at_least:
            found[f"{before}{column}_at_least"] = told.at_least
    return found


def _feature(place: Place, properties: dict[str, object]) -> bytes:
    identity = f"{place.level}/{place.key}"
    shape = None if place.level == CITY else geojson.outlines(place.level).get(place.key)
    if shape is not None:
        return geojson.feature(shape, properties, identity)
    bare = {"type": "Feature", "id": identity, "properties": properties, "geometry": None}
    return json.dumps(bare, ensure_ascii=False).encode()
