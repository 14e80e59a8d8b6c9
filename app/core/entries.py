"""The words in which content is written: texts in each language, keys, code lists, places; and the base of entries.

A city's folder, the plans and every file that people hand in speak them, so each fault reads the same everywhere. Each
has a type of its own, so that a room can say it in the language of its reader.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from app.core.codes import Target, Topic
from app.core.fields import tidy
from app.core.texts import Localized

Item = TypeVar("Item")

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _whole_text(value: Any, info: ValidationInfo) -> Localized:  # noqa: ANN401
    """A text in every language that the city names."""
    if not isinstance(value, dict) or any(isinstance(text, dict | list) for text in value.values()):
        raise PydanticCustomError("text_wanted", "must be a text in each language, such as {de: …, en: …}")
    for code in (info.context or {}).get("languages", ()):
        text = value.get(code)
        if not isinstance(text, str) or not text.strip():
            raise PydanticCustomError(
                "text_missing", "the text in the language '{language}' is missing", {"language": str(code)}
            )
    text = Localized({str(code): tidy(str(text)) for code, text in value.items() if text is not None})
    found = Localized({code: words for code, words in text.items() if words})
    if not found:
        raise PydanticCustomError("text_empty", "the text is missing")
    return found


def _key(value: str) -> str:
    if not KEY.fullmatch(value):
        raise PydanticCustomError(
            "no_key", "'{value}' is no key: lower-case letters a-z, digits and single hyphens", {"value": value}
        )
    return value


def distinct(values: tuple[Item, ...]) -> tuple[Item, ...]:
    """The same values.

    Raises:
        ValueError: one stands there twice.
    """
    if len(set(values)) < len(values):
        raise PydanticCustomError("twice", "names something twice")
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
