"""Somebody at a desk: opens cases and sends the forms that stand on their pages."""

from __future__ import annotations

from typing import Any

from bs4 import Tag
from werkzeug.test import TestResponse

from app.reports import queries as reports
from app.reports.models import Report
from tests.support.clients import CheckingClient
from tests.support.forms import soup, values_of

LEAD = "soziales"
"""Leads the gap in housing that the factory makes."""


class Desk:
    """A person of an office, signed in."""

    def __init__(self, client: CheckingClient) -> None:
        self.client = client

    def queue(self, **filters: Any) -> TestResponse:
        return self.client.get("/en/desk/", query_string=filters)

    def numbers(self, **filters: Any) -> list[str]:
        """The case numbers that the queue shows, in order."""
        return [link.get_text() for link in soup(self.queue(**filters)).select("#reports tbody th a")]

    def case(self, number: str) -> TestResponse:
        return self.client.get(f"/en/desk/{number}")

    def send(self, number: str, action: str, page: TestResponse | None = None, **fields: Any) -> TestResponse:
        """Send the form of an action as it stands on the page, with changes."""
        form = form_on(page or self.case(number), action)
        assert form is not None, f"the page offers no {action}"
        values = values_of(form)
        for name, value in fields.items():
            values.setlist(f"{action}-{name}", [value])
        return self.client.post(f"/en/desk/{number}", data=values)

    def do(self, number: str, action: str, **fields: Any) -> None:
        """The same, and it has to work."""
        answer = self.send(number, action, **fields)
        assert answer.status_code == 303, element(answer, "main").get_text(" ", strip=True)[:1000]

    def forge(self, number: str, action: str, **fields: Any) -> TestResponse:
        """Send an action that the page may not offer, with everything that makes a form look genuine."""
        page = self.case(number)
        genuine = form_on(page, "note") or form_on(page, "return")
        assert genuine is not None, "the page has no form"
        values = values_of(genuine)
        forged = {
            name.replace("note-", f"{action}-").replace("return-", f"{action}-"): value
            for name, value in values.items()
        }
        forged |= {"action": action} | {f"{action}-{name}": value for name, value in fields.items()}
        return self.client.post(f"/en/desk/{number}", data=forged)


def form_on(page: TestResponse, action: str) -> Tag | None:
    """The form of an action on a page."""
    field = soup(page).select_one(f"main form input[name=action][value={action}]")
    return field.find_parent("form") if field else None


def element(page: TestResponse, selector: str) -> Tag:
    """The first element of a page that a selector finds."""
    found = soup(page).select_one(selector)
    assert found is not None, f"nothing on the page is {selector}"
    return found


def report_of(number: str) -> Report:
    found = reports.by_number(number)
    assert found is not None
    return found
