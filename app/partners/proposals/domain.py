"""A measure that a partner proposes: what it says, and what became of it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.texts import Localized


class State(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NotOpen(Exception):  # noqa: N818
    """The proposal has been answered or withdrawn already."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The need that a proposal answers: a level and the key of an area on it, and what was counted there."""

    level: str
    area: str
    column: str


@dataclass(frozen=True, slots=True)
class ProposalEntry:
    """What a partner proposes. ``areas`` are keys of the level that needs are told by; none means the whole city."""

    organisation_id: int
    name: Localized
    summary: Localized
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    from_year: int | None
    to_year: int | None
    need: Answered | None = None


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A proposal as pages see it. ``measure`` is the key of the draft that it became."""

    id: int
    entry: ProposalEntry
    state: State
    made_at: datetime
    answered_at: datetime | None
    answer: str | None
    measure: str | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How the city takes a proposal into its plans. ``fields`` are keys of fields of action, ``office`` is one, too."""

    fields: tuple[str, ...]
    office: str | None
    reason: str
