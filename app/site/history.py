"""Places of colonial history: the overview, a place with its story and pictures, and all of them as GeoJSON."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from app.core.languages import language
from app.core.permissions import Permission, requires
from app.core.revisions import remembered
from app.core.texts import Localized
from app.places import queries as places
from app.places.domain import AreaCard
from app.places.geojson import DIGITS, named
from app.places.maps import MapKind, base_map
from app.plans.history import queries
from app.plans.history.domain import Content, HistoryCard
from app.plans.history.labels import PARTNERS
from app.site import mapdata
from app.site.blueprint import bp
from app.site.domain import Kind
from app.site.listing import BODIES, entries
from app.site.maps import areas_of, place_map

PICTURE_TYPE = "image/jpeg"
PICTURE_SECONDS = 3600
"""How long a browser keeps a picture: it may have to go when its rights end."""


@bp.get("/<lang:lang>/history")
@requires(Permission.PUBLIC)
def history_places() -> str:
    """All places, as a list and on a map."""
    cards = queries.history_places()
    return render_template(
        "site/history_places.html",
        cards=[(card, _area(card)) for card in cards],
        picture_address=picture_address,
        partners=queries.partners,
        kinds=PARTNERS,
        parts=base_map(
            MapKind.PLACE,
            _("Map of places of colonial history"),
            name="history",
            points=(url_for("site.points", kind="history", v=mapdata.current()),),
        )
        if any(entries()[f"{Kind.HISTORY}/{card.key}"].places for card in cards)
        else None,
    )


@bp.get("/<lang:lang>/history/<key>")
@requires(Permission.PUBLIC)
def history(key: str) -> str:
    """A place with its story, pictures, partners and sources."""
    card = queries.history_place(key) or abort(404)
    cards = queries.history_places()
    index = cards.index(card)
    entry = entries()[f"{Kind.HISTORY}/{key}"]
    return render_template(
        "site/history.html",
        place=card,
        areas=areas_of(entry),
        before=cards[index - 1] if index else None,
        after=cards[index + 1] if index + 1 < len(cards) else None,
        picture_address=picture_address,
        partners=queries.partners,
        kinds=PARTNERS,
        parts=place_map(entry),
    )


@bp.get("/history/pictures/<key>/<digest>-<any(large,small):size>.jpg")
@requires(Permission.PUBLIC)
def history_picture(key: str, digest: str, size: str) -> Response:
    """A picture that residents may see: one that a published place speaks of."""
    card = queries.history_place(key) or abort(404)
    if digest not in {picture.digest for picture in card.content.pictures}:
        abort(404)
    found = queries.pixels(key, digest, large=size == "large") or abort(404)
    response = Response(found, content_type=PICTURE_TYPE)
    response.headers["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}, must-revalidate"
    response.set_etag(f"{digest}-{size}")
    response.make_conditional(request)
    return response


def picture_address(key: str, digest: str, size: str) -> str:
    """Where a picture is; for templates."""
    return url_for("site.history_picture", key=key, digest=digest, size=size)


def _area(card: HistoryCard) -> AreaCard | None:
    return None if card.area_id is None else places.area_by_id(card.area_id)


# Download ------------------------------------------------------------------------------------------------------------


@bp.get("/<lang:lang>/history/places.geojson")
@requires(Permission.PUBLIC)
def history_download() -> Response:
    """The whole layer to take along, with stories, partners, sources, and the rights in each picture."""
    root: str = current_app.config["SETTINGS"].public_address
    response = mapdata.answer(_download(language().code, root))
    response.headers["Content-Disposition"] = f'attachment; filename="colonial-history-{language().code}.geojson"'
    return response


@remembered(*BODIES, most=8)
def _download(code: str, root: str) -> bytes:
    return current_app.json.dumps(
        {
            "type": "FeatureCollection",
            "features": [_feature(card, code, root) for card in queries.history_places()],
        },
        ensure_ascii=False,
    ).encode()


def _feature(card: HistoryCard, code: str, root: str) -> dict[str, Any]:
    content = card.content
    area = _area(card)
    point = card.point
    return {
        "type": "Feature",
        "id": card.key,
        "geometry": None
        if point is None
        else {"type": "Point", "coordinates": [round(degrees, DIGITS) for degrees in point]},
        "properties": {
            **named(card.name, code),
            "page": root + url_for("site.history", key=card.key, lang=code),
            "story": _said(content.story, code),
            "sections": [{"title": _said(one.title, code), "text": _said(one.text, code)} for one in content.sections],
            "address": content.address,
            "area": _said(area.name, code) if area else None,
            "partners": [{"name": _said(name, code), "url": url} for _kind, name, url in queries.partners(content)],
            "sources": [{"text": _said(one.text, code), "url": one.url} for one in content.sources],
            "pictures": _pictures(card.key, content, code, root),
        },
    }


def _pictures(key: str, content: Content, code: str, root: str) -> list[dict[str, Any]]:
    return [
        {
            "url": root + picture_address(key, one.digest, "large"),
            "alt": _said(one.alt, code),
            "author": one.author,
            "rights": one.rights,
            "rights_url": one.rights_url,
            "source": one.source,
        }
        for one in content.pictures
    ]


def _said(text: Localized, code: str) -> str:
    return text.shown(code).text
