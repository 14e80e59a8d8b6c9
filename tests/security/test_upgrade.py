"""From the version before this one to this one, and back, as the manual for operators says."""

import os
import subprocess
import sys

import pytest

from app.core.settings import REPOSITORY
from tests.support.backups import SECRETS, Machine
from tests.support.databases import close, make_app
from tests.support.senders import Form, opened
from tests.support.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PREVIOUS, SCHEMA = "4bb2b8ad7fb5", "0001"
"""The last commit with the first schema."""

FURNISH = """
from flask_migrate import upgrade
from app.core.database import db
from app.wiring import prepare
from app.wiring.factory import create_app
from tests.factories import sent
app = create_app()
with app.app_context():
    upgrade("migrations")
prepare(app)
with app.app_context():
    print("receipt", sent(text="Vor dem Umzug geschrieben.").receipt)
    db.session.commit()
"""

READ = """
import sys
from app.reports import dialogue
from app.wiring.factory import create_app
with create_app().app_context():
    for receipt in sys.argv[1:]:
        print("text", dialogue.open_by_receipt(receipt).content.text)
"""


@pytest.fixture(scope="module")
def previous(tmp_path_factory):
    """The program of the previous version."""
    folder = tmp_path_factory.mktemp("previous")
    archive = subprocess.run(["git", "archive", PREVIOUS], cwd=REPOSITORY, capture_output=True, check=False)
    if archive.returncode and not os.environ.get("CI"):
        pytest.skip("the history of the repository is not here")
    assert archive.returncode == 0, archive.stderr
    subprocess.run(["tar", "-xf", "-"], cwd=folder, input=archive.stdout, check=True)
    return folder


@pytest.fixture
def machine(database, tmp_path):
    address = database.empty()
    yield Machine(tmp_path / "instance", address, DEMO="1", **SECRETS)
    database.drop(address)


def with_previous(previous, machine, program, *words):
    """Lines that a small program says which is run in the previous version."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=previous,
        env={**machine.environment, "PYTHONPATH": str(previous), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [line.partition(" ")[2] for line in done.stdout.splitlines() if line.startswith(("receipt ", "text "))]


def test_up_to_this_version_and_back_with_everything_in_it(previous, machine, tmp_path):
    (before,) = with_previous(previous, machine, FURNISH)
    machine.does("db", "upgrade")
    server = Server(machine.address, machine.instance, tmp_path / "log")
    with server.running():
        assert "Vor dem Umzug geschrieben." in opened(server.port, before)
        app = make_app(machine.address, tmp_path / "other")
        sent = Form.of(app).send(server.port, text="Nach dem Umzug geschrieben.")
        close(app)
        assert "Nach dem Umzug geschrieben." in opened(server.port, sent.receipt)
    machine.does("db", "downgrade", SCHEMA)
    assert with_previous(previous, machine, READ, before, sent.receipt) == [
        "Vor dem Umzug geschrieben.",
        "Nach dem Umzug geschrieben.",
    ]
