"""Backups of a running platform: what is in them, who can read them, and what is refused."""

import os
import re
import signal
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.backup import service
from app.backup.container import Container
from app.backup.domain import BackupError, name_of
from app.core.clock import now
from app.core.database import db
from app.privacy import domain
from app.privacy.models import AuditEntry
from tests import factories
from tests.support.backups import SECRETS, Machine, with_recovery_key

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def silent(_step, _count):
    """Nobody looks."""


@pytest.fixture
def city(own_app):
    """An app with real commits, two reports, and what stands on the paper of its recovery key."""
    app = own_app()
    code = with_recovery_key(app)
    with app.app_context():
        receipts = [factories.sent().receipt for _ in range(2)]
        db.session.commit()
    return app, code, receipts


@pytest.fixture
def machine(city):
    app = city[0]
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    return Machine(app.config["SETTINGS"].instance_dir, address, **SECRETS)


@pytest.fixture
def empty_machine(database, tmp_path):
    address = database.empty()
    yield Machine(tmp_path / "new", address)
    database.drop(address)


def made(app, folder=None):
    with app.app_context():
        return service.create(folder, silent).written.path


def test_the_commands_make_and_check_a_backup(city, machine):
    _app, code, _receipts = city
    said = machine.does("backup", "create")
    (file,) = machine.backups()
    assert str(file) in said
    assert file.stat().st_mode & 0o777 == 0o600
    digest = re.search(r"SHA-256 ([0-9a-f]{64})", said)[1]
    assert digest in machine.does("backup", "verify", str(file))
    opened = machine.does("backup", "verify", "--key", str(file), typed=f"{code}\n")
    assert "2 reports, 2 receipts" in opened
    assert [path.name for path in machine.instance.iterdir() if path.name.startswith(".backup")] == []


def test_the_key_may_be_mistyped_but_not_wrong(city, machine):
    _app, code, _receipts = city
    machine.does("backup", "create")
    (file,) = machine.backups()
    opened = machine.does("backup", "verify", "--key", str(file), typed=f"{code[:-1]}\n{code.lower()}\n")
    assert "it opens" in opened
    other = domain.recovery_code(domain.new_key_pair()[0])
    assert "not the recovery key" in machine.refuses("backup", "verify", "--key", str(file), typed=f"{other}\n")


def test_the_beginning_says_what_is_needed_and_nothing_else(city, database):
    file = made(city[0])
    header = Container(file).header
    assert header.database == {"spatialite": "sqlite", "postgis": "postgresql"}[database.name]
    assert now() - header.made_at < timedelta(minutes=1)
    line = file.read_bytes().split(b"\n", 1)[0].decode()
    assert set(re.findall(r'"(\w+)": ', line)) == {
        "kind", "format", "made_at", "revision", "database", "recipient", "sealed_key",
    }  # fmt: skip


def test_a_backup_is_noted_in_the_audit_trail(city):
    app = city[0]
    made(app)
    with app.app_context():
        assert "backup_made" in set(db.session.scalars(select(AuditEntry.action)))
        db.session.rollback()


def test_without_a_recovery_key_one_line_says_what_to_do(own_app):
    app = own_app()
    machine = Machine(app.config["SETTINGS"].instance_dir, app.config["SQLALCHEMY_DATABASE_URI"], **SECRETS)
    assert "flask --app wsgi privacy init" in machine.refuses("backup", "create")
    assert machine.backups() == []


def test_an_empty_database_is_one_line(empty_machine):
    assert "no database" in empty_machine.refuses("backup", "create")


def test_missing_tools_are_named(city, machine, database):
    if database.name == "spatialite":
        pytest.skip("SQLite needs no tools")
    machine.environment["PATH"] = "/nowhere"
    assert "pg_dump is missing" in machine.refuses("backup", "create")


def test_what_is_written_meanwhile_is_in_the_backup_as_a_whole_or_not_at_all(city):
    app, code, _receipts = city
    stop, faults, count = threading.Event(), [], [0]

    def write():
        with app.app_context():
            while not stop.is_set():
                try:
                    factories.sent()
                    db.session.commit()
                    count[0] += 1
                except Exception as error:  # noqa: BLE001 - shown below
                    faults.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not count[0]:
            time.sleep(0.01)
        files = []
        for _ in range(2):
            before = count[0]
            files.append((before, made(app)))
            # Two backups have two seconds.
            while count[0] == before or files[-1][1].name == name_of(now()):
                time.sleep(0.05)
    finally:
        stop.set()
        writer.join()
    assert faults == []
    key = domain.read_recovery_code(code)
    with app.app_context():
        for before, file in files:
            rows = service.look_into(Container(file), key, silent)
            assert rows["report"] == rows["privacy_receipt"]
            assert 2 + before <= rows["report"] <= 2 + count[0]


def test_a_file_that_was_changed_or_ends_early_is_found_without_the_key(city):
    file = made(city[0])
    whole = file.read_bytes()
    for at in (0, 30, 400, 5000, -40, -1):
        content = bytearray(whole)
        content[at] ^= 1
        file.write_bytes(content)
        with pytest.raises(BackupError, match=r"damaged|no backup"):
            Container(file).check(silent)
    for length in (len(whole) - 1, len(whole) - 33, 100_000, 600, 20, 0):
        file.write_bytes(whole[:length])
        with pytest.raises(BackupError, match=r"damaged or not whole|no backup"):
            Container(file).check(silent)


def test_whoever_computes_the_hash_anew_is_found_by_the_key(city):
    import hashlib

    app, code, _receipts = city
    file = made(app)
    content = bytearray(file.read_bytes()[:-32])
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content) + hashlib.sha256(content).digest())
    backup = Container(file)
    backup.check(silent)
    with app.app_context(), pytest.raises(BackupError, match="was changed"):
        service.look_into(backup, domain.read_recovery_code(code), silent)


def test_old_backups_go_and_nothing_else_does(city, machine, clock):
    app = city[0]
    folder = machine.instance / "backups"
    folder.mkdir()
    old, young = (folder / name_of(now() - timedelta(days=days)) for days in (31, 29))
    foreign = folder / "letter.txt"
    unfinished = folder / f".{name_of(now() - timedelta(days=1))}.part"
    for file in (old, young, foreign, unfinished):
        file.touch()
    os.utime(unfinished, (1, 1))
    file = made(app)
    assert sorted(folder.iterdir()) == sorted([young, foreign, file])


def test_a_folder_that_cannot_be_used_is_one_line(machine, tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be used" in machine.refuses("backup", "create", "--to", str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_interrupts_leaves_no_half_file(city, machine, number, tmp_path):
    """The tool or the disk is slow; the pipe in the place of the unfinished file makes it so."""
    app = city[0]
    with app.app_context():
        for _ in range(40):
            factories.sent(files=[factories_file()])
        db.session.commit()
    target = tmp_path / "elsewhere"
    process = machine.start("backup", "create", "--to", str(target))
    deadline = time.monotonic() + 60
    while not list(target.glob(".*.part")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert list(target.iterdir()) == []
    assert [path.name for path in machine.instance.iterdir() if path.name.startswith(".backup")] == []


def factories_file():
    from app.reports.domain import CleanFile

    return CleanFile("image/jpeg", os.urandom(1_000_000))


def test_a_database_with_something_in_it_is_left_alone(city, machine):
    machine.does("backup", "create")
    (file,) = machine.backups()
    assert "something in the database already" in machine.refuses("backup", "restore", str(file))


def test_without_the_ledger_one_has_to_say_so(city, machine, empty_machine):
    machine.does("backup", "create")
    (file,) = machine.backups()
    assert "--without-ledger" in empty_machine.refuses("backup", "restore", str(file))


def test_another_pepper_in_the_environment_is_refused_before_anything_is_written(city, machine, empty_machine):
    _app, code, _receipts = city
    machine.does("backup", "create")
    (file,) = machine.backups()
    empty_machine.environment["RECEIPT_PEPPER"] = "another-pepper-0123456789"
    refused = empty_machine.refuses("backup", "restore", "--without-ledger", str(file), typed=f"{code}\n")
    assert "RECEIPT_PEPPER" in refused
    del empty_machine.environment["RECEIPT_PEPPER"]
    restored = empty_machine.does("backup", "restore", "--without-ledger", str(file), typed=f"{code}\n")
    assert "2 reports" in restored
    assert "WITHOUT the erasure ledger" in restored


def test_a_damaged_backup_leaves_the_database_empty(city, machine, empty_machine):
    _app, code, _receipts = city
    machine.does("backup", "create")
    (file,) = machine.backups()
    whole = file.read_bytes()
    # The last piece is missing, and the hash computed anew: it shows only at the very end.
    import hashlib

    cut = whole[: len(whole) - 32 - 300_000]
    file.write_bytes(cut + hashlib.sha256(cut).digest())
    refused = empty_machine.refuses("backup", "restore", "--without-ledger", str(file), typed=f"{code}\n")
    assert "was changed or is not whole" in refused
    file.write_bytes(whole)
    assert "2 reports" in empty_machine.does("backup", "restore", "--without-ledger", str(file), typed=f"{code}\n")


def test_a_backup_of_a_later_version_is_refused(city, machine, empty_machine):
    machine.does("backup", "create")
    (file,) = machine.backups()
    revision = Container(file).header.revision
    content = file.read_bytes().replace(f'"revision": "{revision}"'.encode(), b'"revision": "9999"', 1)
    file.write_bytes(content)
    assert "later version" in empty_machine.refuses("backup", "restore", "--without-ledger", str(file))


def test_the_sqlite_copy_is_one_plain_file(city, database):
    if database.name != "spatialite":
        pytest.skip("PostgreSQL writes its own format")
    import sqlite3

    app, code, _receipts = city
    _secrets, content = Container(made(app)).open(domain.read_recovery_code(code), silent)
    raw = b"".join(content)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(raw)
        assert connection.execute("SELECT count(*) FROM report").fetchone() == (2,)
