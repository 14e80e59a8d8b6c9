"""The real server, started as ``make run`` starts it, and a line between it and the browser that can break."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.core.settings import REPOSITORY
from tests.support.databases import PEPPER, PLENTY, SECRET
from tests.support.mail import free_port

PATIENCE_SECONDS = 60
END_SECONDS = 15


class Server:
    """``flask serve`` with its worker, on a database of its own."""

    def __init__(self, address: str, instance_dir: Path, log: Path) -> None:
        """Settings of a demonstration."""
        self.port = free_port()
        self.instance_dir, self.log_file = instance_dir, log
        self.database_address = address
        self.environment = {
            **os.environ,
            "DEMO": "1",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "INSTANCE_DIR": str(instance_dir),
            "DATABASE_URL": address,
            "SECRET_KEY": SECRET,
            "RECEIPT_PEPPER": PEPPER,
            "PYTHONUNBUFFERED": "1",
            **{name.upper(): str(number) for name, number in PLENTY.items()},
        }

    @property
    def origin(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def group(self) -> int:
        """The process group of the server, its children and theirs."""
        return self.process.pid

    @property
    def log(self) -> bytes:
        """What it has said so far."""
        return self.log_file.read_bytes()

    def command(self, *words: str) -> str:
        """Run a command of the command line beside it."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=REPOSITORY,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def ready(self) -> bool:
        """Whether database, worker and disk are fit."""
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=5) as answer:  # noqa: S310
                return all(json.load(answer).values())
        except (urllib.error.URLError, OSError):
            return False

    @contextmanager
    def running(self) -> Iterator[Server]:
        """The server, ready; ended as Ctrl-C ends it, with everything it has started."""
        try:
            self.start()
            yield self
        finally:
            status = self._end()
        assert status == 0, f"the server ended with {status}: {self.log.decode()[-2000:]}"

    def start(self) -> None:
        """Start it and wait until it is ready; its log goes on."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.ready():
            assert self.process.poll() is None, f"the server has ended: {self.log.decode()}"
            assert time.monotonic() < deadline, f"the server is not ready: {self.log.decode()}"
            time.sleep(0.1)

    def kill(self) -> None:
        """End all its processes without a word, as a machine without power does."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self.process.wait()

    @property
    def web_server(self) -> int:
        """The process that holds the web processes."""
        return children_of(self.process.pid)[0]

    @property
    def queue_worker(self) -> int:
        """The process that works off the queue."""
        return children_of(self.process.pid)[1]

    @property
    def web_processes(self) -> list[int]:
        """The processes that answer."""
        return children_of(self.web_server)

    def _end(self) -> int:
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGTERM)
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.group, signal.SIGKILL)
            self.process.wait()
            raise


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, oldest first."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


class BreakableLine:
    """A line to a server; ``drop_answer_to`` lets one request through, and hangs up instead of giving the answer."""

    def __init__(self, port: int) -> None:
        """Lead to a port."""
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wanted: bytes | None = None
        self.dropped: list[bytes] = []
        self.passed: list[bytes] = []

    @property
    def origin(self) -> str:
        """Where the line begins."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def drop_answer_to(self, words: bytes) -> None:
        """Hang up on the next request whose body contains these words."""
        self._wanted = words

    @contextmanager
    def open(self) -> Iterator[BreakableLine]:
        """Carry requests until the end of the block."""
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            yield self
        finally:
            # A listener that is only closed would leave its thread waiting.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(connection,), daemon=True).start()

    def _carry(self, connection: socket.socket) -> None:
        with connection:
            request = self._whole_request(connection)
            if not request:
                return
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                server.sendall(request)
                answer = b"".join(iter(lambda: server.recv(65536), b""))
            if self._wanted is not None and self._wanted in request:
                self._wanted = None
                self.dropped.append(answer)
                return
            if request.startswith(b"POST"):
                self.passed.append(answer)
            connection.sendall(answer)

    @staticmethod
    def _whole_request(connection: socket.socket) -> bytes:
        """One request, asking the server to close the connection after its answer."""
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return b""
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        kept = [line for line in lines if not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n" + body
