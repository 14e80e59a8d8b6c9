"""Somebody who edits the plans in the browser."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.support.clients import CheckingClient
from tests.support.desks import element
from tests.support.forms import fill_form

BASE = "/en/planning"


def text(page: TestResponse, selector: str = "main") -> str:
    """What a part of a page says."""
    return element(page, selector).get_text(" ", strip=True)


class Planner:
    """Somebody at work on the plans."""

    def __init__(self, client: CheckingClient) -> None:
        """Be somebody who is signed in."""
        self.client = client

    def get(self, path: str = "") -> TestResponse:
        """A page that is there."""
        page: TestResponse = self.client.get(f"{BASE}/{path}")
        assert page.status_code == 200, page.status
        return page

    def post(
        self, path: str, action: str | None = None, page: TestResponse | None = None, **fields: Any
    ) -> TestResponse:
        """Send the form of a page, by default that of the same address, with changes."""
        page = page or self.get(path)
        address = f"{BASE}/{path if action is None else action}"
        answer: TestResponse = self.client.post(address, data=fill_form(page, address, **fields))
        return answer

    def do(self, path: str, action: str | None = None, page: TestResponse | None = None, **fields: Any) -> TestResponse:
        """The same, and it has to work; gives the page that follows."""
        answer = self.post(path, action, page, **fields)
        assert answer.status_code == 303, text(answer)[:1500]
        found: TestResponse = self.client.get(answer.location)
        return found

    def begin(self) -> int:
        """Begin a draft of the edition in force; gives its id."""
        answer = self.post("", "drafts", edition="2025")
        found = re.search(r"/(\d+)$", answer.location)
        assert found is not None
        return int(found[1])

    def submit(self, identity: int) -> None:
        """Ask a second person to look."""
        self.do(f"versions/{identity}/submit", why="Please look")

    def publish(self, identity: int) -> TestResponse:
        """Publish what somebody else has submitted."""
        return self.do(f"versions/{identity}/look", f"versions/{identity}/publish")
