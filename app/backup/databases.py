"""A whole database as a stream of bytes, and back: SQLite by its online backup, PostgreSQL by its own tools."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg
from psycopg.conninfo import make_conninfo
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.engine import URL

from app.backup.container import CHUNK, Tell
from app.backup.domain import BackupError

COUNTED = ("report", "privacy_receipt", "account_user")
"""Tables of every schema whose rows tell an operator whether a backup is the one they look for."""

PAGES = 1024
WAIT_SECONDS = 30
FOLDER = ".backup-"

_NOT_EMPTY = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'S') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
"""


class Engine(Protocol):
    """A kind of database."""

    name: str

    def check_tools(self) -> None:
        """Whether what is needed is installed.

        Raises:
            BackupError: it is not.
        """

    def dump(self, tell: Tell) -> Iterator[bytes]:
        """The database as it is at one moment, while others go on writing."""

    def is_empty(self) -> bool:
        """Whether there is nothing in it yet. Makes nothing."""

    def load(self, content: Iterable[bytes]) -> None:
        """Fill an empty database, as a whole or not at all."""

    def look_into(self, content: Iterable[bytes]) -> dict[str, int]:
        """Read a dump to its end without keeping it; gives the number of rows of ``COUNTED``."""


def engine_of(address: URL, scratch: Path) -> Engine:
    """The kind of an address. ``scratch`` is a folder that only we can read."""
    return SQLite(address, scratch) if address.get_backend_name() == "sqlite" else PostgreSQL(address)


def reader_of(name: str, scratch: Path) -> Engine:
    """A kind by its name, to look into dumps; it is connected to nothing.

    Raises:
        BackupError: there is no such kind.
    """
    if name not in {SQLite.name, PostgreSQL.name}:
        raise BackupError(f"The backup is of a database that this version does not know ({name}).")
    return engine_of(URL.create(name), scratch)


class SQLite:
    """One file."""

    name = "sqlite"

    def __init__(self, address: URL, scratch: Path) -> None:
        """Speak to the file at an address."""
        self.file, self.scratch = Path(str(address.database)), scratch

    def check_tools(self) -> None:
        """Nothing is needed besides."""

    def dump(self, tell: Tell) -> Iterator[bytes]:
        """A consistent copy, then its bytes."""
        with _folder(self.scratch) as folder:
            copy = folder / "copy.sqlite"
            self._copy(copy, tell)
            with copy.open("rb") as file:
                yield from iter(lambda: file.read(CHUNK), b"")

    def _copy(self, copy: Path, tell: Tell) -> None:
        with closing(_connect(self.file)) as source, closing(_connect(copy)) as target:
            size = source.execute("PRAGMA page_size").fetchone()[0]
            # Whatever others write from now on, this connection sees the database as it is now; without this every
            # write of theirs would make the copy begin anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=PAGES, progress=lambda *_: tell("Copying", PAGES * size))
            source.execute("ROLLBACK")
            # Everything in one file.
            target.execute("PRAGMA journal_mode=DELETE")

    def is_empty(self) -> bool:
        """Whether the file is missing, or has no table."""
        if not self.file.exists():
            return True
        with closing(_connect(self.file)) as connection:
            try:
                return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))
            except sqlite.DatabaseError:
                return False

    def load(self, content: Iterable[bytes]) -> None:
        """Write beside it, look at it, then put it in its place."""
        with _folder(self.file.parent) as folder:
            fresh = folder / "fresh.sqlite"
            _write(fresh, content)
            _examine(fresh)
            for end in ("-wal", "-shm"):
                Path(f"{self.file}{end}").unlink(missing_ok=True)
            fresh.replace(self.file)
            descriptor = os.open(self.file.parent, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    def look_into(self, content: Iterable[bytes]) -> dict[str, int]:
        """Write it out for a moment, and let SQLite examine every page."""
        with _folder(self.scratch) as folder:
            file = folder / "look.sqlite"
            _write(file, content)
            return _examine(file)


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    """A folder for a moment. Its name is known before it is made: an interruption at any point leaves none behind."""
    folder = parent / f"{FOLDER}{secrets.token_hex(8)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _connect(file: Path) -> Any:  # noqa: ANN401 - the module has no types
    connection = sqlite.connect(str(file), timeout=WAIT_SECONDS, isolation_level=None)
    connection.enable_load_extension(True)  # noqa: FBT003
    connection.load_extension("mod_spatialite")
    connection.enable_load_extension(False)  # noqa: FBT003
    return connection


def _write(file: Path, content: Iterable[bytes]) -> None:
    file.touch(mode=0o600, exist_ok=False)
    with file.open("wb") as out:
        out.writelines(content)
        out.flush()
        os.fsync(out.fileno())


def _examine(file: Path) -> dict[str, int]:
    try:
        with closing(_connect(file)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise BackupError("The database in the backup is damaged; please take another backup.")
            return {table: _rows(connection, table) for table in COUNTED}
    except sqlite.DatabaseError:
        raise BackupError("The database in the backup is damaged; please take another backup.") from None


def _rows(connection: Any, table: str) -> int:  # noqa: ANN401
    count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - from COUNTED
    return count


class PostgreSQL:
    """A database of a server; PostgreSQL's own tools read and write it."""

    name = "postgresql"

    def __init__(self, address: URL) -> None:
        """Speak to the database at an address."""
        given = address.translate_connect_args(username="user", database="dbname") | dict(address.query)
        self._password = given.pop("password", None)
        self._target = make_conninfo(**given)
        self._environment = os.environ | ({"PGPASSWORD": str(self._password)} if self._password else {})

    def check_tools(self) -> None:
        """``pg_dump`` and ``pg_restore``."""
        for name in ("pg_dump", "pg_restore"):
            if shutil.which(name) is None:
                raise BackupError(f"{name} is missing; please install PostgreSQL's client tools (postgresql-client).")

    def dump(self, tell: Tell) -> Iterator[bytes]:  # noqa: ARG002 - nobody knows how much is to come
        """What ``pg_dump`` writes in its own format; it sees the database at one moment."""
        command = ("pg_dump", "--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--no-comments",
                   "--dbname", self._target)  # fmt: skip
        with self._running(command, stdout=subprocess.PIPE) as process:
            yield from iter(lambda: process.stdout.read(CHUNK), b"")

    def is_empty(self) -> bool:
        """Whether there is nothing but what extensions have brought."""
        try:
            with psycopg.connect(self._target, password=self._password, connect_timeout=5) as connection:
                found = connection.execute(_NOT_EMPTY).fetchone()
        except psycopg.OperationalError:
            raise BackupError("DATABASE_URL: the database does not answer; please make an empty one first.") from None
        return found == (0,)

    def load(self, content: Iterable[bytes]) -> None:
        """Let ``pg_restore`` write it in one transaction."""
        command = ("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                   "--no-comments", "--dbname", self._target)  # fmt: skip
        with self._running(command, stdin=subprocess.PIPE) as process:
            _feed(process.stdin, content)

    def look_into(self, content: Iterable[bytes]) -> dict[str, int]:
        """Let ``pg_restore`` write it out as text, and count the lines of tables."""
        with self._running(("pg_restore", "--file=-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            counter = _Counter(process.stdout)
            counter.start()
            _feed(process.stdin, content)
            counter.join()
        return counter.rows

    @contextmanager
    def _running(
        self, command: Sequence[str], stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
    ) -> Iterator[Any]:
        """One of the tools; it must end well."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(command, env=self._environment, stdin=stdin, stdout=stdout, stderr=said)  # noqa: S603
            try:
                yield process
                if process.wait():
                    said.seek(0)
                    words = said.read().decode(errors="replace").strip().splitlines() or ["no reason given"]
                    raise BackupError(f"{command[0]} has failed: {words[0]}")
            finally:
                process.kill()
                process.wait()
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        with suppress(BrokenPipeError):
                            pipe.close()


def _feed(pipe: IO[bytes], content: Iterable[bytes]) -> None:
    # A tool that has failed reads no further; its status tells.
    with suppress(BrokenPipeError):
        for part in content:
            pipe.write(part)
        pipe.close()


class _Counter(threading.Thread):
    """Counts rows in what ``pg_restore`` writes, beside the thread that feeds it."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.out, self.rows = out, dict.fromkeys(COUNTED, 0)

    def run(self) -> None:
        table: str | None = None
        for line in self.out:
            if line.startswith(b"COPY "):
                table = line.split()[1].decode().rpartition(".")[2]
            elif line == b"\\.\n":
                table = None
            elif table in self.rows:
                self.rows[table] += 1
