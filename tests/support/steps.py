"""The way of a report in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import FilePayload, Page

PAGES_MAX = 30


def press(page: Page, value: str) -> None:
    """Press a button of the walk, and wait for the next page."""
    page.locator(f"main button[name=go][value='{value}']").click()
    page.wait_for_load_state("load")


def standing_at(page: Page) -> str:
    """The name of the question on the page; empty when there is none."""
    field = page.locator("main form input[name=page]")
    return field.get_attribute("value") or "" if field.count() else ""


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Give the answers that the page asks for."""
    for name, given in answers.items():
        for value in given if isinstance(given, (list, tuple)) else [given]:
            control = page.locator(f"main form [name='{name}']:not([type=hidden])")
            if not control.count():
                continue
            kind = control.first.evaluate("one => one.type || one.localName")
            if kind in {"radio", "checkbox"}:
                page.locator(f"main form [name='{name}'][value='{value}']").check()
            elif kind == "select-one":
                control.select_option(value)
            else:
                control.fill(value)


def walk(
    page: Page, answers: Mapping[str, Any], to: str = "check", *, look: Callable[[Page], None] | None = None
) -> None:
    """From the start page to the one named; ``look`` sees each page on the way."""
    press(page, "next")
    for _ in range(PAGES_MAX):
        if look:
            look(page)
        here = standing_at(page)
        if here == to:
            return
        fill(page, answers)
        press(page, "next")
        assert standing_at(page) != here, (
            f"the walk stands still at {here}: {page.locator('[role=alert]').all_inner_texts()}"
        )
    message = f"the walk never came to {to}"
    raise AssertionError(message)


def send(page: Page, *files: FilePayload) -> None:
    """Choose files and send."""
    if files:
        page.locator("main input[type=file]").set_input_files(list(files))
    press(page, "send")


def receipt_on(page: Page) -> str:
    """The thirty digits on the page."""
    digits = re.sub(r"\D", "", page.locator("#receipt").inner_text())
    assert len(digits) == 30, f"this is no receipt: {digits!r}"
    return digits
