"""What the template of each page gets: tables, pictures, choices and notes, all of one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.languages import in_language
from app.core.texts import Localized
from app.needs.domain import ALL, TOPICS
from app.needs.labels import figure_label, topic_label
from app.needs.pages import labels, published, tables
from app.needs.pages.classes import classes, sign
from app.needs.pages.fields import fields_of
from app.needs.pages.files import provenance
from app.needs.pages.look import IN_MATRIX, Look, Moved
from app.needs.pages.pictures import period_label, picture
from app.needs.pages.tables import Line, Table
from app.needs.snapshot.domain import SHORT, Part, Place, Snapshot
from app.needs.snapshot.mismatch import Verdict
from app.needs.snapshot.numbers import (
    EFFORT,
    INDEX,
    LANGUAGE,
    NEED,
    SUPPLY,
    Column,
    Numbers,
    Told,
    Why,
    dated,
)
from app.needs.snapshot.trend import Trend, trend
from app.places import queries as places

IN_LIST = (
    Column.REPORTS,
    Column.RATE,
    Column.MISMATCH,
    Column.SHARE_FAR,
    Column.AVERAGE_FAR,
    Column.PLANNED,
    Column.UNDER_WAY,
    Column.DONE,
    Column.RESIDENTS,
)
"""The columns beside the map."""

IN_PROFILE = (Column.REPORTS, Column.WITHIN, Column.NEAR, Column.FAR, Column.SHARE_NEAR, Column.SHARE_FAR,
              Column.AVERAGE_FAR, Column.EVENING, Column.BARRIER_FREE, *EFFORT)  # fmt: skip
COMPARED = (*NEED, *INDEX, *SUPPLY, *EFFORT, Column.RESIDENTS, Column.RESIDENTS_YEAR)


UNSHOWN = frozenset({Why.HIDDEN, Why.TOO_FEW, Why.NOT_COMPARABLE})
"""Reasons that the foot of a page counts."""


def _frame(snapshot: Snapshot, look: Look, title: str, shown: Iterable[Told] = ()) -> dict[str, Any]:
    """What every page has."""
    published_year = look.published(snapshot)
    level = next((one for one in snapshot.levels if one.key == look.level), None)
    limit = published_year.threshold if published_year else snapshot.threshold
    hidden = sum(told.why in UNSHOWN for told in shown)
    return {
        "title": title,
        "snapshot": snapshot,
        "short_hash": snapshot.hash[:SHORT],
        "provenance": provenance(snapshot),
        "look": look,
        "level": level,
        "published": published_year,
        "numbers": look.numbers(snapshot),
        "labels": labels,
        "topic_label": topic_label,
        "period_label": period_label,
        "heading": partial(labels.column_label, snapshot=snapshot),
        "sign": sign,
        "to": partial(_to, snapshot, look),
        "notes": [*labels.notes(snapshot, level, limit, hidden), *_population()],
        "index_sentences": labels.index_sentences(),
        "kinds": ("csv", "xlsx", "geojson"),
        "picture": partial(_picture, snapshot, look),
    }


def _to(snapshot: Snapshot, look: Look, endpoint: str, /, **changes: Any) -> str:  # noqa: ANN401
    """The address of a page that looks at the same; ``keep`` names which of it, by default all."""
    keep = changes.pop("keep", None)
    path: dict[str, Any] = {name: changes.pop(name) for name in ("key", "view", "kind", "name") if name in changes}
    within = changes.pop("within", None)
    areas = changes.pop("areas", look.areas)
    arguments: dict[str, Any] = dict(replace(look, areas=tuple(areas)).arguments(snapshot, **changes))
    if keep is not None:
        arguments = {name: value for name, value in arguments.items() if name in {*keep, *changes}}
    if within is not None:
        arguments = {name: value for name, value in arguments.items() if name != "area"} | {"level": within}
    return url_for(endpoint, **arguments | path)


def _population() -> list[str]:
    """Where the numbers of residents come from, as the city's content says."""
    source = in_language(Localized(places.city().facts.get("population_source") or {})).text
    return [source] if source else []


def _picture(snapshot: Snapshot, look: Look, name: str) -> str | None:
    """What a picture says in words; ``None`` where there is none."""
    found = picture(name, snapshot, look)
    return found.alternative if found else None


def notes_of(snapshot: Snapshot, look: Look, table: Table) -> list[str]:
    """The notes that belong to a table."""
    found: list[str] = _frame(snapshot, look, "", (told for line in table.lines for told in line.cells))["notes"]
    return found


# The map -------------------------------------------------------------------------------------------------------------


def map_body(snapshot: Snapshot, asked: Look) -> dict[str, Any]:
    """Areas by class, the table beside them, and what of it can be picked."""
    look, moved = asked.settled(snapshot)
    table = tables.areas(snapshot, look)
    columns: tuple[str, ...] = tuple(one for one in IN_LIST if one in table.columns)
    if look.show not in columns:
        columns = (look.show, *columns)
    numbers, classed = look.numbers(snapshot), classes(table, look.show)
    codes = {line.place.key: classed.of(numbers, line, table.told(line, look.show)) for line in table.lines}
    shown = [table.told(line, column) for line in table.lines for column in columns]
    known = places.level(look.level) is not None
    return _frame(snapshot, look, _map_title(look), shown) | {
        "asked": asked,
        "moved": [labels.MOVED[one] for one in moved],
        "fields": fields_of(snapshot, asked, ("show", "topic", "target", "level", "year")),
        "table": table,
        "columns": columns,
        "arranged": tables.arranged(table, look),
        "city": tables.city(snapshot, look),
        "codes": codes,
        "legend": classed.legend,
        "texts": {line.place.key: _map_text(snapshot, table, line, look, numbers) for line in table.lines},
        "summary": _summary(table, look, numbers),
        "map_level": look.level if known else None,
    }


def _map_title(look: Look) -> str:
    if look.topic == ALL:
        return str(_("Needs by district"))
    return str(_("Needs by district: %(topic)s", topic=topic_label(look.topic)))


def _map_text(snapshot: Snapshot, table: Table, line: Line, look: Look, numbers: Numbers) -> str:
    """What the map says of an area."""
    told = labels.told_label(look.show, table.told(line, look.show))
    said = _("%(column)s: %(told)s.", column=labels.column_label(look.show, snapshot), told=told)
    if look.show != Column.MISMATCH:
        return str(said)
    verdict = numbers.mismatch(line.place, line.topic, line.target).verdict
    return str(_("%(said)s In words: %(verdict)s.", said=said, verdict=labels.VERDICTS[verdict]))


def _summary(table: Table, look: Look, numbers: Numbers) -> str | None:
    """Where need and supply part, in a sentence."""
    if look.show != Column.MISMATCH or not table.lines:
        return None
    verdicts = [numbers.mismatch(line.place, line.topic, line.target).verdict for line in table.lines]
    need = sum(one in {Verdict.MORE_NEED, Verdict.MUCH_MORE_NEED} for one in verdicts)
    supply = sum(one in {Verdict.MORE_SUPPLY, Verdict.MUCH_MORE_SUPPLY} for one in verdicts)
    even = sum(one is Verdict.NO_DIFFERENCE for one in verdicts)
    return str(
        _(
            "Of %(all)s areas %(need)s have clearly more need than supply, %(supply)s clearly more supply than need, "
            "and %(even)s show no clear difference. For %(untold)s it cannot be told.",
            all=len(verdicts),
            need=need,
            supply=supply,
            even=even,
            untold=len(verdicts) - need - supply - even,
        )
    )


# The matrix ----------------------------------------------------------------------------------------------------------


def matrix_look(snapshot: Snapshot, asked: Look) -> Look:
    """What the matrix can show: need by area of life is told by group only, so that is where it begins."""
    look = replace(asked, topic=ALL, show=asked.show if asked.show in IN_MATRIX else Column.MISMATCH)
    if look.show in {Column.MISMATCH, Column.RATE}:
        # Each column is one area of life.
        groups = snapshot.level(Part.GROUPS)
        return replace(look, target=ALL, level=groups.key if groups else look.level)
    return look


def matrix_body(snapshot: Snapshot, asked: Look) -> dict[str, Any]:
    """A cell for each area and area of life."""
    look = matrix_look(snapshot, asked)
    moved = []
    if asked.level != look.level:
        moved.append(labels.MOVED[Moved.TO_GROUPS])
    if asked.target != look.target:
        moved.append(labels.MOVED[Moved.NOT_TOGETHER])
    if look.show in {Column.MISMATCH, Column.RATE} and snapshot.level(Part.GROUPS) is None:
        moved.append(labels.MOVED[Moved.NO_GROUPS])
    table, numbers = tables.matrix(snapshot, look), look.numbers(snapshot)
    classed = classes(table, look.show)
    rows = [
        (
            place,
            [(classed.of(numbers, line, told), told) for line in lines for told in (table.told(line, look.show),)],
        )
        for place, lines in tables.by_place(table)
    ]
    shown = [told for _place, cells in rows for _code, told in cells]
    return _frame(snapshot, look, str(_("Need and supply by area and area of life")), shown) | {
        "asked": asked,
        "moved": moved,
        "fields": fields_of(snapshot, replace(asked, show=look.show), ("measure", "target", "level", "year")),
        "rows": rows,
        "topics": TOPICS,
        "legend": classed.legend,
        "column": look.show,
    }


# One area, two areas -------------------------------------------------------------------------------------------------


def area_body(snapshot: Snapshot, look: Look) -> dict[str, Any]:
    """Everything of one area."""
    place = look.places(snapshot)[0]
    table, numbers = tables.profile(snapshot, look), look.numbers(snapshot)
    first = table.lines[0]
    spoken = [column for column in table.columns if column.startswith(LANGUAGE)]
    whole = numbers.part(place) is not Part.CONTEXT
    years = tables.years(snapshot, look)
    shown = [told for line in table.lines for told in line.cells]
    return _frame(snapshot, look, in_language(place.name).text, shown) | {
        "place": place,
        "group": _group(snapshot, place),
        "table": table,
        "first": first,
        "columns": columns_by_topic(numbers, place),
        "spoken": sorted(spoken, key=lambda column: (-(table.told(first, column).value or 0), column)),
        "counted": whole,
        "mismatch": numbers.mismatch(place),
        "level_label": labels.part_label(next(one for one in snapshot.levels if one.key == place.level)),
        "verdict_said": _verdict_said(numbers, place) if whole else "",
        "years": years,
        "course": last_change([years.told(line, Column.REPORTS) for line in years.lines]),
        "indicators": [
            (one, numbers.told(place, dated(one)), dated(one))
            for one in snapshot.indicators
            if one.level == place.level
        ],
        "beside": tables.neighbours(snapshot, place),
        "public_page": _public_page(place),
        "fields": fields_of(snapshot, look, ("year",)),
    }


def columns_by_topic(numbers: Numbers, place: Place) -> tuple[str, ...]:
    """The columns by area of life; reports are told so by group only."""
    told = numbers.part(place) is Part.GROUPS
    return tuple(column for column in IN_PROFILE if told or column != Column.REPORTS)


def _verdict_said(numbers: Numbers, place: Place) -> str:
    """Need beside supply of an area, in a sentence."""
    found = numbers.mismatch(place)
    if found.index is None or found.low is None or found.high is None:
        return str(_("Need beside supply: %(verdict)s.", verdict=labels.VERDICTS[found.verdict]))
    return str(
        _(
            "Need beside supply: %(verdict)s. The mismatch index is %(index)s (between %(low)s and %(high)s).",
            verdict=labels.VERDICTS[found.verdict],
            index=labels.told_label(Column.MISMATCH, numbers.told(place, Column.MISMATCH)),
            low=labels.told_label(Column.MISMATCH_LOW, numbers.told(place, Column.MISMATCH_LOW)),
            high=labels.told_label(Column.MISMATCH_HIGH, numbers.told(place, Column.MISMATCH_HIGH)),
        )
    )


def _group(snapshot: Snapshot, place: Place) -> Place | None:
    groups = snapshot.level(Part.GROUPS)
    return snapshot.place(groups.key, place.parent) if groups and place.parent else None


def _public_page(place: Place) -> str | None:
    """The page of everybody, which names services and measures, while the area is there."""
    known = places.area_by_key(place.level, place.key)
    return url_for("site.area", level=place.level, key=place.key) if known else None


def last_change(told: Sequence[Told]) -> Trend | None:
    """The change between the last two numbers; ``None`` where there are not two."""
    if len(told) < 2:  # noqa: PLR2004
        return None
    before, after = (None if one.value is None else int(one.value) for one in told[-2:])
    return trend(before, after)


def compare_body(snapshot: Snapshot, look: Look) -> dict[str, Any]:
    """Two areas side by side, or the form that asks for them."""
    look = replace(look, areas=look.areas[:2])
    pair = look.places(snapshot)
    table = tables.profile(snapshot, look)
    columns = tuple(column for column in table.columns if not column.startswith(LANGUAGE))
    spoken = tuple(column for column in table.columns if column.startswith(LANGUAGE))
    firsts = [next(line for line in table.lines if line.place == place) for place in pair]
    shown = [told for line in firsts for told in line.cells]
    return _frame(snapshot, look, str(_("Two areas side by side")), shown) | {
        "offered": snapshot.places_of(look.level),
        "pair": pair if len(pair) == 2 else (),  # noqa: PLR2004
        "table": table,
        "columns": columns,
        "spoken": spoken,
        "firsts": firsts,
        "verdicts": [labels.VERDICTS[look.numbers(snapshot).mismatch(place).verdict] for place in pair],
        "fields": fields_of(snapshot, look, ("level",)),
    }


# Over time, and the whole city ---------------------------------------------------------------------------------------


def time_look(snapshot: Snapshot, look: Look) -> tuple[Look, tuple[Moved, ...]]:
    """What can be told over time; counts need areas that reports are counted by."""
    return replace(look, show=Column.REPORTS).settled(snapshot)


def time_body(snapshot: Snapshot, asked: Look) -> dict[str, Any]:
    """The city by quarter, areas by year, and what of it is more than chance."""
    look, moved = time_look(snapshot, asked)
    quarters, years = tables.quarters(snapshot, look), tables.years(snapshot, look)
    by_topic: dict[str, list[Line]] = {}
    for line in quarters.lines:
        by_topic.setdefault(line.topic, []).append(line)
    by_place = [
        (place, lines, last_change([years.told(line, Column.REPORTS) for line in lines]))
        for place, lines in tables.by_place(years)
    ]
    shown = [told for line in (*quarters.lines, *years.lines) for told in line.cells]
    return _frame(snapshot, look, str(_("Reports over time")), shown) | {
        "asked": asked,
        "moved": [labels.MOVED[one] for one in moved],
        "fields": fields_of(snapshot, asked, ("topic", "target", "level")),
        "quarters": quarters,
        "by_topic": by_topic,
        "periods": list(dict.fromkeys(line.period for line in quarters.lines)),
        "years": years,
        "by_place": by_place,
        "years_out": list(dict.fromkeys(line.period for line in years.lines)),
        "quarter_changes": {topic: _year_on_year(quarters, lines) for topic, lines in by_topic.items()},
    }


def _year_on_year(table: Table, lines: Sequence[Line]) -> Trend | None:
    """The last quarter beside the same one a year before: other quarters differ by season."""
    by_period = {line.period: table.told(line, Column.REPORTS).value for line in lines}
    last = max(by_period, default="")
    year, _dash, quarter = last.partition("-")
    earlier = f"{int(year) - 1}-{quarter}" if year else ""
    if earlier not in by_period:
        return None
    before, after = by_period[earlier], by_period[last]
    return trend(None if before is None else int(before), None if after is None else int(after))


def city_body(snapshot: Snapshot, look: Look) -> dict[str, Any]:
    """Every table of the year that is published for the city as a whole or by group."""
    year = look.published(snapshot)
    found = published.sections(snapshot, year) if year else []
    return _frame(snapshot, look, str(_("The whole city"))) | {
        "sections": found,
        "figure_label": figure_label,
        "fields": fields_of(snapshot, look, ("year",)),
    }
