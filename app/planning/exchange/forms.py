"""Which two versions are compared, read from the address."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core.fields import Pick
from app.planning.labels import STATES
from app.plans import queries as plans
from app.plans.domain import VersionCard


class CompareForm(Form):
    """Two versions of any editions."""

    before = Pick(_l("Compare this version"), validators=[InputRequired(_l("Please choose a version."))])
    after = Pick(_l("with this one"), validators=[InputRequired(_l("Please choose a version."))])

    def __init__(self, values: Any) -> None:  # noqa: ANN401
        """Offer every version, the newest of each edition first."""
        super().__init__(values)
        self.asked = bool(self.before.data and self.after.data)
        cards = [card for edition in plans.editions() for card in plans.versions(edition.key)]
        choices = [SelectChoice("", _l("Please choose")), *(SelectChoice(str(one.id), _named(one)) for one in cards)]
        self.before.choices = self.after.choices = choices


def _named(card: VersionCard) -> str:
    return str(
        _(
            "Edition %(edition)s, version %(number)s (%(state)s)",
            edition=card.edition,
            number=card.number,
            state=STATES[card.state],
        )
    )
