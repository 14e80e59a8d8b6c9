"""Every read of places. Cards are remembered until content changes; rows are for this room's own verbs."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import shapely
from geoalchemy2.shape import to_shape
from shapely import MultiPolygon
from sqlalchemy import select

from app.core.database import db
from app.core.revisions import remembered
from app.places.domain import AreaCard, BackdropCard, CityCard, LevelCard, NoCity, StreetCard, folded
from app.places.models import Area, Backdrop, City, Level, Street


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area together with its outline (degrees)."""

    card: AreaCard
    outline: MultiPolygon | None


@remembered("places", most=1)
def city() -> CityCard:
    """The city.

    Raises:
        NoCity: while no content is loaded.
    """
    row = db.session.scalars(select(City).order_by(City.key)).first()
    if row is None:
        raise NoCity("no city is loaded")
    return CityCard(row.key, row.name, MappingProxyType(dict(row.facts)))


@remembered("places", most=1)
def levels() -> tuple[LevelCard, ...]:
    """The levels, in their order."""
    rows = db.session.scalars(select(Level).order_by(Level.position, Level.key))
    return tuple(LevelCard(row.id, row.key, row.name, row.position, row.unconfirmed, row.attribution) for row in rows)


def level(key: str) -> LevelCard | None:
    """A level by its key."""
    return next((card for card in levels() if card.key == key), None)


@remembered("places", most=1)
def drawn_areas() -> tuple[Drawn, ...]:
    """Every area with its outline, by level and position: once a revision, everything else is read from here."""
    rows = db.session.execute(
        select(
            Area.id, Level.key, Area.key, Area.name, Area.parent_id, Area.residents, Area.residents_year,
            Area.schematic, Area.position, Area.outline,
        )
        .join(Level, Level.id == Area.level_id)
        .order_by(Level.position, Level.key, Area.position, Area.key)
    )  # fmt: skip
    drawn = []
    for *fields, element in rows:
        shape = None if element is None else to_shape(element)
        drawn.append(Drawn(AreaCard(*fields, *_point_inside(shape)), shape))
    return tuple(drawn)


def _point_inside(shape: MultiPolygon | None) -> tuple[float, float] | tuple[None, None]:
    """Longitude and latitude of the place farthest from the border, rounded to about a metre."""
    if shape is None or shape.is_empty:
        return (None, None)
    deepest = shapely.maximum_inscribed_circle(shape, tolerance=1e-4)
    longitude, latitude = shapely.get_coordinates(deepest)[0]
    return (round(float(longitude), 5), round(float(latitude), 5))


@remembered("places")
def areas(level_key: str) -> tuple[AreaCard, ...]:
    """The areas of a level by position; none for a level that does not exist."""
    return tuple(one.card for one in drawn_areas() if one.card.level == level_key)


@remembered("places", most=1)
def _areas_by_id() -> dict[int, AreaCard]:
    return {one.card.id: one.card for one in drawn_areas()}


@remembered("places", most=1)
def _areas_by_key() -> dict[tuple[str, str], AreaCard]:
    return {(one.card.level, one.card.key): one.card for one in drawn_areas()}


def area_by_id(area_id: int) -> AreaCard | None:
    """An area by its id."""
    return _areas_by_id().get(area_id)


def area_by_key(level_key: str, key: str) -> AreaCard | None:
    """An area by its level and its official key."""
    return _areas_by_key().get((level_key, key))


@remembered("places", most=1)
def _search_index() -> tuple[tuple[str, ...], tuple[AreaCard, ...]]:
    cards = _areas_by_id().values()
    return tuple(" ".join({folded(name) for name in card.name.values()}) for card in cards), tuple(cards)


def found_areas(text: str, limit: int = 10) -> tuple[AreaCard, ...]:
    """Areas whose name, in any language, contains a text; those that start with it first.

    Of several levels' areas with the same name, the first level's.
    """
    wanted = folded(text)
    if not wanted:
        return ()
    hits: dict[str, tuple[bool, AreaCard]] = {}
    for names, card in zip(*_search_index(), strict=True):
        if wanted in names:
            later = not any(name.startswith(wanted) for name in names.split())
            hits.setdefault(folded(str(card.name)), (later, card))
    return tuple(card for _later, card in sorted(hits.values(), key=lambda hit: hit[0])[:limit])


@remembered("places", most=1)
def all_streets() -> tuple[StreetCard, ...]:
    """The street list by name."""
    rows = db.session.execute(
        select(Street.id, Street.name, Street.folded, Street.area_id, Street.longitude, Street.latitude).order_by(
            Street.name, Street.id
        )
    )
    return tuple(StreetCard(*row) for row in rows)


def streets(text: str, limit: int = 10) -> tuple[StreetCard, ...]:
    """Streets whose name contains a text; those that start with it first. Searched in memory, never in the database."""
    wanted = folded(text)
    if not wanted:
        return ()
    hits = [street for street in all_streets() if wanted in street.folded]
    hits.sort(key=lambda street: not street.folded.startswith(wanted))
    return tuple(hits[:limit])


def street_by_id(street_id: int) -> StreetCard | None:
    """A street by its id."""
    return next((street for street in all_streets() if street.id == street_id), None)


@remembered("places", most=1)
def backdrops() -> tuple[BackdropCard, ...]:
    """The layers of the local base map, from the bottom up."""
    rows = db.session.execute(
        select(Backdrop.key, Backdrop.position, Backdrop.attribution).order_by(Backdrop.position, Backdrop.key)
    )
    return tuple(BackdropCard(*row) for row in rows)


@remembered("places")
def _layer_geojson(key: str) -> bytes | None:
    packed = db.session.scalar(select(Backdrop.geojson).where(Backdrop.key == key))
    return None if packed is None else gzip.decompress(packed)


def backdrop_geojson(key: str) -> bytes | None:
    """A layer of the local base map as GeoJSON; ``None`` for one that does not exist."""
    # Whatever stands in an address comes here: only what is known goes on to the database, and is kept.
    return _layer_geojson(key) if any(card.key == key for card in backdrops()) else None


def city_rows() -> Sequence[City]:
    """The rows of cities; there should be one."""
    return db.session.scalars(select(City).order_by(City.key)).all()


def level_row(key: str) -> Level | None:
    """A level to change."""
    return db.session.scalar(select(Level).where(Level.key == key))


def area_row(level_key: str, key: str) -> Area | None:
    """An area to change."""
    return db.session.scalar(select(Area).join(Level).where(Level.key == level_key, Area.key == key))


def area_rows(level_key: str) -> Sequence[Area]:
    """The areas of a level to change, by position."""
    return db.session.scalars(
        select(Area).join(Level).where(Level.key == level_key).order_by(Area.position, Area.key)
    ).all()


def rows_by_id(ids: Sequence[int]) -> Sequence[Area]:
    """Areas to change, by position."""
    return db.session.scalars(select(Area).where(Area.id.in_(ids)).order_by(Area.position, Area.key)).all()


def is_grouping(level_key: str) -> bool:
    """Whether areas of a level have members on another: then their outlines are the unions of these."""
    ids = select(Area.id).join(Level).where(Level.key == level_key)
    return db.session.scalar(select(Area.id).where(Area.parent_id.in_(ids)).order_by(Area.id).limit(1)) is not None


def outline(area: Area) -> MultiPolygon | None:
    """The outline of a row as a shape (degrees)."""
    return None if area.outline is None else to_shape(area.outline)


def street_rows() -> Sequence[Street]:
    """The street list to change."""
    return db.session.scalars(select(Street).order_by(Street.id)).all()
