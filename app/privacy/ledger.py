"""The erasure ledger: what was taken away, kept outside the database and outside every backup.

A backup that is restored brings back what was erased since it was made. So each deed leaves a line in a file of its
own, and :func:`app.reports.retention.forget_again` does the deeds again in the restored database. A line names no
report: it holds a day, a deed, the purpose of a consent, and a digest of the box under the pepper, which only whoever
holds a box already can compute again.

A line is on the disk before the deed is committed, so that no crash in between loses it. It drops out once every
backup that could bring the report back has expired.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app

from app.core.clock import today

if TYPE_CHECKING:
    from app.core.settings import Settings

MARGIN = timedelta(days=30)
"""How long a line outlives the backups: one may lie around longer than it should."""

_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) ([a-z_]+) ([0-9a-f]{40}) ([a-z_]+|-)")


class Deed(StrEnum):
    """What was done. ``CONSENT_GIVEN`` undoes an earlier ``CONSENT_WITHDRAWN`` for the same purpose."""

    ERASED = "erased"
    PURGED = "purged"
    WITHDRAWN = "withdrawn"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_GIVEN = "consent_given"


@dataclass(frozen=True, slots=True)
class Line:
    """One deed, done to the box with this digest."""

    day: date
    deed: Deed
    digest: str
    purpose: str | None = None

    def __str__(self) -> str:
        """As it stands in the file."""
        return f"{self.day.isoformat()} {self.deed} {self.digest} {self.purpose or '-'}"

    @classmethod
    def read(cls, text: str) -> Line | None:
        """What a line of the file says; None for one that a crash has torn, whose deed was never committed."""
        match = _LINE.fullmatch(text)
        if match is None or match[2] not in set(Deed):
            return None
        return cls(date.fromisoformat(match[1]), Deed(match[2]), match[3], None if match[4] == "-" else match[4])


def digest_of(box_id: str) -> str:
    """By what the ledger names a box."""
    key = blake2b(_settings().receipt_pepper.get_secret_value().encode(), digest_size=64).digest()
    return blake2b(box_id.encode(), digest_size=20, key=key, person=b"erasure-ledger").hexdigest()


def note(deed: Deed, box_id: str, purpose: str | None = None) -> None:
    """Write a deed down. When this returns, the line is on the disk; commit afterwards.

    Raises:
        OSError: the ledger cannot be written; then the deed must not be committed.
    """
    line = f"{Line(today(), deed, digest_of(box_id), purpose)}\n".encode()
    with _locked(_settings().erasures) as ledger:
        size = os.fstat(ledger).st_size
        torn = size > 0 and os.pread(ledger, 1, size - 1) != b"\n"
        _write(ledger, b"\n" + line if torn else line)
        os.fsync(ledger)


def lines() -> list[Line]:
    """All deeds, oldest first."""
    file = _settings().erasures
    if not file.exists():
        return []
    return [line for line in map(Line.read, file.read_text(encoding="ascii").splitlines()) if line]


def drop_expired() -> int:
    """Let go of lines that no backup needs any more; gives how many went."""
    file = _settings().erasures
    if not file.exists():
        return 0
    oldest = today() - timedelta(days=_settings().backup_days) - MARGIN
    with _locked(file):
        held = lines()
        kept = [line for line in held if line.day >= oldest]
        if len(kept) < len(held):
            _replace(file, kept)
    return len(held) - len(kept)


def _replace(file: Path, kept: Iterable[Line]) -> None:
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(handle, "".join(f"{line}\n" for line in kept).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(file)
    _sync_folder(file)


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    """The ledger, open for appending, for one process at a time."""
    while True:
        fresh = not file.exists()
        ledger = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(ledger, fcntl.LOCK_EX)
            if fresh:
                _sync_folder(file)
            # While this one waited for the lock, another may have put a shorter file in its place.
            if _still_there(ledger, file):
                yield ledger
                return
        finally:
            os.close(ledger)


def _still_there(ledger: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(ledger), file.stat())
    except FileNotFoundError:
        return False


def _write(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _sync_folder(file: Path) -> None:
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
