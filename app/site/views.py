"""The public pages: home, map, plans, measures, services, areas, statements."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from app.core import codes
from app.core.codes import Target, Topic
from app.core.languages import DEFAULT, language, preferred
from app.core.permissions import Permission, requires
from app.core.revisions import remembered
from app.core.texts import Localized
from app.directory import queries as directory
from app.places import queries as places
from app.places.domain import AreaCard
from app.places.maps import MapKind, MapParts, base_map
from app.plans import queries as plans
from app.plans.history import queries as history_queries
from app.reports import retention
from app.site import (
    history,  # noqa: F401 - registers its views
    mapdata,
    plan_views,  # noqa: F401 - the same
    technical,  # noqa: F401 - the same
)
from app.site.blueprint import bp
from app.site.domain import Filters, Kind, read_filters
from app.site.listing import (
    BODIES,
    Found,
    children,
    entries,
    in_area,
    labels,
    language_name,
    look,
    neighbours,
    spoken_languages,
    topics,
)
from app.site.maps import areas_of, place_map
from app.site.pages import kept

__all__ = ["bp"]


@bp.get("/")
@requires(Permission.PUBLIC)
def root() -> WerkzeugResponse:
    """To the home page in the language that the browser prefers."""
    response = redirect(url_for("site.home", lang=preferred()))
    response.vary.add("Accept-Language")
    return response


@bp.get("/<lang:lang>/")
@requires(Permission.PUBLIC)
def home() -> Response:
    """What this is, and the ways in."""
    return kept(_home)


def _home() -> str:
    level = places.city().needs_level or ""
    return render_template(
        "site/home.html",
        plans=plans.plans(),
        level=places.level(level),
        areas=_grouped(places.areas(level)),
        counts={kind.value: sum(entry.kind is kind for entry in entries().values()) for kind in Kind},
        exits=_exits(),
    )


def _grouped(cards: tuple[AreaCard, ...]) -> list[tuple[AreaCard | None, list[AreaCard]]]:
    """Areas under the groups they belong to, in the groups' order; those without a group last."""
    groups: dict[int | None, list[AreaCard]] = {}
    for card in cards:
        groups.setdefault(card.parent_id, []).append(card)
    found = [(None if group is None else places.area_by_id(group), members) for group, members in groups.items()]
    return sorted(found, key=lambda pair: (pair[0] is None, pair[0].position if pair[0] else 0))


def _exits() -> list[dict[str, Any]]:
    """What belongs elsewhere: name, text, address or None."""
    return [
        {"name": Localized(one["name"]), "text": Localized(one["text"]), "url": one["url"]}
        for one in places.city().facts.get("exits", ())
    ]


# The map -------------------------------------------------------------------------------------------------------------


@bp.get("/<lang:lang>/map")
@requires(Permission.PUBLIC)
def map_page() -> Response | str:
    """The map and the list beside it, filtered."""
    filters = read_filters(request.args, [plan.key for plan in plans.plans()], spoken_languages())
    # What somebody searched for is not kept.
    return _map_page(filters) if filters else kept(_map_page, Filters())


def _map_page(filters: Filters) -> str:
    code = language().code
    found = look(filters, code)
    spoken = [(one, language_name(one, code)) for one in spoken_languages()]
    return render_template(
        "site/map.html",
        filters=filters,
        found=found,
        groups=_fragments_by_kind(found, code),
        plans=plans.plans(),
        topics=topics(),
        targets=Target,
        spoken=sorted(spoken, key=lambda pair: pair[1]),
        parts=_city_map(),
        keys=_key_of_the_map(),
        local_language=places.city().facts.get("languages", [DEFAULT])[0],
        map_script=url_for("site.map_script", v=mapdata.current()),
    )


def _fragments_by_kind(found: Found, code: str) -> list[tuple[Kind, list[Markup]]]:
    fragments = _fragments(code)
    return [
        (kind, [fragments[entry.id] for entry in found.entries if entry.kind is kind])
        for kind in Kind
        if any(entry.kind is kind for entry in found.entries)
    ]


@remembered(*BODIES, most=8)
def _fragments(code: str) -> dict[str, Markup]:
    """The list's entries in the language of the page, rendered once."""
    cards = {plan.key: plan for plan in plans.plans()}
    return {
        entry.id: Markup(  # noqa: S704 - made by our own template
            render_template(
                "site/_entry.html",
                entry=entry,
                plans=cards,
                areas=areas_of(entry),
                topics=labels(Topic, entry.topics),
                spoken=[language_name(one, code) for one in entry.languages],
                href=mapdata.address(entry),
            )
        )
        for entry in entries().values()
    }


def _key_of_the_map() -> list[tuple[str, str]]:
    """What each symbol means: (name of the symbol, words)."""
    code = language().code
    measures = [(plan.shape, _("Measure: %(plan)s", plan=plan.short.shown(code).text)) for plan in plans.plans()]
    return [(Kind.SERVICE.value, _("Service")), *measures, (Kind.HISTORY.value, _("Place of colonial history"))]


def _city_map() -> MapParts:
    level = places.city().needs_level or ""
    # The map's script puts the key in; a brace would be escaped in an address.
    address = url_for("site.area", level=level, key="KEY").replace("KEY", "{key}")
    return base_map(MapKind.CITY, _("Map of services and measures"), points=mapdata.layers(), area_address=address)


@bp.get("/<lang:lang>/data/map.js")
@requires(Permission.PUBLIC)
def map_script() -> Response:
    """What builds the map; a file of its own, so that the page is the same for all and can be kept."""
    return mapdata.answer(_map_script(language().code), "text/javascript; charset=utf-8")


@remembered(*BODIES, most=8)
def _map_script(_code: str) -> bytes:
    return str(_city_map().script).encode()


@bp.get("/<lang:lang>/data/<any(services, measures, history):kind>.geojson")
@requires(Permission.PUBLIC)
def points(kind: str) -> Response:
    """All points of a kind."""
    return mapdata.answer(mapdata.points(mapdata.LAYERS[kind], language().code))


@bp.get("/<lang:lang>/data/<any(service, measure, history):kind>/<key>.geojson")
@requires(Permission.PUBLIC)
def point(kind: str, key: str) -> Response:
    """The points of one entry."""
    body = mapdata.point(f"{kind}/{key}", language().code)
    if body is None:
        abort(404)
    return mapdata.answer(body)


# Services, areas ------------------------------------------------------------------------------------------------------


@bp.get("/<lang:lang>/services/<key>")
@requires(Permission.PUBLIC)
def service(key: str) -> str:
    """A service: what one gets there, where, in which languages, and how sure that is."""
    card = directory.service(key) or abort(404)
    entry = entries()[f"{Kind.SERVICE}/{key}"]
    code = language().code
    return render_template(
        "site/service.html",
        service=card,
        organisation=directory.organisations()[card.organisation],
        areas=areas_of(entry),
        topics=labels(Topic, card.topics),
        targets=labels(Target, card.targets),
        spoken=[language_name(one, code) for one in card.languages],
        plans=[one for one in plans.plans() if one.key in entry.plans],
        parts=place_map(entry),
    )


@bp.get("/<lang:lang>/areas/<level>/<key>")
@requires(Permission.PUBLIC)
def area(level: str, key: str) -> str:
    """A part of town: what there is in it, how many people live there, what lies next to it."""
    card = places.area_by_key(level, key) or abort(404)
    code = language().code
    found = Found(in_area(card, code))
    level_card = places.level(level) or abort(404)
    return render_template(
        "site/area.html",
        area=card,
        level=level_card,
        group=None if card.parent_id is None else places.area_by_id(card.parent_id),
        children=children(card),
        neighbours=neighbours(card.id),
        groups=_fragments_by_kind(found, code),
        city_wide=[one for one in plans.measures() if not one.area_ids],
        source=Localized(places.city().facts.get("population_source", {})),
        parts=base_map(
            MapKind.PLACE,
            _("Map: %(name)s", name=card.name.shown(code).text),
            name="place",
            level=level,
            chosen=card.key,
            area_address=url_for("site.area", level=level, key="KEY").replace("KEY", "{key}"),
        ),
    )


# About, statements ---------------------------------------------------------------------------------------------------


@bp.get("/<lang:lang>/about")
@requires(Permission.PUBLIC)
def about() -> Response:
    """The strategy, what happens with a report, and who takes part."""
    return kept(_about)


def _about() -> str:
    organisations = list(directory.organisations().values())
    return render_template(
        "site/about.html",
        strategy=Localized(places.city().facts.get("strategy", {})),
        plans=plans.plans(),
        history=history_queries.history_places(),
        offices=[card for card in organisations if card.kind == "office"],
        independent=[card for card in organisations if card.kind == "independent"],
        exits=_exits(),
    )


@bp.get("/<lang:lang>/imprint")
@requires(Permission.PUBLIC)
def imprint() -> Response:
    """Who answers for the platform."""
    return kept(_statement, "imprint")


@bp.get("/<lang:lang>/privacy")
@requires(Permission.PUBLIC)
def privacy() -> Response:
    """What happens with data."""
    return kept(_statement, "privacy")


@bp.get("/<lang:lang>/accessibility")
@requires(Permission.PUBLIC)
def accessibility() -> Response:
    """How far the platform can be used by everybody."""
    return kept(_statement, "accessibility")


@bp.get("/<lang:lang>/languages")
@requires(Permission.PUBLIC)
def languages() -> Response:
    """Which languages there are, and who has read them."""
    return kept(_statement, "languages")


def _statement(name: str) -> str:
    return render_template(f"site/{name}.html", kinds=tuple(codes.Kind), months=retention.months())
