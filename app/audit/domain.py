"""A line of the audit trail as an administrator reads it, and where a list of lines goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PAGE_SIZE = 100

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MARK_BYTES = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the trail; as text it stands in addresses.

    Not the number of the entry: two numbers with a gap between them would tell that there are entries between that
    this person may not see. The mark is the beginning of the entry's digest.
    """

    at: datetime
    mark: bytes

    def __str__(self) -> str:
        """Microseconds since 1970 and the mark, such as ``1790000000000000-0123456789ab``."""
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.mark.hex()}"

    @classmethod
    def of(cls, at: datetime, digest: bytes) -> Place:
        """The place of an entry."""
        return cls(at, digest[:MARK_BYTES])

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that a text means; None when it means none."""
        match = _PLACE.fullmatch(text)
        if match is None:
            return None
        return cls(EPOCH + timedelta(microseconds=int(match["at"])), bytes.fromhex(match["mark"]))


_PLACE = re.compile(r"(?P<at>[0-9]{1,17})-(?P<mark>[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see: a day, an action, and from where on."""

    day: date | None = None
    action: str | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words. ``who`` is the title of a desk, None for the system; no figure is made of these by person."""

    at: datetime
    who: str | None
    action: str
    about: str
    office_id: int | None
    place: Place
