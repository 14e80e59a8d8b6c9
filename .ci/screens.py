"""Photographs pages in every language, narrow and wide, into ``instance/screens/``: ``screens.py [path …]``.

Paths are given without language, such as ``/`` or ``/map``; without any, the home page and the pages it links to.
"""

from __future__ import annotations

import os
import sys

from platform_on_loan import platform
from playwright.sync_api import Page, sync_playwright

from app.core.languages import LANGUAGES
from app.core.settings import REPOSITORY

FOLDER = REPOSITORY / "instance" / "screens"
WIDTHS = (360, 1280)
HEIGHT = 800
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def linked(page: Page, home: str) -> list[str]:
    """The home page and what it links to in the same language."""
    page.goto(home)
    found = page.eval_on_selector_all(
        "main a[href], nav a[href]", "links => links.map(link => link.href.split('#')[0])"
    )
    return sorted({home, *(link for link in found if link.startswith(home))})


def main() -> int:
    """Take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with platform() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page()
        for code in LANGUAGES:
            home = f"{address}/{code}/"
            for link in [home + path.lstrip("/") for path in sys.argv[1:]] or linked(page, home):
                name = link.removeprefix(home).strip("/").replace("/", "-") or "home"
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": HEIGHT})
                    page.goto(link, wait_until="networkidle")
                    page.screenshot(path=FOLDER / f"{name}-{code}-{width}.png", full_page=True)
        browser.close()
    print(f"Pictures are in {FOLDER.relative_to(REPOSITORY)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
