"""A test client that looks at everything it fetches."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.database import db
from tests.support.pages import faults
from tests.support.statements import statements, writes

SAFE = {"GET", "HEAD", "OPTIONS"}
MAY_WRITE = ("DELETE FROM account_vault_session ", "UPDATE account_user SET fs_uniquifier=")
"""Somebody whose keys are gone is signed out, whatever they ask for."""


class CheckingClient(FlaskClient):
    """Fails a test on any page that is not what every page must be, and on any GET that writes.

    Each request runs in a context of its own, as in a server: nothing of the test's session or of an earlier request
    is at hand by accident. What the test has not flushed is flushed before, what it has read is forgotten after.
    """

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
        written = [statement for statement in written if not statement.startswith(MAY_WRITE)]
        assert not written, f"{request.method} {request.path} only reads, but writes: {written}"
        check(response)
        return response


def check(response: TestResponse) -> None:
    """Fail on anything wrong with an HTML page."""
    if response.mimetype != "text/html" or response.request.method == "HEAD" or response.status_code in range(300, 400):
        return
    found = faults(response.get_data(as_text=True), response.headers.get("Content-Security-Policy", ""))
    where = f"{response.request.method} {response.request.path} ({response.status_code})"
    assert not found, f"{where}:\n" + "\n".join(f"- {fault}" for fault in found)
