"""The verbs that write places. They flush and never commit; each says with ``touch`` that content has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.core.database import WGS84, db
from app.core.revisions import touch
from app.core.texts import Localized
from app.places import queries
from app.places.domain import Unknown
from app.places.models import Area, Backdrop, City, Level, Street
from app.places.schematic import cut, joined, tiling

BODY = "places"
"""The name of this room's content among the revisions."""


def put_city(key: str, name: Localized, facts: dict[str, Any]) -> City:
    """Say which city this is; ``facts`` is its ``city.yaml``. There is one city: another one is replaced."""
    for other in queries.city_rows():
        if other.key != key:
            db.session.delete(other)
    city = db.session.get(City, key) or City(key=key, name=name, facts=facts)
    city.name, city.facts = name, facts
    _keep(city)
    return city


def put_level(key: str, name: Localized, position: int, unconfirmed: bool = False) -> Level:  # noqa: FBT001, FBT002
    """Add a level, or change the one with this key. The source of its outlines stays."""
    level = queries.level_row(key) or Level(key=key, name=name, position=position)
    level.name, level.position, level.unconfirmed = name, position, unconfirmed
    _keep(level)
    return level


def put_area(
    level_key: str,
    key: str,
    name: Localized,
    position: int,
    *,
    parent_key: str | None = None,
    parent_level: str | None = None,
    residents: int | None = None,
    year: int | None = None,
) -> Area:
    """Add an area, or change the one with this key on this level. Its outline stays.

    ``parent_key`` is the key of the group it belongs to, on ``parent_level`` (by default the city's coarse level);
    the group must have been put before. ``year`` is the year that ``residents`` were counted in.

    Raises:
        Unknown: when the level or the group does not exist.
    """
    level = _level(level_key)
    parent = None
    if parent_key is not None:
        group_level = parent_level or queries.city().coarse_level
        parent = queries.area_row(group_level, parent_key) if group_level else None
        if parent is None:
            raise Unknown(f"{level_key} {key} names the group {parent_key}, which does not exist on {group_level}")
    area = queries.area_row(level_key, key) or Area(level_id=level.id, key=key, name=name, position=position)
    area.name, area.position, area.parent_id = name, position, parent.id if parent else None
    area.residents, area.residents_year = residents, year
    _keep(area)
    return area


def draw_schematic(level_key: str, centres: Mapping[str, tuple[float, float]]) -> None:
    """Compute outlines for the areas of a level that have no surveyed one, then those of the groups above.

    ``centres`` maps area keys to a rough centre (longitude, latitude in degrees). Surveyed outlines stay; schematic
    ones give way to them. Drawing the same again changes nothing.

    Raises:
        Unknown: when a centre is given for an area that does not exist.
        SchematicError: when the centres cannot be told apart or lie outside the city's extent.
    """
    areas = {area.key: area for area in queries.area_rows(level_key)}
    if unknown := sorted(set(centres) - set(areas)):
        raise Unknown(f"there is no {level_key} with the key {', '.join(unknown)}")
    if any(areas[key].schematic for key in centres):
        cells = tiling(centres, queries.city().extent)
        surveyed = [outline for area in areas.values() if not area.schematic and (outline := queries.outline(area))]
        for key, cell in cells.items():
            if areas[key].schematic:
                _draw(areas[key], cut(cell, surveyed), schematic=True)
    redraw_groups(level_key)


def redraw_groups(level_key: str) -> None:
    """Make the outline of every group with members on this level their union."""
    members: dict[int, list[Area]] = {}
    for area in queries.area_rows(level_key):
        if area.parent_id is not None:
            members.setdefault(area.parent_id, []).append(area)
    for group in queries.rows_by_id(list(members)):
        outlines = [outline for area in members[group.id] if (outline := queries.outline(area)) is not None]
        if outlines:
            _draw(group, joined(outlines), schematic=any(area.schematic for area in members[group.id]))


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An outline for an area: a known one (``area_id``) or a new one."""

    key: str
    name: str
    area_id: int | None
    outline: MultiPolygon


def replace_outlines(level_key: str, found: Sequence[Surveyed], attribution: str | None = None) -> None:
    """Give areas their surveyed outlines, and add the ones that are new.

    Schematic neighbours on the level give way; the groups above become the unions of their members. ``attribution``
    replaces the level's only where it is given.
    """
    level = _level(level_key)
    rows = queries.area_rows(level_key)
    areas = {area.id: area for area in rows}
    position = max((area.position for area in rows), default=0)
    for one in found:
        area = areas.get(one.area_id) if one.area_id is not None else None
        if area is None:
            position += 1
            area = Area(level_id=level.id, key=one.key, name=Localized(de=one.name), position=position)
        _draw(area, one.outline, schematic=False)
    surveyed = [one.outline for one in found]
    for area in rows:
        if area.schematic and (outline := queries.outline(area)) is not None:
            _draw(area, cut(outline, surveyed), schematic=True)
    if attribution is not None:
        level.attribution = attribution
    _keep(level)
    redraw_groups(level_key)


def put_backdrop(key: str, position: int, attribution: str, geojson: bytes) -> Backdrop:
    """Add or replace one layer of the local base map. ``geojson`` is compressed with gzip."""
    layer = db.session.get(Backdrop, key) or Backdrop(key=key)
    layer.position, layer.attribution, layer.geojson = position, attribution, geojson
    _keep(layer)
    return layer


def drop_backdrop(key: str) -> None:
    """Take a layer off the local base map.

    Raises:
        Unknown: when there is no such layer.
    """
    layer = db.session.get(Backdrop, key)
    if layer is None:
        raise Unknown(f"there is no backdrop {key}")
    db.session.delete(layer)
    db.session.flush()
    touch(BODY)


def replace_streets(streets: Sequence[Street]) -> None:
    """Put a new street list in the place of the old one."""
    for old in queries.street_rows():
        db.session.delete(old)
    db.session.flush()
    db.session.add_all(streets)
    db.session.flush()
    touch(BODY)


def _level(key: str) -> Level:
    level = queries.level_row(key)
    if level is None:
        known = ", ".join(card.key for card in queries.levels()) or "none yet"
        raise Unknown(f"there is no level {key}; there are: {known}")
    return level


def _draw(area: Area, outline: BaseGeometry, *, schematic: bool) -> None:
    """Set an outline unless it is there already."""
    shape = MultiPolygon([outline]) if isinstance(outline, Polygon) else outline
    area.schematic = schematic
    old = queries.outline(area)
    if old is None or not old.equals_exact(shape, 1e-9):
        area.outline = from_shape(shape, srid=WGS84)
    _keep(area)


def _keep(row: Area | Backdrop | City | Level) -> None:
    """Flush, and say so only when something really differs: loading the same content twice changes no mark."""
    db.session.add(row)
    if db.session.is_modified(row) or row in db.session.new:
        db.session.flush()
        touch(BODY)
