"""What partners say of their services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.directory import service as directory

if TYPE_CHECKING:
    from app.directory.domain import ServiceEntry


def keep(entry: ServiceEntry, *, offered: bool) -> None:
    """A partner adds a service or changes one; with that it is confirmed as of today. It may also end it.

    Raises:
        UnknownOrganisation: with the key that does not exist.
    """
    directory.keep_service(entry)
    if not offered:
        directory.end_service(entry.key)


def confirm(key: str) -> None:
    """A partner confirms a service as it stands; one that had ended is on offer again."""
    directory.confirm_service(key)


def end(key: str) -> None:
    """A partner no longer offers a service. It stays known and can be brought back."""
    directory.end_service(key)


def resume(key: str) -> None:
    """A partner takes the end of a service back; nothing else about it changes."""
    directory.resume_service(key)
