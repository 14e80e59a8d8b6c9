"""The way of a report through the pages, as a browser without JavaScript goes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.clients import CheckingClient
from tests.support.forms import soup, values_of

PAGES_MAX = 30
RECEIPT = re.compile(r"(?<!\d)(?:\d{5}[\s-]*){6}(?!\d)")

GAP: Mapping[str, Any] = {
    "kind": "gap",
    "topic": "housing",
    "missing": ["no_service"],
    "targets": ["families"],
    "where": "area",
    "area": "18",
    "text": "Es gibt hier keine Beratung zur Wohnungssuche.",
    "wish": "contact",
    "consents": ["reading", "contact", "statistics"],
}
"""Answers for a gap in housing in Winzerla."""

DISCRIMINATION: Mapping[str, Any] = {
    "kind": "discrimination",
    "role": "affected",
    "topic": "public_transport",
    "grounds": ["racist_attribution"],
    "forms": ["insult"],
    "where": "area",
    "area": "18",
    "month": "unsaid",
    "text": "Ich wurde in der Straßenbahn beleidigt.",
    "wish": "contact",
    "consents": ["reading", "contact", "statistics"],
}
"""Answers for an insult in the tram."""


def report_form(response: TestResponse) -> MultiDict[str, Any]:
    """What the form of a page would send."""
    form = next(form for form in soup(response).select("main form") if form.select("input[name=page]"))
    return values_of(form)


def page_of(response: TestResponse) -> str:
    """The name of the page, such as ``text``; empty when the answer is no page of the walk."""
    field = soup(response).select_one("main form input[name=page]")
    return str(field["value"]) if field else ""


def answer(
    client: CheckingClient, response: TestResponse, answers: Mapping[str, Any], go: str = "next", language: str = "de"
) -> TestResponse:
    """Fill in what the page asks and press a button."""
    values = report_form(response)
    asked = {str(control["name"]) for control in soup(response).select("main form [name]:not([type=hidden])")}
    for name in asked & set(answers):
        given = answers[name]
        values.setlist(name, list(given) if isinstance(given, (list, tuple)) else [given])
    values["go"] = go
    return client.post(f"/{language}/report", data=values, content_type="multipart/form-data")


def walk(
    client: CheckingClient, answers: Mapping[str, Any] = GAP, to: str = "check", language: str = "de"
) -> TestResponse:
    """Go from the first page to the one named, answering everything on the way."""
    response = client.post(f"/{language}/report", data={})
    for _ in range(PAGES_MAX):
        page = page_of(response)
        if page == to:
            return response
        assert response.status_code == 200, f"{page}: {[e.get_text() for e in soup(response).select('.kern-alert')]}"
        response = answer(client, response, answers, language=language)
    message = f"the walk never came to {to!r}; it stands at {page_of(response)!r}"
    raise AssertionError(message)


def send(client: CheckingClient, answers: Mapping[str, Any] = GAP, language: str = "de") -> TestResponse:
    """Go the whole way; the answer shows the receipt. ``files`` in ``answers`` are (content, name) pairs."""
    return answer(client, walk(client, answers, language=language), answers, go="send", language=language)


def receipt_in(response: TestResponse) -> str:
    """The thirty digits on a page."""
    found = RECEIPT.search(soup(response).select_one("main").get_text(" "))  # type: ignore[union-attr]
    assert found, "there is no receipt on the page"
    return re.sub(r"\D", "", found[0])
