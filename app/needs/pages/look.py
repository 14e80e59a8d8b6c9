"""What somebody wants to see of a snapshot, from an address and back into one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.needs.domain import ALL, CITY, TARGETS, TOPICS, Published
from app.needs.snapshot.domain import SHORT, Level, Part, Place, Snapshot
from app.needs.snapshot.numbers import EFFORT, INDICATOR, OF_REPORTS, Column, Numbers

MAPPED = (
    Column.MISMATCH,
    Column.RATE,
    Column.SHARE_NEAR,
    Column.SHARE_FAR,
    Column.AVERAGE_FAR,
    Column.WITHIN,
    *EFFORT,
)
"""What the map can show, besides indicators."""

IN_MATRIX = (Column.MISMATCH, Column.RATE, Column.AVERAGE_FAR, Column.SHARE_FAR, *EFFORT)
"""What the matrix can show by area of life."""

BY_AREA = "area"
"""What tables are sorted by unless somebody chooses a column."""


class Moved(StrEnum):
    """Why something else is shown than was asked for."""

    TO_GROUPS = "to_groups"
    """Reports of one area of life or group of people are told by group only."""
    FROM_CONTEXT = "from_context"
    """Reports are not counted by this division."""
    NOT_TOGETHER = "not_together"
    """Reports are not told by area of life and group of people at once."""
    NO_GROUPS = "no_groups"
    """They would be told by group, and there is none."""


@dataclass(frozen=True, slots=True)
class Look:
    """What to show. ``areas`` are keys on ``level``; ``hash`` names an older snapshot, empty for the latest."""

    show: str = Column.MISMATCH
    topic: str = ALL
    target: str = ALL
    level: str = ""
    year: int | None = None
    sort: str = BY_AREA
    descending: bool = False
    areas: tuple[str, ...] = ()
    hash: str = ""

    @classmethod
    def asked(
        cls, arguments: Mapping[str, str], snapshot: Snapshot, *, areas: Sequence[str] = (), wanted: str = ""
    ) -> Look:
        """From an address; what the snapshot does not know stays as it is by default. ``wanted`` is its hash there."""
        level = _known_level(snapshot, arguments.get("level", ""))
        known = {place.key for place in snapshot.places_of(level)}
        show, topic, target = (arguments.get(name, "") for name in ("show", "topic", "target"))
        columns = {*MAPPED, *(INDICATOR + one.key for one in snapshot.indicators)}
        years = {str(year): year for year in snapshot.years}
        return cls(
            show if show in columns else first_show(snapshot),
            topic if topic in TOPICS else ALL,
            target if target in TARGETS else ALL,
            level,
            years.get(arguments.get("year", "")),
            arguments.get("sort", BY_AREA) if arguments.get("sort") in {*Column, *columns} else BY_AREA,
            arguments.get("order") == "descending",
            tuple(key for key in dict.fromkeys(areas) if key in known),
            wanted,
        )

    def arguments(self, snapshot: Snapshot, /, **changes: str) -> dict[str, str | list[str]]:
        """The same as arguments of an address, without what is the default."""
        asked = {
            "show": self.show,
            "topic": self.topic,
            "target": self.target,
            "level": self.level,
            "year": str(self.year or ""),
            "sort": self.sort,
            "order": "descending" if self.descending else "",
            "snapshot": self.hash[:SHORT],
        } | changes
        usual = {
            "show": first_show(snapshot),
            "topic": ALL,
            "target": ALL,
            "level": _known_level(snapshot, ""),
            "sort": BY_AREA,
        }
        found: dict[str, str | list[str]] = {
            name: value for name, value in asked.items() if value != usual.get(name, "")
        }
        if self.areas and "area" not in changes:
            found["area"] = list(self.areas)
        return found

    def published(self, snapshot: Snapshot) -> Published | None:
        """The publications of the year to be shown: by default the latest whose tables by area are out."""
        if self.year is not None:
            return snapshot.years.get(self.year)
        newest_first = [snapshot.years[year] for year in sorted(snapshot.years, reverse=True)]
        return next((one for one in newest_first if one.whole), newest_first[0] if newest_first else None)

    def numbers(self, snapshot: Snapshot) -> Numbers:
        """The numbers of that year."""
        return Numbers(snapshot, self.published(snapshot))

    def places(self, snapshot: Snapshot) -> tuple[Place, ...]:
        """The areas that were picked, in their order."""
        found = (snapshot.place(self.level, key) for key in self.areas)
        return tuple(place for place in found if place is not None)

    def settled(self, snapshot: Snapshot) -> tuple[Look, tuple[Moved, ...]]:
        """The nearest look that can be told, and why it is another one."""
        if self.show not in OF_REPORTS:
            return self, ()
        look, moved = self, []
        if ALL not in {look.topic, look.target}:
            look, moved = replace(look, target=ALL), [Moved.NOT_TOGETHER]
        part = next((level.part for level in snapshot.levels if level.key == look.level), None)
        parts, groups = snapshot.level(Part.PARTS), snapshot.level(Part.GROUPS)
        if part is Part.CONTEXT and parts is not None:
            look, part = replace(look, level=parts.key), Part.PARTS
            moved.append(Moved.FROM_CONTEXT)
        if part is Part.PARTS and {look.topic, look.target} != {ALL}:
            if groups is None:
                return look, (*moved, Moved.NO_GROUPS)
            look = replace(look, level=groups.key)
            moved.append(Moved.TO_GROUPS)
        return look, tuple(moved)


def first_show(snapshot: Snapshot) -> str:
    """What the map shows at first: where need and supply part, as soon as there is a year to tell it from."""
    return Column.MISMATCH if any(year.whole for year in snapshot.years.values()) else Column.SHARE_FAR


def levels(snapshot: Snapshot) -> tuple[Level, ...]:
    """The divisions to choose from."""
    inhabited = {place.level for place in snapshot.places}
    return tuple(level for level in snapshot.levels if level.key in inhabited and level.key != CITY)


def _known_level(snapshot: Snapshot, key: str) -> str:
    offered = levels(snapshot)
    if any(level.key == key for level in offered):
        return key
    first = snapshot.level(Part.PARTS) or next(iter(offered), None)
    return first.key if first else ""
