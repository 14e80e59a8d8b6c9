"""``flask needs report``: on a fresh instance, from a snapshot, the same bytes, clear words when it cannot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from app.core.settings import REPOSITORY
from app.core.texts import Localized
from app.needs.snapshot import service as snapshots
from app.strategy import cli as command
from app.strategy import service
from app.strategy.domain import FOREWORD, Months, Wanted
from tests.integration.strategy.conftest import PERIOD
from tests.support import papers


@pytest.fixture
def report(app, monkeypatch):
    """``report("--edition", "after", …)`` calls the command inside of the test's transaction."""
    monkeypatch.setattr(command, "_first", [])
    return lambda *args: app.test_cli_runner().invoke(args=["needs", "report", "--period", PERIOD, *map(str, args)])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_fresh_instance_makes_the_report_in_every_language(tmp_path):
    environment = {**os.environ, "INSTANCE_DIR": str(tmp_path / "instance")}
    call = [sys.executable, "-m", "flask", "--app", "wsgi", "needs", "report", "--edition", "2025", "--period", PERIOD]
    done = subprocess.run(
        [*call, "--output", str(tmp_path / "out")], cwd=REPOSITORY, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = sorted(one.name for one in (tmp_path / "out").iterdir())
    assert made == sorted(
        f"bericht-2025-2025-01_2026-12-{code}.{ending}"
        for code in ("de", "de-simple", "en")
        for ending in ("html", "pdf", "xlsx")
    )
    named = re.search(r"^Snapshot: ([0-9a-f]{64})$", done.stdout, re.MULTILINE)
    assert named is not None
    page = (tmp_path / "out/bericht-2025-2025-01_2026-12-en.html").read_bytes()
    assert named[1].encode() in page
    assert papers.page(page).title == "Interim report: Social strategy 2025"


def written(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


@pytest.mark.slow
def test_a_snapshot_gives_the_same_bytes_again_although_the_city_has_gone_on(
    report, two_editions, year, session, tmp_path, jena
):
    from app.core.revisions import touch
    from app.directory.models import Organisation

    first = report("--edition", "after", "--compare", "before", "--language", "en", "--output", tmp_path / "1")
    assert first.exit_code == 0, first.output
    named = first.output.split()[-1]
    session.get_one(Organisation, jena.organisation("ads").id).name = Localized(de="Anders", en="Other")
    session.flush()
    touch("directory")
    again = ("--edition", "after", "--compare", "before", "--language", "en", "--snapshot", named[:12])
    assert report(*again, "--output", tmp_path / "2").exit_code == 0
    assert written(tmp_path / "1") == written(tmp_path / "2")
    later = report("--edition", "after", "--compare", "before", "--language", "en", "--output", tmp_path / "3")
    assert later.output.split()[-1] != named


def test_new_numbers_keep_the_texts_that_were_written(report, two_editions, session, tmp_path):
    row = service.begin(Wanted("after", Months.named(PERIOD)), None)
    service.write(row, FOREWORD, Localized(en="Written before."))
    snapshots.take(date(2026, 12, 24))
    done = report("--edition", "after", "--language", "en", "--output", tmp_path)
    assert done.exit_code == 0, done.output
    page = next(tmp_path.glob("*.html")).read_bytes()
    assert ("p", "Written before.") in papers.page(page).flow


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--edition", "1999"), "no published edition '1999'"),
        (("--edition", "after", "--compare", "1999"), "no published edition '1999'"),
        (("--edition", "after", "--snapshot", "0" * 64), "No snapshot"),
        (("--edition", "after", "--period", "2026"), "a period is written as"),
        (("--edition", "after", "--language", "fr"), "'fr' is not one of"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_written(report, two_editions, tmp_path, args, said):
    done = report(*args, "--output", tmp_path / "out")
    assert done.exit_code != 0
    assert said in done.output
    assert not (tmp_path / "out").exists()
