"""What the directory holds: organisations and the services they offer. Values only, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.core.texts import Localized

Kind = Literal["office", "independent"]
"""An office of the city, or an organisation that is independent of it."""

Precision = Literal["area", "address"]
"""How well a place is known: only the part of town, or the address."""


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    """An organisation as pages and routing see it. ``parent`` is the key of the office above it.

    ``substitute`` is the key of the one that stands in while it is closed. ``unconfirmed`` names the attributes that no
    public source confirms. ``principal_id`` is its mailbox in ``privacy``.
    """

    id: int
    key: str
    kind: Kind
    name: Localized
    summary: Localized
    parent: str | None
    receives: bool
    counselling: bool
    url: str | None
    phone: str | None
    email: str | None
    address: str | None
    opening_hours: str | None
    confirmed_on: date | None
    valid_from: date | None
    valid_until: date | None
    substitute: str | None
    unconfirmed: tuple[str, ...]
    principal_id: str | None

    def stands_on(self, day: date) -> bool:
        """Whether the entry is confirmed and valid on a day: only then may an office receive reports."""
        return (
            self.confirmed_on is not None
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service as pages see it. ``organisation`` is a key; longitude and latitude are degrees (WGS 84).

    ``None`` for ``barrier_free`` and ``evening`` means: not known.
    """

    id: int
    key: str
    organisation: str
    name: Localized
    description: Localized
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    languages: tuple[str, ...]
    area_id: int | None
    address: str | None
    precision: Precision
    longitude: float | None
    latitude: float | None
    opening_hours: str | None
    barrier_free: bool | None
    evening: bool | None
    url: str | None
    confirmed_on: date | None
    example: bool


@dataclass(frozen=True, slots=True)
class KeptService:
    """A service as its provider sees it: also when it is no longer on offer."""

    card: ServiceCard
    offered: bool


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """What a content folder or an administrator says about an organisation."""

    key: str
    kind: Kind
    name: Localized
    summary: Localized
    position: int
    receives: bool = False
    counselling: bool = False
    url: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    confirmed_on: date | None = None
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """What a content folder or a provider says about a service. ``point`` is (longitude, latitude)."""

    key: str
    organisation: str
    name: Localized
    description: Localized
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    languages: tuple[str, ...]
    area_id: int | None = None
    address: str | None = None
    precision: Precision = "area"
    point: tuple[float, float] | None = None
    opening_hours: str | None = None
    barrier_free: bool | None = None
    evening: bool | None = None
    url: str | None = None
    confirmed_on: date | None = None
    example: bool = False


class UnknownOrganisation(LookupError):  # noqa: N818
    """A service names an organisation, or an organisation a parent, that does not exist."""
