"""Backup files: written whole or not at all, encrypted on the way to the disk, read back piece by piece."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.backup.domain import (
    DIGEST_BYTES,
    LINE_MOST,
    PREFIX,
    SUFFIX,
    UNFINISHED,
    BackupError,
    Header,
    Secrets,
    is_expired,
    name_of,
)
from app.privacy import streams
from app.privacy.domain import CannotOpen, seal_to, unseal

CHUNK = 1024 * 1024
FORGOTTEN_SECONDS = 24 * 60 * 60
"""After this an unfinished file belongs to nobody any more."""

Tell = Callable[[str, int], None]
"""Hears what is being done, and how many bytes further it is."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file."""

    path: Path
    size: int
    digest: str


def write(folder: Path, header: Header, key: bytes, plain: Iterable[bytes], tell: Tell) -> Written:
    """Encrypt into a new file. Whatever happens on the way, no half file is left under its name.

    Raises:
        BackupError: the folder cannot be used.
    """
    path = folder / name_of(header.made_at)
    unfinished = folder / f".{path.name}{UNFINISHED}"
    line = header.to_line()
    digest, size = hashlib.sha256(), 0
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            raise BackupError("A backup was made in this very second; please start again.")
        unfinished.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise BackupError(f"{folder} cannot be used ({error.strerror}).") from None
    try:
        with unfinished.open("wb") as file:
            for part in _chained(line, streams.encrypted(key, line, plain)):
                file.write(part)
                digest.update(part)
                size += len(part)
                tell("Encrypting", len(part))
            file.write(digest.digest())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written to ({error.strerror}).") from None
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(folder)
    return Written(path, size + DIGEST_BYTES, digest.hexdigest())


def _chained(first: bytes, others: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _sync(folder: Path) -> None:
    """Make sure that a new name outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_expired(folder: Path, moment: datetime, days: int) -> list[Path]:
    """Remove backups older than so many days, and what an interrupted machine has left; gives the backups."""
    for forgotten in folder.glob(f".{PREFIX}*{SUFFIX}{UNFINISHED}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - forgotten.stat().st_mtime > FORGOTTEN_SECONDS:
                forgotten.unlink()
    expired = sorted(file for file in folder.glob(f"{PREFIX}*{SUFFIX}") if is_expired(file, moment, days))
    for file in expired:
        file.unlink(missing_ok=True)
    return expired


class Container:
    """A backup file that is read."""

    def __init__(self, path: Path) -> None:
        """Look at the header.

        Raises:
            BackupError: it cannot be read, or is no backup.
        """
        self.path = path
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self._line = file.readline(LINE_MOST)
        except OSError as error:
            raise BackupError(f"{path} cannot be read ({error.strerror}).") from None
        self.header = Header.from_line(self._line)

    def check(self, tell: Tell) -> str:
        """Compare the ciphertext with the hash at the end of the file; gives the hash.

        Raises:
            BackupError: the file is damaged or not whole.
        """
        digest, left = hashlib.sha256(), self.size - DIGEST_BYTES
        with self.path.open("rb") as file:
            while left > 0:
                part = file.read(min(CHUNK, left))
                digest.update(part)
                left -= len(part)
                tell("Checking", len(part))
            if file.read() != digest.digest():
                raise BackupError(f"{self.path.name} is damaged or not whole; please take another backup.")
        return digest.hexdigest()

    def open(self, private_key: bytes, tell: Tell) -> tuple[Secrets, Iterator[bytes]]:
        """Decrypt: the secrets, and the database as it comes.

        Raises:
            BackupError: the key does not fit, or the file was changed; the latter may come only while reading on.
        """
        try:
            key = unseal(private_key, self.header.sealed_key)
        except CannotOpen:
            raise BackupError("This is not the recovery key that the backup was encrypted to.") from None
        plain = self._plain(key, tell)
        line, rest = b"", b""
        for part in plain:
            line, found, rest = (line + part).partition(b"\n")
            if found:
                return Secrets.from_line(line), _chained(rest, plain)
        raise BackupError(f"{self.path.name} is empty.")

    def _plain(self, key: bytes, tell: Tell) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(len(self._line))
            lead = file.read(streams.LEAD)
            try:
                yield from streams.decrypted(key, self._line, lead, self._pieces(file, tell))
            except CannotOpen:
                raise BackupError(
                    f"{self.path.name} was changed or is not whole; please take another backup."
                ) from None

    def _pieces(self, file: BinaryIO, tell: Tell) -> Iterator[bytes]:
        left = self.size - DIGEST_BYTES - file.tell()
        while left > 0:
            piece = file.read(min(streams.PIECE + streams.OVERHEAD, left))
            left -= len(piece)
            tell("Opening", len(piece))
            yield piece


def seal(recipient: bytes) -> tuple[bytes, bytes]:
    """A fresh key for one file, and the same sealed to the recovery key."""
    key = streams.new_stream_key()
    return key, seal_to(recipient, key)
