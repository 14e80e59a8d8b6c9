"""A small city of the tests' own, written as a folder: two parts of town, one plan, one office, one service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("de", "en", "uk")


def text(words: str) -> dict[str, str]:
    """A text in every language of the city."""
    return {code: f"{words} ({code})" for code in LANGUAGES}


def files() -> dict[str, Any]:
    """What stands in the files, by file; ``areas.csv`` as text."""
    return {
        "city.yaml": {
            "key": "kleinstadt",
            "name": text("Kleinstadt"),
            "official_key": "00000000",
            "timezone": "Europe/Berlin",
            "centre": {"lat": 52.05, "lon": 13.05},
            "extent": {"west": 13.0, "south": 52.0, "east": 13.1, "north": 52.1},
            "outside_buffer_m": 300,
            "languages": list(LANGUAGES),
            "needs_level": "viertel",
            "coarse_level": "haelfte",
            "population_source": text("Einwohner"),
            "strategy": text("Strategie"),
            "emergency": {"number": "112"},
        },
        "areas.csv": (
            "level;key;name;lat;lon;residents;residents_year\n"
            "viertel;a;Altes Viertel;52.03;13.03;1200;2024\n"
            "viertel;b;Neues Viertel;52.07;13.07;;\n"
        ),
        "areas.yaml": {
            "levels": [
                {"key": "viertel", "name": text("Viertel"), "parent": "haelfte"},
                {"key": "haelfte", "name": text("Hälfte"), "parent": "city"},
            ],
            "groups": [{"key": "sued", "level": "haelfte", "name": text("Süd"), "members": ["a"]}],
        },
        "edition.yaml": {"key": "2024", "name": text("Plan 2024"), "from": 2024, "to": 2027, "source": text("Rat")},
        "plans.yaml": [
            {
                "key": "teilhabe",
                "name": text("Teilhabeplan"),
                "short": text("Teilhabe"),
                "summary": text("Alle machen mit"),
                "since": 2020,
                "updated": None,
                "source": text("Rat"),
                "shape": "square",
                "fields": [{"key": "wohnen", "name": text("Wohnen"), "summary": text("Ein Dach")}],
            }
        ],
        "organisations.yaml": [
            organisation("sozialamt", "office", parent="rathaus", receives=True),
            organisation("rathaus", "office"),
            organisation("verein", "independent", counselling=True),
        ],
        "services.yaml": [
            {
                "key": "wohnrat",
                "organisation": "verein",
                "name": text("Wohnrat"),
                "description": text("Rat zum Wohnen"),
                "topics": ["housing"],
                "targets": ["families"],
                "languages": ["de", "uk"],
                "areas": ["a"],
                "address": None,
                "lat": 52.031,
                "lon": 13.031,
                "precision": "area",
                "barrier_free": None,
                "evening": None,
                "url": None,
                "confirmed_on": None,
                "example": False,
            }
        ],
        "measures.yaml": [
            {
                "key": "mietlotse",
                "name": text("Mietlotse"),
                "summary": text("Hilft beim Mieten"),
                "example": True,
                "state": "planned",
                "plans": ["teilhabe"],
                "fields": ["wohnen"],
                "topics": ["housing"],
                "targets": ["everyone"],
                "areas": ["a", "b"],
                "office": "sozialamt",
                "from": 2025,
                "to": None,
                "source": None,
            }
        ],
        "routing.yaml": {
            "version": "1",
            "fallback": "sozialamt",
            "rules": [
                {
                    "key": "wohnen",
                    "priority": 10,
                    "when": {"kind": ["gap"], "area": ["haelfte:sued"]},
                    "then": {"office": "sozialamt", "plan": "teilhabe", "field": "wohnen", "measures": ["mietlotse"]},
                    "because": text("Weil es um Wohnen geht"),
                }
            ],
        },
    }


def organisation(key: str, kind: str, **changes: Any) -> dict[str, Any]:
    """An entry of ``organisations.yaml``."""
    values: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "name": text(key),
        "parent": None,
        "receives": False,
        "summary": text("Zuständig"),
        "url": None,
        "phone": None,
        "email": None,
        "address": None,
        "confirmed_on": None,
        "counselling": False,
        "unconfirmed": [],
    }
    return values | changes


def write(folder: Path, change: Callable[[dict[str, Any]], object] | None = None) -> Path:
    """Write the folder, after a change to what stands in it."""
    content = files()
    if change is not None:
        change(content)
    folder.mkdir(exist_ok=True)
    for name, held in content.items():
        said = held if isinstance(held, str) else yaml.safe_dump(held, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(said, encoding="utf-8")
    return folder
