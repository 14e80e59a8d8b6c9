"""Where an entry is: its areas, and the map on its page."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.languages import language
from app.places import queries as places
from app.places.domain import AreaCard
from app.places.maps import MapKind, MapParts, base_map
from app.site import mapdata
from app.site.domain import Entry


def areas_of(entry: Entry) -> list[AreaCard]:
    """The parts of town that an entry lies in."""
    return [card for area_id in entry.area_ids if (card := places.area_by_id(area_id)) is not None]


def place_map(entry: Entry) -> MapParts | None:
    """Where an entry is; None where it has no place."""
    if not entry.places:
        return None
    area = places.area_by_id(entry.area_ids[0]) if len(entry.area_ids) == 1 else None
    return base_map(
        MapKind.PLACE,
        _("Map: %(name)s", name=entry.name.shown(language().code).text),
        name="place",
        points=(mapdata.one_layer(entry),),
        focus=entry.places[0] if len(entry.places) == 1 else None,
        chosen=area.key if area and area.level == places.city().needs_level else None,
    )
