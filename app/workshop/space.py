"""Everything that a report can say, as far as rules may ask about it."""

from __future__ import annotations

from app.core.codes import Form as FormOfDiscrimination
from app.core.codes import Ground, Kind, Target, Topic
from app.directory import queries as directory
from app.places import queries as places
from app.reports.flow import EXPERIENCES, offered_wishes
from app.reports.service import area_names
from app.routing.partition import Choice, Space


def space() -> Space:
    """What the form asks for each kind, in the city and with the organisations as they are now.

    A report on a service or a measure takes topics and target groups from there, so these can come with any kind that
    is not an experience.
    """
    areas = _areas()
    return Space(
        {kind: _facts(kind) | {"area": areas} for kind in Kind},
        tuple(directory.organisations()),
    )


def _facts(kind: Kind) -> dict[str, Choice]:
    facts = {"topic": Choice.one(Topic), "wish": Choice.one(offered_wishes(kind))}
    if kind in EXPERIENCES:
        return facts | {"grounds": Choice.some(Ground), "form": Choice.some(FormOfDiscrimination)}
    return facts | {"target": Choice.some(Target)}


def _areas() -> Choice:
    """Each area of the finest level, alone and with each area of a level that it does not nest in."""
    finest = str(places.city().facts["needs_level"])
    found = [area_names(area) for area in places.areas(finest)]
    nested = frozenset().union(*found)
    others = {f"{level.key}:{area.key}" for level in places.levels() for area in places.areas(level.key)} - nested
    return Choice((*found, *(names | {other} for other in sorted(others) for names in found)))
