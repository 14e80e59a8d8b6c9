"""A text in each language, as fields of a form: ``name_de``, ``name_de_simple``, ``name_en`` and so on."""

from __future__ import annotations

from typing import Any

from app.core.languages import LANGUAGES
from app.core.texts import Localized


def field_name(name: str, code: str) -> str:
    """The field for a text in a language."""
    return f"{name}_{code.replace('-', '_')}"


def values_of(name: str, text: Localized) -> dict[str, str | None]:
    """What the fields of a text show, by their names."""
    return {field_name(name, code): text.get(code) for code in LANGUAGES}


class InLanguages:
    """A form with such fields."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        """The field of a name; the form itself gives it."""
        return super().__getitem__(name)  # type: ignore[misc]

    def texts(self, name: str) -> list[tuple[Any, str, str]]:
        """The fields of a text with each one's language and direction, in the order of the languages."""
        return [(self[field_name(name, code)], code, known.direction) for code, known in LANGUAGES.items()]

    def localized(self, name: str, before: Localized) -> Localized:
        """The text in the languages of the form; what there is in other languages stays."""
        other = {code: text for code, text in before.items() if code not in LANGUAGES}
        ours = {code: self[field_name(name, code)].data for code in LANGUAGES}
        return Localized({code: text for code, text in ours.items() if text} | other)
