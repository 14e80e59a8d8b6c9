"""What the strategy consists of: plans, fields of action, measures, places of history. Values only, no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.core.texts import Localized

Shape = Literal["circle", "square", "triangle"]
"""What marks a plan besides its colour."""


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan of the strategy. ``since`` and ``updated`` are years."""

    id: int
    key: str
    name: Localized
    short: Localized
    summary: Localized
    source: Localized
    since: int | None
    updated: int | None
    shape: Shape
    position: int


@dataclass(frozen=True, slots=True)
class FieldCard:
    """A field of action; ``plan`` is the key of its plan. ``unconfirmed`` fields have no public source yet.

    ``not_by_reports`` says why no report can be about it; without it routing must lead some report there.
    """

    id: int
    key: str
    plan: str
    name: Localized
    summary: Localized
    unconfirmed: bool
    not_by_reports: Localized | None


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """A measure. Plans, fields and organisation are keys; no area means the whole city.

    ``example`` marks what stands in for the city's own list until that is imported.
    """

    id: int
    key: str
    name: Localized
    summary: Localized
    example: bool
    state: str
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    plans: tuple[str, ...]
    fields: tuple[str, ...]
    area_ids: tuple[int, ...]
    organisation: str | None
    from_year: int | None
    to_year: int | None
    source: Localized | None


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """A place of colonial history. Longitude and latitude are degrees (WGS 84), None where it is no place."""

    id: int
    key: str
    name: Localized
    story: Localized
    partner: Localized
    source: Localized
    address: str | None
    area_id: int | None
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """What a content folder says about a plan."""

    key: str
    name: Localized
    short: Localized
    summary: Localized
    source: Localized
    since: int | None
    updated: int | None
    shape: Shape
    position: int


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """What a content folder says about a field of action."""

    key: str
    plan: str
    name: Localized
    summary: Localized
    unconfirmed: bool
    not_by_reports: Localized | None
    position: int


@dataclass(frozen=True, slots=True)
class MeasureEntry:
    """What a content folder says about a measure."""

    key: str
    name: Localized
    summary: Localized
    example: bool
    state: str
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    plans: tuple[str, ...]
    fields: tuple[str, ...]
    area_ids: tuple[int, ...] = ()
    organisation_id: int | None = None
    from_year: int | None = None
    to_year: int | None = None
    source: Localized | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What a content folder says about a place of history. ``point`` is (longitude, latitude)."""

    key: str
    name: Localized
    story: Localized
    partner: Localized
    source: Localized
    address: str | None
    area_id: int | None
    point: tuple[float, float] | None
    position: int


class UnknownPlan(LookupError):  # noqa: N818
    """A field or measure names a plan or field that does not exist."""
