"""The figures of an office: as tables, as charts, and as a file. For those who work there, and for the coordination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_security import current_user

from app.accounts.service import current_keyring, mailboxes_by_office, mailboxes_of
from app.core.choices import disclosure_threshold
from app.core.clock import today
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.figures import charts, labels, queries
from app.figures.domain import Figures, Span, figures
from app.reports import deadlines
from app.sheets.writing import CSV_TYPE, csv_bytes

if TYPE_CHECKING:
    from collections.abc import Collection

bp = Blueprint("figures", __name__, url_prefix="/<lang:lang>")

OWN, ALL = "own", "all"


@bp.get("/desk/figures")
@requires(Permission.READ_CASES)
def own() -> str:
    """The figures of an office whose mailbox the person opens."""
    return _page(OWN, _own_offices())


@bp.get("/desk/figures/<chart>.svg")
@requires(Permission.READ_CASES)
def own_chart(chart: str) -> Response:
    """One of them as a picture."""
    return _chart(OWN, _own_offices(), chart)


@bp.get("/desk/figures.csv")
@requires(Permission.READ_CASES)
def own_table() -> Response:
    """All of them as a file."""
    return _table(OWN, _own_offices())


@bp.get("/coordination/figures")
@requires(Permission.COORDINATE)
def every() -> str:
    """The figures of any office, as far as the coordination may know of its reports."""
    return _page(ALL, _all_offices())


@bp.get("/coordination/figures/<chart>.svg")
@requires(Permission.COORDINATE)
def every_chart(chart: str) -> Response:
    """One of them as a picture."""
    return _chart(ALL, _all_offices(), chart)


@bp.get("/coordination/figures.csv")
@requires(Permission.COORDINATE)
def every_table() -> Response:
    """All of them as a file."""
    return _table(ALL, _all_offices())


def _own_offices() -> tuple[OrganisationCard, ...]:
    mine = set(mailboxes_of(current_user, current_keyring(current_user)).values())
    return tuple(card for card in directory.organisations().values() if card.id in mine)


def _all_offices() -> tuple[OrganisationCard, ...]:
    return tuple(card for card in directory.organisations().values() if card.receives)


def _office(offices: Collection[OrganisationCard]) -> OrganisationCard | None:
    """The office that the address names, by default the first one; 404 for one that is not the person's to see."""
    wanted = request.args.get("office")
    if wanted is None:
        return next(iter(offices), None)
    return next((card for card in offices if card.key == wanted), None) or abort(404)


def _figures(office: OrganisationCard, whose: str) -> Figures:
    span = Span.before(today())
    mailboxes = None if whose == OWN else mailboxes_by_office(current_user)
    courses = queries.courses(office.id, span, mailboxes)
    return figures(courses, span, deadlines.city_calendar(), disclosure_threshold())


def _page(whose: str, offices: Collection[OrganisationCard]) -> str:
    office = _office(offices)
    found = _figures(office, whose) if office else None
    endpoints = (
        ("figures.own_chart", "figures.own_table") if whose == OWN else ("figures.every_chart", "figures.every_table")
    )
    return render_template(
        "figures/page.html",
        office=office,
        offices=offices,
        figures=found,
        charts=labels.CHARTS,
        titles=labels.TITLES,
        label=labels.label,
        series=labels.series,
        here=url_for(request.endpoint or ""),
        picture=lambda name: url_for(endpoints[0], chart=name, office=office.key if office else None),
        table_file=url_for(endpoints[1], office=office.key if office else None),
    )


def _chart(whose: str, offices: Collection[OrganisationCard], name: str) -> Response:
    office = _office(offices)
    if office is None or name not in labels.CHARTS:
        abort(404)
    return Response(charts.drawn(_figures(office, whose), name), mimetype="image/svg+xml")


def _table(whose: str, offices: Collection[OrganisationCard]) -> Response:
    office = _office(offices) or abort(404)
    found = _figures(office, whose)
    rows = [
        [part, key, labels.series(part), labels.label(part, key), number]
        for (part, key), number in found.numbers.items()
    ]
    table = csv_bytes([labels.columns(), *rows], german=language().formal == "de")
    answer = Response(table, mimetype=CSV_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{office.key}-{found.span.months[-1]:%Y-%m}.csv")
    return answer
