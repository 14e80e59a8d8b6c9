"""Every number that has been published, as one file: a number a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from flask_babel import gettext as _

from app.core.languages import LANGUAGES
from app.needs.domain import CITY, NOWHERE, TABLES, Period, Published, Rows
from app.needs.labels import column_label, figure_label, table_label
from app.needs.snapshot.domain import Part, Snapshot
from app.sheets.writing import Value, csv_bytes


def csv_table(snapshot: Snapshot, code: str) -> bytes:
    """Everything that had been published when a snapshot was taken.

    With semicolons and decimal commas where the language has them.
    """
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
    rows = chain([head], _published_rows(snapshot.years, _names(snapshot, code)))
    return csv_bytes(rows, german=LANGUAGES[code].formal == "de")


def _names(snapshot: Snapshot, code: str) -> dict[tuple[Rows, str], str]:
    levels = ((Rows.GROUPS, snapshot.level(Part.GROUPS)), (Rows.PARTS, snapshot.level(Part.PARTS)))
    return {
        (rows, place.key): place.name.shown(code).text
        for rows, level in levels
        for place in snapshot.places_of(level.key if level else "")
    } | {
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
