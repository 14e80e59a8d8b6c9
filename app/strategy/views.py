"""Reports of the strategy for everybody: those that were issued, each as a page and as files; comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup

from app.core.languages import LANGUAGES as SPOKEN
from app.core.languages import language, speaking
from app.core.permissions import Permission, requires
from app.core.revisions import remembered
from app.core.texts import FALLBACKS
from app.plans import queries as plans
from app.plans.document import Edition
from app.strategy import queries
from app.strategy.cli import file_name
from app.strategy.domain import LANGUAGES, MEDIA_TYPES, Format, ReportCard, State
from app.strategy.printing import body_of, printed
from app.strategy.writing import compared, said_months

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("strategy", __name__, url_prefix="/<lang:lang>/strategy")
bp.context_processor(lambda: {"said_months": said_months, "formats": Format, "spoken": SPOKEN})

KEPT = 54
"""Comparisons that are kept: as many as four editions have, six pairs in each language and format."""


@bp.get("")
@requires(Permission.PUBLIC)
def overview() -> str:
    """Every report that was issued, withdrawn ones too."""
    reports = queries.issued()
    return render_template(
        "strategy/overview.html",
        reports=[(one, queries.files(one.id)) for one in reports],
        editions={one.key: one for one in plans.editions()},
        pairs=_pairs(),
        state=State,
    )


@bp.get("/<int:identity>")
@requires(Permission.PUBLIC)
def report(identity: int) -> str:
    """An issued report as a page: what its file says, in the frame of the site."""
    card = _issued(identity)
    code = report_language()
    content = queries.content(identity, code, Format.PAGE)
    if content is None:
        abort(404)
    return render_template(
        "strategy/report_page.html",
        report=card,
        code=code,
        files=[one for one in queries.files(identity) if one.language == code],
        body=Markup(body_of(content)),  # noqa: S704 - our own template made it, and escaped what it was given
        withdrawn=card.state is State.WITHDRAWN,
    )


@bp.get("/<int:identity>/<code>.<format_>")
@requires(Permission.PUBLIC)
def file(identity: int, code: str, format_: str) -> Response:
    """A file of an issued report, as it was issued."""
    card = _issued(identity)
    content = queries.content(identity, code, _format(format_)) if card.state is State.ISSUED else None
    if content is None:
        abort(404)
    return download(content, file_name(card.wanted, code, _format(format_)), _format(format_))


def download(content: bytes, name: str, wanted: Format) -> Response:
    """A file to keep."""
    answer = Response(content, content_type=MEDIA_TYPES[wanted])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _issued(identity: int) -> ReportCard:
    card = queries.report(identity)
    if card is None or card.state not in queries.OUT:
        abort(404)
    return card


def _format(name: str) -> Format:
    return next((one for one in Format if one == name), None) or abort(404)


def report_language() -> str:
    """The language of a report that goes with the language of the page."""
    wanted = (language().code, *FALLBACKS.get(language().code, ()), "de")
    return next(code for code in wanted if code in LANGUAGES)


# Two editions --------------------------------------------------------------------------------------------------------


@bp.get("/compare")
@requires(Permission.PUBLIC)
def compare() -> ResponseReturnValue:
    """Choose two editions."""
    chosen = (request.args.get("older", ""), request.args.get("newer", ""))
    if chosen not in _pairs():
        abort(404)
    return redirect(url_for("strategy.comparison", older=chosen[0], newer=chosen[1]))


@bp.get("/compare/<older>/<newer>")
@requires(Permission.PUBLIC)
def comparison(older: str, newer: str) -> str:
    """What became of an edition in a later one."""
    _two(older, newer)
    code = report_language()
    return render_template(
        "strategy/comparison.html",
        body=Markup(body_of(_compared(older, newer, code, Format.PAGE))),  # noqa: S704 - as above
        code=code,
        older=older,
        newer=newer,
    )


@bp.get("/compare/<older>/<newer>/<code>.<format_>")
@requires(Permission.PUBLIC)
def comparison_file(older: str, newer: str, code: str, format_: str) -> Response:
    """The same as a file."""
    _two(older, newer)
    if code not in LANGUAGES:
        abort(404)
    wanted = _format(format_)
    return download(_compared(older, newer, code, wanted), f"vergleich-{older}-{newer}-{code}.{wanted}", wanted)


@remembered("plans", most=KEPT)
def _compared(older: str, newer: str, code: str, wanted: Format) -> bytes:
    with speaking(code):
        return printed(compared(*_two(older, newer)), wanted)


def _two(older: str, newer: str) -> tuple[Edition, Edition]:
    if (older, newer) not in _pairs():
        abort(404)
    before, after = plans.published(older), plans.published(newer)
    if before is None or after is None:
        abort(404)
    return before[1], after[1]


def _pairs() -> tuple[tuple[str, str], ...]:
    """(earlier, later) of all published editions, by key."""
    known = [one.key for one in plans.editions() if plans.published(one.key) is not None]
    return tuple((older, newer) for number, newer in enumerate(known) for older in known[:number])
