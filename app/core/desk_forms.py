"""What the forms of everybody who signs in have in common."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField


class DeskForm(FlaskForm):
    """A form with a token against forged requests that lasts as long as the session."""

    class Meta:
        """What differs from the usual form."""

        csrf_time_limit = None

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Whether the form may be used; says in words when the token is missing."""
        valid = super().validate(extra_validators)
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = [_("We could not be sure that it was you who sent this page. Please send it again.")]
        return bool(valid)


class DayField(DateField):
    """A day, which may be left open."""

    data: date | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, and say in words when it is none."""
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter a day, such as 2027-03-31.")) from None
