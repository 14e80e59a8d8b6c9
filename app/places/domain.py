"""Values of the map: what other rooms get to see of areas, streets and the city. Nothing here reads or writes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.texts import Localized


class PlaceError(Exception):
    """Base of this room's refusals. ``str()`` is a plain English sentence for operators, not for pages."""


class NoCity(PlaceError):  # noqa: N818
    """No content of any city has been loaded yet."""


class OutsideCity(PlaceError):  # noqa: N818
    """A point lies beyond the city's outline and its buffer. It must be told so, and not be stored."""


class Unknown(PlaceError):  # noqa: N818
    """A level or an area that does not exist was named."""


STATES: Mapping[str, str] = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW",
    "09": "BY", "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip
"""The federal states (ISO 3166-2 without ``DE-``) by the digits that the official key of a municipality begins with."""


@dataclass(frozen=True, slots=True)
class CityCard:
    """The city as a whole; ``facts`` is its ``city.yaml``."""

    key: str
    name: Localized
    facts: Mapping[str, Any]

    @property
    def centre(self) -> tuple[float, float] | None:
        """Longitude and latitude of the middle, where the content names one."""
        centre = self.facts.get("centre")
        return (float(centre["lon"]), float(centre["lat"])) if centre else None

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees, where the content names them."""
        extent = self.facts.get("extent")
        if not extent:
            return None
        return (float(extent["west"]), float(extent["south"]), float(extent["east"]), float(extent["north"]))

    @property
    def buffer_metres(self) -> float:
        """How far beyond the outline a point still counts as inside the city."""
        return float(self.facts.get("outside_buffer_m", 0))

    @property
    def needs_level(self) -> str | None:
        """The level that residents choose from and that the district needs are told by."""
        level = self.facts.get("needs_level")
        return str(level) if level else None

    @property
    def coarse_level(self) -> str | None:
        """The level of the groups: all that a report of discrimination keeps of its place in the clear."""
        level = self.facts.get("coarse_level")
        return str(level) if level else None

    @property
    def subdivision(self) -> str | None:
        """The federal state, such as ``TH``, by the first two digits of the official key; None for one unknown."""
        return STATES.get(str(self.facts.get("official_key", ""))[:2])


@dataclass(frozen=True, slots=True)
class LevelCard:
    """A division of the city. ``attribution`` names the source of its surveyed outlines."""

    id: int
    key: str
    name: Localized
    position: int
    unconfirmed: bool
    attribution: str


@dataclass(frozen=True, slots=True)
class AreaCard:
    """A part of the city. ``longitude`` and ``latitude`` (degrees) are a point well inside, for a label.

    They are ``None`` only while an area has no outline at all. ``schematic`` outlines propose, they never decide.
    """

    id: int
    level: str
    key: str
    name: Localized
    parent_id: int | None
    residents: int | None
    residents_year: int | None
    schematic: bool
    position: int
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class StreetCard:
    """A street with a point on it (degrees) and the area that most of it lies in."""

    id: int
    name: str
    folded: str
    area_id: int | None
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class BackdropCard:
    """One layer of the local base map, drawn in the order of ``position``."""

    key: str
    position: int
    attribution: str


ENDINGS = (("strasse", "str"), ("platz", "pl"))
SPELLINGS = (("ß", "ss"), ("ae", "a"), ("oe", "o"), ("ue", "u"))


def folded(text: str) -> str:
    """A text as the search compares it: no case, accents, spaces or dots; "Göthe-Straße" and "goethestr." agree."""
    text = unicodedata.normalize("NFC", text).casefold()
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for spelling, short in SPELLINGS:
        text = text.replace(spelling, short)
    text = "".join(c for c in text if c.isalnum())
    for long, short in ENDINGS:
        text = text.replace(long, short)
    return text
