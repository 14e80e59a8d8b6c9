"""Map data that everybody may see: areas, the local base map, and the search for places."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, request

from app.core.languages import language
from app.core.permissions import Permission, requires
from app.core.revisions import mark, remembered
from app.places import geojson, queries
from app.places.domain import AreaCard, StreetCard
from app.places.geojson import named
from app.places.responses import JSON_TYPE, geojson_response

__all__ = ["bp", "geojson_response"]

bp = Blueprint("places", __name__)

FOUND_MAX = 8
QUERY_MAX = 80


@bp.get("/<lang:lang>/data/areas/<level>.geojson")
@requires(Permission.PUBLIC)
def areas(level: str) -> Response:
    """The areas of a level with their outlines."""
    body = geojson.areas_geojson(level, language().code)
    if body is None:
        abort(404)
    return geojson_response(body, mark("places"))


@bp.get("/data/backdrop/<key>.geojson")
@requires(Permission.PUBLIC)
def backdrop(key: str) -> Response:
    """A layer of the local base map."""
    body = queries.backdrop_geojson(key)
    if body is None:
        abort(404)
    return geojson_response(body, mark("places"))


@bp.get("/<lang:lang>/data/streets.json")
@requires(Permission.PUBLIC)
def streets() -> Response:
    """The whole street list, so that a page can search it without telling anybody what for."""
    return geojson_response(_street_list(language().code), mark("places"), JSON_TYPE)


@bp.get("/<lang:lang>/data/places")
@requires(Permission.PUBLIC)
def found() -> Response:
    """Areas and streets by a part of their name, for looking around on the map.

    A report never asks here: what is asked stands in the address.
    """
    text = request.args.get("q", "")[:QUERY_MAX]
    code = language().code
    answer = {
        "areas": [_area(card, code) for card in queries.found_areas(text, FOUND_MAX)],
        "streets": [_street(card, code) for card in queries.streets(text, FOUND_MAX)],
    }
    return Response(_json(answer), content_type=JSON_TYPE)


@remembered("places")
def _street_list(code: str) -> bytes:
    return _json({"streets": [_street(card, code) for card in queries.all_streets()]})


def _area(card: AreaCard, code: str) -> dict[str, object]:
    return {
        "level": card.level,
        "key": card.key,
        **named(card.name, code),
        "longitude": card.longitude,
        "latitude": card.latitude,
    }


def _street(card: StreetCard, code: str) -> dict[str, object]:
    area = queries.area_by_id(card.area_id) if card.area_id is not None else None
    return {
        "id": card.id,
        "name": card.name,
        "area": {"level": area.level, "key": area.key, **named(area.name, code)} if area else None,
        "longitude": card.longitude,
        "latitude": card.latitude,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
