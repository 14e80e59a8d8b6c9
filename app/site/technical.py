"""Addresses for machines: health, search engines, the small picture in the browser's tab."""

from __future__ import annotations

import shutil
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, jsonify, make_response, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError

from app.core.assets import asset_url
from app.core.database import db
from app.core.heartbeat import age
from app.core.languages import DEFAULT, LANGUAGES, offered
from app.core.permissions import Permission, requires
from app.core.revisions import remembered
from app.directory import queries as directory
from app.places import queries as places
from app.places.responses import geojson_response
from app.plans import queries as plans
from app.plans.history import queries as history
from app.site import mapdata
from app.site.blueprint import bp
from app.site.listing import BODIES

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Response as WerkzeugResponse

    from app.core.settings import Settings

WORKER = "worker"
"""Under which name the background worker shows that it lives."""

WORKER_MAY_REST = timedelta(minutes=5)
DISK_FREE_MB = 200
PAGES = (
    "site.home", "site.map_page", "site.plans", "site.synergies", "site.history_places", "site.about", "site.imprint",
    "site.privacy", "site.accessibility", "site.languages",
)  # fmt: skip
"""The pages without a key that a search engine may show."""


CLOSED = ("report", "receipt", "account", "desk", "coordination", "needs")
"""First parts of addresses that lead to reports or offices."""


@bp.get("/healthz")
@requires(Permission.PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return _uncached(jsonify(process=True))


@bp.get("/readyz")
@requires(Permission.PUBLIC)
def readyz() -> Response:
    """Whether database, worker and disk are fit for work; 503 where one is not."""
    settings: Settings = current_app.config["SETTINGS"]
    database, worker = _database_and_worker()
    state = {"database": database, "worker": worker, "disk": _disk_has_room(settings.instance_dir)}
    response = _uncached(jsonify(state))
    response.status_code = HTTPStatus.OK if all(state.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return response


def _database_and_worker() -> tuple[bool, bool]:
    try:
        rested = age(WORKER)
    except SQLAlchemyError:
        db.session.rollback()
        return False, False
    return True, rested is not None and rested <= WORKER_MAY_REST


def _disk_has_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free >= DISK_FREE_MB * 1024 * 1024
    except OSError:
        return False


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/robots.txt")
@requires(Permission.PUBLIC)
def robots() -> Response:
    """What search engines may look at: everything but the ways of a report and of the offices."""
    text = render_template("site/robots.txt", root=_root(), languages=LANGUAGES, closed=CLOSED)
    return Response(text, content_type="text/plain; charset=utf-8")


@bp.get("/favicon.ico")
@requires(Permission.PUBLIC)
def favicon() -> WerkzeugResponse:
    """The picture, for browsers that ask at the old address."""
    response = make_response("", HTTPStatus.FOUND)
    response.headers["Location"] = asset_url("core/icon.svg")
    return response


@bp.get("/sitemap.xml")
@requires(Permission.PUBLIC)
def sitemap() -> Response:
    """Every public page in every language."""
    return geojson_response(_sitemap(_root()), mapdata.current(), "application/xml")


@remembered(*BODIES, most=2)
def _sitemap(root: str) -> bytes:
    pages: list[tuple[str, dict[str, Any]]] = [(endpoint, {}) for endpoint in PAGES]
    pages += [("site.plan", {"key": card.key}) for card in plans.plans()]
    pages += [("site.field", {"key": card.plan, "field_key": card.key}) for card in plans.fields()]
    pages += [("site.service", {"key": card.key}) for card in directory.services()]
    pages += [("site.measure", {"key": card.key}) for card in plans.measures()]
    pages += [("site.history", {"key": card.key}) for card in history.history_places()]
    pages += [
        ("site.area", {"level": card.level, "key": card.key})
        for level in places.levels()
        for card in places.areas(level.key)
    ]
    codes = [one.code for one in offered()]
    entries = [{code: root + url_for(endpoint, lang=code, **values) for code in codes} for endpoint, values in pages]
    return render_template("site/sitemap.xml", entries=entries, default=DEFAULT).encode()


def _root() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_address
