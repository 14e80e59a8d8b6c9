"""The interim report in a real browser: no barrier that axe or Lighthouse know of, as a page and as a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.core.database import db
from app.core.settings import REPOSITORY
from app.core.texts import Localized
from app.needs import service as needs
from app.strategy import queries, service
from app.strategy.domain import FOREWORD, Format, Months, Wanted
from tests.browser.conftest import DESK, PHONE
from tests.support.databases import close, make_app
from tests.support.provider import node
from tests.support.published import known_year

LIGHTHOUSE = REPOSITORY / "node_modules/lighthouse/cli/index.js"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("strategy")]


@pytest.fixture(scope="module")
def report(server, tmp_path_factory):
    """An issued report on the server: its id, and a folder with its page as a file."""
    folder = tmp_path_factory.mktemp("report")
    app = make_app(server.database_address, folder / "beside")
    with app.app_context():
        known_year()
        needs.publish_due()
        row = service.begin(Wanted("2025", Months.named("2025-01/2026-12")), None)
        service.write(row, FOREWORD, Localized(de="Vorwort.", en="Foreword of the city."))
        service.submit(row, "one")
        service.issue(row, "two")
        db.session.commit()
        identity = row.id
        service.make_files()
        db.session.rollback()
        for code in ("de", "de-simple", "en"):
            content = queries.content(identity, code, Format.PAGE)
            (folder / f"{code}.html").write_bytes(content)
    close(app)
    return identity, folder


@pytest.fixture(scope="module")
def elsewhere(report):
    """The folder with the files, served on the loopback."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(report[1])))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("look", [{"viewport": DESK}, {"viewport": PHONE}, {"viewport": DESK, "color_scheme": "dark"}])
def test_everybody_can_read_the_report_on_its_page(report, server, visitor, axe, look):
    person = visitor(server.origin, **look)
    for path in (f"/en/strategy/{report[0]}", f"/de-simple/strategy/{report[0]}", "/en/strategy"):
        person.go(path)
        person.axe(axe)
        person.overflow()


@pytest.mark.parametrize("look", [DESK, {"width": 360, "height": 740}])
def test_everybody_can_read_the_report_as_a_file(elsewhere, visitor, axe, look):
    person = visitor(elsewhere, viewport=look)
    for code in ("de", "de-simple", "en"):
        person.go(f"/{code}.html")
        person.axe(axe)
        person.overflow()


@pytest.mark.parametrize("which", ["file", "page"])
def test_lighthouse_finds_nothing(report, server, elsewhere, browser, tmp_path, which):
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
    if not LIGHTHOUSE.exists():
        if os.environ.get("CI"):
            pytest.fail("Lighthouse is missing")
        pytest.skip("Lighthouse is missing: install the front-end packages for development")
    address = f"{elsewhere}/en.html" if which == "file" else f"{server.origin}/en/strategy/{report[0]}"
    subprocess.run(
        [*node(), str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={tmp_path / 'found.json'}",
         "--only-categories=accessibility,best-practices", "--max-wait-for-load=120000", f"--chrome-flags={FLAGS}"],
        check=True, capture_output=True, timeout=600, env=os.environ | {"CHROME_PATH": program},
    )  # fmt: skip
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    failed = [key for key, audit in found["audits"].items() if audit["score"] not in {None, 1}]
    scores = {name: category["score"] for name, category in found["categories"].items()}
    assert scores["accessibility"] == 1, failed
    assert scores["best-practices"] == 1, failed
