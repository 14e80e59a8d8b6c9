"""The filters of the trail, read from the address. There is none by person, and none is wanted."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, HiddenField, SelectField
from wtforms.validators import Optional, StopValidation

from app.audit.domain import Place, Wanted
from app.audit.labels import ACTIONS

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class FilterForm(Form):
    """A day, an action, and where the list goes on."""

    day = DateField(_l("Day"), [Optional()])
    action = SelectField(_l("What happened"), default="", validate_choice=False)
    before = HiddenField()

    def __init__(self, values: Any) -> None:  # noqa: ANN401
        """Read the filters."""
        super().__init__(values)
        self.action.choices = [("", _("Everything")), *ACTIONS.items()]
        # The library's own sentence names the format of a computer.
        if self.day.process_errors:
            self.day.process_errors = [_("Please enter a day such as %(day)s.", day="2026-11-22")]

    def validate_day(self, field: DateField) -> None:
        """A day that calendars have room around."""
        if field.data is not None and not EARLIEST <= field.data <= LATEST:
            raise StopValidation(_("Please enter a day such as %(day)s.", day="2026-11-22"))

    def validate_action(self, field: SelectField) -> None:
        """An action that is on the list."""
        if field.data and field.data not in ACTIONS:
            raise StopValidation(_("Please choose one of the options on this page."))

    def validate_before(self, field: HiddenField) -> None:
        """A place that this list gave."""
        if field.data and Place.read(field.data) is None:
            raise StopValidation(_("This place in the list does not exist."))

    def wanted(self) -> Wanted:
        """What somebody wants to see."""
        return Wanted(self.day.data, self.action.data or None, Place.read(self.before.data or ""))

    def choices_made(self) -> dict[str, str]:
        """The filters in use, for addresses."""
        made = {"day": self.day.data.isoformat() if self.day.data else "", "action": self.action.data}
        return {name: value for name, value in made.items() if value}
