"""``flask serve``: the database brought up to date, then web server and queue worker, until somebody ends them.

Both run as children of this process, forked from it after the app is loaded: loading it takes most of a start.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextvars import Context
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from huey.utils import load_class

from app.core.database import db
from app.core.settings import REPOSITORY, Settings

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

WORKER_THREADS = 2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 2
"""How long a request or a job that has begun may go on after the stop."""

PATIENCE_SECONDS = GRACE_SECONDS + 1
"""After this a child that is still there is killed."""

POLL_SECONDS = 0.1
BACKLOG = 256
GARBAGE_THRESHOLD = 50_000
"""New objects after which a process looks for garbage."""

THREADS = 4

SignIn = tuple[str, str, str]
"""Role, e-mail address, password."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What serving needs from above.

    ``prepare`` loads the city's content once, after the migrations; ``demo_sign_ins`` names the people of the
    demonstration, and ``code_command`` what prints the code of their second step; ``worker`` is the import path of the
    Huey instance whose queue is worked off.
    """

    prepare: Callable[[Flask], None]
    demo_sign_ins: Callable[[], Iterable[SignIn]]
    worker: str
    code_command: str


class WebLog(Logger):
    """gunicorn's log, handed to the log of the app, which knows what may be written."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401
        """Take no handler of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class WebServer(BaseApplication):
    """gunicorn with the app that is already loaded, on a socket that is already open."""

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        """Serve ``app`` on ``listener``."""
        self.app, self.descriptor = app, listener.detach()
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        options = {
            "bind": f"fd://{self.descriptor}",
            "workers": self.app.config["SETTINGS"].web_processes,
            # Threads outlast slow clients; a process that only waits for one request does not.
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACE_SECONDS,
            "control_socket_disable": True,
            "logger_class": WebLog,
            "loglevel": "warning",
            # TRUSTED_PROXIES alone decides whose word counts.
            "forwarded_allow_ips": "",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app."""
        return self.app


def run_web_server(app: Flask, listener: socket.socket) -> None:
    """Answer requests until a signal comes."""
    # What is loaded now stays, and a page leaves many small things behind: looking through all of them for circles at
    # Python's usual pace takes a tenth of the time of a request.
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    headers = wsgi.Response.default_headers
    # gunicorn names itself in every answer and has no setting against it.
    wsgi.Response.default_headers = lambda answer: [h for h in headers(answer) if not h.startswith("Server:")]
    WebServer(app, listener).run()


def run_worker(path: str) -> None:
    """Work off the queue of the Huey instance at an import path until a signal comes."""
    # One may read a long table while the other shows that the worker lives.
    load_class(path).create_consumer(
        workers=WORKER_THREADS, shutdown_timeout=GRACE_SECONDS, graceful_signal="TERM"
    ).run()


def listen(host: str, port: int) -> socket.socket:
    """Open the socket: first of all, so that a port in use is found out before anything is changed.

    Raises:
        click.ClickException: with one line naming the settings.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # Python adds the address once more in brackets.
        reason = str(error.strerror).partition(" (")[0]
        raise click.ClickException(f"HOST, PORT: {host}:{port} cannot be used ({reason})") from None


def _child(run: Callable[..., None], *args: object) -> None:
    """The life of a child: without the parent's answers to signals, without its app context."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    # A terminal speaks to every process at once. Ctrl-C would cut requests off, and gunicorn and Huey would take a
    # terminal that closes as the wish to start again: only the parent listens to it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    Context().run(run, *args)


def supervise(children: Sequence[ForkProcess]) -> int:
    """Start the children, and end all when a signal comes or one of them ends.

    Returns:
        The exit status: 0 after a signal, 1 when a child ended by itself.
    """
    received: list[int] = []
    for number in STOP_SIGNALS:
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # nohup
        signal.signal(number, lambda number, _frame: received.append(number))
    try:
        for child in children:
            child.start()
        while not received and all(child.is_alive() for child in children):
            time.sleep(POLL_SECONDS)
        ended = [child for child in children if not child.is_alive()]
        if not received:
            for child in ended:
                click.echo(f"The {child.name} has ended (status {child.exitcode}); ending everything.", err=True)
    finally:
        _end(children)
    return 0 if received else 1


def _end(children: Sequence[ForkProcess]) -> None:
    """Ask every child to end, and see to it that it does."""
    running = [child for child in children if child.pid is not None]
    for child in running:
        child.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in running:
        child.join(max(0.0, deadline - time.monotonic()))
        child.kill()
        child.join()


def announce(address: str, sign_ins: Iterable[SignIn], code_command: str) -> None:
    """Say where the platform is, and who can sign in to a demonstration."""
    click.echo(f"\nTeilhabekarte: {address}    (Ctrl-C ends it)")
    rows = list(sign_ins)
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    for number, row in enumerate(rows):
        lead = "Sign in as" if number == 0 else ""
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(f"{lead:<10}  {cells}".rstrip())
    if rows:
        click.echo(f"{'Then code':<10}  {code_command} NAME    (the address up to the @)")
    click.echo()


def init_serving(app: Flask, hooks: Hooks) -> None:
    """Tell ``flask serve`` what only the upper rooms know."""
    app.extensions["serving"] = hooks


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database up to date, then serve until Ctrl-C."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    settings: Settings = app.config["SETTINGS"]
    hooks: Hooks = app.extensions["serving"]
    listener = listen(settings.host, settings.port)
    for name in ("alembic", "huey"):
        logging.getLogger(name).setLevel(logging.WARNING)
    upgrade(str(REPOSITORY / "migrations"))
    hooks.prepare(app)
    announce(settings.public_address, hooks.demo_sign_ins() if settings.demo else (), hooks.code_command)
    # A connection must not be shared with children.
    db.session.remove()
    db.engine.dispose()
    fork = get_context("fork").Process
    children = (
        fork(name="web server", target=_child, args=(run_web_server, app, listener)),
        fork(name="queue worker", target=_child, args=(run_worker, hooks.worker)),
    )
    sys.exit(supervise(children))
