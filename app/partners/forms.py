"""The form of which mails somebody wants."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.core.desk_forms import DeskForm
from app.partners.mails import Wanted


class MailsForm(DeskForm):
    """Which mails somebody wants."""

    reminders = BooleanField(
        _l("Remind me when services are due"),
        description=_l("At most once a month, with the number of services that nobody has confirmed for a year."),
    )
    growth = BooleanField(
        _l("Tell me when a need that I follow has grown"),
        description=_l("Once after each publication, without any number. The numbers stand on the page."),
    )

    def wanted(self) -> Wanted:
        """What somebody wants."""
        return Wanted(bool(self.reminders.data), bool(self.growth.data))
