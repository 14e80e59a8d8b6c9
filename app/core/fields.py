"""Fields that tell people what is wrong in plain words, and that never cut or guess what was typed."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

_UNSEEN = {sign: None for sign in range(0x20) if chr(sign) not in "\n\t"} | {0x7F: None}

NOT_OFFERED = _l("One of the answers was not on this page. Please choose again.")


ROW_MAX = 2**31 - 1
"""The largest number that a row can have."""


def tidy(text: str | None) -> str:
    """A text without invisible control signs and with plain line ends; browsers send others."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN)
    return unicodedata.normalize("NFC", text).strip()


class AtMost:
    """Refuses a longer text, and never cuts it; ``counted`` lets the page count along."""

    def __init__(self, most: int, *, counted: bool = False) -> None:
        """At most so many signs."""
        self.most = most
        self.field_flags = {"maxlength": most} if counted else {}

    def __call__(self, _form: Form, field: Any) -> None:  # noqa: ANN401
        """Check a field."""
        # A line end counts twice, as it does on the way and in the page's own count.
        excess = len(field.data or "") + (field.data or "").count("\n") - self.most
        if excess > 0:
            raise ValidationError(
                _(
                    "This text is too long: up to %(most)s characters fit. Please shorten it by %(excess)s.",
                    most=self.most,
                    excess=excess,
                )
            )


class _Listed:
    """Refuses what the page does not offer; no answer is a matter of its own."""

    def pre_validate(self, _form: Form) -> None:
        """Compare with the choices."""
        given = self.data if isinstance(self.data, list) else [self.data] if self.data else []
        if not set(given) <= {choice.value for choice in self.choices}:
            raise ValidationError(str(NOT_OFFERED))

    data: Any
    choices: Any


class OneOf(_Listed, RadioField):
    """One answer out of several."""


class Pick(_Listed, SelectField):
    """One answer out of a long list."""


class SomeOf(_Listed, SelectMultipleField):
    """Any number of answers."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Each answer once."""
        self.data = list(dict.fromkeys(valuelist))


class OurNumber(IntegerField):
    """A number of a row that the page itself put there, out of sight; anything else counts as nothing."""

    widget = HiddenInput()
    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        if self.data is not None and not 0 <= self.data <= ROW_MAX:
            self.data = None

    def now(self, value: int) -> None:
        """Put a value there instead of what was sent."""
        self.data, self.raw_data = value, None
