"""What may stand in the files of a city's folder: one class for each kind of entry."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.core.codes import Form as FormOfDiscrimination
from app.core.codes import Ground, Kind, Target, Topic, Wish
from app.core.entries import (
    Entry,
    Key,
    Keys,
    Language,
    Latitude,
    Longitude,
    Position,
    Targets,
    Text,
    Topics,
    WebAddress,
    Year,
    distinct,
)
from app.core.texts import Localized
from app.plans.document import Head, Measure, Plan
from app.plans.history.domain import PartnerKind
from app.triage.work_domain import NUMBER_HERE, in_braces

__all__ = ["Entry", "Head", "Measure", "Plan"]


class Extent(Entry):
    """The box that the city lies in, in degrees."""

    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude

    @model_validator(mode="after")
    def _in_order(self) -> Extent:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("west must be less than east, and south less than north")
        return self

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a position lies in the box."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


class Exit(Entry):
    """Something that belongs elsewhere and is handed over by a link."""

    key: Key
    name: Text
    text: Text
    url: WebAddress | None


class Emergency(Entry):
    """Whom to call in danger; ``child_protection`` is the key of the office that is responsible for children."""

    number: str
    child_protection: Key | None = None


class City(Entry):
    """``city.yaml``; further facts are kept as they are, for the statements of the city."""

    model_config = ConfigDict(extra="allow")

    key: Key
    name: Text
    official_key: str
    timezone: str
    centre: Position
    extent: Extent
    outside_buffer_m: Annotated[int, Field(ge=0, le=20_000)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(distinct)]
    needs_level: Key
    coarse_level: Key
    population_source: Text
    strategy: Text
    exits: tuple[Exit, ...] = ()
    emergency: Emergency


class Level(Entry):
    """A level of areas; ``parent`` is the level that groups it, ``city`` or nothing."""

    key: Key
    name: Text
    parent: Key | None
    unconfirmed: bool = False


class Group(Entry):
    """An area of a coarser level, made of areas of a finer one."""

    key: Key
    level: Key
    name: Text
    members: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(distinct)]


class Areas(Entry):
    """``areas.yaml``."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    groups: tuple[Group, ...] = ()


class Area(Entry):
    """A line of ``areas.csv``."""

    level: Key
    key: Key
    name: Annotated[str, Field(min_length=1)]
    lat: Latitude
    lon: Longitude
    residents: Annotated[int, Field(ge=0)] | None
    residents_year: Year | None

    @model_validator(mode="after")
    def _counted_in_a_year(self) -> Area:
        if (self.residents is None) != (self.residents_year is None):
            raise ValueError("residents and residents_year belong together")
        return self


class HistorySection(Entry):
    """A part of a story under a heading of its own."""

    title: Text
    text: Text


class HistoryPartner(Entry):
    """Who works on a place of history: an organisation of the folder by its key, or one by its name."""

    kind: PartnerKind
    organisation: Key | None = None
    name: Text | None = None
    url: WebAddress | None = None

    @model_validator(mode="after")
    def _known_or_named(self) -> HistoryPartner:
        if (self.organisation is None) == (self.name is None):
            raise ValueError("a partner has an organisation or a name, and not both")
        return self


class HistorySource(Entry):
    """What a story rests on."""

    text: Text
    url: WebAddress | None = None


class HistoryPicture(Entry):
    """A picture in the folder ``pictures``. Without author, rights and alternative text none is shown."""

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    alt: Text
    author: Annotated[str, Field(min_length=1)]
    rights: Annotated[str, Field(min_length=1)]
    rights_url: WebAddress | None = None
    source: str | None = None
    caption: Text | None = None


class HistoryPlace(Entry):
    """An entry of ``history.yaml``."""

    key: Key
    name: Text
    story: Text
    sections: tuple[HistorySection, ...] = ()
    address: str | None
    area: Key | None
    lat: Latitude | None
    lon: Longitude | None
    partners: tuple[HistoryPartner, ...] = ()
    sources: Annotated[tuple[HistorySource, ...], Field(min_length=1)]
    pictures: tuple[HistoryPicture, ...] = ()

    @model_validator(mode="after")
    def _whole_position(self) -> HistoryPlace:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together")
        return self


class Organisation(Entry):
    """An entry of ``organisations.yaml``."""

    key: Key
    kind: Literal["office", "independent"]
    name: Text
    parent: Key | None
    receives: bool
    summary: Text
    url: WebAddress | None
    phone: str | None
    email: str | None
    address: str | None
    confirmed_on: date | None
    counselling: bool
    unconfirmed: tuple[str, ...]

    @model_validator(mode="after")
    def _independent_ones_stand_alone(self) -> Organisation:
        if self.kind == "independent" and self.parent:
            raise ValueError("an independent organisation does not stand below an office")
        if self.kind == "independent" and self.receives and self.confirmed_on is None:
            raise ValueError("an independent organisation receives reports only once it has agreed: see confirmed_on")
        return self


class Service(Entry):
    """An entry of ``services.yaml``."""

    key: Key
    organisation: Key
    name: Text
    description: Text
    topics: Topics
    targets: Targets
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(distinct)]
    areas: Annotated[Keys, Field(min_length=1, max_length=1)]
    address: str | None
    lat: Latitude | None
    lon: Longitude | None
    precision: Literal["area", "address"]
    opening_hours: str | None = None
    barrier_free: bool | None
    evening: bool | None
    url: WebAddress | None
    confirmed_on: date | None
    example: bool

    @model_validator(mode="after")
    def _place_is_whole(self) -> Service:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together")
        if self.precision == "address" and not self.address:
            raise ValueError("precision 'address' needs an address")
        return self


class Label(Entry):
    """A word by which offices sort their cases."""

    key: Key
    name: Text


def _one_placeholder(text: Localized) -> Localized:
    """A text for a reply, in which ``{number}`` stands for the number of the case and nothing else is in braces."""
    for code, words in text.items():
        if faults := in_braces(words):
            raise ValueError(f"the text in the language {code!r} has {faults[0]}; only {NUMBER_HERE} is replaced")
    return text


class ReplyTemplate(Entry):
    """Words with which a reply can begin; for some kinds of report, or for all."""

    key: Key
    name: Text
    text: Annotated[Text, AfterValidator(_one_placeholder)]
    kinds: Annotated[tuple[Kind, ...], AfterValidator(distinct)] = ()


class When(Entry):
    """The conditions of a rule; each a list of values of which one must hold."""

    kind: tuple[Kind, ...] | None = None
    topic: tuple[Topic, ...] | None = None
    grounds: tuple[Ground, ...] | None = None
    form: tuple[FormOfDiscrimination, ...] | None = None
    area: tuple[str, ...] | None = None
    target: tuple[Target, ...] | None = None
    wish: tuple[Wish, ...] | None = None


class Then(Entry):
    """Where a rule leads."""

    office: Key
    plan: Key
    field: Key
    measures: Keys = ()


class Rule(Entry):
    """A rule of ``routing.yaml``."""

    key: Key
    priority: int
    valid_from: date | None = None
    valid_until: date | None = None
    when: When
    then: Then
    because: Text


class Routing(Entry):
    """``routing.yaml`` apart from its rules."""

    version: Annotated[str, Field(min_length=1)]
    fallback: Key
