"""A virus scanner that speaks as clamd does; and the real one, where it is installed."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
"""Debian's package brings a service that fetches 250 megabytes of signatures: nobody gets it only for the tests."""
DANGEROUS = b"Hornissenschwaermer-im-Anhang"
"""What the scanners of the tests know as a virus."""
PATIENCE_SECONDS = 60


class Scanner:
    """Answers INSTREAM. ``verdict`` replaces what it would say; ``delay`` makes it slow."""

    def __init__(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.verdict: bytes | None = None
        self.delay = 0.0
        self.seen: list[bytes] = []

    @property
    def address(self) -> str:
        """What CLAMD_URL says."""
        return f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator[Scanner]:
        """Until the end of the block."""
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as incoming:
            if incoming.read(10) != b"zINSTREAM\0":
                connection.sendall(b"UNKNOWN COMMAND\0")
                return
            content = b""
            while length := struct.unpack(">I", incoming.read(4))[0]:
                content += incoming.read(length)
        self.seen.append(content)
        time.sleep(self.delay)
        said = b"stream: Test.Found FOUND" if DANGEROUS in content else b"stream: OK"
        connection.sendall((said if self.verdict is None else self.verdict) + b"\0")


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """The real scanner with one signature, ours; gives what CLAMD_URL says."""
    assert CLAMD, "clamd is not installed"
    signatures, way = folder / "signatures", folder / "clamd"
    signatures.mkdir()
    (signatures / "ours.ndb").write_text(f"Ours.Test-1:0:*:{DANGEROUS.hex()}\n", encoding="ascii")
    config = folder / "clamd.conf"
    config.write_text(
        f"LocalSocket {way}\nDatabaseDirectory {signatures}\nForeground yes\nTemporaryDirectory {folder}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([CLAMD, "--config-file", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not way.exists():
            assert process.poll() is None, "clamd has ended"
            assert time.monotonic() < deadline, "clamd is not ready"
            time.sleep(0.1)
        yield f"unix:{way}"
    finally:
        process.terminate()
        process.wait(10)
