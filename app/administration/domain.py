"""What the administration decides about offices and settings. Pure rules; no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.core.texts import Localized
from app.directory.domain import Kind


class Standing(StrEnum):
    """Whether an organisation receives reports today, and if not, what is in the way."""

    RECEIVES = "receives"
    NOT_MEANT_TO = "not_meant_to"
    UNCONFIRMED = "unconfirmed"
    NOT_YET = "not_yet"
    ENDED = "ended"
    NOBODY_READS = "nobody_reads"


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation as an administrator keeps it. ``parent`` and ``substitute`` are keys; days are both included."""

    key: str
    kind: Kind
    name: Localized
    summary: Localized
    parent: str | None = None
    substitute: str | None = None
    receives: bool = False
    counselling: bool = False
    url: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    opening_hours: str | None = None
    confirmed_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def standing(self, day: date, *, read: bool) -> Standing:
        """Whether it receives on a day; ``read`` says that somebody there holds its key."""
        if self.valid_until is not None and self.valid_until < day:
            return Standing.ENDED
        if not self.receives:
            return Standing.NOT_MEANT_TO
        if self.confirmed_on is None:
            return Standing.UNCONFIRMED
        if self.valid_from is not None and self.valid_from > day:
            return Standing.NOT_YET
        return Standing.RECEIVES if read else Standing.NOBODY_READS

    def until(self, day: date | None) -> Office:
        """The same, valid until another day."""
        return replace(self, valid_until=day)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What hangs on an office that is to be closed.

    ``rules`` are the keys of rules in force that name it, ``fallback`` says that it is the fallback desk. ``cases`` are
    those that it leads and that are still open, as far as whoever asks may know of them.
    """

    rules: tuple[str, ...]
    fallback: bool
    people: int
    cases: int
    beneath: tuple[str, ...]
    stands_in_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed something last, and when. ``who`` is the name of a desk; None where it is not known."""

    at: datetime
    who: str | None


class InTheWay(Exception):  # noqa: N818
    """An office cannot be kept like this. ``field`` is the value that is wrong."""

    def __init__(self, field: str) -> None:
        """Name the value."""
        super().__init__(field)
        self.field = field


def check(office: Office, others: Mapping[str, Office], *, new: bool) -> None:
    """Look for what cannot be.

    Raises:
        InTheWay: the key is taken, what stands above is unknown or stands beneath, or the chain of substitutes leads
            back to the office.
    """
    if new and office.key in others:
        raise InTheWay("key")
    everybody = {**others, office.key: office}
    for field, step in (
        ("parent", {key: one.parent for key, one in everybody.items()}),
        ("substitute", {key: one.substitute for key, one in everybody.items()}),
    ):
        named = step[office.key]
        if named is not None and (named not in everybody or everybody[named].kind != office.kind):
            raise InTheWay(field)
        if leads_back(office.key, step):
            raise InTheWay(field)
    if office.valid_from and office.valid_until and office.valid_until < office.valid_from:
        raise InTheWay("valid_from")


def leads_back(key: str, step: Mapping[str, str | None]) -> bool:
    """Whether somebody who goes on from a key, step by step, comes back to it or walks in a circle."""
    seen = {key}
    following = step.get(key)
    while following is not None:
        if following in seen:
            return True
        seen.add(following)
        following = step.get(following)
    return False


def would_close_a_circle(key: str, step: Mapping[str, str | None]) -> frozenset[str]:
    """The keys that must not be chosen as the next step of a key: itself, and whoever leads to it."""
    found = {key}
    while True:
        more = {one for one, following in step.items() if following in found} - found
        if not more:
            return frozenset(found)
        found |= more


@dataclass(frozen=True, slots=True)
class Branch:
    """An organisation and those beneath it."""

    office: Office
    branches: tuple[Branch, ...]


def tree(offices: Iterable[Office]) -> tuple[Branch, ...]:
    """Organisations as branches, in the order given; whatever stands beneath nothing that is known is a root."""
    listed = tuple(offices)
    known = {one.key for one in listed}

    def grown(one: Office) -> Branch:
        return Branch(one, tuple(grown(each) for each in listed if each.parent == one.key))

    return tuple(grown(one) for one in listed if one.parent not in known)
