"""The numbers of the needs page as files: the published cells, nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from flask_babel import gettext as _

from app.core.languages import LANGUAGES
from app.disclosure.domain import Figure, per_thousand
from app.needs.domain import ALL, TOPICS, Needs, lines
from app.needs.labels import figure_label, topic_label
from app.places import geojson
from app.places import queries as places
from app.places.domain import AreaCard

BYTE_ORDER_MARK = "\ufeff"
"""Without it common spreadsheet programs take UTF-8 for something else."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_table(needs: Needs, areas: Iterable[AreaCard], code: str) -> bytes:
    """All areas in all areas of life, then the city; with semicolons and decimal commas where the language has them."""
    german = LANGUAGES[code].formal == "de"
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    table = csv.writer(text, delimiter=";" if german else ",", lineterminator="\r\n")
    table.writerow(
        [
            _("Key of the area"),
            _("Part of town"),
            _("Key of the area of life"),
            _("Area of life"),
            _("Services"),
            _("Measures in the area"),
            _("Measures for the whole city"),
            _("Gap reports"),
            _("Gap reports, at least"),
            _("Gap reports, at most"),
            _("Gap reports, as shown"),
            _("Gap reports per 1,000 residents"),
            _("Residents"),
            _("Year of residents"),
            _("From"),
            _("To"),
        ]
    )

    def write(area: tuple[str, str], topic: str, supply: tuple[object, ...], reports: Figure, *rest: object) -> None:
        row = (*area, topic, topic_label(topic), *supply, *_bounds(reports), figure_label(reports), *rest)
        table.writerow([_plain(value, german=german) for value in (*row, needs.from_day, needs.to_day)])

    areas = list(areas)
    for topic in (ALL, *TOPICS):
        citywide = needs.city[topic].citywide
        for line in lines(needs, areas, topic):
            area = line.area
            supply = (line.services, line.measures, citywide)
            name = area.name.shown(code).text
            write((area.key, name), topic, supply, line.reports, line.rate, area.residents, area.residents_year)
    for topic in (ALL, *TOPICS):
        city = needs.city[topic]
        supply = (city.services, city.measures, city.citywide)
        write(("", _("Whole city")), topic, supply, city.reports, None, None, None)
    return text.getvalue().encode()


def _bounds(figure: Figure) -> tuple[int | None, int, int]:
    return figure.value, figure.at_least, figure.at_most


def _plain(value: object, *, german: bool) -> str:
    """A value as a spreadsheet of the language reads it; a text that it would run as a formula stays a text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(value).replace(".", ",") if german else str(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def geojson_layer(needs: Needs, level: str, topic: str, code: str) -> bytes:
    """The areas with their outlines and their numbers in one area of life (or ``ALL``), as RFC 7946.

    ``gap_reports`` is null where the count is hidden; ``gap_reports_at_least`` and ``…_at_most`` say what is known.
    """
    shown = {line.area.id: line for line in lines(needs, places.areas(level), topic)}
    drawn = [(one.card, one.outline) for one in places.drawn_areas() if one.card.id in shown and one.outline]
    shapes = geojson.simplified([outline for _card, outline in drawn])
    features = []
    for (card, _outline), shape in zip(drawn, shapes, strict=True):
        line = shown[card.id]
        properties = {
            "key": card.key,
            **geojson.named(card.name, code),
            "topic": topic,
            "services": line.services,
            "measures": line.measures,
            **_reports(line.reports),
            "gap_reports_per_1000": per_thousand(line.reports, card.residents),
            "residents": card.residents,
            "residents_year": card.residents_year,
            "schematic": card.schematic,
        }
        features.append(geojson.feature(shape, properties, f"{level}/{card.key}"))
    city = needs.city[topic]
    about = {
        "snapshot": needs.taken_at.isoformat(timespec="seconds"),
        "from": needs.from_day.isoformat(),
        "to": needs.to_day.isoformat(),
        "hidden_below": needs.threshold,
        "topic": topic,
        "topic_name": topic_label(topic),
        "city": {
            "services": city.services,
            "measures": city.measures,
            "measures_for_the_whole_city": city.citywide,
            **_reports(city.reports),
        },
    }
    known = places.level(level)
    collection = geojson.collection(features, known.attribution if known else "")
    return collection[:-1] + b',"needs":' + json.dumps(about, ensure_ascii=False).encode() + b"}"


def _reports(figure: Figure) -> dict[str, object]:
    value, at_least, at_most = _bounds(figure)
    return {"gap_reports": value, "gap_reports_at_least": at_least, "gap_reports_at_most": at_most}
