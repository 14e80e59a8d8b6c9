"""Photographs pages in every language, narrow and wide, into ``instance/screens/``: ``screens.py [path …]``.

Paths are given without language, such as ``/`` or ``/map``; without any, the home page and the pages it links to.
``screens.py --overview`` takes the one picture of the README, ``docs/screens/overview.png``.
"""

from __future__ import annotations

import io
import os
import sys

from PIL import Image
from platform_on_loan import platform
from playwright.sync_api import Browser, Page, sync_playwright

from app.core.languages import LANGUAGES
from app.core.settings import REPOSITORY

FOLDER = REPOSITORY / "instance" / "screens"
OVERVIEW = REPOSITORY / "docs" / "screens" / "overview.png"
MARGIN, FRAME = 40, 8
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


def overview(browser: Browser, address: str) -> None:
    """The map on a desktop, and on its corner the start of a report on a phone, in Arabic."""
    shots = []
    for path, width, height in (("de/map", 1280, 860), ("ar/report", 360, 700)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/{path}", wait_until="networkidle")
        shots.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        page.close()
    desktop, phone = shots
    picture = Image.new("RGB", (desktop.width + phone.width // 2, desktop.height + MARGIN), "white")
    picture.paste(desktop, (0, 0))
    left, top = picture.width - phone.width - MARGIN, picture.height - phone.height
    picture.paste("#1b1b2e", (left - FRAME, top - FRAME, left + phone.width + FRAME, picture.height))
    picture.paste(phone, (left, top))
    OVERVIEW.parent.mkdir(parents=True, exist_ok=True)
    # A palette is plain enough for flat colours, and a third of the size.
    picture.quantize(128).save(OVERVIEW, optimize=True)
    print(f"The picture is {OVERVIEW.relative_to(REPOSITORY)}")


def main() -> int:
    """Take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with platform() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        if sys.argv[1:] == ["--overview"]:
            overview(browser, address)
            return 0
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
