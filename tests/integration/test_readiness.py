"""Whether the house is fit for work, as the machine that watches over it sees it."""

import shutil
from typing import NamedTuple

import pytest

from app.core.database import db
from app.core.heartbeat import beat


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def working(session):
    beat("worker")
    session.commit()


def test_all_is_well(client, working):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"database": True, "worker": True, "disk": True}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_worker_that_never_showed_itself_is_missed(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["worker"] is False
    assert answer.json["database"] is True


def test_a_worker_that_fell_silent_is_missed(client, working, clock):
    clock.forward(minutes=4)
    assert client.get("/readyz").status_code == 200
    clock.forward(minutes=2)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["worker"] is False


def test_a_full_disk_is_noticed(client, working, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10**12, 10**12, 10 * 1024 * 1024))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["disk"] is False


def test_the_process_answers_whatever_else_is_wrong(client):
    assert client.get("/healthz").status_code == 200


def test_the_worker_shows_itself_and_delivers(own_app, monkeypatch):
    from app.wiring import worker

    app = own_app()
    delivered = []
    monkeypatch.setattr(worker, "_app", lambda: app)
    monkeypatch.setattr(worker.notifications, "deliver", lambda: delivered.append(1))
    worker.every_minute.call_local()
    assert delivered == [1]
    with app.app_context():
        from app.core.heartbeat import age

        assert age("worker").total_seconds() < 60
        db.session.rollback()


def test_a_job_that_fails_does_not_take_the_next_one_with_it(own_app, monkeypatch, capfd):
    from app.wiring import worker

    app = own_app()
    monkeypatch.setattr(worker, "_app", lambda: app)

    def fail():
        beat("half-done")
        raise RuntimeError("Zitronenfalter")

    worker._run("failing", fail)
    worker._run("heartbeat", lambda: beat("worker"))
    logged = capfd.readouterr().err
    assert "job failed" in logged
    assert '"job": "failing"' in logged
    assert "Zitronenfalter" not in logged
    with app.app_context():
        from app.core.heartbeat import age

        assert age("half-done") is None
        assert age("worker") is not None
        db.session.rollback()
