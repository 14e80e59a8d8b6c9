"""The world that is measured: a PostgreSQL of its own with a city in it, and two web servers beside each other."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from app.core.codes import Kind, Target, Topic, Where
from app.core.database import db
from app.core.settings import REPOSITORY, Settings, load_settings
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory import service as directory_service
from app.directory.domain import ServiceEntry
from app.needs import service as needs
from app.places import queries as places
from app.reports.models import Report
from app.wiring import prepare
from app.wiring.factory import create_app
from tests.bench.bare import TABLE
from tests.factories import draft
from tests.support import postgres
from tests.support.databases import PLENTY

SERVICES = 500
REPORTS = 120
DATABASE = "bench"
START_SECONDS = 60
DURABLE = {"listen_addresses": "''"}
"""PostgreSQL as it comes, which keeps what it has committed; it only listens on a socket in its own folder."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server: where it listens, and the processes that answer."""

    port: int
    processes: frozenset[int]


@dataclass(frozen=True, slots=True)
class World:
    """Both servers, and an app of this process on the same database and with the same secrets."""

    platform: Server
    bare: Server
    app: Flask

    def report_count(self) -> int:
        """How many reports have arrived."""
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Report)) or 0


@contextmanager
def world() -> Iterator[World]:
    """Make it, and leave nothing behind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tk-bench-")))
        cluster = postgres.start(DURABLE)
        stack.callback(cluster.stop)
        cluster.execute(f"CREATE DATABASE {DATABASE}")
        for name in Settings.model_fields:
            os.environ.pop(name.upper(), None)
        os.environ |= {"DATABASE_URL": cluster.address(DATABASE), "INSTANCE_DIR": str(folder), "DEMO": "1"}
        os.environ |= {name.upper(): str(number) for name, number in PLENTY.items()}
        with (folder / "log").open("w") as log:
            ports = _free_ports(2)
            app = create_app(load_settings(port=ports[0], log_level="WARNING"))
            stack.callback(_let_go, app)
            _fill(app)
            servers = [
                stack.enter_context(_running(which, port, log.fileno()))
                for which, port in zip(("platform", "bare"), ports, strict=True)
            ]
            yield World(*servers, app)


def _fill(app: Flask) -> None:
    """Schema, the city and its demonstration desks; then services up to their number, and some reports."""
    with app.app_context():
        upgrade(str(REPOSITORY / "migrations"))
    prepare(app)
    chance = random.Random(500)  # noqa: S311 - the same city in every run
    with app.app_context():
        _add_services(chance)
        db.session.flush()
        from app.reports import service as reports

        for _ in range(REPORTS):
            area = chance.choice(places.areas(places.city().needs_level or ""))
            kind = chance.choice([Kind.GAP, Kind.GAP, Kind.BARRIER, Kind.IDEA])
            reports.submit(draft(kind=kind, topic=chance.choice(list(Topic)), where=Where.AREA, area=area.key))
        needs.publish_due()
        db.session.execute(text(f"CREATE TABLE {TABLE} (id serial PRIMARY KEY, words text NOT NULL)"))
        db.session.commit()


def _add_services(chance: random.Random) -> None:
    areas = cycle(card for card in places.areas(places.city().needs_level or "") if card.longitude is not None)
    organisations = cycle(directory.organisations())
    for number in range(len(directory.services()), SERVICES):
        area = next(areas)
        words = f"{number} in {area.name}"
        directory_service.put_service(
            ServiceEntry(
                key=f"bench-{number}",
                organisation=next(organisations),
                name=Localized(de=f"Angebot {words}", en=f"Service {words}"),
                description=Localized(de=f"Beratung und Begleitung, {words}.", en=f"Advice and company, {words}."),
                topics=tuple(sorted(chance.sample(list(Topic), 2))),
                targets=tuple(sorted(chance.sample(list(Target), 2))),
                languages=("ar", "de"),
                area_id=area.id,
                address=f"Beispielweg {number}",
                precision="address",
                point=((area.longitude or 0) + chance.gauss(0, 0.003), (area.latitude or 0) + chance.gauss(0, 0.002)),
                example=True,
            )
        )


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


@contextmanager
def _running(which: str, port: int, log: int) -> Iterator[Server]:
    """One of the servers, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", which],
        cwd=REPOSITORY,
        env=os.environ | {"PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    try:
        wanted = load_settings().web_processes
        for _ in range(START_SECONDS * 20):
            if process.poll() is not None:
                message = f"the server of the {which} app has ended (status {process.returncode})"
                raise RuntimeError(message)
            processes = _children(process.pid)
            if len(processes) == wanted and _listens(port):
                yield Server(port, processes)
                return
            time.sleep(0.05)
        message = f"the server of the {which} app did not start"
        raise RuntimeError(message)
    finally:
        process.terminate()
        process.wait()


def _children(pid: int) -> frozenset[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return frozenset()
    return frozenset(int(child) for child in found.split())


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
