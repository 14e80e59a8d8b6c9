"""The erasure ledger: lines that name nobody, on the disk before anything is committed."""

import multiprocessing
import stat
from datetime import timedelta

import pytest

from app.core.settings import load_settings
from app.privacy import ledger
from app.privacy.ledger import Deed, Line

BOX = "a-box-of-the-tests"


@pytest.fixture
def file(session, app, tmp_path, monkeypatch):
    settings = app.config["SETTINGS"].model_copy(update={"erasure_ledger": str(tmp_path / "erasures")})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return settings.erasures


def test_a_deed_is_one_line_that_names_nothing(file):
    ledger.note(Deed.CONSENT_WITHDRAWN, BOX, "statistics")
    text = file.read_text()
    assert text.count("\n") == 1
    assert BOX not in text
    (line,) = ledger.lines()
    assert (line.deed, line.purpose, line.digest) == (Deed.CONSENT_WITHDRAWN, "statistics", ledger.digest_of(BOX))


def test_only_its_owner_reads_it(file):
    ledger.note(Deed.ERASED, BOX)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_digest_depends_on_the_pepper(file, app, monkeypatch):
    before = ledger.digest_of(BOX)
    other = load_settings(instance_dir=file.parent, receipt_pepper="another-pepper-of-the-tests-0123456789")
    monkeypatch.setitem(app.config, "SETTINGS", other)
    assert ledger.digest_of(BOX) != before


def test_a_line_is_on_the_disk_before_it_returns(file, monkeypatch):
    synced = []
    monkeypatch.setattr(ledger.os, "fsync", lambda handle: synced.append((handle, file.read_text())))
    ledger.note(Deed.ERASED, BOX)
    assert any("erased" in text for _handle, text in synced)


def test_a_torn_line_takes_no_other_with_it(file):
    ledger.note(Deed.ERASED, BOX)
    with file.open("a") as torn:
        torn.write("2026-11-2")
    ledger.note(Deed.PURGED, BOX)
    assert [line.deed for line in ledger.lines()] == [Deed.ERASED, Deed.PURGED]


def test_lines_go_when_every_backup_is_gone(file, app, clock):
    days = app.config["SETTINGS"].backup_days + ledger.MARGIN.days
    ledger.note(Deed.ERASED, BOX)
    clock.forward(days=days)
    ledger.note(Deed.ERASED, "another box")
    assert ledger.drop_expired() == 0
    clock.forward(days=1)
    assert ledger.drop_expired() == 1
    assert [line.digest for line in ledger.lines()] == [ledger.digest_of("another box")]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_ledger_there_is_nothing_to_do(file):
    assert ledger.lines() == []
    assert ledger.drop_expired() == 0
    assert not file.exists()


def test_a_ledger_that_cannot_be_written_stops_the_deed(file):
    file.mkdir()
    with pytest.raises(OSError, match="directory"):
        ledger.note(Deed.ERASED, BOX)


def _append(path, number):
    from flask import Flask

    app = Flask(__name__)
    app.config["SETTINGS"] = load_settings(
        instance_dir=path.parent, erasure_ledger=str(path), receipt_pepper="a-pepper-of-the-tests-only-0123456789"
    )
    with app.app_context():
        for turn in range(25):
            ledger.note(Deed.ERASED, f"{number}-{turn}")
            if turn % 5 == 0:
                ledger.drop_expired()


def test_several_processes_lose_no_line(file):
    old = Line(ledger.today() - timedelta(days=999), Deed.ERASED, "0" * 40)
    file.write_text(f"{old}\n" * 10)
    processes = [multiprocessing.get_context("spawn").Process(target=_append, args=(file, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    wanted = {ledger.digest_of(f"{number}-{turn}") for number in range(4) for turn in range(25)}
    assert {line.digest for line in ledger.lines()} == wanted
    assert len(ledger.lines()) == 100
