"""A form that is sent after its session has ended: what was typed comes back as text to copy. Nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import UNAUTHORIZED
from typing import TYPE_CHECKING

from flask import render_template, request, session, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_SECRET = re.compile(r"(.*-)?(csrf_token|password|new|again|ticket|credential|receipt|code|recovery)")
_KEY = re.compile(r"[a-z0-9_.:-]*")
"""What forms send of themselves: keys of choices, numbers, dates. Words that people type look different."""


def answer() -> ResponseReturnValue | None:
    """The page for a form of somebody who was signed in; None for any other request."""
    if request.method != "POST" or "_user_id" not in session:
        return None
    page = render_template("accounts/expired.html", typed=list(_typed()), go_on=_go_on())
    return page, UNAUTHORIZED


def _typed() -> Iterator[str]:
    for name, values in request.form.lists():
        if not _SECRET.fullmatch(name):
            yield from (value for value in values if not _KEY.fullmatch(value))


def _go_on() -> str:
    """The sign-in, which leads back to the page where the form stands, if it can be asked for."""
    try:
        request_ctx.url_adapter.match(method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return url_for("security.login")
    return url_for("security.login", next=request.path)
