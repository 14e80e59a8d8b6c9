"""The two databases every integration test runs on, each with the city's content loaded once and then copied."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from flask_migrate import upgrade

from app.core.database import db
from app.core.settings import REPOSITORY, load_settings
from tests.support import postgres

SECRET = "a-secret-of-the-tests-only-0123456789"
PEPPER = "a-pepper-of-the-tests-only-0123456789"
PLENTY = {
    f"limit_{name}": 1_000_000
    for name in ("reports", "reports_unproved", "reports_unproved_total", "uploads", "receipts", "sign_in")
}
"""A test is busier than any visitor. Where the limits are what it looks at, it says its own."""
_numbers = itertools.count(1)


class Database(Protocol):
    """A kind of database."""

    name: str

    def empty(self) -> str:
        """The address of a new database without a schema."""

    def copy(self) -> str:
        """The address of a new database with the schema, the city's content and the demonstration desks."""

    def drop(self, address: str) -> None:
        """Remove a database that nobody is connected to."""


def make_app(address: str, instance_dir: Path, **settings: Any) -> Flask:
    """An app on a database, with secrets of the tests, untouched by the environment."""
    # Here and not above: unit tests do without the whole house.
    from app.wiring.factory import create_app

    chosen: dict[str, Any] = {
        "database_url": address,
        "instance_dir": instance_dir,
        "secret_key": SECRET,
        "receipt_pepper": PEPPER,
        "base_url": "http://localhost",
        **PLENTY,
    }
    app = create_app(load_settings(**chosen | settings))
    app.testing = True
    # An error handler that tests exist for must run as it does for people.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def close(app: Flask) -> None:
    """Let go of an app's connections."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def migrate(app: Flask) -> None:
    """Bring a database to the newest schema."""
    with app.app_context():
        upgrade(str(REPOSITORY / "migrations"))


def fill(address: str, instance_dir: Path) -> None:
    """Schema, content and demonstration desks: what the first start of ``make run`` does."""
    from app.wiring import prepare

    app = make_app(address, instance_dir, demo=True)
    migrate(app)
    prepare(app)
    close(app)


def _label() -> str:
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """One process of the test run at a time."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class SpatiaLite:
    """One file per database."""

    name = "spatialite"

    def __init__(self, run_dir: Path) -> None:
        """Keep files in the folder of the test run."""
        self._folder = run_dir / self.name
        self._template = self._folder / "template.sqlite"
        with _locked(run_dir / "spatialite.lock"):
            if not self._template.exists():
                self._folder.mkdir(exist_ok=True)
                building = self._folder / "building.sqlite"
                fill(f"sqlite:///{building}", run_dir / "template-instance")
                building.rename(self._template)

    def empty(self) -> str:
        """The address of a file that is not there yet."""
        return f"sqlite:///{self._folder / _label()}.sqlite"

    def copy(self) -> str:
        """The address of a copy of the file with the content."""
        address = self.empty()
        shutil.copyfile(self._template, address.removeprefix("sqlite:///"))
        return address

    def drop(self, address: str) -> None:
        """Remove the file and what stands beside it."""
        for end in ("", "-wal", "-shm"):
            Path(address.removeprefix("sqlite:///") + end).unlink(missing_ok=True)


class PostGIS:
    """One database each in the cluster of the test run."""

    name = "postgis"

    def __init__(self, run_dir: Path) -> None:
        """Start the cluster unless another process of this run already has.

        Raises:
            NotInstalledError: PostgreSQL or PostGIS is missing.
        """
        ready = run_dir / "postgres.ready"
        with _locked(run_dir / "postgres.lock"):
            if not ready.exists():
                if (run_dir / "postgres.folder").exists():
                    message = "another process of this run could not fill the database; see its error"
                    raise RuntimeError(message)
                self.cluster = postgres.start()
                # Before anything else can fail: the run's end reads this to stop the cluster.
                (run_dir / "postgres.folder").write_text(str(self.cluster.folder), encoding="utf-8")
                self.cluster.execute("CREATE DATABASE template")
                fill(self.cluster.address("template"), run_dir / "template-instance")
                ready.touch()
        self.cluster = postgres.Cluster(Path((run_dir / "postgres.folder").read_text(encoding="utf-8")))

    def empty(self) -> str:
        """The address of a database without tables."""
        name = f"empty_{_label()}"
        self.cluster.execute(f"CREATE DATABASE {name}")
        return self.cluster.address(name)

    def copy(self) -> str:
        """The address of a copy of the database with the content."""
        name = f"copy_{_label()}"
        self.cluster.execute(f"CREATE DATABASE {name} TEMPLATE template STRATEGY FILE_COPY")
        return self.cluster.address(name)

    def drop(self, address: str) -> None:
        """Remove the database, even under a connection that was forgotten."""
        name = address.split("@/", 1)[1].split("?", 1)[0]
        self.cluster.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def stop_postgres(run_dir: Path) -> None:
    """End the cluster of the test run, if there was one."""
    folder = run_dir / "postgres.folder"
    if folder.exists():
        postgres.Cluster(Path(folder.read_text(encoding="utf-8"))).stop()


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Everything the app commits inside is undone at the end.

    All sessions share one connection with an open transaction; each commit is only the release of a savepoint.
    """
    with app.app_context():
        engines: dict[str | None, Any] = db.engines  # type: ignore[assignment]
    engine = engines[None]
    with engine.connect() as connection:
        transaction = connection.begin()
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")  # type: ignore[attr-defined]
        try:
            yield
        finally:
            engines[None] = engine
            transaction.rollback()
