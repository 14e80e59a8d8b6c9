"""A snapshot as bytes and back: JSON in one form only, so that the same content always has the same hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, fields
from datetime import UTC, date, datetime
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any

from app.core.texts import Localized
from app.needs.domain import Key, Period, Published
from app.needs.snapshot.domain import Basis, Cell, Effort, Indicator, Level, Part, Place, Snapshot, Supplied

_first = itemgetter(0)
_supplied, _effort = (attrgetter(*(field.name for field in fields(kind))) for kind in (Supplied, Effort))

FORM = 1
"""Of this form. A later one reads the earlier ones."""


def written(snapshot: Snapshot) -> bytes:
    """The content in its one form: keys in order, no blanks, UTF-8. Id, hash and moment are no part of it."""
    content = {
        "form": FORM,
        "on": snapshot.on.isoformat(),
        "city": snapshot.city,
        "edition": snapshot.edition,
        "version": snapshot.version,
        "threshold": snapshot.threshold,
        "basis": snapshot.basis,
        "basis_source": snapshot.basis_source,
        "basis_on": _day(snapshot.basis_on),
        "levels": [list(astuple(level)) for level in snapshot.levels],
        "places": [list(astuple(place)) for place in snapshot.places],
        "supply": [[*cell, *_supplied(one)] for cell, one in sorted(snapshot.supply.items(), key=_first)],
        "efforts": [[*cell, *_effort(one)] for cell, one in sorted(snapshot.efforts.items(), key=_first)],
        "languages": [[*area, dict(spoken)] for area, spoken in sorted(snapshot.languages.items())],
        "indicators": [
            [one.key, one.name, one.unit, one.source, one.on.isoformat(), one.level, dict(one.values)]
            for one in snapshot.indicators
        ],
        "years": [_year(published) for published in snapshot.years.values()],
        "editions": dict(snapshot.editions),
        "organisations": dict(snapshot.organisations),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def hash_of(content: bytes) -> str:
    """SHA-256, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read(content: bytes, identity: int, made_at: datetime) -> Snapshot:
    """The snapshot that was written."""
    found: dict[str, Any] = json.loads(content)
    return Snapshot(
        id=identity,
        hash=hash_of(content),
        made_at=made_at,
        on=date.fromisoformat(found["on"]),
        city=found["city"],
        edition=found["edition"],
        version=found["version"],
        threshold=found["threshold"],
        basis=Basis(found["basis"]),
        basis_source=found["basis_source"],
        basis_on=date.fromisoformat(found["basis_on"]) if found["basis_on"] else None,
        levels=tuple(Level(key, Localized(name), Part(part), *more) for key, name, part, *more in found["levels"]),
        places=tuple(Place(level, key, Localized(name), *more) for level, key, name, *more in found["places"]),
        supply=MappingProxyType({_cell(row): Supplied(*row[4:]) for row in found["supply"]}),
        efforts=MappingProxyType({_cell(row): Effort(*row[4:]) for row in found["efforts"]}),
        languages=MappingProxyType({(level, key): spoken for level, key, spoken in found["languages"]}),
        indicators=tuple(
            Indicator(key, Localized(name), Localized(unit), source, date.fromisoformat(on), level, values)
            for key, name, unit, source, on, level, values in found["indicators"]
        ),
        years=MappingProxyType({year["year"]: _published(year) for year in found["years"]}),
        editions=MappingProxyType(found["editions"]),
        organisations=MappingProxyType({key: Localized(name) for key, name in found["organisations"].items()}),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _cell(row: list[Any]) -> Cell:
    return row[0], row[1], row[2], row[3]


def _year(published: Published) -> Mapping[str, object]:
    return {
        "year": published.year,
        "threshold": published.threshold,
        "periods": [period.name for period in published.periods],
        "cells": sorted([*key, value] for key, value in published.cells.items()),
        "published_at": published.published_at.astimezone(UTC).isoformat(),
    }


def _published(year: dict[str, Any]) -> Published:
    return Published(
        year["year"],
        year["threshold"],
        tuple(Period.named(name) for name in year["periods"]),
        MappingProxyType({Key(*row[:4]): row[4] for row in year["cells"]}),
        datetime.fromisoformat(year["published_at"]),
    )
