"""Structured logs that cannot betray: only fields on a list are written, and never the text of an exception."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import TYPE_CHECKING, TextIO

from flask import g, request

from app.core import clock

if TYPE_CHECKING:
    from flask import Flask, Response

ALLOWED = (
    "event", "endpoint", "method", "status", "milliseconds", "language", "job", "count", "attempt", "kind", "reason",
)  # fmt: skip
"""The only fields that reach a log line. Addresses, query strings, form fields and people are not among them."""


class AllowListFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, the message template of our own code, and allowed fields.

    Foreign loggers' messages may quote user input, so theirs are dropped; the logger's name and the place remain.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line: dict[str, object] = {
            "time": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.split(".")[0] == "app":
            line["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        line |= {name: getattr(record, name) for name in ALLOWED if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["where"] = [
                f"{frame.filename.rsplit('/', 2)[-2]}/{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
                for frame in traceback.extract_tb(error.__traceback__)[-6:]
            ]
        return json.dumps(line, ensure_ascii=False)


class QuietHandler(logging.StreamHandler[TextIO]):
    """Loses a line that cannot be written. The standard handler would print it instead, with all that belongs to it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing."""


log = logging.getLogger("app")


def init_logs(app: Flask, level: str) -> None:
    """Send every logger through the allow-list and note each request without saying who or what."""
    handler = QuietHandler(sys.stderr)
    handler.setFormatter(AllowListFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    app.logger.handlers.clear()
    app.logger.propagate = True

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def note(response: Response) -> Response:
        if request.endpoint not in {"static", "site.healthz", "site.readyz"}:
            fields = {
                "endpoint": request.endpoint,
                "method": request.method,
                "status": response.status_code,
                "language": getattr(g, "language", None),
                "milliseconds": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
            }
            log.info("request", extra=fields)
        return response
