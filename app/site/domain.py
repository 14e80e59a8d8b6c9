"""What the map and the list beside it show, and what a filter leaves of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.codes import Target, Topic
from app.core.texts import Localized
from app.places.domain import folded

TEXT_MAX = 80
"""Characters of a search that are looked at."""


class Kind(StrEnum):
    """What an entry of the map is."""

    SERVICE = "service"
    MEASURE = "measure"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Entry:
    """A service, a measure or a place of history, as the map and the list show it.

    ``places`` are (longitude, latitude) in degrees; ``rough`` says that only the part of town is known. ``words`` is
    what a search looks through, folded, and may be longer than what is shown.
    """

    kind: Kind
    key: str
    name: Localized
    summary: Localized
    organisation: Localized | None
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    languages: tuple[str, ...]
    plans: tuple[str, ...]
    area_ids: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    rough: bool
    example: bool
    words: str

    @property
    def id(self) -> str:
        """What map and list call it."""
        return f"{self.kind}/{self.key}"

    @property
    def serves(self) -> tuple[str, ...]:
        """The target groups it is for; what is for everyone is for each of them."""
        return tuple(Target) if Target.EVERYONE in self.targets else self.targets


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for. ``language`` is one that is spoken there; an empty value asks for nothing."""

    text: str = ""
    kind: str = ""
    plan: str = ""
    topic: str = ""
    target: str = ""
    language: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any((self.words, self.kind, self.plan, self.topic, self.target, self.language))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search as they are compared."""
        return tuple(word for part in self.text.split() if (word := folded(part)))

    def fits(self, entry: Entry, areas: Collection[int] = ()) -> bool:
        """Whether an entry is what somebody looks for; ``areas`` are the parts of town that the text names."""
        return (
            (not self.kind or self.kind == entry.kind)
            and (not self.plan or self.plan in entry.plans)
            and (not self.topic or self.topic in entry.topics)
            and (not self.target or self.target in entry.serves)
            and (not self.language or self.language in entry.languages)
            and (all(word in entry.words for word in self.words) or not set(areas).isdisjoint(entry.area_ids))
        )


def read_filters(asked: Mapping[str, str], plans: Collection[str], languages: Collection[str]) -> Filters:
    """What an address asks for. A value that there is not asks for nothing, so that an old link still works."""

    def one_of(name: str, known: Collection[str]) -> str:
        value = asked.get(name, "")
        return value if value in known else ""

    return Filters(
        text=" ".join(asked.get("q", "")[:TEXT_MAX].split()),
        kind=one_of("kind", list(Kind)),
        plan=one_of("plan", plans),
        topic=one_of("topic", list(Topic)),
        target=one_of("target", list(Target)),
        language=one_of("language", languages),
    )


def plans_of_service(
    topics: tuple[str, ...],
    targets: tuple[str, ...],
    measures: Collection[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]],
) -> frozenset[str]:
    """The plans that a service helps with.

    No source assigns services to plans. A service counts for a plan that has a measure with the same first area of
    life for one of the same target groups; ``measures`` are (plans, topics, targets).
    """
    return frozenset(
        plan
        for plans, their_topics, their_targets in measures
        if their_topics[:1] == topics[:1] and not set(their_targets).isdisjoint(targets)
        for plan in plans
    )
