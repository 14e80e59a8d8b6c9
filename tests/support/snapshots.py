"""Snapshots of a small made-up city for tests of what is made from them: eight parts in three groups, two districts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.core.texts import Localized
from app.needs.domain import (
    ALL,
    CITY,
    CITY_TARGETS,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_TARGETS,
    GROUP_TOPICS,
    GROUPS,
    NOWHERE,
    PARTS,
    QUARTERLY,
    TARGETS,
    TOPICS,
    Key,
    Listed,
    Period,
    Published,
)
from app.needs.snapshot.domain import Basis, Effort, Indicator, Level, Part, Place, Snapshot, Supplied

GROUPED: Mapping[str, tuple[str, ...]] = {"north": ("1", "2", "3"), "south": ("4", "5", "6"), "hills": ("7", "8")}
RESIDENTS = {"1": 4000, "2": 6000, "3": 3000, "4": 8000, "5": 2000, "6": 5000, "7": 900, "8": None}
REPORTS: Mapping[str, int | None] = {"1": 40, "2": 20, "3": 12, "4": 30, "5": 24, "6": 15, "7": None, "8": None}


def named(text: str) -> Localized:
    """A name in both languages of offices."""
    return Localized(de=text, en=text)


def published(year: int = 2025, scale: int = 1, *, whole: bool = True, quarters: int = 4) -> Published:
    """A year in which parts have ``REPORTS`` times ``scale``, and every second area of life is shown."""
    periods = [Period(year, number) for number in range(1, quarters + 1)] + ([Period(year)] if whole else [])
    cells: dict[Key, int | None] = {}

    def put(table: Listed, row: str, column: str, value: int | None, period: str = str(year)) -> None:
        cells[Key(table.name, period, row, column)] = None if value is None else value * scale

    for number, topic in enumerate(TOPICS):
        for quarter in range(1, quarters + 1):
            put(QUARTERLY, CITY, topic, 10 + number if number % 2 == 0 else None, f"{year}-Q{quarter}")
    if whole:
        _put_year(put)
    return Published(year, 5, tuple(periods), cells, datetime(year + 1, 1, 8, tzinfo=UTC))


def _put_year(put: Callable[[Listed, str, str, int | None], None]) -> None:
    for key, value in REPORTS.items():
        put(PARTS, key, ALL, value)
    for number, topic in enumerate(TOPICS):
        put(CITY_TOPICS, CITY, topic, 4 * (10 + number) if number % 2 == 0 else None)
        put(DISCRIMINATION, CITY, topic, 7 + number if number % 3 == 0 else None)
        for place, group in enumerate((*GROUPED, NOWHERE)):
            put(GROUP_TOPICS, group, topic, 9 + number * (place + 1) if number % 2 == 0 else None)
    for number, target in enumerate(TARGETS):
        put(CITY_TARGETS, CITY, target, 30 + number if number % 2 == 0 else None)
        for place, group in enumerate((*GROUPED, NOWHERE)):
            put(GROUP_TARGETS, group, target, 8 + number + place if number % 2 == 0 else None)
    for group, members in GROUPED.items():
        known = [REPORTS[key] for key in members]
        put(GROUPS, group, ALL, None if None in known else sum(filter(None, known)))


def snapshot(**changes: Any) -> Snapshot:
    """The small city with two years of publications."""
    parts = [
        Place("parts", key, named(f"Part {key}"), group, int(key), RESIDENTS[key], 2020 if RESIDENTS[key] else None,
              schematic=True)
        for group, members in GROUPED.items() for key in members
    ]  # fmt: skip
    groups = [
        Place("groups", key, named(key.title()), None, number, *_residents(members), schematic=False)
        for number, (key, members) in enumerate(GROUPED.items(), start=1)
    ]
    districts = [Place("districts", f"d{n}", named(f"District {n}"), None, n, None, None, False) for n in (1, 2)]
    city = Place(CITY, CITY, named("Town"), None, 0, None, None, schematic=False)
    supply, efforts = {}, {}
    for place in (*parts, *groups, *districts, city):
        for number, topic in enumerate((ALL, *TOPICS)):
            for target in (ALL, *TARGETS):
                most = place.position + (0 if number else 6)
                supply[place.level, place.key, topic, target] = Supplied(
                    most // 3,
                    most // 2,
                    most,
                    0.25,
                    0.5 + place.position / 20,
                    most / 4,
                    most / 2,
                    most // 4,
                    most // 5,
                )
                efforts[place.level, place.key, topic, target] = Effort(place.position % 3, 1, place.position % 2)
    made = Snapshot(
        id=1,
        hash="5a" * 32,
        made_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        on=date(2026, 11, 20),
        city="town",
        edition="2025",
        version=3,
        threshold=5,
        basis=Basis.SETTLED,
        basis_source="Town survey",
        basis_on=date(2025, 12, 31),
        levels=(
            Level("parts", named("Part of town"), Part.PARTS, unconfirmed=False, attribution=""),
            Level("groups", named("Planning area"), Part.GROUPS, unconfirmed=True, attribution=""),
            Level("districts", named("District"), Part.CONTEXT, unconfirmed=False, attribution=""),
            Level(CITY, named("Whole city"), Part.CITY, unconfirmed=False, attribution=""),
        ),
        places=(*parts, *groups, *districts, city),
        supply=supply,
        efforts=efforts,
        languages={(one.level, one.key): {"de": 5, "ar": one.position % 4} for one in (*parts, *groups)},
        indicators=(
            Indicator("single", named("Households with one person"), named("%"), "Town statistics", date(2024, 12, 31),
                      "parts", {key: 20.5 + int(key) for key in RESIDENTS if key != "8"}),
        ),
        years={2025: published(2025), 2024: published(2024, scale=2)},
    )  # fmt: skip
    return replace(made, **changes)


def _residents(members: tuple[str, ...]) -> tuple[int | None, int | None]:
    known = [RESIDENTS[key] for key in members]
    return (None, None) if None in known else (sum(filter(None, known)), 2020)
