"""The background worker: mails, the nightly snapshot, and a sign of life. Its queue carries no data at all.

Started as ``huey_consumer app.wiring.worker.huey``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from huey import SqliteHuey, crontab

from app.core.database import db
from app.core.heartbeat import beat
from app.core.settings import load_settings
from app.needs import service as needs
from app.notifications import service as notifications
from app.wiring.factory import create_app

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)
huey = SqliteHuey("teilhabekarte", filename=str(load_settings().instance_dir / "queue.sqlite"), results=False)


@cache
def _app() -> Flask:
    return create_app()


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
    """Deliver mails and show a sign of life."""
    _run("heartbeat", lambda: beat("worker"))
    _run("deliver", notifications.deliver)


@huey.periodic_task(crontab(hour="3", minute="10"))
def every_night() -> None:
    """Publish a new snapshot of the district needs."""
    _run("rebuild", needs.rebuild)
