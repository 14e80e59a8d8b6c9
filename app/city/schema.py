"""What may stand in the files of a city's folder: one class for each kind of entry."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from app.core.codes import Form as FormOfDiscrimination
from app.core.codes import Ground, Kind, MeasureState, Target, Topic, Wish
from app.core.texts import Localized
from app.triage.work_domain import NUMBER_HERE, in_braces

Item = TypeVar("Item")

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _whole_text(value: Any, info: ValidationInfo) -> Localized:  # noqa: ANN401
    """A text in every language that the city names."""
    if not isinstance(value, dict):
        raise ValueError("must be a text in each language, such as {de: …, en: …}")  # noqa: TRY004 – pydantic wants it
    for code in (info.context or {}).get("languages", ()):
        text = value.get(code)
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"the text in the language {code!r} is missing")
    return Localized({code: str(text).strip() for code, text in value.items() if text})


def _key(value: str) -> str:
    if not KEY.fullmatch(value):
        raise ValueError(f"{value!r} is no key: lower-case letters a-z, digits and single hyphens")
    return value


def _distinct(values: tuple[Item, ...]) -> tuple[Item, ...]:
    if len(set(values)) < len(values):
        raise ValueError("names something twice")
    return values


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError("must start with https:// or http://")
    return value


def _language(value: str) -> str:
    if not LANGUAGE.fullmatch(value):
        raise ValueError(f"{value!r} is no language code, such as 'de' or 'uk'")
    return value


Text = Annotated[Localized, BeforeValidator(_whole_text)]
Key = Annotated[str, AfterValidator(_key)]
Keys = Annotated[tuple[Key, ...], AfterValidator(_distinct)]
Language = Annotated[str, AfterValidator(_language)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(gt=-90, lt=90)]
Topics = Annotated[tuple[Topic, ...], Field(min_length=1), AfterValidator(_distinct)]
Targets = Annotated[tuple[Target, ...], Field(min_length=1), AfterValidator(_distinct)]


class Entry(BaseModel):
    """One entry; a name that is not listed here is a typing error, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, str_strip_whitespace=True)


class Position(Entry):
    """A position in degrees."""

    lat: Latitude
    lon: Longitude


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
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(_distinct)]
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
    members: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_distinct)]


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


class FieldOfAction(Entry):
    """A field of action inside a plan."""

    key: Key
    name: Text
    summary: Text
    unconfirmed: bool = False
    not_by_reports: Text | None = None


class Plan(Entry):
    """An entry of ``plans.yaml``."""

    key: Key
    name: Text
    short: Text
    summary: Text
    since: Year | None
    updated: Year | None
    source: Text
    shape: Literal["circle", "square", "triangle"]
    fields_: Annotated[tuple[FieldOfAction, ...], Field(min_length=1, alias="fields")]


class Measure(Entry):
    """An entry of ``measures.yaml``. No areas: the whole city."""

    key: Key
    name: Text
    summary: Text
    example: bool
    state: MeasureState
    plans: Annotated[Keys, Field(min_length=1)]
    fields_: Annotated[Keys, Field(min_length=1, alias="fields")]
    topics: Topics
    targets: Targets
    areas: Keys
    office: Key | None
    from_: Annotated[Year | None, Field(alias="from")]
    to: Year | None
    source: Text | None

    @model_validator(mode="after")
    def _years_in_order(self) -> Measure:
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise ValueError("'to' lies before 'from'")
        return self


class HistoryPlace(Entry):
    """An entry of ``history.yaml``."""

    key: Key
    name: Text
    story: Text
    address: str | None
    area: Key | None
    lat: Latitude | None
    lon: Longitude | None
    partner: Text
    source: Text

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
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(_distinct)]
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
    kinds: Annotated[tuple[Kind, ...], AfterValidator(_distinct)] = ()


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
