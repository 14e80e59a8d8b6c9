"""Error pages: plain, in the page's language, and never a trace of what was typed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from app.core.database import db
from app.core.languages import LANGUAGES

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818
    """A verb refuses; ``str()`` is a whole sentence for the person, in their language."""


def _explanation(code: int) -> tuple[str, str]:
    """Title and advice for a status."""
    texts = {
        400: (_("This could not be understood"), _("Please go back and try again.")),
        401: (_("Please sign in"), _("This page is for people of the offices and partner organisations.")),
        403: (_("This page is not open to you"), _("Your account may not use this page.")),
        404: (_("This page does not exist"), _("The address may be mistyped, or the page has moved.")),
        405: (_("This page cannot be used like that"), _("Please start again from the home page.")),
        413: (
            _("That was too large"),
            _("Please go back and leave out a file or shorten the text. Nothing has been sent."),
        ),
        422: (_("Something is missing or wrong"), _("Please go back and check what you entered.")),
        429: (_("Too many attempts"), _("Please wait a few minutes and try again.")),
        503: (
            _("The platform cannot be reached right now"),
            _("Please try again in a few minutes. Nothing you sent has been lost if you saw a receipt."),
        ),
    }
    fault = (_("Something went wrong on our side"), _("Please try again. If it happens again, come back later."))
    return texts.get(code, fault)


def error_page(error: HTTPException) -> tuple[str, int]:
    """The page for an HTTP error."""
    code = error.code or 500
    if "language" not in g:
        first = request.path.strip("/").split("/", 1)[0]
        g.language = first if first in LANGUAGES else "de"
    if "offered" not in g:
        g.offered = tuple(LANGUAGES.values())
    title, advice = _explanation(code)
    # bare: nothing on the page may ask the database, which may be the very thing that is away.
    return render_template("core/error.html", title=title, advice=advice, code=code, bare=True), code


def init_errors(app: Flask) -> None:
    """Register the pages."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code and error.code < 400:  # noqa: PLR2004
            return error
        return error_page(error)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    def database_gone(error: Exception) -> ResponseReturnValue:
        log.error("database unavailable", extra={"reason": type(error).__name__})
        db.session.rollback()
        return error_page(ServiceUnavailable())

    @app.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        if isinstance(error, HTTPException):
            return http_error(error)
        log.error("unexpected error", exc_info=error)
        db.session.rollback()
        return error_page(InternalServerError())
