"""The background worker: mails, the publications, and a sign of life. Its queue carries no data at all.

Started as ``huey_consumer app.wiring.worker.huey``.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING

from huey import SqliteHuey, crontab

from app.accounts import sessions
from app.audit import service as audit
from app.core.database import db
from app.core.heartbeat import beat
from app.core.settings import load_settings
from app.needs import service as needs
from app.needs.snapshot import service as snapshots
from app.notifications import service as notifications
from app.partners import mails as partner_mails
from app.partners.following import service as following
from app.privacy import ledger
from app.reports import retention
from app.sheets import jobs
from app.strategy import service as strategy
from app.triage.overdue import digest
from app.triage.overdue import service as escalation
from app.wiring.factory import create_app

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)
huey = SqliteHuey("teilhabekarte", filename=str(load_settings().instance_dir / "queue.sqlite"), results=False)


@cache
def _made() -> Flask:
    return create_app()


def _app() -> Flask:
    # Two threads that begin at once must not build two.
    with _building:
        return _made()


_building = Lock()


def _run(name: str, job: Callable[[], object]) -> None:
    """Do a job in one transaction. A fault, such as a database that is away, ends this turn and not the worker."""
    with _app().app_context():
        try:
            job()
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("job failed", extra={"job": name})


@huey.on_startup()
def start() -> None:
    """Show a sign of life at once."""
    _run("heartbeat", lambda: beat("worker"))


@huey.periodic_task(crontab(minute="*"))
def every_minute() -> None:
    """Deliver mails, remove sessions that are over, and show a sign of life."""
    _run("heartbeat", lambda: beat("worker"))
    if not _at_it.acquire(blocking=False):
        # The minute before takes longer, on the other thread: no two mails are ever on their way at once.
        return
    try:
        _run("deliver", notifications.deliver)
        _run("sessions", sessions.forget_old)
        for identity in _tables_left():
            work_on_table(identity)
        _run("reports", strategy.make_files)
    finally:
        _at_it.release()


_at_it = Lock()


def _tables_left() -> list[str]:
    found: list[str] = []
    _run("tables", lambda: found.extend(jobs.left()))
    return found


@huey.task()
def work_on_table(identity: str) -> None:
    """Read a table that somebody sent, then those that wait behind it.

    One at a time: the other thread stays free for mails and signs of life.
    """
    if not _reads.acquire(blocking=False):
        return
    try:
        with _app().app_context():
            waiting = [identity]
            while waiting:
                jobs.work(waiting[0])
                waiting = [one for one in jobs.left() if one != waiting[0]]
                db.session.rollback()
    finally:
        _reads.release()


_reads = Lock()


def wake(identity: str) -> None:
    """Put a table into the queue. Where that fails, it is found there within a minute."""
    try:
        work_on_table(identity)
    except sqlite3.Error:
        log.exception("the queue cannot be written")


@huey.task()
def make_reports() -> None:
    """Make the files of a report that was just issued."""
    _run("reports", strategy.make_files)


def wake_for_reports() -> None:
    """Ask for that. Where it fails, they are made within a minute."""
    try:
        make_reports()
    except sqlite3.Error:
        log.exception("the queue cannot be written")


@huey.periodic_task(crontab(hour="2", minute="40"))
def forget() -> None:
    """Purge reports whose time has run out, and let go of ledger lines that no backup needs and of old tables."""
    _run("tables", jobs.forget_old)
    _run("purge", retention.purge_due)
    _run("ledger", ledger.drop_expired)


@huey.periodic_task(crontab(minute="20"))
def every_hour() -> None:
    """Send the head of the audit trail and the weekly mails out, each once, and tell who has to know of what is late.

    Remind partners of their services, and tell them of needs that have grown. Take a snapshot if there is anything new
    to show. Whoever was stopped meanwhile does it in the next hour.
    """
    _run("audit head", audit.send_head)
    _run("escalate", escalation.escalate_due)
    _run("digest", digest.send_digest)
    _run("snapshot", snapshots.refresh)
    _run("remind partners", partner_mails.remind)
    _run("tell growth", following.tell_growth)


@huey.periodic_task(crontab(hour="3", minute="10"))
def every_night() -> None:
    """Publish the district needs of each period that has closed, and take a snapshot of everything beside them."""
    _run("publish", needs.publish_due)
    _run("snapshot", partial(snapshots.refresh, anyway=True))
    _run("old snapshots", snapshots.let_go)
