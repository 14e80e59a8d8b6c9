"""Texts in several languages, as the city's content carries them, with an honest fallback."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

FALLBACKS: Mapping[str, tuple[str, ...]] = {"de-simple": ("de",)}
"""Where to look before German and English when a text is missing in a language."""

_KEY_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """A text together with the language it really is in."""

    text: str
    language: str


class Localized(dict[str, str]):
    """A text by language code (BCP 47): ``{"de": "Beratung", "en": "Counselling"}``."""

    def shown(self, language: str) -> Shown:
        """The text in a language, or in the nearest one there is; empty only when there is none at all."""
        for code in (language, *FALLBACKS.get(language, ()), "de", "en", *self):
            if self.get(code):
                return Shown(self[code], code)
        return Shown("", language)

    def __str__(self) -> str:
        """The German text: for logs of content and command lines, not for pages."""
        return self.shown("de").text


def new_key(name: str, otherwise: str = "entry") -> str:
    """A key that says a little of the name and is nobody else's; it begins with ``otherwise`` if that says nothing."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = _KEY_SIGNS.sub("-", plain).strip("-")[:40].strip("-")
    return f"{words or otherwise}-{secrets.token_hex(3)}"
