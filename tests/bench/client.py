"""A client that costs as little as possible, for its work is counted on both sides: bytes out, bytes in, over sockets
that stay open.

There are as many connections as web processes, one to each: a process that waits would make a server look slow, and
two requests at once in one process would make it look slow in another way. The kernel deals new connections out by
chance, so :func:`connected` deals again until every process has one.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_SECONDS = 60
DEALS = 200
CHUNK = 262_144
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
ESTABLISHED = "01"


class WrongAnswer(Exception):  # noqa: N818
    """An answer is not what it should be; no number is worth anything then."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire, and what tells a right answer: ``marker`` stands in its body."""

    raw: bytes
    marker: bytes
    whole: bool = False
    """Whether ``marker`` is the whole body."""

    def check(self, status: int, body: bytes) -> None:
        """Look at an answer.

        Raises:
            WrongAnswer: with the first line of the request.
        """
        if status != 200 or (body != self.marker if self.whole else self.marker not in body):
            line = self.raw.split(b"\r\n", 1)[0].decode()
            raise WrongAnswer(f"{line}: status {status}, {len(body)} bytes, without {self.marker[:60]!r}")


Turn = Callable[[], Iterable[Call]]
"""Gives the calls of one turn: a single one, or the whole walk of a report."""


class Connection:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        """Connect to a port of this machine."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(self._socket.getsockname()[1])

    def ask(self, raw: bytes) -> tuple[int, bytes]:
        """Send a request; gives status and body."""
        self._socket.sendall(raw)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        length = LENGTH.search(received, 0, end)
        if length is None:
            raise WrongAnswer("an answer does not say how long it is")
        body = received[end + 4 :]
        missing = int(length[1]) - len(body)
        parts = [body]
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return int(received[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        chunk = self._socket.recv(CHUNK)
        if not chunk:
            raise WrongAnswer("the server has closed the connection")
        return chunk

    def close(self) -> None:
        """Let it go."""
        self._socket.close()


@contextmanager
def connected(port: int, processes: frozenset[int], hello: bytes) -> Iterator[list[Connection]]:
    """One connection to each of the processes that listen on a port; ``hello`` is a request that makes them accept."""
    with ExitStack() as kept:
        found: dict[int, Connection] = {}
        for _ in range(DEALS):
            connection = Connection(port)
            connection.ask(hello)
            holder = _holder(connection.port, port, processes)
            if holder is None or holder in found:
                connection.close()
                continue
            kept.callback(connection.close)
            found[holder] = connection
            if len(found) == len(processes):
                yield list(found.values())
                return
    raise WrongAnswer(f"only {len(found)} of {len(processes)} processes take connections")


def _holder(client: int, server: int, processes: frozenset[int]) -> int | None:
    """The process at the other end of a connection."""
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _number, local, remote, state, *_more, inode = line.split()[:10]
        if state == ESTABLISHED and _port(local) == server and _port(remote) == client:
            wanted = f"socket:[{inode}]"
            return next((pid for pid in processes if wanted in _opened(pid)), None)
    return None


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _opened(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(descriptor.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue


@dataclass(slots=True)
class Load:
    """What came of a load: turns a second over all connections, and the seconds that each turn took."""

    throughput: float = 0.0
    times: list[float] = field(default_factory=list)


def load(connections: list[Connection], turn: Turn, seconds: float, most: int) -> Load:
    """Take turns on every connection at once, for some seconds but at most so many turns a connection.

    Raises:
        WrongAnswer: for the first answer that is wrong.
    """
    result, faults = Load(), list[Exception]()

    def drive(connection: Connection) -> None:
        times: list[float] = []
        begun = now = time.perf_counter()
        try:
            while now - begun < seconds and len(times) < most:
                calls = list(turn())
                started = time.perf_counter()
                for call in calls:
                    call.check(*connection.ask(call.raw))
                now = time.perf_counter()
                times.append(now - started)
        except (WrongAnswer, OSError) as error:
            faults.append(error)
            return
        result.times += times
        result.throughput += len(times) / (now - begun)

    threads = [threading.Thread(target=drive, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return result
