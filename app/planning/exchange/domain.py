"""What a file says: a whole edition, or everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from flask_babel import lazy_ngettext as _ln
from pydantic import BaseModel

from app.core.languages import DEFAULT, LANGUAGES
from app.core.texts import Localized
from app.plans.document import About, Edition
from app.sheets.domain import Fault

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

Placed: TypeAlias = Callable[[About, str, str, "LazyString"], Fault]
"""Makes a fault of a sentence about an attribute of an entry: it knows where that stands in the file."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says. ``edition`` is None where there are faults."""

    edition: Edition | None
    faults: tuple[Fault, ...]
    placed: Placed
    remarks: tuple[LazyString, ...] = ()


def texts_of(entry: object) -> Iterator[Localized]:
    """Every text of an entry and of all that is in it."""
    if isinstance(entry, Localized):
        yield entry
    elif isinstance(entry, BaseModel):
        for name in type(entry).model_fields:
            yield from texts_of(getattr(entry, name))
    elif isinstance(entry, tuple):
        for one in entry:
            yield from texts_of(one)


def missing_languages(edition: Edition) -> tuple[LazyString, ...]:
    """A remark for each language in which texts are missing. It is no fault: another language stands in."""
    missing = Counter(code for text in texts_of(edition) for code in LANGUAGES if code not in text)
    return tuple(
        _ln(
            "%(num)d text is missing in the language %(language)s. Until it is there, another language is shown.",
            "%(num)d texts are missing in the language %(language)s. Until they are there, another language is shown.",
            missing[code],
            language=LANGUAGES[code].name,
        )
        for code in sorted(missing, key=lambda code: (code != DEFAULT, list(LANGUAGES).index(code)))
    )
