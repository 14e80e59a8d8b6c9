"""District needs as a page, a table to download and a layer for maps."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, g, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from app.core import clock
from app.core.choices import disclosure_threshold
from app.core.languages import language, shown
from app.core.permissions import Permission, requires
from app.core.revisions import mark, remembered
from app.core.texts import Localized
from app.needs import downloads, labels, queries
from app.needs.domain import ALL, CITY, CITY_LANGUAGES, CITY_TOPICS, HIDDEN, TOPICS, Figure, Published, next_due
from app.needs.looks import (
    Look,
    Sort,
    arranged,
    discrimination_rows,
    group_lines,
    main_year,
    measure_rows,
    part_lines,
    placed_discrimination_rows,
    quarter_rows,
    shade,
    taking_part,
    target_rows,
)
from app.places import queries as places
from app.places.maps import MapKind, MapParts, base_map
from app.places.responses import geojson_response

bp = Blueprint("needs", __name__, url_prefix="/<lang:lang>/needs")

MAP = "needs"


@bp.get("/")
@requires(Permission.SEE_NEEDS)
def page() -> str:
    """Where supply and need part: what is published, beside what there is today."""
    look = Look.asked(request.args, queries.publications())
    if "_flashes" in session or request.args.to_dict(flat=False) != {k: [v] for k, v in look.arguments().items()}:
        return _rendered(look)
    roles = tuple(role.name for role in current_user.roles)
    return _kept_page(language().code, look, str(current_user.title), roles)


class NotTheSameForAll(RuntimeError):  # noqa: N818
    """A page that is to be kept carries a token or a nonce."""


CONTENT = ("needs", "places", "directory", "plans", "choices")
"""What the page is made of; it changes when one of these does."""


@remembered(*CONTENT, most=256)
def _kept_page(code: str, look: Look, title: str, roles: tuple[str, ...]) -> str:  # noqa: ARG001 - the page shows them
    """The page of everybody with this desk and these roles: it shows nothing else of the person."""
    made = _rendered(look)
    if "csp_nonce" in g or "csrf_token" in g:
        raise NotTheSameForAll
    return made


def _rendered(look: Look) -> str:
    level = _level(look)
    return render_template(
        "needs/page.html",
        topic=None if look.topic == ALL else labels.topic_label(look.topic),
        scripts=_map(level).scripts,
        map_script=url_for("needs.map_script", level=level, v=mark("places")),
        body=_body(language().code, look, next_due(clock.today())),
    )


def _level(look: Look) -> str:
    """One area of life is told by group, all of them together by part of town."""
    city = places.city()
    return (city.needs_level if look.topic == ALL else city.coarse_level) or city.needs_level or ""


def _map(level: str) -> MapParts:
    return base_map(MapKind.NEEDS, _("Map of gap reports by area"), name=MAP, level=level)


@bp.get("/map.js")
@requires(Permission.PUBLIC)
def map_script() -> Response:
    """What builds the map; a file of its own, so that the page can be kept. It carries no numbers."""
    level = request.args.get("level", "")
    city = places.city()
    if level not in {city.needs_level, city.coarse_level}:
        abort(404)
    return geojson_response(_map_script(language().code, level), mark("places"), "text/javascript; charset=utf-8")


@remembered("places")
def _map_script(code: str, level: str) -> bytes:  # noqa: ARG001 - the words are in this language
    return str(_map(level).script).encode()


@remembered(*CONTENT, most=512)
def _body(code: str, look: Look, following: date) -> Markup:  # noqa: ARG001 - the words are in this language
    """Everything on the page that is the same for everybody who looks at it like this."""
    years = queries.publications()
    published = look.published(years)
    geography, supply = queries.geography(), queries.supply()
    parts = part_lines(published, geography, supply)
    groups = group_lines(published, geography, supply, look.topic)
    lines = parts if look.topic == ALL else groups
    year = main_year(lines)
    return Markup(  # noqa: S704 - a template of ours, escaped there
        render_template(
            "needs/body.html",
            published=published,
            years=list(years),
            next_due=following,
            look=look,
            sorts=Sort,
            arranged=arranged(lines, look),
            groups=groups,
            city=_city_figure(published, look.topic),
            supply=supply,
            shades={line.area.id: shade(line, year) for line in lines},
            legend=labels.legend(year),
            topics=[(topic, labels.topic_label(topic)) for topic in (ALL, *TOPICS)],
            members={group.id: geography.members(group) for group in geography.groups},
            group_names=[shown(group.name) for group in geography.groups],
            quarters=labels.quarter_labels(published) if published else [],
            quarter_rows=quarter_rows(published) if published else (),
            target_rows=target_rows(published, geography) if published and published.whole else (),
            discrimination_rows=discrimination_rows(published) if published else (),
            placed_discrimination_rows=placed_discrimination_rows(published, geography) if published else (),
            names_of_groups={group.key: shown(group.name) for group in geography.groups},
            participation=taking_part(published) if published and published.columns(CITY_LANGUAGES) else None,
            measure_rows=measure_rows(published) if published else (),
            map=_map(_level(look)),
            hidden=sum(line.reports.value is None for line in lines),
            schematic=any(line.area.schematic for line in lines),
            population=Localized(places.city().facts.get("population_source") or {}),
            threshold=published.threshold if published else disclosure_threshold(),
            labels=labels,
        )
    )


def _city_figure(published: Published | None, topic: str) -> Figure:
    if published is None:
        return HIDDEN
    return Figure(None, published.seen()) if topic == ALL else published.figure(CITY_TOPICS, CITY, topic)


@bp.get("/needs.csv", endpoint="csv")
@requires(Permission.SEE_NEEDS)
def csv_file() -> Response:
    """Everything that has been published and everything there is, as a table for spreadsheets."""
    return _download(Response(_csv(language().code), content_type="text/csv; charset=utf-8"), "needs.csv")


@remembered(*CONTENT)
def _csv(code: str) -> bytes:
    return downloads.csv_table(queries.publications(), queries.geography(), queries.supply(), code)


@bp.get("/needs.geojson", endpoint="geojson")
@requires(Permission.SEE_NEEDS)
def geojson_file() -> Response:
    """The numbers of the map with the outlines of the areas."""
    look = Look.asked(request.args, queries.publications())
    body = _geojson(language().code, look.topic, look.year)
    name = "-".join(filter(None, ("needs", str(look.year or ""), "" if look.topic == ALL else look.topic)))
    return _download(geojson_response(body, mark(*CONTENT)), f"{name}.geojson")


@remembered(*CONTENT)
def _geojson(code: str, topic: str, year: int | None) -> bytes:
    published = Look(year=year).published(queries.publications())
    return downloads.geojson_layer(published, queries.geography(), queries.supply(), topic, code)


def _download(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
