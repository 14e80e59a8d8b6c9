"""A real browser before the real server. Whatever a page does that it must not do fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from app.core.settings import REPOSITORY
from tests.support.databases import Database, SpatiaLite
from tests.support.servers import Server

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser, and more time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.timeout(600))


class Visitor:
    """A person with a browser of their own; ``faults`` are what their pages did wrong.

    ``elsewhere`` is a further origin that they are sent to on purpose; what its pages do is its own affair.
    """

    def __init__(self, context: BrowserContext, origin: str) -> None:
        """Watch everything the browser does."""
        self.context, self.origin = context, origin
        self.elsewhere = origin
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        self.page: Page = context.new_page()

    def _request(self, request: Request) -> None:
        own = (f"{self.origin}/", f"{self.elsewhere}/", "data:", "blob:")
        if not request.url.startswith(own) and not request.frame.url.startswith(f"{self.elsewhere}/interaction"):
            self.faults.append(f"request to {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        foreign = self.elsewhere != self.origin and self.page.url.startswith(self.elsewhere)
        if (
            message.type in {"error", "warning"}
            and not foreign
            and not any(words in message.text for words in self.expected)
        ):
            self.faults.append(f"{message.type} on {self.page.url}: {message.text}")

    def go(self, path: str) -> Page:
        """Visit an address of the house."""
        answer = self.page.goto(f"{self.origin}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return self.page

    def axe(self, source: str) -> None:
        """Look for barriers on the present page."""
        self.page.evaluate(source)
        result = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in result["violations"]:
            for node in violation["nodes"]:
                self.faults.append(f"{self.page.url}: {violation['id']} at {node['target']}: {node['failureSummary']}")

    def overflow(self) -> None:
        """A page must not scroll sideways."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            self.faults.append(f"{self.page.url}: scrolls {wide} pixels sideways")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is missing: install it, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """``visitor(origin, locale="ar")`` gives a person with a fresh browser; their faults fail the test."""
    visitors: list[Visitor] = []

    def arrive(origin: str, **wishes: Any) -> Visitor:
        context = browser.new_context(**{"viewport": DESK, "locale": "de-DE", "reduced_motion": "reduce"} | wishes)
        context.set_default_timeout(20_000)
        visitors.append(Visitor(context, origin))
        return visitors[-1]

    yield arrive
    faults = [fault for one in visitors for fault in one.faults]
    for one in visitors:
        one.context.close()
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe."""
    return (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def own_server(database: Database, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, on either database."""
    address = database.copy()
    with Server(address, tmp_path / "instance", tmp_path / "log").running() as server:
        yield server
    database.drop(address)


@pytest.fixture(scope="module")
def server(run_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all tests of a file, on SpatiaLite."""
    database, folder = SpatiaLite(run_dir), tmp_path_factory.mktemp("server")
    address = database.copy()
    with ExitStack() as stack:
        stack.callback(database.drop, address)
        yield stack.enter_context(Server(address, folder / "instance", folder / "log").running())
