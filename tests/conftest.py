"""Databases, apps, clients and people for every test.

Each integration test runs twice, on SpatiaLite and on PostGIS, in a transaction that is undone. A test that has to
commit for real, because it looks at threads, files or a server, takes ``own_app`` instead of ``app``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_security import core as flask_security_core
from hypothesis import settings as hypothesis_settings
from nacl import pwhash
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from app.accounts.models import Membership, Role, User
from app.core import clock as core_clock
from app.core.database import db
from app.core.settings import Settings
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.notifications.models import OutboxMail
from app.places import queries as places
from app.places.domain import AreaCard
from tests.support.arrivals import come_in
from tests.support.clients import CheckingClient
from tests.support.databases import Database, PostGIS, SpatiaLite, close, make_app, rolled_back, stop_postgres
from tests.support.postgres import NotInstalledError
from tests.support.statements import statements
from tests.support.times import TravellingClock

# A busy machine is no fault of the code.
hypothesis_settings.register_profile("house", deadline=None, print_blob=True)
hypothesis_settings.load_profile("house")


# The run -------------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes its folder; the others inherit it. Settings of the machine do not count."""
    if _RUN not in os.environ:
        os.environ[_RUN] = tempfile.mkdtemp(prefix="tk-test-")
        config.stash[_OWNER] = True
        # Without this a terminated run would leave servers and browsers behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    # The worker's queue is a file that is made when its module is imported; no test may make it in the repository.
    os.environ["INSTANCE_DIR"] = f"{os.environ[_RUN]}/worker-instance"


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run has started."""
    if config.stash.get(_OWNER, False):
        folder = Path(os.environ.pop(_RUN))
        stop_postgres(folder)
        shutil.rmtree(folder, ignore_errors=True)


_RUN = "TEILHABE_TEST_RUN"
_OWNER = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and "postgis" in callspec.params.values():
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def run_dir() -> Path:
    """A folder that all processes of the test run share."""
    return Path(os.environ[_RUN])


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Argon2 with the least work: these passwords protect nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pwhash.argon2id, "OPSLIMIT_INTERACTIVE", pwhash.argon2id.OPSLIMIT_MIN)
        patch.setattr(pwhash.argon2id, "MEMLIMIT_INTERACTIVE", pwhash.argon2id.MEMLIMIT_MIN)
        patch.setitem(
            flask_security_core._default_config,
            "PASSWORD_HASH_PASSLIB_OPTIONS",
            {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1},
        )
        yield


# Databases and apps --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=["spatialite", "postgis"])
def database(request: pytest.FixtureRequest, run_dir: Path) -> Database:
    """A kind of database, with the city's content ready to copy."""
    if request.param == "spatialite":
        return SpatiaLite(run_dir)
    try:
        return PostGIS(run_dir)
    except NotInstalledError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{error}: install postgresql and postgresql-postgis")


@pytest.fixture(scope="session")
def _kept_app(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    address = database.copy()
    app = make_app(address, tmp_path_factory.mktemp("instance"))
    app.test_client_class = CheckingClient
    yield app
    close(app)
    database.drop(address)


@pytest.fixture
def app(_kept_app: Flask) -> Iterator[Flask]:
    """The app on a database with the content of Jena and the demonstration desks; all changes are undone."""
    with rolled_back(_kept_app):
        yield _kept_app


@pytest.fixture
def own_app(database: Database, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes apps on a database of the test's own, with real commits: ``own_app(smtp_url=…)``."""
    address = database.copy()
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        app = make_app(address, tmp_path / "instance", **settings)
        app.test_client_class = CheckingClient
        made.append(app)
        return app

    yield make
    for app in made:
        close(app)
    database.drop(address)


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Any]]:
    """The database session, in an app context that lasts as long as the test."""
    with app.app_context():
        yield db.session


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """Somebody with a browser, who checks every page, and that no GET writes."""
    found = app.test_client()
    assert isinstance(found, CheckingClient)
    return found


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with count_statements() as said:`` collects what is said to the database."""
    return lambda: statements(app)


# The world around ----------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TravellingClock:
    """Time travel: ``clock.forward(days=3)``, ``clock.stop_at(moment)``."""
    travelling = TravellingClock()
    monkeypatch.setattr(core_clock, "datetime", travelling)
    return travelling


@pytest.fixture
def outbox(session: scoped_session[Any]) -> Callable[[], Sequence[OutboxMail]]:
    """``outbox()`` gives the mails in the outbox, oldest first."""
    return lambda: session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


class Jena:
    """The bundled content, by the keys of its files."""

    def area(self, key: str, level: str = "ortsteil") -> AreaCard:
        """An area, such as Winzerla: ``jena.area("18")``."""
        found = places.area_by_key(level, key)
        assert found is not None, f"no area {key!r} on level {level!r}"
        return found

    def organisation(self, key: str) -> OrganisationCard:
        """An office or independent organisation, such as ``jena.organisation("ads")``."""
        return directory.organisations()[key]


@pytest.fixture
def jena(session: scoped_session[Any]) -> Jena:
    """The bundled content."""
    return Jena()


# People --------------------------------------------------------------------------------------------------------------


def account_of(who: str) -> str:
    """The e-mail address of a demonstration account by role and organisation, such as ``reader:ads``."""
    role, _, organisation = who.partition(":")
    wanted = select(User.email).join(User.roles).where(Role.name == role).order_by(User.id)
    if organisation:
        identity = directory.organisations()[organisation].id
        wanted = wanted.join(Membership, Membership.user_id == User.id).where(Membership.organisation_id == identity)
    found = db.session.scalars(wanted).first()
    assert found is not None, f"nobody is {who}"
    return found


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., CheckingClient]:
    """``sign_in("reader:ads")`` gives a client of its own that is signed in; also ``coordinator``, ``partner:awo``…"""

    def sign_in(who: str, language: str = "de") -> CheckingClient:
        with app.app_context():
            email = account_of(who)
        client = app.test_client()
        assert isinstance(client, CheckingClient)
        return come_in(client, email, language)

    return sign_in
