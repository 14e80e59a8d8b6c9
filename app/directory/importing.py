"""Services from a file of points: what it holds, what is wrong with it, and what it would change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import shapely
from shapely import MultiPoint, Point

from app.core.texts import Localized
from app.directory import queries, service
from app.directory.domain import KeptService, ServiceEntry
from app.places import queries as places
from app.places.domain import OutsideCity, folded
from app.places.geometry import areas_at
from app.places.reading import Fault, FileRefused, Row, Source

NAMES = ("name", "bezeichnung", "titel", "title")
"""Properties that a name is looked for in, where none is named; upper and lower case are the same."""

NAME_MAX, SLUG_MAX = 200, 40
PLACE_DIGITS = 4
"""A service that moves by less than about ten metres is the same one."""

YES, NO = frozenset({"1", "true", "ja", "yes", "j", "y"}), frozenset({"0", "false", "nein", "no", "n"})


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose services a file holds, and what its properties mean. Of several properties for a name the first filled one.

    ``collection`` stands before the keys: it tells the services of this file from others of the same organisation.
    """

    organisation: str
    collection: str
    topics: tuple[str, ...]
    targets: tuple[str, ...]
    languages: tuple[str, ...]
    description: str = ""
    key: str | None = None
    names: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    url: str | None = None
    opening_hours: str | None = None
    barrier_free: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The services of a file, by key, and the rows that cannot be taken."""

    entries: tuple[ServiceEntry, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. ``kept`` are services that their provider has confirmed: they stay as they are."""

    new: tuple[ServiceEntry, ...]
    changed: tuple[ServiceEntry, ...]
    unchanged: tuple[ServiceEntry, ...]
    kept: tuple[ServiceEntry, ...]
    gone: tuple[KeptService, ...]


def services(source: Source, reading: Reading) -> Found:
    """The services of a file.

    Raises:
        FileRefused: a property that is named does not exist, or the organisation does not.
        NoCity: while no area has an outline.
    """
    if reading.organisation not in queries.organisations():
        raise FileRefused.whole(f"there is no organisation {reading.organisation}")
    reading = replace(reading, names=reading.names or _name_fields(source))
    for field, option in (
        *((name, "--name-property") for name in reading.names),
        *((name, "--address-property") for name in reading.address),
        (reading.key, "--key-property"),
        (reading.url, "--url-property"),
        (reading.opening_hours, "--hours-property"),
        (reading.barrier_free, "--barrier-free-property"),
    ):
        source.need(field, option)
    entries: dict[str, ServiceEntry] = {}
    faults = []
    for row in source.rows:
        try:
            entry = _entry(row, reading)
            if entry.key in entries:
                raise ValueError(f"{row.text(reading.key) or entry.name} stands in several rows")  # noqa: TRY301
            entries[entry.key] = entry
        except ValueError as fault:
            faults.append(Fault(row.number, str(fault)))
    return Found(tuple(entries[key] for key in sorted(entries)), tuple(faults))


def plan(found: Sequence[ServiceEntry], reading: Reading) -> Plan:
    """What would change. Services of the same collection that the file no longer has are gone."""
    organisation = queries.organisations()[reading.organisation]
    before = {
        one.card.key: one
        for one in queries.kept_services([organisation.id])
        if one.card.key.startswith(_before(reading.collection))
    }
    kinds: dict[str, list[ServiceEntry]] = {"new": [], "changed": [], "unchanged": [], "kept": []}
    for entry in found:
        kinds[_change(entry, before.get(entry.key))].append(entry)
    keys = {entry.key for entry in found}
    gone = tuple(one for key, one in before.items() if key not in keys and one.offered)
    return Plan(gone=gone, **{kind: tuple(entries) for kind, entries in kinds.items()})


def carry_out(plan: Plan, *, end_gone: bool) -> None:
    """Write what a plan says. What is gone from the file ends only where that is wanted."""
    for entry in (*plan.new, *plan.changed):
        service.put_service(entry)
        service.resume_service(entry.key)
    if end_gone:
        for one in plan.gone:
            service.end_service(one.card.key)


def _name_fields(source: Source) -> tuple[str, ...]:
    found = tuple(field for wanted in NAMES for field in source.fields if field.casefold() == wanted)
    if not found:
        there = ", ".join(source.fields) or "none"
        raise FileRefused.whole(f"{source.name}: say which property holds the name (--name-property); it has: {there}")
    return found


def _entry(row: Row, reading: Reading) -> ServiceEntry:
    """A service.

    Raises:
        ValueError: with what is wrong.
    """
    name = next((name for field in reading.names if (name := " ".join(row.text(field).split()))), "")
    if not name:
        raise ValueError(f"no name: nothing stands in {', '.join(reading.names)}")
    if len(name) > NAME_MAX:
        raise ValueError(f"the name is longer than {NAME_MAX} characters")
    longitude, latitude = _position(row)
    try:
        areas = areas_at(longitude, latitude)
    except OutsideCity:
        raise ValueError(f"{name} lies outside the city ({longitude:.4f} E, {latitude:.4f} N)") from None
    level = places.city().needs_level
    part = next((area for area in areas if area.level == level), areas[0])
    address = ", ".join(text for field in reading.address if (text := " ".join(row.text(field).split())))
    return ServiceEntry(
        key=_key(row, reading, name, (longitude, latitude)),
        organisation=reading.organisation,
        name=Localized(de=name),
        description=Localized(de=reading.description) if reading.description else Localized(),
        topics=reading.topics,
        targets=reading.targets,
        languages=reading.languages,
        area_id=part.id,
        address=address or None,
        precision="address",
        point=(longitude, latitude),
        opening_hours=row.text(reading.opening_hours) or None,
        barrier_free=_yes_no(row.text(reading.barrier_free)),
        url=_web_address(row.text(reading.url)),
    )


def _position(row: Row) -> tuple[float, float]:
    """Longitude and latitude, to a centimetre."""
    shape = row.shape
    if shape is None or shape.is_empty:
        raise ValueError("no geometry, or one that cannot be read")
    if isinstance(shape, MultiPoint) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if not isinstance(shape, Point):
        many = f"lies at {shapely.get_num_geometries(shape)} points: one is needed"
        other = f"a {shape.geom_type} is no place to go to: points are needed"
        raise ValueError(many if isinstance(shape, MultiPoint) else other)  # noqa: TRY004 - told as a fault of the row
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise ValueError("coordinates that are no place on Earth")
    return round(shape.x, 7), round(shape.y, 7)


def _key(row: Row, reading: Reading, name: str, position: tuple[float, float]) -> str:
    """The same in each file: from the property that holds a key, else from name and place."""
    if reading.key is not None:
        own = row.text(reading.key)
        if not own:
            raise ValueError(f"no value for {reading.key}")
        words = own
    else:
        there = ",".join(f"{degrees:.{PLACE_DIGITS}f}" for degrees in position)
        digest = hashlib.sha256(f"{folded(name)}|{there}".encode()).hexdigest()[:8]
        words = f"{name[:SLUG_MAX]} {digest}"
    return _before(reading.collection) + _slug(words)


def _before(collection: str) -> str:
    """What the keys of a collection begin with. No slug holds a dot, so no collection takes another for its own."""
    return f"{_slug(collection)}."


def _slug(words: str) -> str:
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in words.casefold()).split())


def _yes_no(value: str) -> bool | None:
    word = value.casefold()
    return True if word in YES else False if word in NO else None


def _web_address(value: str) -> str | None:
    if value.startswith("www."):
        return f"https://{value}"
    return value if value.startswith(("https://", "http://")) else None


def _change(entry: ServiceEntry, before: KeptService | None) -> str:
    if before is None:
        return "new"
    if before.card.confirmed_on:
        return "kept"
    return "unchanged" if before.offered and _values(entry) == _values_of(before) else "changed"


def _values(entry: ServiceEntry) -> Mapping[str, object]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def _values_of(before: KeptService) -> Mapping[str, object]:
    card = before.card
    point = None if card.longitude is None or card.latitude is None else (card.longitude, card.latitude)
    return {field.name: point if field.name == "point" else getattr(card, field.name) for field in fields(ServiceEntry)}
