"""The profile of one area as a PDF, from the same numbers as its page. PDF/UA-1: tagged, titled, in a language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import typst
from flask_babel import format_date
from flask_babel import gettext as _

from app.core.languages import in_language, language
from app.core.settings import REPOSITORY
from app.needs.pages import bodies, labels, pictures
from app.needs.pages.files import provenance
from app.needs.pages.look import Look
from app.needs.pages.tables import Line, Table
from app.needs.snapshot.domain import Snapshot
from app.needs.snapshot.numbers import INDEX, NEED, Column, dated
from app.reports.card import fonts

LAYOUT = REPOSITORY / "templates/needs/profile.typ"

FACTS = (*NEED, *INDEX, Column.WITHIN, Column.NEAR, Column.FAR, Column.SHARE_NEAR, Column.SHARE_FAR,
         Column.AVERAGE_NEAR, Column.AVERAGE_FAR, Column.EVENING, Column.BARRIER_FREE, Column.PLANNED,
         Column.UNDER_WAY, Column.DONE, Column.PAUSED, Column.RESIDENTS, Column.RESIDENTS_YEAR)  # fmt: skip
"""What the first table tells, a line each."""

BY_TOPIC = (Column.REPORTS, Column.WITHIN, Column.FAR, Column.SHARE_FAR, Column.AVERAGE_FAR, Column.PLANNED,
            Column.UNDER_WAY, Column.DONE)  # fmt: skip
"""What the second table tells of each area of life and group of people, a column each."""


def pdf(snapshot: Snapshot, look: Look) -> bytes:
    """The profile of the one area that was picked, in the page's language."""
    context = bodies.area_body(snapshot, look)
    table: Table = context["table"]
    first: Line = context["first"]
    name = in_language(context["place"].name).text
    page = {
        "title": str(_("Need and supply: %(area)s", area=name)),
        "made": provenance(snapshot),
        "lines": [said for said in (str(context["level_label"]), str(context["verdict_said"])) if said],
        "sections": [
            _section(_("At a glance"), tables_=[_facts(snapshot, table, first)]),
            _section(
                _("By area of life and group of people"),
                tables_=[_by_topic(snapshot, table, context["columns"])],
                figures=_figures(snapshot, look, "supply"),
                wide=True,
            ),
            _section(_("Languages"), tables_=_languages(snapshot, table, first, context["spoken"])),
            _section(
                _("Reports over the years"),
                paragraphs=[labels.trend_label(context["course"])] if context["course"] else [],
                tables_=_years(snapshot, context["years"]) if context["counted"] else [],
                figures=_figures(snapshot, look, "years") if context["counted"] else [],
            ),
            _section(_("Context"), tables_=_indicators(context["indicators"])),
            _section(_("How the mismatch index is made"), paragraphs=context["index_sentences"]),
            _section(_("What is left out, and why"), items=context["notes"]),
        ],
    }
    made: bytes = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "language": language().formal,
            "direction": language().direction,
            "page": json.dumps(page, ensure_ascii=False),
        },
        pdf_standards="ua-1",
    )
    return made


def _section(
    title: str,
    *,
    paragraphs: Sequence[str] = (),
    items: Sequence[str] = (),
    tables_: Sequence[dict[str, Any]] = (),
    figures: Sequence[dict[str, str]] = (),
    wide: bool = False,
) -> dict[str, Any]:
    return {
        "title": str(title),
        "paragraphs": list(paragraphs),
        "items": list(items),
        "tables": list(tables_),
        "figures": list(figures),
        "wide": wide,
    }


def _figures(snapshot: Snapshot, look: Look, name: str) -> list[dict[str, str]]:
    found = pictures.picture(name, snapshot, look)
    return [{"svg": found.draw().decode(), "alt": found.alternative}] if found else []


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    return {"caption": str(caption), "heads": list(heads), "rows": [list(row) for row in rows]}


def _facts(snapshot: Snapshot, table: Table, line: Line) -> dict[str, Any]:
    rows = (
        (labels.column_label(column, snapshot), labels.told_label(column, table.told(line, column))) for column in FACTS
    )
    return _table(_("All areas of life together"), [_("What is counted"), _("How many")], rows)


def _by_topic(snapshot: Snapshot, table: Table, told: Sequence[str]) -> dict[str, Any]:
    columns = [column for column in BY_TOPIC if column in told]
    heads = [str(_("Area of life or group of people")), *(labels.column_label(one, snapshot) for one in columns)]
    rows = (
        (labels.line_label(line), *(labels.told_label(one, table.told(line, one)) for one in columns))
        for line in table.lines
    )
    return _table(_("Need, supply and effort"), heads, rows)


def _languages(snapshot: Snapshot, table: Table, line: Line, spoken: Sequence[str]) -> list[dict[str, Any]]:
    rows = [
        (labels.column_label(column, snapshot), labels.told_label(column, table.told(line, column)))
        for column in spoken
    ]
    return [_table(_("Languages spoken"), [_("Language"), _("Services")], rows)] if rows else []


def _years(snapshot: Snapshot, years: Table) -> list[dict[str, Any]]:
    heads = [str(_("Year")), *(labels.column_label(column, snapshot) for column in NEED)]
    rows = [
        (line.period, *(labels.told_label(column, years.told(line, column)) for column in NEED)) for line in years.lines
    ]
    return [_table(_("Gap reports by year"), heads, rows)] if rows else []


def _indicators(found: Sequence[Any]) -> list[dict[str, Any]]:
    rows = [
        (
            in_language(one.name).text,
            labels.told_label(dated(one), told),
            in_language(one.unit).text,
            format_date(one.on),
            one.source,
        )
        for one, told, _column in found
    ]
    heads = [_("What is measured"), _("Value"), _("Unit"), _("As of"), _("Source")]
    return [_table(_("Indicators"), heads, rows)] if rows else []
