"""What is measured: the calls of each figure, prepared once as bytes, and what the bare app does for comparison."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse, encode_multipart

from app.reports.domain import new_nonce
from app.wiring.demo import sign_ins
from tests.bench.bare import PAGE
from tests.bench.client import Call, Turn, WrongAnswer
from tests.bench.world import SERVICES
from tests.support.arrivals import come_in
from tests.support.forms import fill_form, form_of

TEXT = (
    "In Winzerla finde ich keine Beratung, die mir bei der Suche nach einer Wohnung hilft. Ich war bei drei Stellen. "
    "Zwei waren voll, bei der dritten sprach niemand meine Sprache. Wir sind eine Familie mit vier Kindern, und die "
    "Wohnung, in der wir jetzt sind, müssen wir im Frühjahr verlassen. Ich wünsche mir eine Sprechstunde im Stadtteil."
)
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "kind": {"kind": "gap"},
    "topic": {"topic": "housing"},
    "missing": {"missing": ["full", "language"]},
    "targets": {"targets": ["families", "newcomers"]},
    "where": {"where": "area"},
    "area": {"area": "18", "place_detail": "Nahe der Straßenbahn"},
    "involved": {},
    "text": {"text": TEXT},
    "wish": {"wish": "contact"},
    "contact": {"contact": "03641 000000"},
    "consents": {"consents": ["reading", "contact", "handover", "statistics"]},
    "readers": {},
    "check": {"go": "send"},
}
"""A gap in housing in Winzerla, page by page."""

BROWSER = "Host: 127.0.0.1\r\nAccept: text/html,*/*\r\nAccept-Language: de\r\nUser-Agent: bench\r\n"
GZIP = "Accept-Encoding: gzip\r\n"
TITLE = re.compile(rb"<title>.+?</title>", re.DOTALL)
RECEIPT = re.compile(rb"[0-9]{5}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: our calls, and those of the bare app that do the least that somebody could do instead.

    ``aim`` and ``peers`` are ratios to the bare app, measured the same way. ``reports`` tells how many reports arrive
    in a turn.
    """

    key: str
    name: str
    turn: Turn
    bare: Turn
    aim: float
    peers: str
    reports: int = 0


OWN_PAGE = "Sec-Fetch-Site: same-origin\r\n"
"""What browsers say of a form that one of our pages sends."""


def raw(path: str, *, body: bytes | None = None, content_type: str = "", more: str = GZIP) -> bytes:
    """A request as bytes."""
    method = "GET" if body is None else "POST"
    sent = "" if body is None else f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return f"{method} {path} HTTP/1.1\r\n{BROWSER}{OWN_PAGE}{more}{sent}\r\n".encode() + (body or b"")


FORM = "application/x-www-form-urlencoded"
BARE_PAGE: Call = Call(raw("/page"), PAGE.encode(), whole=True)
BARE_NOTE: Call = Call(raw("/note", body=urlencode({"words": TEXT}).encode(), content_type=FORM), b"noted", whole=True)
BARE_SERVICES: Call = Call(raw("/services.geojson"), b'{"type":"FeatureCollection"')


MAP_PEERS = "Signalen 0.07, adhocracy+ 0.002"
SUBMISSION_PEERS = "Signalen 0.023 (one API call), adhocracy+ 0.004"
WALK_PEERS = "SecureDrop 0.0013"
PAGE_PEERS = "SecureDrop 0.09, adhocracy+ 0.01"


def figures(app: Flask) -> Iterator[Figure]:
    """Everything that is measured, each prepared with an app on the same database when its turn comes.

    Raises:
        WrongAnswer: a page is not what it should be.
    """
    packed, plain = _services(app.test_client(), "/de/data/services.geojson")
    yield Figure("map", "map data, gzip", _same(packed), _same(BARE_SERVICES), 0.7, MAP_PEERS)
    yield Figure("map-plain", "map data, plain", _same(plain), _same(BARE_SERVICES), 0.7, MAP_PEERS)
    walk = recorded_walk(app.test_client())
    yield Figure("submission", "final submission", walk.sending, _same(BARE_NOTE), 0.25, SUBMISSION_PEERS, 1)
    yield Figure("walk", "whole walk of a report", walk.whole, _same(BARE_NOTE), 0.03, WALK_PEERS, 1)
    yield Figure("home", "home page", _same(_home(app.test_client())), _same(BARE_PAGE), 0.25, PAGE_PEERS)
    needs = _needs(app.test_client())
    yield Figure("needs", "needs page, signed in", _same(needs), _same(BARE_PAGE), 0.25, PAGE_PEERS)


def _same(call: Call) -> Turn:
    return lambda: (call,)


# Pages ---------------------------------------------------------------------------------------------------------------


def _services(client: FlaskClient, path: str) -> tuple[Call, Call]:
    """The map data packed and plain, after a look inside."""
    packed = _page(client, path, {"Accept-Encoding": "gzip"})
    plain = _page(client, path, {})
    found = json.loads(plain.data)["features"]
    if len(found) != SERVICES or not all(feature["geometry"] for feature in found):
        raise WrongAnswer(f"{path} has {len(found)} services")
    if gzip.decompress(packed.data) != plain.data:
        raise WrongAnswer(f"{path} says something else when packed")
    return (
        Call(raw(path), packed.data, whole=True),
        Call(raw(path, more=""), plain.data, whole=True),
    )


def _home(client: FlaskClient) -> Call:
    page = _page(client, "/de/", {"Accept-Encoding": "gzip"})
    if page.content_encoding == "gzip":
        _titled(gzip.decompress(page.data), "/de/")
        return Call(raw("/de/"), page.data, whole=True)
    return Call(raw("/de/"), _titled(page.data, "/de/"))


def _needs(client: FlaskClient) -> Call:
    """The needs page of a partner organisation who has signed in."""
    with client.application.app_context():
        partner = next(email for title, email, _password in sign_ins() if title.endswith("Partnerorganisation"))
    cookie = come_in(client, partner).get_cookie("session")
    if cookie is None:
        raise WrongAnswer("signing in gives no session")
    page = _page(client, "/de/needs/", {"Accept-Encoding": "gzip"})
    return Call(raw("/de/needs/", more=f"{GZIP}Cookie: session={cookie.value}\r\n"), _titled(page.data, "/de/needs/"))


def _page(client: FlaskClient, path: str, headers: Mapping[str, str]) -> TestResponse:
    page = client.get(path, headers=headers)
    if page.status_code != 200:
        raise WrongAnswer(f"{path}: status {page.status_code}")
    return page


def _titled(body: bytes, path: str) -> bytes:
    """The title of a page: it tells that page from any other, and from one with an error."""
    title = TITLE.search(body)
    if title is None or b"<h1" not in body:
        raise WrongAnswer(f"{path} has no title or heading")
    return title[0]


# The walk of a report ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk that somebody has gone once, to be gone again with other nonces: what travels is in the calls."""

    calls: tuple[Call, ...]
    nonce: bytes

    def whole(self) -> Iterable[Call]:
        """All pages, from the first to the receipt."""
        fresh = new_nonce().encode()
        return [Call(call.raw.replace(self.nonce, fresh), call.marker) for call in self.calls]

    def sending(self) -> Iterable[Call]:
        """The last one only."""
        last = self.calls[-1]
        return [Call(last.raw.replace(self.nonce, new_nonce().encode()), last.marker)]


def recorded_walk(client: FlaskClient) -> Walk:
    """Go the whole way once, as a browser would.

    Raises:
        WrongAnswer: it does not end at a receipt.
    """
    path = "/de/report"
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    page = _page(client, path, {})
    calls = [Call(raw(path), _titled(page.data, path))]
    nonce = b""
    for _ in range(len(ANSWERS) + 1):
        form = form_of(page)
        values = fill_form(page)
        question = str(values.get("page", ""))
        for name, value in ANSWERS.get(question, {}).items():
            values.setlist(name, value if isinstance(value, list) else [value])
        values.setdefault("go", "next")
        nonce = nonce or str(values.get("nonce", "")).encode()
        action = str(form.get("action"))
        body, content_type = _encoded(values, multipart=form.get("enctype") == "multipart/form-data")
        page = client.post(action, data=body, content_type=content_type)
        if page.status_code != 200:
            raise WrongAnswer(f"{action} after {question or 'the start'}: status {page.status_code}")
        calls.append(Call(raw(action, body=body, content_type=content_type), _titled(page.data, action)))
        if question == "check":
            break
    if question != "check" or b"nonce" in page.data or not RECEIPT.search(page.data):
        raise WrongAnswer(f"the walk ends after {question!r}, without a receipt")
    return Walk(tuple(calls), nonce)


def _encoded(values: MultiDict[str, Any], *, multipart: bool) -> tuple[bytes, str]:
    if not multipart:
        return urlencode(list(values.items(multi=True))).encode(), FORM
    boundary, body = encode_multipart(values, boundary="----bench")
    return body, f'multipart/form-data; boundary="{boundary}"'


# What is said to the database ----------------------------------------------------------------------------------------


def replay(client: FlaskClient, turn: Turn) -> int:
    """Send the calls of a turn within this process; gives how many there were.

    Raises:
        WrongAnswer: for the first answer that is wrong.
    """
    calls = list(turn())
    for call in calls:
        head, _blank, body = call.raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _version = first.split(" ")
        headers = [line.split(": ", 1) for line in lines]
        answer = client.open(path, method=method, headers=headers, data=body or None)  # type: ignore[arg-type]
        call.check(answer.status_code, answer.data)
    return len(calls)
