"""The recovery key at a real terminal: shown once, asked back, kept in no file."""

import os
import pty
import re
import select as system
import shutil
import subprocess
import sys
import time

import pytest
from sqlalchemy import create_engine, text

from app.core.settings import REPOSITORY
from app.privacy import domain
from tests.support.databases import PEPPER, SECRET

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, instance, *arguments, **environment):
        self.seen = b""
        ours, theirs = pty.openpty()
        self.ours = ours
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=REPOSITORY,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env=os.environ
            | {"SECRET_KEY": SECRET, "RECEIPT_PEPPER": PEPPER, "INSTANCE_DIR": str(instance), "TERM": "xterm"}
            | environment,
        )
        os.close(theirs)

    def wait_for(self, words):
        """Read until the screen shows some words after what was read before; gives what was read."""
        begun, deadline = len(self.seen), time.monotonic() + PATIENCE_SECONDS
        while words.encode() not in self.seen[begun:]:
            if time.monotonic() > deadline:
                self.process.kill()
                self.end()
                pytest.fail(f"no {words!r} on the screen: {self.seen.decode()}")
            if system.select([self.ours], [], [], 0.2)[0]:
                self.seen += os.read(self.ours, 4096)
        return self.seen[begun:].decode()

    def type(self, words):
        os.write(self.ours, words.encode())

    def end(self):
        status = self.process.wait(PATIENCE_SECONDS)
        os.close(self.ours)
        return status


def on_paper(screen):
    """The groups of the recovery key that a screen shows."""
    return re.findall(r"\b[0-9A-HJKMNP-TV-Z]{4}\b", "\n".join(re.findall(r"^ +\d+–\d+ +(.*)$", screen, re.MULTILINE)))


def test_the_key_is_shown_once_and_stands_in_no_file(database, tmp_path):
    if database.name != "spatialite":
        pytest.skip("what a terminal shows does not depend on the database")
    file = tmp_path / "instance" / "teilhabekarte.sqlite"
    file.parent.mkdir()
    address = database.copy()
    shutil.copyfile(address.removeprefix("sqlite:///"), file)
    terminal = Terminal(tmp_path / "instance", "privacy", "init")
    groups = on_paper(terminal.wait_for("press Enter"))
    assert len(groups) == 14
    terminal.type("\n")
    after = terminal.wait_for("Group 3")
    assert "\x1b[2J" in after, "the screen is cleared"
    terminal.type(f"{groups[2]}\n")
    terminal.wait_for("Group 11")
    terminal.type(f"{groups[10]}\n")
    terminal.wait_for("holds from now on")
    assert terminal.end() == 0
    private = domain.read_recovery_code("-".join(groups))
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT public_key FROM privacy_principal WHERE kind = 'recovery'")
        ).scalar_one()
    engine.dispose()
    assert found == domain.public_key_of(private)
    marks = (private, private.hex().encode(), "-".join(groups).encode(), "".join(groups).encode())
    for kept in (tmp_path / "instance").rglob("*"):
        if kept.is_file():
            content = kept.read_bytes()
            assert not [mark for mark in marks if mark in content], kept.name
    database.drop(address)
