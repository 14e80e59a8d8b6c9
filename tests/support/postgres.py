"""A PostgreSQL cluster of the tests' own: made for one run, on a socket in its folder only, ended by its id."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

SUPERUSER = "postgres"
BINARIES = Path("/usr/lib/postgresql")
PATIENCE_SECONDS = 60
SETTINGS = {
    # Nothing here outlives the run.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "''",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "jit": "off",
    "timezone": "UTC",
}


class NotInstalledError(RuntimeError):
    """PostgreSQL or PostGIS is not on this machine."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL that has PostGIS.

    Raises:
        NotInstalledError: there is none.
    """
    found = sorted(
        (folder for folder in BINARIES.glob("*/bin") if (folder / "initdb").exists()),
        key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0),
    )
    for folder in reversed(found):
        if Path(f"/usr/share/postgresql/{folder.parent.name}/extension/postgis.control").exists():
            return folder
    message = "there is no PostgreSQL with PostGIS below /usr/lib/postgresql"
    raise NotInstalledError(message)


def _as_its_user(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", SUPERUSER, "--", *command] if os.geteuid() == 0 else list(command)


class Cluster:
    """A running cluster."""

    def __init__(self, folder: Path) -> None:
        """Speak to the cluster in a folder."""
        self.folder = folder

    @property
    def data(self) -> Path:
        """The folder with everything it has written."""
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """The id of the postmaster."""
        return int((self.data / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])

    def address(self, database: str) -> str:
        """The address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={quote(str(self.folder), safe='')}"

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, such as CREATE DATABASE."""
        with psycopg.connect(host=str(self.folder), user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def dump(self, database: str) -> bytes:
        """All rows of a database as text."""
        command = [
            str(binaries() / "pg_dump"),
            "--host",
            str(self.folder),
            "--username",
            SUPERUSER,
            "--inserts",
            database,
        ]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def stop(self) -> None:
        """End it at once and remove its files."""
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(self.pid, signal.SIGQUIT)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (self.data / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        shutil.rmtree(self.folder, ignore_errors=True)


def start(settings: Mapping[str, str] = SETTINGS) -> Cluster:
    """Make a cluster and wait until it answers.

    Raises:
        NotInstalledError: PostgreSQL or PostGIS is missing.
    """
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="tk-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam(SUPERUSER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    cluster = Cluster(folder)
    subprocess.run(
        _as_its_user(
            str(programs / "initdb"), "--pgdata", str(cluster.data), "--username", SUPERUSER, "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions",
        ),
        check=True,
        capture_output=True,
        cwd=folder,
    )  # fmt: skip
    with (cluster.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in settings.items())
        conf.write(f"unix_socket_directories = '{folder}'\n")
    subprocess.run(
        _as_its_user(
            str(programs / "pg_ctl"), "start", "--pgdata", str(cluster.data), "--log", str(folder / "log"),
            "--wait", "--timeout", str(PATIENCE_SECONDS),
        ),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )  # fmt: skip
    return cluster
