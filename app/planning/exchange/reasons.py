"""Why an entry of a file does not fit, as a sentence for the person who wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.planning.labels import ATTRIBUTES

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString
    from pydantic_core import ErrorDetails

VALUE_MOST = 60
"""Signs of a wrong value that a sentence repeats."""


def reason(error: ErrorDetails) -> LazyString:
    """The sentence for a fault that pydantic has found."""
    for kinds, sentence in _SENTENCES.items():
        if error["type"] in kinds:
            return sentence(error)
    return _l("This does not fit here.")


def _name(error: ErrorDetails) -> Any:  # noqa: ANN401
    last = str(error["loc"][-1]) if error["loc"] else ""
    return ATTRIBUTES.get(last, last)


def _value(error: ErrorDetails) -> str:
    said = str(error["input"])
    return said if len(said) <= VALUE_MOST else f"{said[:VALUE_MOST]}…"


def _expected(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")


def _plain(words: LazyString) -> Callable[[ErrorDetails], LazyString]:
    return lambda _error: words


_SENTENCES: Mapping[tuple[str, ...], Callable[[ErrorDetails], LazyString]] = {
    ("missing",): lambda error: _l("“%(name)s” is missing.", name=_name(error)),
    ("extra_forbidden",): lambda error: _l(
        "“%(name)s” has no meaning here.", name=str(error["loc"][-1]) if error["loc"] else ""
    ),
    ("string_type",): _plain(_l("Please write a text here, between quotation marks.")),
    ("int_type", "int_parsing", "int_from_float"): _plain(_l("Please write a whole number here.")),
    ("float_type", "float_parsing", "finite_number"): _plain(_l("Please write a number here.")),
    ("digits",): _plain(_l("This number has more than nine digits before the decimal sign, or six after it.")),
    ("bool_type", "bool_parsing"): _plain(_l("Please write true or false here.")),
    ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"): _plain(
        _l("Please write a day here, such as 2027-03-31.")
    ),
    ("enum", "literal_error"): lambda error: _l(
        "“%(value)s” is not known here. Known are: %(known)s", value=_value(error), known=_expected(error)
    ),
    ("greater_than_equal", "less_than_equal"): _plain(_l("Please write a year between 1900 and 2100 here.")),
    ("too_short",): _plain(_l("At least one is needed here.")),
    ("tuple_type", "list_type"): _plain(_l("Please write a list here.")),
    ("model_type", "model_attributes_type", "dict_type"): _plain(_l("Please write names and values here.")),
    ("text_wanted",): _plain(_l("Please write the text under the code of each language, such as de or en.")),
    ("text_empty",): _plain(_l("The text is missing.")),
    ("no_key",): lambda error: _l(
        "“%(value)s” is no short name: only small letters, digits and single hyphens.", value=_value(error)
    ),
    ("twice",): _plain(_l("Something stands here twice.")),
    ("years",): _plain(_l("The last year is before the first.")),
}
"""By the types of pydantic's faults, and those of ``core.entries`` and ``plans.document``."""
