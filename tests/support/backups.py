"""The commands of a backup as an operator types them, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from flask import Flask

from app.core.database import db
from app.core.settings import REPOSITORY
from app.privacy import domain, recovery
from tests.support.databases import PEPPER, SECRET

SECRETS = {"SECRET_KEY": SECRET, "RECEIPT_PEPPER": PEPPER}


def with_recovery_key(app: Flask) -> str:
    """Give a city its recovery key; gives what stands on the paper."""
    private_key, _public = domain.new_key_pair()
    with app.app_context():
        recovery.keep(private_key)
        db.session.commit()
    return domain.recovery_code(private_key)


class Machine:
    """An installation: an instance folder and a database."""

    def __init__(self, instance: Path, address: str, **environment: str) -> None:
        self.instance, self.address = instance, address
        self.environment = {
            **os.environ, "INSTANCE_DIR": str(instance), "DATABASE_URL": address, "LOG_LEVEL": "WARNING", **environment,
        }  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command; nobody sits at a terminal, so what is asked is read from its input."""
        return subprocess.Popen(
            # Who runs the tests in the background has told them not to listen to Ctrl-C.
            [
                str(shutil.which("env")),
                "--default-signal=INT",
                sys.executable,
                "-W",
                "ignore",
                "-m",
                "flask",
                "--app",
                "wsgi",
                *words,
            ],
            cwd=REPOSITORY,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        """Status, output and complaints of a command."""
        process = self.start(*words)
        said, complained = process.communicate(typed, timeout=300)
        return process.returncode, said, complained

    def does(self, *words: str, typed: str = "") -> str:
        """Output of a command that has to work."""
        status, said, complained = self.run(*words, typed=typed)
        assert status == 0, f"{words}: {said}{complained}"
        return said

    def refuses(self, *words: str, typed: str = "") -> str:
        """The one line with which a command declines."""
        status, said, complained = self.run(*words, typed=typed)
        assert status == 1, f"{words}: {said}{complained}"
        *before, last = complained.splitlines()
        # Without a terminal the question for the key is written there as well.
        assert all(line.startswith(("Recovery key", "Warning: Password input")) for line in before), complained
        return last

    def backups(self) -> list[Path]:
        """The backups in the instance folder, oldest first."""
        return sorted((self.instance / "backups").glob("*.backup"))
