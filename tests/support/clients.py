"""A test client that looks at everything it fetches."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.core.database import db
from tests.support.pages import faults
from tests.support.statements import statements, writes

SAFE = {"GET", "HEAD", "OPTIONS"}
MAY_WRITE = ("UPDATE account_vault_session SET seen_at=",)
"""That a session is in use is noted whatever somebody asks for, at most once a minute."""

TRAIL = ("INSERT INTO privacy_audit ",)
"""A page that shows what a report says is only sent when the entry about it is kept."""


def is_recorded(app: Flask, path: str) -> bool:
    """Whether the view behind an address says that it leaves an entry in the audit trail."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:
        return False
    return hasattr(app.view_functions[endpoint], "__records__")


class CheckingClient(FlaskClient):
    """Fails a test on any page that is not what every page must be, and on any GET that writes.

    Each request runs in a context of its own, as in a server: nothing of the test's session or of an earlier request
    is at hand by accident. What the test has not flushed is flushed before, what it has read is forgotten after.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say with each request what browsers of today say: that it comes from a page of ours."""
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        if has_app_context():
            db.session.flush()
        with statements(self.application) as said:
            response = Context().run(super().open, *args, **kwargs)
        # A large body is a temporary file, which nobody else closes.
        response.request.environ["wsgi.input"].close()
        if has_app_context():
            db.session.expire_all()
        request = response.request
        written = [statement for statement in said if writes(statement)] if request.method in SAFE else said.unforeseen
        may_write = MAY_WRITE + (TRAIL if is_recorded(self.application, request.path) else ())
        written = [statement for statement in written if not statement.startswith(may_write)]
        assert not written, f"{request.method} {request.path} only reads, but writes: {written}"
        check(response)
        return response


def check(response: TestResponse) -> None:
    """Fail on anything wrong with an HTML page."""
    without_page = response.request.method in {"HEAD", "OPTIONS"} or response.status_code in range(300, 400)
    if response.mimetype != "text/html" or without_page or "Content-Encoding" in response.headers:
        return
    found = faults(response.get_data(as_text=True), response.headers.get("Content-Security-Policy", ""))
    where = f"{response.request.method} {response.request.path} ({response.status_code})"
    assert not found, f"{where}:\n" + "\n".join(f"- {fault}" for fault in found)
