"""Where need and supply part: the map, the matrix, one area, two areas side by side, over time, the whole city.

Each page is of one snapshot and shows nothing of the person but their desk: it is made once for all of the same desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Response, abort, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from app.accounts.signin import may
from app.core import clock
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.core.revisions import mark, remembered
from app.needs.blueprint import bp
from app.needs.domain import next_due
from app.needs.pages import bodies
from app.needs.pages.look import Look
from app.needs.pages.source import asked_look, asked_snapshot, canonical
from app.needs.snapshot import queries
from app.needs.snapshot.domain import Snapshot
from app.places import queries as places
from app.places.maps import MapKind, MapParts, base_map
from app.places.responses import geojson_response

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

MAP = "needs"
PICKED_MOST = 2

PAGES: Mapping[str, Callable[[Snapshot, Look], dict[str, Any]]] = {
    "map": bodies.map_body,
    "matrix": bodies.matrix_body,
    "area": bodies.area_body,
    "compare": bodies.compare_body,
    "time": bodies.time_body,
    "city": bodies.city_body,
}
"""The pages by the name of their template, and what each shows."""

CONTENT = ("snapshots", "places", "plans", "choices")
"""What else than the snapshot a page is made of; it is made anew when one of these changes."""


@bp.get("/")
@requires(Permission.SEE_NEEDS)
def page() -> str:
    """Areas on a map and in a table, to be picked."""
    return _page("map")


@bp.get("/matrix")
@requires(Permission.SEE_NEEDS)
def matrix() -> str:
    """Areas by area of life."""
    return _page("matrix")


@bp.get("/compare")
@requires(Permission.SEE_NEEDS)
def compare() -> str:
    """Two areas side by side."""
    return _page("compare")


@bp.get("/time")
@requires(Permission.SEE_NEEDS)
def time() -> str:
    """The city by quarter, areas by year."""
    return _page("time")


@bp.get("/city")
@requires(Permission.SEE_NEEDS)
def city() -> str:
    """What is told of the whole city, and by group of people."""
    return _page("city")


@bp.get("/areas/<level>/<key>")
@requires(Permission.SEE_NEEDS)
def area(level: str, key: str) -> str:
    """Everything of one area."""
    return _page("area", level, key)


@bp.get("/pick")
@requires(Permission.SEE_NEEDS)
def pick() -> AnyResponse | tuple[str, int]:
    """From the areas that were picked to the page of the one or two."""
    snapshot = asked_snapshot() or abort(404)
    look = asked_look(snapshot)
    if len(look.areas) == 1:
        arguments: dict[str, Any] = dict(look.arguments(snapshot, area=""))
        return redirect(url_for("needs.area", **{**arguments, "level": look.level, "key": look.areas[0]}))
    if len(look.areas) == PICKED_MOST:
        pair: dict[str, Any] = dict(look.arguments(snapshot))
        return redirect(url_for("needs.compare", **pair))
    return _made("map", look, snapshot.hash, request.endpoint or ""), 422


def _page(name: str, level: str | None = None, key: str | None = None) -> str:
    snapshot = asked_snapshot()
    if snapshot is None:
        return render_template("needs/pages/none.html", next_due=next_due(clock.today()))
    look = asked_look(snapshot, level, None if key is None else [key])
    if key is not None and (look.level != level or not look.areas):
        abort(404)
    path = ("level", "area") if key is not None else ()
    if "_flashes" in session or not canonical(look, snapshot, path=path):
        return _made(name, look, snapshot.hash, request.endpoint or "")
    roles = tuple(role.name for role in current_user.roles)
    return _kept_page(language().code, name, look, snapshot.hash, str(current_user.title), roles)


class NotTheSameForAll(RuntimeError):  # noqa: N818
    """A page that is to be kept carries a token or a nonce."""


@remembered(*CONTENT, most=256)
def _kept_page(
    code: str,  # noqa: ARG001 - the words are in this language
    name: str,
    look: Look,
    named: str,
    title: str,  # noqa: ARG001 - the desk shows it
    roles: tuple[str, ...],  # noqa: ARG001 - the desk shows what they may do
) -> str:
    """The page of everybody with this desk and these roles: it shows nothing else of the person."""
    made = _made(name, look, named, request.endpoint or "")
    if "csp_nonce" in g or "csrf_token" in g:
        raise NotTheSameForAll
    return made


def _made(name: str, look: Look, named: str, endpoint: str) -> str:
    answers = name == "area" and may(Permission.KEEP_SERVICES)
    body, title, drawn = _body(language().code, name, look, named, endpoint, answers=answers)
    parts = _map(drawn) if drawn else None
    return render_template(
        "needs/pages/page.html",
        body=body,
        title=title,
        scripts=parts.scripts if parts else (),
        map_script=url_for("needs.map_script", level=drawn, v=mark("places")) if drawn else None,
    )


@remembered(*CONTENT, most=256)
def _body(
    code: str,  # noqa: ARG001 - the words are in this language
    name: str,
    look: Look,
    named: str,
    endpoint: str,
    *,
    answers: bool,
) -> tuple[Markup, str, str | None]:
    """Everything on a page that is the same for all who look at it like this, its title, and the level of its map.

    ``answers``: the reader may take up a need.
    """
    snapshot = queries.named(named) or abort(404)
    context = PAGES[name](snapshot, look)
    drawn = context.get("map_level")
    parts = _map(drawn) if drawn else None
    body = render_template(
        f"needs/pages/{name}.html",
        map=parts,
        refused=endpoint == "needs.pick",
        page=name,
        answers=answers,
        **context,
    )
    return Markup(body), str(context["title"]), drawn  # noqa: S704 - a template of ours, escaped there


def _map(level: str) -> MapParts:
    return base_map(MapKind.NEEDS, _("Map of need and supply by area"), name=MAP, level=level)


@bp.get("/map.js")
@requires(Permission.PUBLIC)
def map_script() -> Response:
    """What builds the map; a file of its own, so that the page can be kept. It carries no numbers."""
    level = request.args.get("level", "")
    if places.level(level) is None:
        abort(404)
    return geojson_response(_map_script(language().code, level), mark("places"), "text/javascript; charset=utf-8")


@remembered("places")
def _map_script(code: str, level: str) -> bytes:  # noqa: ARG001 - the words are in this language
    return str(_map(level).script).encode()
