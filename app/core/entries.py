"""The words in which content is written: texts in each language, keys, code lists, places; and the base of entries.

A city's folder, the plans and every file that people hand in speak them, so each fault reads the same everywhere.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from app.core.codes import Target, Topic
from app.core.texts import Localized

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


def distinct(values: tuple[Item, ...]) -> tuple[Item, ...]:
    """The same values.

    Raises:
        ValueError: one stands there twice.
    """
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
Keys = Annotated[tuple[Key, ...], AfterValidator(distinct)]
Language = Annotated[str, AfterValidator(_language)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(gt=-90, lt=90)]
Topics = Annotated[tuple[Topic, ...], Field(min_length=1), AfterValidator(distinct)]
Targets = Annotated[tuple[Target, ...], Field(min_length=1), AfterValidator(distinct)]


class Entry(BaseModel):
    """One entry; a name that is not listed here is a typing error, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, str_strip_whitespace=True)


class Position(Entry):
    """A position in degrees."""

    lat: Latitude
    lon: Longitude
