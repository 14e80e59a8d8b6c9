"""The verb that brings a city's folder into the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.city.folder import BrokenCity, Folder, read
from app.city.schema import HistoryPicture
from app.core.database import db
from app.directory import service as directory
from app.directory.domain import OrganisationEntry, ServiceEntry
from app.places import queries as places_queries
from app.places import service as places
from app.plans import editions
from app.plans.document import Edition
from app.plans.history import domain as history
from app.plans.history import service as history_service
from app.routing import domain as routing_domain
from app.routing import queries as routing_queries
from app.routing import sets as routing
from app.routing.proof import STRUCTURAL, Flaw
from app.triage.catalogue import service as catalogue
from app.triage.catalogue.service import LabelEntry, TemplateEntry
from app.workshop.proving import prove_rules, sentence


def load(folder: Path) -> Mapping[str, int]:
    """Read a city's folder, check all of it, and add or bring up to date what it holds, by key.

    Loading the same folder again changes nothing. What the folder does not name stays; so do surveyed outlines,
    whatever an organisation or a provider has confirmed, and rules that the city has put in force since.

    Returns:
        How many entries there are of each sort.

    Raises:
        BrokenCity: for the first fault; then nothing has been written.
    """
    content = read(folder)
    with db.session.begin_nested():
        _put_places(content)
        area_ids = _area_ids(content)
        _put_organisations(content)
        _put_services(content, area_ids)
        editions.bring_in(_edition(content))
        _put_history(content)
        _put_rules(content)
        _put_wordings(content)
    return {
        "areas": len(content.areas) + len(content.groups),
        "plans": len(content.plans),
        "fields": sum(len(plan.fields_) for plan in content.plans),
        "organisations": len(content.organisations),
        "services": len(content.services),
        "measures": len(content.measures),
        "places of history": len(content.history),
        "rules": len(content.rules.rules),
        "labels": len(content.labels),
        "templates": len(content.templates),
    }


def _put_places(content: Folder) -> None:
    facts = content.city.model_dump(mode="json")
    places.put_city(content.city.key, content.city.name, facts)
    above = {level.key: level.parent for level in content.levels}

    def depth(level_key: str | None) -> int:
        """How many levels group this one, directly or not."""
        steps = 0
        while level_key in above and steps < len(above):
            level_key = above[level_key]
            steps += 1
        return steps

    for position, level in enumerate(content.levels, start=1):
        places.put_level(level.key, level.name, position, level.unconfirmed)
    # A group must be there before its members.
    for level in sorted(content.levels, key=lambda level: depth(level.key)):
        for position, group in enumerate((one for one in content.groups if one.level == level.key), start=1):
            _put_area(content, group.level, group.key, position)
        rows = [one for one in content.areas if one.level == level.key]
        for position, area in enumerate(rows, start=1):
            _put_area(content, area.level, area.key, position)
        if rows:
            places.draw_schematic(level.key, {area.key: (area.lon, area.lat) for area in rows})


def _put_area(content: Folder, level: str, key: str, position: int) -> None:
    row = next((one for one in content.areas if (one.level, one.key) == (level, key)), None)
    group = next((one for one in content.groups if (one.level, one.key) == (level, key)), None)
    parent = content.parents.get((level, key))
    name = group.name if group else content.name_of(row) if row else None
    if name is None:
        raise LookupError(key)
    places.put_area(
        level,
        key,
        name,
        position,
        parent_key=parent.key if parent else None,
        parent_level=parent.level if parent else None,
        residents=row.residents if row else None,
        year=row.residents_year if row else None,
    )


def _area_ids(content: Folder) -> Mapping[str, int]:
    return {area.key: area.id for area in places_queries.area_rows(content.city.needs_level)}


def bring_in_plans(folder: Path) -> bool:
    """Publish the plans of a city's folder and nothing else of it; says whether anything changed.

    Raises:
        BrokenCity: for the first fault; then nothing has been written.
    """
    return editions.bring_in(_edition(read(folder)))


def _edition(content: Folder) -> Edition:
    head = {name: getattr(content.edition, name) for name in type(content.edition).model_fields}
    return Edition.model_construct(**head, plans=content.plans, measures=content.measures)


def _put_organisations(content: Folder) -> None:
    for position, one in enumerate(content.organisations, start=1):
        directory.put_organisation(
            OrganisationEntry(
                key=one.key,
                kind=one.kind,
                name=one.name,
                summary=one.summary,
                position=position,
                receives=one.receives,
                counselling=one.counselling,
                url=one.url,
                phone=one.phone,
                email=one.email,
                address=one.address,
                confirmed_on=one.confirmed_on,
                unconfirmed=one.unconfirmed,
            )
        )
    # An office may stand in the file before the one above it.
    for one in content.organisations:
        directory.put_parent(one.key, one.parent)


def _put_services(content: Folder, area_ids: Mapping[str, int]) -> None:
    for one in content.services:
        directory.put_service(
            ServiceEntry(
                key=one.key,
                organisation=one.organisation,
                name=one.name,
                description=one.description,
                topics=tuple(one.topics),
                targets=tuple(one.targets),
                languages=one.languages,
                area_id=area_ids[one.areas[0]],
                address=one.address,
                precision=one.precision,
                point=None if one.lon is None or one.lat is None else (one.lon, one.lat),
                opening_hours=one.opening_hours,
                barrier_free=one.barrier_free,
                evening=one.evening,
                url=one.url,
                confirmed_on=one.confirmed_on,
                example=one.example,
            )
        )


def _put_history(content: Folder) -> None:
    for position, one in enumerate(content.history, start=1):
        told = history.Content(
            name=one.name,
            story=one.story,
            address=one.address,
            area=one.area,
            longitude=one.lon,
            latitude=one.lat,
            sections=tuple(history.Section(title=part.title, text=part.text) for part in one.sections),
            partners=tuple(
                history.Partner(kind=part.kind, organisation=part.organisation, name=part.name, url=part.url)
                for part in one.partners
            ),
            sources=tuple(history.Source(text=part.text, url=part.url) for part in one.sources),
            pictures=tuple(_picture(part, content.pictures[part.file]) for part in one.pictures),
        )
        found = [content.pictures[part.file] for part in one.pictures]
        history_service.put(one.key, position, told, found)


def _picture(entry: HistoryPicture, pixels: history.Pixels) -> history.Picture:
    return history.Picture(
        digest=pixels.digest,
        large=pixels.large_size,
        small=pixels.small_size,
        alt=entry.alt,
        author=entry.author,
        rights=entry.rights,
        rights_url=entry.rights_url,
        source=entry.source,
        caption=entry.caption,
    )


def _put_wordings(content: Folder) -> None:
    for label in content.labels:
        catalogue.put_label(LabelEntry(label.key, label.name))
    for position, one in enumerate(content.templates, start=1):
        kinds = tuple(str(kind) for kind in one.kinds)
        catalogue.put_template(TemplateEntry(one.key, one.name, one.text, kinds, position))


def _put_rules(content: Folder) -> None:
    """Put the folder's rules in force if they are not what it brought last; the city may have gone on from there."""
    last = routing_queries.last_from_folder()
    wanted = (content.rules.fallback, routing_domain.in_order(content.rules.rules))
    if last is not None:
        there = routing_queries.rules_of(last.id)
        if (there.fallback, there.rules) == wanted:
            return
    # On a first start no office has confirmed anything and nobody can read yet: only the rules must be sound.
    proof = prove_rules(content.rules).of(STRUCTURAL)
    # A field that the folder no longer names stays for the sake of its reports, but need not get more of them.
    fields = {one.key for plan in content.plans for one in plan.fields_}
    faults = tuple(fault for fault in proof.faults if fault.flaw is not Flaw.FIELD or fault.about in fields)
    proof = replace(proof, faults=faults)
    try:
        routing.bring_in(content.rules, proof, f"{content.city.key}/routing.yaml")
    except routing.Faulty as error:
        raise BrokenCity("routing.yaml", fault=sentence(error.proof.faults[0])) from None
