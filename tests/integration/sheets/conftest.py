"""A kind of table for tests: closed days of the offices, compared with how many there are."""

from __future__ import annotations

import io
from contextlib import contextmanager
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from sqlalchemy import func, select

from app.core.database import commits, db
from app.core.permissions import Permission, requires
from app.core.texts import Localized
from app.core.workdays import ClosedDay
from app.sheets import jobs, pages
from app.sheets import readers as r
from app.sheets.tables import Column, Table, Texts, taken
from app.sheets.tasks import Action, Change, Checked, Detail, Kind, Summary
from tests.conftest import account_of
from tests.support.arrivals import come_in

TABLE = Table(
    columns=(Column(key="day", heads=("Tag",), reader=r.day()), Texts(key="name", heads=("Name",))), unique=("day",)
)
OWNER = "principal-a"


def days(number, first=date(2027, 1, 1)):
    """A file with so many closed days."""
    lines = [f"{first + timedelta(days=index):%d.%m.%Y};Tag {index}" for index in range(number)]
    return ("\n".join(["Tag;Name", *lines]) + "\n").encode()


def count():
    return db.session.scalar(select(func.count()).select_from(ClosedDay))


class Room:
    """The room that takes closed days over. ``during`` are called with each step of checking and of taking."""

    def __init__(self):
        self.checks = 0
        self.during_check = self.during_take = lambda done: None

    def base(self, _context):
        return str(count())

    def check(self, book, task):
        self.checks += 1
        found = taken(book, TABLE)
        for done, _record in enumerate(found.rows):
            self.during_check(done)
            task.step(done, len(found.rows))
        changes = [
            Change(Action.NEW, f"{one['day']}", (Detail(_l("Name"), "", str(one["name"])),)) for one in found.rows
        ]
        return Checked(faults=found.faults, remarks=found.remarks, changes=changes, plan=found.rows)

    def take(self, checked, task):
        for done, record in enumerate(checked.plan):
            self.during_take(done)
            task.step(done, len(checked.plan))
            db.session.add(ClosedDay(day=record["day"], name=Localized(record["name"])))
        db.session.flush()
        return Summary(_l("%(number)s days were taken over.", number=len(checked.plan)))


@pytest.fixture
def room(monkeypatch):
    room = Room()
    monkeypatch.setitem(jobs._kinds, "closed-days", Kind("closed-days", room.check, room.take, room.base))
    # Every step looks, and everything is large.
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0)
    return room


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(jobs, "SMALL_BYTES", 0)


@pytest.fixture
def house(own_app, room, monkeypatch):
    """An app with the four routes of a room; ``woken`` has the ids that the worker was told of."""
    app = own_app(demo=True)
    woken = []
    monkeypatch.setattr(jobs, "_wakers", [woken.append])
    bp = Blueprint("days", __name__, url_prefix="/<lang:lang>/days")

    def flow():
        back = ("/en/", _l("Home"))
        return pages.Flow(
            kind="closed-days", title=_l("Closed days"), intro=_l("Days."), form="days.form", job="days.job", back=back
        )

    @bp.get("/")
    @requires(Permission.SIGNED_IN)
    def form():
        return pages.form_page(flow(), current_user.principal_id)

    @bp.post("/")
    @requires(Permission.SIGNED_IN)
    @commits
    def send():
        return pages.take_in(flow(), current_user.principal_id)

    @bp.get("/<job>")
    @requires(Permission.SIGNED_IN)
    def job(job):
        return pages.job_page(flow(), current_user.principal_id, job)

    @bp.post("/<job>")
    @requires(Permission.SIGNED_IN)
    @commits
    def act(job):
        return pages.act(flow(), current_user.principal_id, job)

    app.register_blueprint(bp)

    def come(who):
        with app.app_context():
            email = account_of(who)
        return come_in(app.test_client(), email, "en")

    @contextmanager
    def inside():
        with app.app_context():
            yield db.session
            db.session.rollback()

    return SimpleNamespace(app=app, come=come, inside=inside, room=room, woken=woken)


@pytest.fixture
def upload():
    """``upload(client, content)`` sends a file on the page of closed days."""

    def upload(client, content, name="tage.csv"):
        token = client.get("/en/days/").get_data(as_text=True).split('name="csrf_token"')[1].split('value="')[1]
        data = {"csrf_token": token.split('"')[0], "file": (io.BytesIO(content), name)}
        return client.post("/en/days/", data=data, content_type="multipart/form-data")

    return upload
