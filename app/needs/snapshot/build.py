"""Building a snapshot from what is there now: few questions to the database, all else in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date

from app.core import clock
from app.core.choices import disclosure_threshold
from app.core.codes import Target
from app.directory import queries as directory
from app.needs import queries as needs
from app.needs.domain import ALL, CITY, Geography
from app.needs.snapshot.domain import Cell, Effort, Indicator, Level, Part, Place, Snapshot
from app.needs.snapshot.supply import COLUMNS, supplies
from app.places import queries as places
from app.places.domain import AreaCard, CityCard
from app.places.geometry import index
from app.places.indicators import queries as indicators
from app.places.population.homes import homes
from app.plans import queries as plans
from app.plans.domain import MeasureCard

VALUE_DIGITS = 6
"""Decimal places of an indicator."""

CONTENT = ("choices", "directory", "needs", "places", "plans")
"""The bodies of content that a snapshot is made of."""


def build(today: date) -> Snapshot:
    """Everything as of now, not kept yet: without id and hash.

    Raises:
        NoCity: no content is loaded.
    """
    city = places.city()
    geography = needs.geography()
    levels = _levels(city)
    cards = {one.card.id: one.card for one in places.drawn_areas()}
    areas = _places(levels, geography, city, cards)
    where = homes()
    in_force, versions = plans.edition_in_force(), _versions()
    found = supplies(levels, areas, directory.services(), where, index(), cards)
    return Snapshot(
        id=0,
        hash="",
        made_at=clock.now(),
        on=today,
        city=city.key,
        edition=in_force.key if in_force else None,
        version=versions.get(in_force.key) if in_force else None,
        threshold=disclosure_threshold(),
        basis=where.basis,
        basis_source=where.source,
        basis_on=where.day,
        levels=levels,
        places=areas,
        supply=found.cells,
        efforts=_efforts(areas, plans.measures(), city, cards),
        languages=found.languages,
        indicators=_indicators({level.key for level in levels}),
        years=needs.publications(),
        editions=versions,
        organisations={key: card.name for key, card in directory.organisations().items()},
    )


def _versions() -> dict[str, int]:
    """The number of the published version of each edition."""
    found = ((edition.key, plans.published(edition.key)) for edition in plans.editions())
    return {key: one[0].number for key, one in found if one is not None}


def _levels(city: CityCard) -> tuple[Level, ...]:
    parts = {city.needs_level: Part.PARTS, city.coarse_level: Part.GROUPS}
    own = (
        Level(card.key, card.name, parts.get(card.key, Part.CONTEXT), card.unconfirmed, card.attribution)
        for card in places.levels()
    )
    return (*own, Level(CITY, city.name, Part.CITY, unconfirmed=False, attribution=""))


def _places(
    levels: Sequence[Level], geography: Geography, city: CityCard, cards: Mapping[int, AreaCard]
) -> tuple[Place, ...]:
    """The areas of all levels by position; groups only where they have members, for reports are counted so."""
    found = []
    for level in levels:
        if level.part is Part.CITY:
            residents, year = _together(geography.parts)
            found.append(Place(CITY, CITY, city.name, None, 0, residents, year, schematic=False))
            continue
        for card in geography.groups if level.part is Part.GROUPS else places.areas(level.key):
            residents, year = card.residents, card.residents_year
            if level.part is Part.GROUPS:
                residents, year = geography.residents(card)
            above = cards.get(card.parent_id or 0)
            parent = above.key if above is not None else None
            found.append(
                Place(level.key, card.key, card.name, parent, card.position, residents, year, schematic=card.schematic)
            )
    return tuple(found)


def _together(parts: Sequence[AreaCard]) -> tuple[int | None, int | None]:
    """The residents of all parts, where they were counted in the same year."""
    years = {part.residents_year if part.residents else None for part in parts}
    if len(years) != 1 or None in years:
        return None, None
    return sum(part.residents or 0 for part in parts), years.pop()


def _efforts(
    areas: Sequence[Place], measures: Sequence[MeasureCard], city: CityCard, cards: Mapping[int, AreaCard]
) -> dict[Cell, Effort]:
    """Measures by cell. One for a group is for each of its parts, too; one for a part counts in its group."""
    known = {(place.level, place.key) for place in areas}
    counts: dict[Cell, Counter[str]] = {}
    for measure in measures:
        topics = {ALL, *measure.topics}
        everyone = Target.EVERYONE in measure.targets
        for level, key in _for(measure, areas, city, cards) & known:
            for topic, target in COLUMNS:
                if topic in topics and (target == ALL or everyone or target in measure.targets):
                    counts.setdefault((level, key, topic, target), Counter())[measure.state] += 1
    states = [field.name for field in fields(Effort)]
    return {cell: Effort(*(number[state] for state in states)) for cell, number in counts.items()}


def _for(
    measure: MeasureCard, areas: Sequence[Place], city: CityCard, cards: Mapping[int, AreaCard]
) -> set[tuple[str, str]]:
    """The areas that a measure is for."""
    if not measure.area_ids:
        return {(CITY, CITY)}
    named = [cards[one] for one in measure.area_ids if one in cards]
    found = {(area.level, area.key) for area in named}
    below = {(one.level, one.key) for one in areas if one.parent and (city.coarse_level, one.parent) in found}
    above = {(up.level, up.key) for one in named if (up := cards.get(one.parent_id or 0)) is not None}
    return found | below | above


def _indicators(levels: Collection[str]) -> tuple[Indicator, ...]:
    """Each day of an indicator stands for itself, the latest first."""
    return tuple(
        Indicator(card.key, card.name, card.unit, card.source, day, card.level, _fixed(card.days[day]))
        for card in indicators.indicators()
        if card.level in levels
        for day in sorted(card.days, reverse=True)
    )


def _fixed(values: Mapping[str, float]) -> dict[str, float]:
    return {key: round(value, VALUE_DIGITS) for key, value in values.items()}
