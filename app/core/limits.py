"""How often one client may do what costs others: send, look up a receipt, sign in, upload.

A client is known by a keyed hash of its address. The key is random, lives in the memory of one process, and is thrown
away at midnight UTC: nobody can tell later which address had been counted, not even with everything that is kept.
The counts live in memory too, each process has its own, so a client that meets several processes may do more.

A view marked with :func:`limited` is counted when it is asked to do something; others call :func:`count` themselves.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, render_template, request
from flask_babel import ngettext
from flask_limiter import Limiter
from limits import RateLimitItem, RateLimitItemPerHour
from werkzeug.exceptions import TooManyRequests

from app.core import clock
from app.core.database import SAFE_METHODS

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from app.core.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger(__name__)

NETWORK_BITS = 56
"""Of an IPv6 address: what a provider gives to one household."""
SECRET_BYTES = 32
EVERYBODY = "everybody"


class Quota(StrEnum):
    """What is counted, each by the hour. The setting ``LIMIT_…`` of the same name says how often."""

    REPORTS = "reports"
    """Reports sent by a browser that has worked for it (:mod:`app.core.proof`)."""
    REPORTS_UNPROVED = "reports_unproved"
    """Reports of browsers that have not, for instance without JavaScript."""
    REPORTS_UNPROVED_TOTAL = "reports_unproved_total"
    """The same, of all clients together: the brake on those who come from many addresses."""
    UPLOADS = "uploads"
    """Requests that bring files."""
    RECEIPTS = "receipts"
    """Receipts looked up."""
    SIGN_IN = "sign_in"
    """Passwords and second factors tried."""


SHARED = frozenset({Quota.REPORTS_UNPROVED_TOTAL})
"""Counted over all clients together."""


class TooMany(TooManyRequests):
    """A quota is used up. ``retry_after`` is in seconds."""

    retry_after: int

    def __init__(self, seconds: int) -> None:
        """For so many seconds."""
        super().__init__(retry_after=seconds)

    @property
    def advice(self) -> str:
        """When to try again, as a sentence."""
        minutes = math.ceil(self.retry_after / 60)
        return str(ngettext("Please try again in one minute.", "Please try again in %(num)s minutes.", minutes))

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says to programs."""
        return {"Retry-After": str(self.retry_after)}


class DailyKey:
    """Names addresses so that the same one has the same name all day, and nobody can find back from it."""

    def __init__(self) -> None:
        """Begin without a key."""
        self._lock = threading.Lock()
        self._day: date | None = None
        self._key = b""

    def name(self, address: str) -> str:
        """The name of an address today (UTC)."""
        today = clock.now().date()
        with self._lock:
            if self._day != today:
                self._day, self._key = today, secrets.token_bytes(SECRET_BYTES)
            return blake2b(_network(address).encode(), key=self._key, digest_size=16).hexdigest()


def _network(address: str) -> str:
    """The address, or for IPv6 the network that one household has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, NETWORK_BITS), strict=False))


_names = DailyKey()


def client() -> str:
    """The name of the client that asks. Whose word counts about its address is decided by ``TRUSTED_PROXIES`` alone."""
    return _names.name(request.remote_addr or "")


def limited(quota: Quota, *, keeps: bool = True) -> Callable[[View], View]:
    """Mark a view whose requests that may change something are counted.

    Beyond the quota the person sees a page that keeps what they typed, unless that is a secret (``keeps=False``).
    """

    def mark(view: View) -> View:
        view.__quota__ = (quota, keeps)  # type: ignore[attr-defined]
        return view

    return mark


def count(*quotas: Quota) -> None:
    """Count one more; where one of the quotas is used up nothing is counted.

    Raises:
        TooMany: saying for how long.
    """
    wanted = [(_item(quota), quota.value, EVERYBODY if quota in SHARED else client()) for quota in quotas]
    limiter: Limiter = current_app.extensions["limits"]
    strategy = limiter.limiter
    waits = [
        strategy.get_window_stats(item, *names).reset_time - time.time()
        for item, *names in wanted
        if not strategy.test(item, *names)
    ]
    if waits:
        log.warning("quota used up", extra={"kind": quotas[0].value})
        raise TooMany(max(1, math.ceil(max(waits))))
    for item, *names in wanted:
        strategy.hit(item, *names)


def _item(quota: Quota) -> RateLimitItem:
    settings: Settings = current_app.config["SETTINGS"]
    return RateLimitItemPerHour(getattr(settings, f"limit_{quota.value}"))


def init_limits(app: Flask) -> None:
    """Count for marked views, and answer those who must wait."""
    app.extensions["limits"] = Limiter(client, app=app, storage_uri="memory://", strategy="moving-window")

    @app.before_request
    def count_marked() -> None:
        view = app.view_functions.get(request.endpoint or "")
        marked = getattr(view, "__quota__", None)
        if marked and request.method not in SAFE_METHODS:
            count(marked[0])

    @app.errorhandler(TooMany)
    def must_wait(error: TooMany) -> ResponseReturnValue:
        _quota, keeps = getattr(app.view_functions.get(request.endpoint or ""), "__quota__", (None, True))
        typed = list(request.form.items(multi=True)) if keeps else []
        return render_template("core/wait.html", advice=error.advice, typed=typed), 429, error.headers
