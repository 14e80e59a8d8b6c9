"""A table is taken over as a whole or not at all, whatever happens to the worker, to the base and to the person."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update

from app.core.clock import now
from app.core.database import db
from app.core.errors import Refused
from app.core.texts import Localized
from app.core.workdays import ClosedDay
from app.sheets import jobs, queries
from app.sheets.domain import Unreadable
from app.sheets.models import Job
from app.sheets.tasks import Busy, State

from .conftest import OWNER, count, days


def send(content, owner=OWNER):
    job = jobs.send("closed-days", owner, "tage.csv", content, {})
    db.session.commit()
    return job.id


def told(identity):
    db.session.rollback()
    return db.session.get_one(Job, identity, populate_existing=True)


def take(identity):
    jobs.take(db.session.get_one(Job, identity))
    db.session.commit()


def elsewhere(app, what):
    """Do something as another process would, while a worker is busy."""
    from contextvars import Context

    def run():
        with app.app_context():
            what()
            db.session.commit()

    Context().run(run)


def test_who_presses_the_button_twice_takes_a_table_over_once(house):
    with house.inside():
        identity = send(days(3))
        job = db.session.get_one(Job, identity)
        assert job.state == State.CLEAN
        # As another process does it: this session does not hear of it.
        taken = update(Job).where(Job.id == identity).values(state=State.TAKEN)
        db.session.execute(taken.execution_options(synchronize_session=False))
        with pytest.raises(Refused):
            jobs.take(job)
        db.session.rollback()


def test_a_small_table_is_checked_and_taken_over_at_once(house):
    with house.inside():
        before = count()
        identity = send(days(3))
        assert told(identity).state == State.CLEAN
        assert count() == before
        take(identity)
        job = told(identity)
        assert (job.state, job.content, count()) == (State.TAKEN, None, before + 3)
        assert job.said["en"] == "3 days were taken over."
        assert house.woken == []


def test_a_large_one_waits_for_the_worker_which_is_told_after_the_commit(house, large):
    with house.inside():
        job = jobs.send("closed-days", OWNER, "tage.csv", days(3), {})
        identity = job.id
        assert house.woken == []
        db.session.commit()
        assert house.woken == [identity]
        assert (told(identity).state, jobs.left()) == (State.WAITING, [identity])
        db.session.rollback()
        jobs.work(identity)
        job = told(identity)
        assert (job.state, job.done, job.total) == (State.CLEAN, 4, 4)
        take(identity)
        assert (told(identity).state, count()) == (State.TAKING, 0)
        jobs.work(identity)
        assert (told(identity).state, count()) == (State.TAKEN, 3)


def test_a_small_file_that_unpacks_to_a_large_one_waits_for_the_worker(house):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(5 * 1024 * 1024))
    assert len(packed.getvalue()) < 200 * 1024
    with house.inside():
        assert told(send(packed.getvalue())).state == State.WAITING


def test_a_table_that_is_rolled_back_wakes_nobody(house, large):
    with house.inside():
        jobs.send("closed-days", OWNER, "tage.csv", days(3), {})
        db.session.rollback()
        db.session.commit()
        assert house.woken == []
        assert jobs.left() == []


def test_progress_can_be_seen_while_the_worker_reads(house, large):
    seen = []

    def look(_done):
        elsewhere(house.app, lambda: seen.append(db.session.get_one(Job, identity).done))

    with house.inside():
        identity = send(days(5))
        house.room.during_check = look
        db.session.rollback()
        jobs.work(identity)
        assert seen == [0, 0, 1, 2, 3]
        assert told(identity).state == State.CLEAN


def test_faults_are_kept_in_each_language_of_offices_and_nothing_is_taken(house):
    with house.inside():
        identity = send(b"Tag;Name\n31.13.2027;a\n")
        job = told(identity)
        (fault,) = job.faults
        assert (job.state, job.content) == (State.FAULTY, None)
        assert (fault["row"], fault["column"], fault["head"]) == (2, "A", "Tag")
        assert set(fault["reason"]) == {"de", "en"}
        with pytest.raises(Refused):
            jobs.take(job)
        assert count() == 0


def test_what_is_no_table_is_refused_at_once_or_by_the_worker(house, monkeypatch):
    with house.inside():
        with pytest.raises(Unreadable):
            send(b"%PDF-1.7")
        monkeypatch.setattr(jobs, "SMALL_BYTES", 0)
        identity = send(b"%PDF-1.7")
        jobs.work(identity)
        job = told(identity)
        assert job.state == State.FAULTY
        assert "PDF" in job.faults[0]["reason"]["en"]


@pytest.mark.parametrize("at", [0, 2])
def test_a_stop_while_the_worker_reads_ends_it(house, large, at):
    def stop(done):
        if done == at:
            elsewhere(house.app, lambda: jobs.stop(db.session.get_one(Job, identity)))

    with house.inside():
        identity = send(days(5))
        house.room.during_check = stop
        db.session.rollback()
        jobs.work(identity)
        job = told(identity)
        assert (job.state, job.content, job.claim) == (State.STOPPED, None, None)


def test_a_stop_before_the_table_is_written_writes_nothing(house, large):
    def stop(done):
        if done == 2:
            elsewhere(house.app, lambda: jobs.stop(db.session.get_one(Job, identity)))

    with house.inside():
        identity = send(days(5))
        jobs.work(identity)
        take(identity)
        house.room.during_check = stop
        db.session.rollback()
        jobs.work(identity)
        assert (told(identity).state, count()) == (State.STOPPED, 0)


def test_a_stop_while_it_is_written_undoes_what_was_written(house, large, database):
    if database.name == "spatialite":
        pytest.skip("SQLite has one writer: there a stop waits until the table is written")

    def stop(done):
        if done == 2:
            elsewhere(house.app, lambda: jobs.stop(db.session.get_one(Job, identity)))

    with house.inside():
        identity = send(days(5))
        jobs.work(identity)
        take(identity)
        house.room.during_take = stop
        db.session.rollback()
        jobs.work(identity)
        assert (told(identity).state, count()) == (State.STOPPED, 0)


def test_what_waits_is_stopped_without_a_worker(house, large):
    with house.inside():
        identity = send(days(3))
        jobs.stop(db.session.get_one(Job, identity))
        db.session.commit()
        jobs.work(identity)
        assert told(identity).state == State.STOPPED
        assert house.room.checks == 0


class Killed(BaseException):
    """The end of a process, as far as a test can play it."""


@pytest.mark.parametrize("when", ["during_check", "during_take"])
def test_a_killed_worker_leaves_nothing_half_and_another_one_goes_on(house, large, clock, when):
    def die(done):
        if done == 1:
            raise Killed

    with house.inside():
        identity = send(days(4))
        if when == "during_take":
            jobs.work(identity)
            take(identity)
        setattr(house.room, when, die)
        db.session.rollback()
        with pytest.raises(Killed):
            jobs.work(identity)
        setattr(house.room, when, lambda done: None)
        job = told(identity)
        assert (job.state, count()) == (State.READING if when == "during_check" else State.TAKING, 0)
        assert jobs.left() == []
        jobs.work(identity)
        assert told(identity).state == job.state
        clock.forward(minutes=6)
        assert jobs.left() == [identity]
        db.session.rollback()
        jobs.work(identity)
        assert told(identity).state == (State.CLEAN if when == "during_check" else State.TAKEN)
        assert count() == (0 if when == "during_check" else 4)


def test_a_table_that_kills_each_worker_is_given_up(house, large, clock):
    def die(_done):
        raise Killed

    with house.inside():
        identity = send(days(4))
        house.room.during_check = die
        for _ in range(jobs.ATTEMPTS_MAX):
            db.session.rollback()
            with pytest.raises(Killed):
                jobs.work(identity)
            clock.forward(minutes=6)
        jobs.work(identity)
        job = told(identity)
        assert job.state == State.FAILED
        assert "Nothing was taken over" in job.said["en"]


def test_a_worker_that_was_given_up_cannot_write_any_more(house, large):
    with house.inside():
        identity = send(days(4))
        jobs.work(identity)
        take(identity)

        def lose(done):
            if done == 1:
                elsewhere(house.app, lambda: db.session.execute(text("UPDATE sheets_job SET claim = 'another'")))

        house.room.during_check = lose
        db.session.rollback()
        jobs.work(identity)
        job = told(identity)
        assert (job.state, job.claim, count()) == (State.TAKING, "another", 0)


def test_a_fault_of_ours_ends_the_table_and_not_the_worker(house, large):
    def fail(_done):
        raise ZeroDivisionError

    with house.inside():
        identity = send(days(4))
        house.room.during_check = fail
        db.session.rollback()
        jobs.work(identity)
        assert told(identity).state == State.FAILED


def test_a_refusal_while_taking_undoes_everything_and_says_why(house):
    def refuse(done):
        if done == 1:
            raise Refused("Nobody may do this today.")

    with house.inside():
        identity = send(days(4))
        house.room.during_take = refuse
        take(identity)
        job = told(identity)
        assert (job.state, count(), job.said["en"]) == (State.FAILED, 0, "Nobody may do this today.")


@pytest.mark.parametrize("size", ["small", "large"])
def test_where_the_base_has_changed_the_table_is_shown_again_before_it_is_taken(house, monkeypatch, size):
    if size == "large":
        monkeypatch.setattr(jobs, "SMALL_BYTES", 0)
    with house.inside():
        identity = send(days(3))
        jobs.work(identity)
        db.session.add(ClosedDay(day=date(2030, 1, 1), name=Localized(de="Neu")))
        db.session.commit()
        take(identity)
        jobs.work(identity)
        if size == "large":
            assert told(identity).state == State.WAITING
            jobs.work(identity)
        job = told(identity)
        assert (job.state, job.again, count()) == (State.CLEAN, True, 1)
        take(identity)
        jobs.work(identity)
        assert (told(identity).state, count()) == (State.TAKEN, 4)


def test_a_person_has_one_table_on_its_way_and_another_person_has_one_too(house, large):
    with house.inside():
        send(days(3))
        with pytest.raises(Busy):
            send(days(3))
        db.session.rollback()
        assert send(days(3), "principal-b")
        db.session.add(
            Job(id="x", kind="closed-days", owner=OWNER, context={}, file_name="a", content=b"", state=State.WAITING)
        )
        with pytest.raises(Exception, match=r"(?i)unique"):
            db.session.flush()


def test_old_tables_are_forgotten(house, clock):
    with house.inside():
        identity = send(days(3))
        clock.forward(days=6)
        jobs.forget_old()
        assert db.session.get(Job, identity) is not None
        clock.forward(days=2)
        jobs.forget_old()
        db.session.commit()
        assert db.session.get(Job, identity) is None


def test_the_worker_takes_one_table_after_the_other_and_then_what_is_left(house, large, monkeypatch):
    from app.wiring import worker

    monkeypatch.setattr(worker, "_app", lambda: house.app)
    with house.inside():
        first, second = send(days(3)), send(days(2), "principal-b")
        assert queries.left(now() - timedelta(minutes=5)) == [first, second]
        db.session.rollback()
        worker.work_on_table.call_local(first)
        assert {told(first).state, told(second).state} == {State.CLEAN}
