"""What partners say of their services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.directory import service as directory
from app.partners.services.domain import Deed

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


def do(deed: Deed, key: str) -> None:
    """A partner confirms a service as it stands, ends it, or takes the end back. It stays known when it ends."""
    {
        Deed.CONFIRM: directory.confirm_service,
        Deed.END: directory.end_service,
        Deed.RESUME: directory.resume_service,
    }[deed](key)
