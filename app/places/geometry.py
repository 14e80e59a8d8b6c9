"""Where a point lies: an index of all areas in memory.

A reported place is confidential, so it never becomes a parameter of a database query.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Point, STRtree
from shapely.geometry.base import BaseGeometry

from app.core.revisions import remembered
from app.places import queries
from app.places.domain import AreaCard, NoCity, OutsideCity
from app.places.plane import Plane


@dataclass(frozen=True, slots=True)
class Index:
    """All areas in metres, with the line beyond which a point is outside the city."""

    plane: Plane
    cards: tuple[AreaCard, ...]
    shapes: tuple[BaseGeometry, ...]
    tree: STRtree
    outline: BaseGeometry
    limit: BaseGeometry
    chosen_level: str | None

    def at(self, longitude: float, latitude: float) -> tuple[AreaCard, ...]:
        """See ``areas_at``."""
        if not (math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) < 90):  # noqa: PLR2004
            raise OutsideCity("no point on Earth")
        point = self.plane.point(longitude, latitude)
        if not (math.isfinite(point.x) and math.isfinite(point.y) and self.limit.covers(point)):
            raise OutsideCity("beyond the outline and its buffer")
        inside = sorted(int(i) for i in self.tree.query(point, predicate="intersects"))
        found: dict[str, AreaCard] = {}
        for number in inside:
            # On a border shared by two areas of a level the first by position is taken.
            found.setdefault(self.cards[number].level, self.cards[number])
        return tuple(found.values()) or self._nearest(point)

    def _nearest(self, point: Point) -> tuple[AreaCard, ...]:
        """In a gap or in the buffer: the nearest area that residents choose from, and its group."""
        numbers = [n for n, card in enumerate(self.cards) if card.level == self.chosen_level] or range(len(self.cards))
        card = self.cards[min(numbers, key=lambda n: (self.shapes[n].distance(point), n))]
        group = queries.area_by_id(card.parent_id) if card.parent_id is not None else None
        return (card,) if group is None else (card, group)


@remembered("places", most=1)
def index() -> Index:
    """The index of the present areas.

    Raises:
        NoCity: while no area has an outline.
    """
    city = queries.city()
    drawn = [(one.card, one.outline) for one in queries.drawn_areas() if one.outline is not None]
    if not drawn:
        raise NoCity("no area has an outline yet")
    plane = Plane.around([outline for _card, outline in drawn])
    cards = tuple(card for card, _outline in drawn)
    shapes = tuple(plane.to_metres(outline) for _card, outline in drawn)
    outline = shapely.union_all([shapes[n] for n in _outlining(cards, city.needs_level)])
    limit = outline.buffer(city.buffer_metres)
    shapely.prepare(limit)
    return Index(plane, cards, shapes, STRtree(shapes), outline, limit, city.needs_level)


def _outlining(cards: Sequence[AreaCard], chosen_level: str | None) -> Sequence[int]:
    """Which areas make up the city: those residents choose from once surveyed, else all, to be on the safe side."""
    chosen = [n for n, card in enumerate(cards) if card.level == chosen_level]
    if chosen and not any(cards[n].schematic for n in chosen):
        return chosen
    return range(len(cards))


def areas_at(longitude: float, latitude: float) -> tuple[AreaCard, ...]:
    """The area of each level at a point (degrees), by the order of levels.

    Between two areas, or in the buffer around the city: the nearest one that residents choose from, and its group.

    Raises:
        OutsideCity: when the point lies beyond the city's outline and buffer, or is no point at all.
    """
    return index().at(longitude, latitude)


def coarse(area: AreaCard) -> AreaCard | None:
    """The group that an area belongs to; the area itself where it is a group; ``None`` where it belongs to none."""
    if area.level == queries.city().coarse_level:
        return area
    return queries.area_by_id(area.parent_id) if area.parent_id is not None else None


def outline_degrees(buffer_metres: float = 0.0) -> MultiPolygon:
    """The outline of the whole city (degrees), widened by some metres."""
    present = index()
    widened = present.plane.to_degrees(present.outline.buffer(buffer_metres, quad_segs=4))
    return MultiPolygon(list(shapely.get_parts(widened)))


def area_of(area: AreaCard) -> float:
    """The size of an area in square kilometres; 0 without an outline."""
    present = index()
    sizes: dict[int, float] = {card.id: shape.area for card, shape in zip(present.cards, present.shapes, strict=True)}
    return sizes.get(area.id, 0.0) / 1e6
