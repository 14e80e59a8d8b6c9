"""The entries of the map and the list, put together from plans, directory and places, and kept until one changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel import Locale

from app.core.codes import Target, Topic
from app.core.languages import LANGUAGES
from app.core.revisions import remembered
from app.core.texts import Localized
from app.directory import queries as directory
from app.places import queries as places
from app.places.domain import AreaCard, StreetCard, folded
from app.plans import queries as plans
from app.plans.history import queries as history
from app.site.domain import Entry, Filters, Kind, plans_of_service

BODIES = ("places", "directory", "plans", "choices")
"""The bodies of content that every page of this room is made of."""

PLACE_TEXT_MIN = 3
"""Letters that a search needs before it looks for parts of town and streets."""

FOUND_MAX = 6


@remembered(*BODIES, most=1)
def entries() -> Mapping[str, Entry]:
    """Everything there is on the map, by ``Entry.id``."""
    found = [*_services(), *_measures(), *_history()]
    return {entry.id: entry for entry in found}


def _services() -> Iterable[Entry]:
    organisations = directory.organisations()
    order = [plan.key for plan in plans.plans()]
    measures = [(measure.plans, measure.topics, measure.targets) for measure in plans.measures()]
    for card in directory.services():
        offered_by = organisations[card.organisation].name
        area_ids = () if card.area_id is None else (card.area_id,)
        helps = plans_of_service(card.topics, card.targets, measures)
        point = None if card.longitude is None or card.latitude is None else (card.longitude, card.latitude)
        yield Entry(
            kind=Kind.SERVICE,
            key=card.key,
            name=card.name,
            summary=card.description,
            organisation=offered_by,
            topics=card.topics,
            targets=card.targets,
            languages=card.languages,
            plans=tuple(key for key in order if key in helps),
            area_ids=area_ids,
            places=(point,) if point else _centres(area_ids),
            rough=card.precision == "area" or point is None,
            example=card.example,
            words=_words(card.name, card.description, offered_by, *_area_names(area_ids), extra=card.address),
        )


def _measures() -> Iterable[Entry]:
    organisations = directory.organisations()
    for card in plans.measures():
        office = organisations[card.organisation].name if card.organisation else None
        yield Entry(
            kind=Kind.MEASURE,
            key=card.key,
            name=card.name,
            summary=card.summary,
            organisation=office,
            topics=card.topics,
            targets=card.targets,
            languages=(),
            plans=card.plans,
            area_ids=card.area_ids,
            places=_centres(card.area_ids),
            rough=True,
            example=card.example,
            words=_words(card.name, card.summary, office, *_area_names(card.area_ids)),
        )


def _history() -> Iterable[Entry]:
    for card in history.history_places():
        area_ids = () if card.area_id is None else (card.area_id,)
        partners = [name for _kind, name, _url in history.partners(card.content)]
        told = [text for section in card.content.sections for text in (section.title, section.text)]
        yield Entry(
            kind=Kind.HISTORY,
            key=card.key,
            name=card.name,
            summary=card.content.story,
            organisation=partners[0] if partners else None,
            topics=(),
            targets=(),
            languages=(),
            plans=(),
            area_ids=area_ids,
            places=(card.point,) if card.point else _centres(area_ids),
            rough=card.point is None,
            example=False,
            words=_words(
                card.name,
                card.content.story,
                *told,
                *partners,
                *_area_names(area_ids),
                extra=card.content.address,
            ),
        )


def _centres(area_ids: Iterable[int]) -> tuple[tuple[float, float], ...]:
    """A point well inside each area."""
    cards = (places.area_by_id(area_id) for area_id in area_ids)
    return tuple(
        (card.longitude, card.latitude)
        for card in cards
        if card is not None and card.longitude is not None and card.latitude is not None
    )


def _area_names(area_ids: Iterable[int]) -> list[Localized]:
    return [card.name for area_id in area_ids if (card := places.area_by_id(area_id)) is not None]


def _words(*texts: Localized | None, extra: str | None = None) -> str:
    """What a search looks through: every language, because people know German names in every language."""
    said = dict.fromkeys(text for localized in texts if localized for text in localized.values())
    # A sign that no search holds keeps two texts apart.
    return " ".join(folded(text) for text in [*said, extra or ""])


@remembered(*BODIES, most=8)
def sorted_entries(language: str) -> tuple[Entry, ...]:
    """Every entry: services, measures, places of history, each by its name in a language."""
    order = list(Kind)
    return tuple(
        sorted(
            entries().values(),
            key=lambda entry: (order.index(entry.kind), folded(entry.name.shown(language).text), entry.key),
        )
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: entries, parts of town, and streets with the part of town they lie in."""

    entries: tuple[Entry, ...]
    areas: tuple[AreaCard, ...] = ()
    streets: tuple[tuple[StreetCard, AreaCard], ...] = ()


def look(filters: Filters, language: str) -> Found:
    """The entries that fit, in the order of the list; a text also finds what lies in the places that it names."""
    if not filters:
        return Found(sorted_entries(language))
    areas: tuple[AreaCard, ...] = ()
    streets: list[tuple[StreetCard, AreaCard]] = []
    if len("".join(filters.words)) >= PLACE_TEXT_MIN:
        areas = places.found_areas(filters.text, FOUND_MAX)
        for street in places.streets(filters.text, FOUND_MAX):
            area = None if street.area_id is None else places.area_by_id(street.area_id)
            if area is not None:
                streets.append((street, area))
    ids = {member.id for area in areas for member in members(area)} | {area.id for _street, area in streets}
    fitting = tuple(entry for entry in sorted_entries(language) if filters.fits(entry, ids))
    return Found(fitting, areas, tuple(streets))


def members(area: AreaCard) -> tuple[AreaCard, ...]:
    """The area itself and the ones that it groups."""
    return (area, *children(area))


def children(area: AreaCard) -> tuple[AreaCard, ...]:
    """The areas that an area groups, by position."""
    return tuple(card for level in places.levels() for card in places.areas(level.key) if card.parent_id == area.id)


def in_area(area: AreaCard, language: str) -> tuple[Entry, ...]:
    """The entries that lie in an area, in the order of the list."""
    ids = {card.id for card in members(area)}
    return tuple(entry for entry in sorted_entries(language) if not ids.isdisjoint(entry.area_ids))


@remembered("places", most=64)
def neighbours(area_id: int) -> tuple[AreaCard, ...]:
    """The areas of the same level that share a border with an area, by position."""
    drawn = places.drawn_areas()
    own = next((one for one in drawn if one.card.id == area_id), None)
    if own is None or own.outline is None:
        return ()
    # Outlines of survey files meet within a few centimetres, not exactly.
    near = own.outline.buffer(1e-5)
    return tuple(
        one.card
        for one in drawn
        if one.card.level == own.card.level
        and one.card.id != area_id
        and one.outline is not None
        and near.intersects(one.outline)
    )


@remembered(*BODIES, most=1)
def spoken_languages() -> tuple[str, ...]:
    """The languages that are spoken at any service, by code."""
    return tuple(sorted({code for card in directory.services() for code in card.languages}))


@remembered(*BODIES, most=1)
def topics() -> tuple[Topic, ...]:
    """The areas of life that there is an entry for, in their order."""
    used = {topic for entry in entries().values() for topic in entry.topics}
    return tuple(topic for topic in Topic if topic in used)


def labels(kind: type[Topic | Target], keys: Iterable[str]) -> list[str]:
    """What areas of life or groups of people are called."""
    return [str(kind(key).label) for key in keys]


def language_name(code: str, language: str) -> str:
    """What a language is called in another one; its code where nobody has a name for it."""
    name = Locale.parse(LANGUAGES[language].formal).languages.get(code.replace("-", "_"))
    return name or code
