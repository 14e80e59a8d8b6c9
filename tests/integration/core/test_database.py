from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from app.core.database import commits, db, only_reads
from app.core.heartbeat import Heartbeat, age, beat
from app.core.permissions import Permission, requires
from app.directory.models import Service
from app.plans.models import Field
from tests.support.walks import GAP, answer, walk

MARKER = "Zitronenfalter"
PLAIN = ("done", 200, {"Content-Type": "text/plain"})


def test_moments_come_back_as_they_were_in_utc(session):
    berlin = datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
    session.add(Heartbeat(name="somebody", at=berlin))
    session.flush()
    session.expire_all()
    at = session.get(Heartbeat, "somebody").at
    assert at == berlin
    assert at.utcoffset() == timedelta(0)
    assert session.scalar(select(Heartbeat.name).where(Heartbeat.at == berlin)) == "somebody"


def test_a_moment_without_a_zone_is_a_bug(session):
    session.add(Heartbeat(name="somebody", at=datetime(2026, 7, 1, 12, 30)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        session.flush()


def test_foreign_keys_hold(session, jena):
    session.scalars(select(Field)).first().plan_id = 99_999
    with pytest.raises(IntegrityError):
        session.flush()


def test_errors_do_not_repeat_what_was_said(session, jena):
    session.scalars(select(Service)).first().precision = MARKER
    with pytest.raises(IntegrityError) as error:
        session.flush()
    # PostgreSQL itself quotes the row in a detail; neither reaches a log, which takes no words of an exception.
    assert MARKER not in str(error.value).split("DETAIL")[0]


def test_what_is_deleted_is_overwritten(session, database):
    if database.name == "spatialite":
        assert session.execute(text("PRAGMA secure_delete")).scalar_one() == 1
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_view_commits_once_it_is_done_and_not_before(own_app):
    app = own_app()

    @app.post("/works")
    @requires(Permission.PUBLIC)
    @commits
    def works():
        beat("works")
        return PLAIN

    @app.post("/fails")
    @requires(Permission.PUBLIC)
    @commits
    def fails():
        beat("fails")
        raise RuntimeError

    @app.post("/forgets")
    @requires(Permission.PUBLIC)
    def forgets():
        beat("forgets")
        return PLAIN

    client = app.test_client()
    assert [client.post(path).status_code for path in ("/works", "/fails", "/forgets")] == [200, 500, 200]
    with app.app_context():
        assert [age(name) is not None for name in ("works", "fails", "forgets")] == [True, False, False]
        db.session.rollback()


def test_who_only_reads_never_waits_for_who_writes(own_app):
    app = own_app()
    client = app.test_client()
    client.get("/de/plans")
    with app.app_context():
        beat("somebody")
        # The writer's transaction stays open meanwhile.
        assert client.get("/de/map?topic=housing").status_code == 200
        assert walk(client, GAP, to="text").status_code == 200
        assert client.post("/de/receipt", data={"receipt": "0" * 30}).status_code == 422
        db.session.rollback()


def test_a_sending_waits_until_the_one_before_is_done(own_app):
    import threading

    app = own_app()
    page = walk(app.test_client(), GAP)
    sent = []
    with app.app_context():
        beat("somebody")
        other = threading.Thread(target=lambda: sent.append(answer(app.test_client(), page, GAP, go="send")))
        other.start()
        other.join(0.5)
        db.session.commit()
        other.join(30)
    assert [one.status_code for one in sent] == [200]


def test_a_request_leaves_no_intent_to_the_next_one_of_its_thread(own_app):
    app = own_app()

    @app.post("/reads")
    @requires(Permission.PUBLIC)
    def reads():
        only_reads()
        age("somebody")
        return PLAIN

    assert app.test_client().post("/reads").status_code == 200
    with app.app_context():
        beat("somebody")
        db.session.commit()
        assert age("somebody") is not None
        db.session.rollback()


def test_a_write_where_only_reading_was_promised_would_be_noticed(own_app):
    app = own_app()

    @app.post("/breaks-its-word")
    @requires(Permission.PUBLIC)
    @commits
    def breaks_its_word():
        only_reads()
        beat("somebody")
        return PLAIN

    with pytest.raises(AssertionError, match="POST /breaks-its-word only reads, but writes"):
        app.test_client().post("/breaks-its-word")


def test_the_clock_of_the_database_is_not_asked(session):
    beat("somebody")
    assert abs(session.get(Heartbeat, "somebody").at - datetime.now(UTC)) < timedelta(minutes=1)
