"""A place of colonial history: its story in sections, partners, sources and pictures. Values only, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from app.core.entries import Entry
from app.core.texts import Localized

LARGE, SMALL = 1600, 640
"""The longer side of a picture in pixels, at most: to look at, and on a page."""

Size = tuple[int, int]
"""Width and height in pixels."""


def _words(value: Any) -> Localized:  # noqa: ANN401
    """A text in at least one language."""
    if not isinstance(value, Mapping) or not any(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError("must be a text in a language at least")
    return Localized({str(code): str(text) for code, text in value.items() if text})


Words = Annotated[Localized, BeforeValidator(_words)]
Line = Annotated[str, Field(min_length=1)]


class Piece(Entry):
    """A part of what is told of a place."""


class PartnerKind(StrEnum):
    """What a partner is."""

    UNIVERSITY = "university"
    MUSEUM = "museum"
    MEMORIAL = "memorial"
    ARCHIVE = "archive"
    OTHER = "other"


class Section(Piece):
    """A part of the story under a heading of its own."""

    title: Words
    text: Words


class Partner(Piece):
    """Who works on the place: an organisation of the directory by its key, or one by its name."""

    kind: PartnerKind = PartnerKind.OTHER
    organisation: str | None = None
    name: Words | None = None
    url: str | None = None

    @model_validator(mode="after")
    def _known_or_named(self) -> Self:
        if (self.organisation is None) == (self.name is None):
            raise ValueError("a partner has the key of an organisation or a name, and not both")
        return self


class Source(Piece):
    """What the story rests on."""

    text: Words
    url: str | None = None


class Picture(Piece):
    """What is told of a picture; without author, rights and alternative text there is none.

    ``digest`` names its pixels; ``large`` and ``small`` are its two sizes.
    """

    digest: Line
    large: Size
    small: Size
    alt: Words
    author: Line
    rights: Line
    rights_url: str | None = None
    source: str | None = None
    caption: Words | None = None


class Content(Piece):
    """All that is told of a place. ``area`` is a key of the level that residents choose from; degrees are WGS 84.

    Neither area nor position: it is a subject, not a place.
    """

    name: Words
    story: Words
    address: str | None = None
    area: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    sections: tuple[Section, ...] = ()
    partners: tuple[Partner, ...] = ()
    sources: tuple[Source, ...] = ()
    pictures: tuple[Picture, ...] = ()

    def missing(self, language: str) -> int:
        """How many texts there are that nobody has written in a language yet."""
        said = [self.name, self.story]
        said += [text for one in self.sections for text in (one.title, one.text)]
        said += [one.name for one in self.partners if one.name]
        said += [one.text for one in self.sources]
        said += [text for one in self.pictures for text in (one.alt, one.caption) if text]
        return sum(not text.get(language) for text in said)

    def stored(self) -> dict[str, Any]:
        """What a JSON column takes."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """A place that residents see, by its key, with the id of its area where it has one."""

    key: str
    content: Content
    area_id: int | None

    @property
    def name(self) -> Localized:
        """What it is called."""
        return self.content.name

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees; None where only an area is known, or nothing."""
        longitude, latitude = self.content.longitude, self.content.latitude
        return None if longitude is None or latitude is None else (longitude, latitude)


@dataclass(frozen=True, slots=True)
class EditedPlace:
    """A place as those see it who edit it. ``draft`` is what has not been confirmed yet.

    ``changed_by`` is a principal; None: all of it comes from the city's folder.
    """

    key: str
    content: Content
    draft: Content | None
    published: bool
    hidden: bool
    changed_at: datetime
    changed_by: str | None

    @property
    def newest(self) -> Content:
        """The draft, or what residents see where there is none."""
        return self.draft or self.content

    @property
    def shown(self) -> bool:
        """Whether residents see it."""
        return self.published and not self.hidden

    @property
    def mark(self) -> str:
        """What tells this state from any other."""
        return self.changed_at.isoformat()


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture made anew in two sizes, both JPEG without anything but pixels."""

    digest: str
    large: bytes
    small: bytes
    large_size: Size
    small_size: Size


class Meanwhile(Exception):  # noqa: N818
    """Somebody else has changed the place since."""


class NoPicture(ValueError):  # noqa: N818
    """The file is no picture of a known format."""
