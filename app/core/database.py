"""The database: one base class, one session, and the differences between SpatiaLite and PostGIS."""

from __future__ import annotations

import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pysqlite3
from flask import request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Insert, MetaData, TypeDecorator, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry

from app.core.texts import Localized

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Connection, Dialect, Engine

P = ParamSpec("P")
R = TypeVar("R")

WGS84 = 4326
"""SRID of every stored geometry: longitude, latitude in degrees."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

TRUSTED_SECONDS = 1
"""How long a connection to PostgreSQL is believed to live on without asking."""

_writes: ContextVar[bool] = ContextVar("writes", default=True)
"""Whether what comes may write. Readers never wait for writers on SQLite, and open no transaction on PostgreSQL."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the zone; this gives it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: they are a bug."""
        if value is not None and value.tzinfo is None:
            message = "a moment needs a time zone"
            raise ValueError(message)
        return value if value is None or dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value if value is None or dialect.name != "sqlite" else value.replace(tzinfo=UTC)


class LocalizedText(TypeDecorator[Localized]):
    """A text in several languages, kept as JSON."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> dict[str, str] | None:  # noqa: ARG002
        """The plain mapping."""
        return None if value is None else dict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:  # noqa: ANN401, ARG002
        """The text with its fallback rule."""
        return None if value is None else Localized(value)


class Base(DeclarativeBase):
    """Base of every model. Constraints get names, so that migrations can speak of them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            Localized: LocalizedText(),
            list[str]: JSON(),
            dict[str, Any]: JSON(),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()


def engine_options(address: str) -> dict[str, Any]:
    """Engine options for an address. Parameters stay out of every error message and log line."""
    options: dict[str, Any] = {"hide_parameters": True}
    if make_url(address).get_backend_name() == "sqlite":
        # Many Python builds have an sqlite3 that cannot load extensions; this module always can.
        options |= {"module": pysqlite3.dbapi2, "connect_args": {"timeout": 30, "isolation_level": None}}
    else:
        options |= {"connect_args": {"connect_timeout": 5}}
    return options


def prepare_engine(engine: Engine) -> None:
    """Teach an SQLite engine geometry, durable commits and honest transactions; spare PostgreSQL idle words."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401
        # The server may have gone meanwhile. Whoever was here a moment ago need not ask whether it still is.
        if time.monotonic() - record.info.get("used", 0) > TRUSTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error
        # Each statement sees what is committed when it begins; to open and close a transaction around reading would
        # only be two more ways to the server and back.
        if connection.autocommit is _writes.get():
            connection.autocommit = not _writes.get()

    @event.listens_for(engine, "checkin")
    def checkin(_connection: object, record: Any) -> None:  # noqa: ANN401
        record.info["used"] = time.monotonic()


def _prepare_sqlite(engine: Engine) -> None:
    folder = Path(engine.url.database or "").resolve().parent

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.enable_load_extension(True)  # noqa: FBT003
        connection.load_extension("mod_spatialite")
        connection.enable_load_extension(False)  # noqa: FBT003
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not _writes.get():
            connection.exec_driver_sql("BEGIN")
            return
        # A transaction that reads first and writes later can fail half-way when another writes; a writer queues here.
        with _in_line(folder):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _in_line(folder: Path) -> Iterator[None]:
    """Wait for one's turn to ask SQLite for the right to write.

    SQLite lets whoever asks again at the right moment go first, so that under load somebody waits until the timeout. Of
    all processes and threads only the one that has waited longest asks; it holds the others up no longer than that.
    """
    # Not the database's own file: closing it would take SQLite's locks on it away.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write(model: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows now. For what this request does not change again: the session need not get to know them."""
    if rows:
        db.session.execute(_insertion(model), rows)


def write_one(model: type[Base], row: Mapping[str, Any]) -> int:
    """Insert one row like :func:`write`; gives the id that the database has chosen."""
    insertion = _insertion(model)
    identity: int = db.session.execute(insertion.returning(insertion.table.c.id), row).scalar_one()
    return identity


@functools.cache
def _insertion(model: type[Base]) -> Insert:
    return insert(model.metadata.tables[model.__tablename__])


def only_reads() -> None:
    """Say that this request reads only, although its method could write. Call it before anything is read."""
    _writes.set(False)


def turn_to_writing() -> None:
    """Let a request that only read so far write from here on; what it has read is read anew."""
    db.session.rollback()
    _writes.set(True)


def may_write() -> bool:
    """Whether this request or command may write."""
    return _writes.get()


@contextmanager
def intent(*, writes: bool) -> Iterator[None]:
    """Work with another intent than the rest of the request or command. Enter between two transactions."""
    before = _writes.set(writes)
    try:
        yield
    finally:
        _writes.reset(before)


@contextmanager
def apart() -> Iterator[None]:
    """A small transaction of its own, for a request that has written nothing yet; what it has read is read anew."""
    db.session.rollback()
    with intent(writes=True):
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


def commits(view: Callable[P, R]) -> Callable[P, R]:
    """Commit once, after a view has done all its work, unless it only read.

    Any exception leaves the transaction to be rolled back.
    """

    @functools.wraps(view)
    def committing(*args: P.args, **kwargs: P.kwargs) -> R:
        response = view(*args, **kwargs)
        if _writes.get():
            db.session.commit()
        return response

    committing.__writes__ = True  # type: ignore[attr-defined]
    return committing


def init_database(app: Flask) -> None:
    """Bind the database to the app."""
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)

    @app.before_request
    def note_intent() -> None:
        _writes.set(request.method not in SAFE_METHODS)

    @app.teardown_request
    def forget_intent(_error: BaseException | None) -> None:
        _writes.set(True)
