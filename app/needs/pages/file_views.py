"""The pages' tables as files, their charts as pictures, and an area's profile as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Response, abort
from flask_babel import gettext as _

from app.core.languages import language
from app.core.permissions import Permission, requires
from app.core.revisions import remembered
from app.needs import downloads
from app.needs.blueprint import bp
from app.needs.pages import bodies, files, pictures, profile, tables
from app.needs.pages.look import Look
from app.needs.pages.source import asked_look, asked_snapshot
from app.needs.pages.tables import Table
from app.needs.snapshot import queries
from app.needs.snapshot.domain import SHORT, Snapshot
from app.places.responses import GEOJSON_TYPE
from app.sheets.writing import CSV_TYPE, WORKBOOK_TYPE

CONTENT = ("snapshots", "places", "plans")
"""What a file is made of: names of measures are those of the plans in force."""

Looking = Callable[[Snapshot, Look], Look]
Making = Callable[[Snapshot, Look], Table]


def _settled(snapshot: Snapshot, look: Look) -> Look:
    return look.settled(snapshot)[0]


def _over_time(snapshot: Snapshot, look: Look) -> Look:
    return bodies.time_look(snapshot, look)[0]


def _picked(_snapshot: Snapshot, look: Look) -> Look:
    return look if look.areas else abort(404)


VIEWS: Mapping[str, tuple[Looking, Making]] = {
    "areas": (_settled, tables.areas),
    "matrix": (bodies.matrix_look, tables.matrix),
    "profile": (_picked, tables.profile),
    "quarters": (_over_time, tables.quarters),
    "years": (_over_time, tables.years),
    "everything": (_settled, tables.everything),
}
"""By name: what a page looks at, and the table that it shows then."""

DRAWN: Mapping[str, Looking] = {
    "areas": _settled,
    "matrix": bodies.matrix_look,
    "quarters": _over_time,
    "years": _over_time,
    "supply": _picked,
}


@bp.get("/files/<view>.<any(csv,xlsx,geojson):kind>")
@requires(Permission.SEE_NEEDS)
def file(view: str, kind: str) -> Response:
    """A page's table as a file."""
    snapshot = asked_snapshot() or abort(404)
    look = asked_look(snapshot)
    if view not in VIEWS:
        abort(404)
    body = _file(language().code, view, kind, look, snapshot.hash)
    types = {"csv": f"{CSV_TYPE}; charset=utf-8", "xlsx": WORKBOOK_TYPE, "geojson": GEOJSON_TYPE}
    return _download(body, types[kind], f"{view}-{snapshot.on.isoformat()}-{snapshot.hash[:SHORT]}.{kind}")


@remembered(*CONTENT, most=24)
def _file(code: str, view: str, kind: str, look: Look, named: str) -> bytes:
    snapshot = queries.named(named) or abort(404)
    looking, making = VIEWS[view]
    look = looking(snapshot, look)
    table = making(snapshot, look)
    if kind == "csv":
        return files.csv_file(table, snapshot, code)
    if kind == "geojson":
        return files.geojson_file(table, snapshot, code)
    return files.workbook_file(table, snapshot, str(_("Need and supply")), bodies.notes_of(snapshot, look, table), code)


@bp.get("/charts/<name>.svg")
@requires(Permission.SEE_NEEDS)
def chart(name: str) -> Response:
    """A chart of a page; the page says what it shows."""
    snapshot = asked_snapshot() or abort(404)
    if name not in DRAWN:
        abort(404)
    body = _chart(language().code, name, DRAWN[name](snapshot, asked_look(snapshot)), snapshot.hash)
    return Response(body, mimetype="image/svg+xml")


@remembered(*CONTENT, most=128)
def _chart(code: str, name: str, look: Look, named: str) -> bytes:  # noqa: ARG001 - the words are in this language
    snapshot = queries.named(named) or abort(404)
    found = pictures.picture(name, snapshot, look) or abort(404)
    return found.draw()


@bp.get("/files/profile.pdf")
@requires(Permission.SEE_NEEDS)
def profile_pdf() -> Response:
    """The profile of one area as a PDF that a screen reader can read (PDF/UA-1)."""
    snapshot = asked_snapshot() or abort(404)
    look = asked_look(snapshot)
    if not look.areas:
        abort(404)
    look = replace(look, areas=look.areas[:1])
    body = _profile_pdf(language().code, look, snapshot.hash)
    return _download(body, "application/pdf", f"{look.areas[0]}-{snapshot.on.isoformat()}.pdf")


@remembered(*CONTENT, most=32)
def _profile_pdf(code: str, look: Look, named: str) -> bytes:  # noqa: ARG001 - the words are in this language
    snapshot = queries.named(named) or abort(404)
    return profile.pdf(snapshot, look)


@bp.get("/needs.csv", endpoint="csv")
@requires(Permission.SEE_NEEDS)
def csv_file() -> Response:
    """Every number of reports that has been published, as a table for spreadsheets."""
    snapshot = asked_snapshot() or abort(404)
    return _download(_csv(language().code, snapshot.hash), f"{CSV_TYPE}; charset=utf-8", "needs.csv")


@remembered(*CONTENT, most=8)
def _csv(code: str, named: str) -> bytes:
    return downloads.csv_table(queries.named(named) or abort(404), code)


def _download(body: bytes, content_type: str, name: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
