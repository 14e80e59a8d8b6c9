"""What the strategy consists of: plans, fields of action, measures. Values only, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.core.texts import Localized
from app.plans.document import Indicator, Milestone

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

    ``not_by_reports`` says why no report can be about it; without it routing must lead some report there. ``topics``
    and ``targets`` say which needs it is about; ``statement`` tells what the city does there.
    """

    id: int
    key: str
    plan: str
    name: Localized
    summary: Localized
    unconfirmed: bool
    not_by_reports: Localized | None
    topics: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    statement: Localized | None = None


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """A measure. Plans, fields, goals, organisation and partners are keys; no area means the whole city.

    ``example`` marks what stands in for the city's own list until that is imported. ``budget`` is a key of
    :class:`app.core.codes.Budget`. One that is not ``listed`` is no longer part of the edition in force.
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
    reason: Localized | None = None
    goals: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    budget: str | None = None
    indicators: tuple[Indicator, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    evidence: Localized | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class EditionCard:
    """An edition of the strategy; years are inclusive, ``to_year`` is open while ``None``."""

    id: int
    key: str
    name: Localized
    adopted_on: date | None
    from_year: int
    to_year: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version without its document. ``edition`` is a key; ``…_by`` are principals, ``None`` for the city's folder."""

    id: int
    edition: str
    number: int
    state: str
    based_on: int | None
    from_folder: bool
    made_at: datetime
    made_by: str | None
    submitted_at: datetime | None
    submitted_by: str | None
    published_at: datetime | None
    published_by: str | None
    why: str


class UnknownEdition(LookupError):  # noqa: N818
    """There is no such edition, or it has no published version."""
