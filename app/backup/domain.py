"""What a backup is: its header, its name, when it expires. Neither Flask nor a database.

A file is one line of JSON in the clear (the header), the encrypted stream, and the SHA-256 of everything before it.
In the stream stand one line of JSON (the :class:`Secrets`), then the database as its own tool writes it, to the end.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

MAGIC = "teilhabekarte-backup"
FORMAT = 1
PREFIX, SUFFIX, UNFINISHED = "teilhabekarte-", ".backup", ".part"
DIGEST_BYTES = 32
LINE_MOST = 16 * 1024


class BackupError(Exception):
    """Something cannot be done. The message is one whole sentence for the operator, without content."""


@dataclass(frozen=True, slots=True)
class Header:
    """What anybody may read: enough to find the right version, key and tool, and nothing else.

    ``revision`` is the schema's, ``database`` is ``sqlite`` or ``postgresql``, ``sealed_key`` the file's own key,
    sealed to the public half of the city's recovery key, ``recipient``.
    """

    made_at: datetime
    revision: str
    database: str
    recipient: bytes
    sealed_key: bytes

    def to_line(self) -> bytes:
        """The first line of the file."""
        values = {
            "kind": MAGIC,
            "format": FORMAT,
            "made_at": self.made_at.astimezone(UTC).isoformat(timespec="seconds"),
            "revision": self.revision,
            "database": self.database,
            "recipient": b64encode(self.recipient).decode(),
            "sealed_key": b64encode(self.sealed_key).decode(),
        }
        return json.dumps(values).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Header:
        """Read the first line.

        Raises:
            BackupError: this is no backup, or one of a later version.
        """
        try:
            values = json.loads(line)
            if values["kind"] != MAGIC:
                raise BackupError("This file is no backup of Teilhabekarte.")
            if values["format"] != FORMAT:
                raise BackupError(f"This backup has format {values['format']}; please use a newer version to read it.")
            return cls(
                made_at=datetime.fromisoformat(values["made_at"]).astimezone(UTC),
                revision=str(values["revision"]),
                database=str(values["database"]),
                recipient=b64decode(values["recipient"], validate=True),
                sealed_key=b64decode(values["sealed_key"], validate=True),
            )
        except (ValueError, KeyError, TypeError, NotBase64):
            raise BackupError("This file is no backup of Teilhabekarte, or its beginning is damaged.") from None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What receipts and second factors need besides the database."""

    secret_key: str = field(repr=False)
    receipt_pepper: str = field(repr=False)

    def to_line(self) -> bytes:
        """The first line of the stream."""
        return json.dumps({"secret_key": self.secret_key, "receipt_pepper": self.receipt_pepper}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Secrets:
        """Read the first line of the stream."""
        values = json.loads(line)
        return cls(values["secret_key"], values["receipt_pepper"])


def name_of(made_at: datetime) -> str:
    """The name of a backup's file; names sort by time."""
    return f"{PREFIX}{made_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}{SUFFIX}"


def made_when(file: Path) -> datetime | None:
    """When the backup of a name was made; None for files that are none of ours."""
    try:
        return datetime.strptime(file.name, f"{PREFIX}%Y-%m-%dT%H%M%SZ{SUFFIX}").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_expired(file: Path, moment: datetime, days: int) -> bool:
    """Whether a file is a backup older than so many days."""
    made = made_when(file)
    return made is not None and made < moment - timedelta(days=days)


def in_words(count: int) -> str:
    """A size for people."""
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count} bytes"  # noqa: PLR2004
