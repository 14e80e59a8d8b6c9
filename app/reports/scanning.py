"""Files are shown to a virus scanner before anything of ours looks into them, where ``CLAMD_URL`` names one.

clamd's INSTREAM: the content goes over the connection and is never a file here. A scanner that is away, slow or unsure
means that the file is not taken: the reporter is told, and can send the report without it.
"""

from __future__ import annotations

import logging
import socket
import struct
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app

from app.reports.domain import Fault, RefusedFile

if TYPE_CHECKING:
    from app.core.settings import Settings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
SCAN_SECONDS = 20.0
"""In all, however slowly the scanner talks."""
PIECE = 64 * 1024
ANSWER_MAX = 4096
CLEAN = b"stream: OK"
FOUND = b" FOUND"


def scan(content: bytes) -> None:
    """Show content to the scanner, if there is one.

    Raises:
        RefusedFile: the scanner has found something, or has not said that there is nothing.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.clamd_url or not content:
        return
    try:
        answer = _asked(settings.clamd_url, content)
    except OSError as error:
        log.warning("virus scanner away", extra={"reason": type(error).__name__})
        raise RefusedFile(Fault.UNSCANNED) from None
    if answer == CLEAN:
        return
    if answer.endswith(FOUND):
        # What was found could tell what the file was; that something was found is enough for a log.
        log.warning("virus scanner found something")
        raise RefusedFile(Fault.INFECTED)
    log.warning("virus scanner gave no verdict")
    raise RefusedFile(Fault.UNSCANNED)


def _asked(address: str, content: bytes) -> bytes:
    """What the scanner says."""
    deadline = time.monotonic() + SCAN_SECONDS
    with _connection(address) as scanner:
        scanner.settimeout(SCAN_SECONDS)
        scanner.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), PIECE):
            piece = content[at : at + PIECE]
            scanner.settimeout(_left(deadline))
            scanner.sendall(struct.pack(">I", len(piece)) + piece)
        scanner.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER_MAX:
            scanner.settimeout(_left(deadline))
            more = scanner.recv(ANSWER_MAX)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0\n")


def _left(deadline: float) -> float:
    """Seconds that are left.

    Raises:
        TimeoutError: none.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connection(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname, parts.port), CONNECT_SECONDS)
    found = socket.socket(socket.AF_UNIX)
    try:
        found.settimeout(CONNECT_SECONDS)
        found.connect(parts.path)
    except OSError:
        found.close()
        raise
    return found
