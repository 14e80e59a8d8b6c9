"""Reads a city's folder and looks for every fault before anything is stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from app.city import schema
from app.core import pictures
from app.core.texts import Localized
from app.plans.history.domain import NoPicture, Pixels
from app.plans.history.service import made_anew
from app.routing import domain as routing

E = TypeVar("E", bound=schema.Entry)

PICTURES = "pictures"
"""The folder of the pictures that entries name."""

AREA_COLUMNS = ("level", "key", "name", "lat", "lon", "residents", "residents_year")


class BrokenCity(Exception):  # noqa: N818
    """A folder that cannot be used: one line that names the file, the entry, the field and what is wrong."""

    def __init__(self, file: str, *path: object, fault: str) -> None:
        """Name the place from the outside in; parts that are None are left out."""
        super().__init__(": ".join([file, *(str(part) for part in path if part), " ".join(fault.split())]))


@dataclass(frozen=True, slots=True)
class Folder:
    """The content of a city, checked. ``parents`` maps (level, key) of an area to the group that it belongs to.

    ``pictures`` are the pictures that entries name, made anew, by the name of their file.
    """

    city: schema.City
    levels: tuple[schema.Level, ...]
    groups: tuple[schema.Group, ...]
    areas: tuple[schema.Area, ...]
    edition: schema.Head
    plans: tuple[schema.Plan, ...]
    organisations: tuple[schema.Organisation, ...]
    services: tuple[schema.Service, ...]
    measures: tuple[schema.Measure, ...]
    history: tuple[schema.HistoryPlace, ...]
    rules: routing.Rules
    labels: tuple[schema.Label, ...] = ()
    templates: tuple[schema.ReplyTemplate, ...] = ()
    parents: Mapping[tuple[str, str], schema.Group] = field(default_factory=dict)
    pictures: Mapping[str, Pixels] = field(default_factory=dict)

    def name_of(self, area: schema.Area) -> Localized:
        """An area's name: a proper name, so it is said to be in the city's own language only."""
        own = self.city.languages[0].split("-")[0]
        return Localized({code: area.name for code in self.city.languages if code.split("-")[0] == own})


def read(folder: Path) -> Folder:
    """Read and check a folder.

    Raises:
        BrokenCity: for the first fault.
    """
    raw = _yaml(folder, "city.yaml", dict)
    named = raw.get("languages")
    context = {"languages": named if isinstance(named, list) else ()}
    city = _entry("city.yaml", None, schema.City, raw, context)
    grouping = _entry("areas.yaml", None, schema.Areas, _yaml(folder, "areas.yaml", dict), context)
    raw_routing = dict(_yaml(folder, "routing.yaml", dict))
    raw_rules = raw_routing.pop("rules", [])
    rules = _entries("routing.yaml", schema.Rule, raw_rules, context)
    content = Folder(
        city=city,
        levels=grouping.levels,
        groups=grouping.groups,
        areas=tuple(_areas(folder)),
        edition=_entry("edition.yaml", None, schema.Head, _yaml(folder, "edition.yaml", dict), context),
        plans=_entries("plans.yaml", schema.Plan, _yaml(folder, "plans.yaml", list), context),
        organisations=_entries(
            "organisations.yaml", schema.Organisation, _yaml(folder, "organisations.yaml", list), context
        ),
        services=_entries("services.yaml", schema.Service, _yaml(folder, "services.yaml", list), context),
        measures=_entries("measures.yaml", schema.Measure, _yaml(folder, "measures.yaml", list), context),
        history=_entries(
            "history.yaml", schema.HistoryPlace, _yaml(folder, "history.yaml", list, optional=True), context
        ),
        rules=_rules(_entry("routing.yaml", None, schema.Routing, raw_routing, context), rules),
        labels=_entries("labels.yaml", schema.Label, _yaml(folder, "labels.yaml", list, optional=True), context),
        templates=_entries(
            "templates.yaml", schema.ReplyTemplate, _yaml(folder, "templates.yaml", list, optional=True), context
        ),
        parents=_parents(grouping),
    )
    content = replace(content, pictures=_pictures(folder, content.history))
    _check_levels(content)
    _check_areas(content)
    _check_plans(content)
    _check_edition(content)
    _check_organisations(content)
    _check_services(content)
    _check_measures(content)
    _check_history(content)
    _check_rules(content)
    return content


# Reading -------------------------------------------------------------------------------------------------------------


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key that stands twice is a fault, not a silent replacement."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """A mapping whose keys differ."""
        for key, _value in node.value:
            # "on" is a name here, although YAML takes it for a truth.
            if key.tag == "tag:yaml.org,2002:bool":
                key.tag = "tag:yaml.org,2002:str"
        keys = [key.value for key, _value in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", node.start_mark)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


def _text(folder: Path, file: str) -> str:
    try:
        return (folder / file).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BrokenCity(file, fault="is missing") from None
    except (OSError, UnicodeDecodeError):
        raise BrokenCity(file, fault="cannot be read as a UTF-8 text") from None


def _yaml(folder: Path, file: str, kind: type, *, optional: bool = False) -> Any:  # noqa: ANN401
    if optional and not (folder / file).exists():
        return kind()
    try:
        content = yaml.load(_text(folder, file), Loader=_Loader)  # noqa: S506 – derived from the safe loader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else None
        raise BrokenCity(file, line, fault=error.problem or "is no YAML") from None
    except yaml.YAMLError:
        raise BrokenCity(file, fault="is no YAML") from None
    if content is None:
        content = kind()
    if not isinstance(content, kind):
        raise BrokenCity(file, fault="must hold a list" if kind is list else "must hold names and values")
    return content


def _entry(file: str, label: str | None, kind: type[E], raw: object, context: Mapping[str, Any]) -> E:
    try:
        return kind.model_validate(raw, context=dict(context))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BrokenCity(file, label, where, fault=first["msg"].removeprefix("Value error, ")) from None


def _entries(file: str, kind: type[E], raw: object, context: Mapping[str, Any]) -> tuple[E, ...]:
    if not isinstance(raw, list):
        raise BrokenCity(file, fault="must hold a list")
    entries = []
    for number, one in enumerate(raw, start=1):
        key = one.get("key") if isinstance(one, dict) else None
        entries.append(_entry(file, str(key) if key else f"entry {number}", kind, one, context))
    _distinct(file, [entry.key for entry in entries])  # type: ignore[attr-defined]
    return tuple(entries)


def _areas(folder: Path) -> Iterable[schema.Area]:
    rows = csv.DictReader(io.StringIO(_text(folder, "areas.csv")), delimiter=";", restkey="more")
    if tuple(rows.fieldnames or ()) != AREA_COLUMNS:
        raise BrokenCity("areas.csv", "line 1", fault=f"must be {';'.join(AREA_COLUMNS)}")
    for row in rows:
        filled = {name: value or None for name, value in row.items()}
        yield _entry("areas.csv", f"line {rows.line_num}", schema.Area, filled, {})


def _parents(grouping: schema.Areas) -> dict[tuple[str, str], schema.Group]:
    below: dict[str, list[str]] = {}
    for level in grouping.levels:
        if level.parent is not None:
            below.setdefault(level.parent, []).append(level.key)
    parents: dict[tuple[str, str], schema.Group] = {}
    for group in grouping.groups:
        for level_key in below.get(group.level, ()):
            for member in group.members:
                if (level_key, member) in parents:
                    fault = f"{member} belongs to {parents[level_key, member].key} already"
                    raise BrokenCity("areas.yaml", group.key, "members", fault=fault)
                parents[level_key, member] = group
    return parents


def _rules(head: schema.Routing, rules: Sequence[schema.Rule]) -> routing.Rules:
    return routing.Rules(
        head.version,
        head.fallback,
        tuple(
            routing.Rule(
                key=rule.key,
                priority=rule.priority,
                conditions={
                    fact: frozenset(str(value) for value in values) for fact, values in rule.when if values is not None
                },
                office=rule.then.office,
                plan=rule.then.plan,
                field=rule.then.field,
                measures=rule.then.measures,
                because=rule.because,
                valid_from=rule.valid_from,
                valid_until=rule.valid_until,
            )
            for rule in rules
        ),
    )


def _pictures(folder: Path, places: Iterable[schema.HistoryPlace]) -> dict[str, Pixels]:
    found: dict[str, Pixels] = {}
    for place in places:
        for one in place.pictures:
            file = f"{PICTURES}/{one.file}"
            try:
                found[one.file] = made_anew((folder / file).read_bytes())
            except OSError:
                raise BrokenCity("history.yaml", place.key, "pictures", fault=f"there is no file {file}") from None
            except NoPicture:
                raise BrokenCity(file, fault="is neither JPEG, PNG, WebP nor GIF") from None
            except pictures.TooManyPixels:
                raise BrokenCity(file, fault=f"has more than {pictures.PIXELS_MAX} pixels") from None
            except pictures.Unreadable:
                raise BrokenCity(file, fault="is damaged and cannot be read") from None
    return found


# Checking ------------------------------------------------------------------------------------------------------------


def _distinct(file: str, keys: Sequence[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise BrokenCity(file, key, fault="the key is used twice")
        seen.add(key)


def _known(file: str, entry: str, name: str, wanted: Iterable[str], there: Collection[str], what: str) -> None:
    for key in wanted:
        if key not in there:
            raise BrokenCity(file, entry, name, fault=f"there is no {what} {key!r}")


def _check_levels(content: Folder) -> None:
    levels = [level.key for level in content.levels]
    _distinct("areas.yaml", levels)
    for level in content.levels:
        _known("areas.yaml", level.key, "parent", [level.parent] if level.parent else [], [*levels, "city"], "level")
    for level_name in ("needs_level", "coarse_level"):
        if getattr(content.city, level_name) not in levels:
            raise BrokenCity("city.yaml", level_name, fault="areas.yaml has no such level")
    for group in content.groups:
        _known("areas.yaml", group.key, "level", [group.level], levels, "level")


def _check_areas(content: Folder) -> None:
    levels = [level.key for level in content.levels]
    seen: set[tuple[str, str]] = {(group.level, group.key) for group in content.groups}
    if len(seen) < len(content.groups):
        raise BrokenCity("areas.yaml", "groups", fault="two groups of a level have the same key")
    for area in content.areas:
        _known("areas.csv", area.key, "level", [area.level], levels, "level")
        if (area.level, area.key) in seen:
            raise BrokenCity("areas.csv", area.key, fault="the key is used twice")
        seen.add((area.level, area.key))
        _check_position(content, "areas.csv", area.key, area.lon, area.lat)
    for (level_key, member), group in content.parents.items():
        if (level_key, member) not in seen:
            raise BrokenCity("areas.yaml", group.key, "members", fault=f"there is no area {member!r}")
    if not any(area.level == content.city.needs_level for area in content.areas):
        raise BrokenCity("areas.csv", fault=f"has no area of the level {content.city.needs_level!r}")


def _check_position(content: Folder, file: str, key: str, longitude: float | None, latitude: float | None) -> None:
    if longitude is not None and latitude is not None and not content.city.extent.holds(longitude, latitude):
        raise BrokenCity(file, key, "lat, lon", fault="lies outside the extent in city.yaml")


def _check_plans(content: Folder) -> None:
    _distinct("plans.yaml", [one.key for plan in content.plans for one in plan.fields_])
    if not content.plans:
        raise BrokenCity("plans.yaml", fault="holds no plan")


def _check_edition(content: Folder) -> None:
    fields = [one.key for plan in content.plans for one in plan.fields_]
    _distinct("edition.yaml", [goal.key for goal in content.edition.goals])
    for goal in content.edition.goals:
        _known("edition.yaml", goal.key, "fields", goal.fields_, fields, "field")


def _check_organisations(content: Folder) -> None:
    parent = {one.key: one.parent for one in content.organisations if one.kind == "office"}
    for key, above in parent.items():
        _known("organisations.yaml", key, "parent", [above] if above else [], parent, "office")
    for key in parent:
        line = [key]
        while (above := parent[line[-1]]) is not None:
            if above in line:
                raise BrokenCity("organisations.yaml", key, "parent", fault="the line upwards comes back to itself")
            line.append(above)


def _own_areas(content: Folder) -> set[str]:
    return {area.key for area in content.areas if area.level == content.city.needs_level}


def _check_services(content: Folder) -> None:
    organisations = {one.key for one in content.organisations}
    areas = _own_areas(content)
    for one in content.services:
        _known("services.yaml", one.key, "organisation", [one.organisation], organisations, "organisation")
        _known("services.yaml", one.key, "areas", one.areas, areas, "area")
        _check_position(content, "services.yaml", one.key, one.lon, one.lat)


def _check_measures(content: Folder) -> None:
    plan_of = {one.key: plan.key for plan in content.plans for one in plan.fields_}
    plans = [plan.key for plan in content.plans]
    goals = [goal.key for goal in content.edition.goals]
    organisations = {one.key for one in content.organisations}
    areas = _own_areas(content)
    for one in content.measures:
        _known("measures.yaml", one.key, "plans", one.plans, plans, "plan")
        _known("measures.yaml", one.key, "fields", one.fields_, plan_of, "field")
        for key in one.fields_:
            if plan_of[key] not in one.plans:
                fault = f"{key!r} belongs to the plan {plan_of[key]!r}, which is not among the plans"
                raise BrokenCity("measures.yaml", one.key, "fields", fault=fault)
        _known("measures.yaml", one.key, "office", [one.office] if one.office else [], organisations, "organisation")
        _known("measures.yaml", one.key, "partners", one.partners, organisations, "organisation")
        _known("measures.yaml", one.key, "goals", one.goals, goals, "goal")
        _known("measures.yaml", one.key, "areas", one.areas, areas, "area")


def _check_history(content: Folder) -> None:
    organisations = {one.key for one in content.organisations}
    areas = _own_areas(content)
    for one in content.history:
        _known("history.yaml", one.key, "area", [one.area] if one.area else [], areas, "area")
        named = [partner.organisation for partner in one.partners if partner.organisation]
        _known("history.yaml", one.key, "partners", named, organisations, "organisation")
        _check_position(content, "history.yaml", one.key, one.lon, one.lat)


def _check_rules(content: Folder) -> None:
    named = {(area.level, area.key) for area in content.areas} | {(group.level, group.key) for group in content.groups}
    areas = {f"{level}:{key}" for level, key in named}
    areas |= {key for level, key in named if level == content.city.needs_level}
    known = routing.Known(
        offices=frozenset(one.key for one in content.organisations if one.kind == "office"),
        areas=frozenset(areas),
        fields={one.key: plan.key for plan in content.plans for one in plan.fields_},
        measures=frozenset(one.key for one in content.measures),
    )
    try:
        routing.checked(content.rules, known)
    except routing.BrokenRules as error:
        raise BrokenCity("routing.yaml", fault=str(error)) from None
