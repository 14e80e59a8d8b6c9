"""The form of a new edition, which begins with everything that another one has published."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core.codes import MeasureState
from app.core.fields import Pick
from app.core.languages import in_language
from app.planning.entry_forms import NEEDED_YEAR, EntryForm, years_in_order
from app.planning.forms import YearField, add_texts, mark_optional
from app.planning.labels import ATTRIBUTES
from app.plans import queries as plans
from app.plans.document import Edition

OVER = frozenset({MeasureState.DONE, MeasureState.DROPPED})


class NewEditionForm(EntryForm):
    """What names a new edition, and what it begins with."""

    TEXTS: ClassVar = {"name": True, "source": True}

    based_on = Pick(
        _l("It begins with everything of this edition"), validators=[InputRequired(_l("Please choose an edition."))]
    )
    only_open = BooleanField(
        _l("Leave measures out that are done or given up"), description=_l("They stay in the edition they were in.")
    )
    from_year = YearField(ATTRIBUTES["from"], validators=[InputRequired(NEEDED_YEAR)])
    to_year = YearField(ATTRIBUTES["to"], description=_l("This year included."))

    def __init__(self, *, sent: bool = True) -> None:
        """Offer the editions that have something published."""
        cards = [card for card in plans.editions() if plans.published(card.key) is not None]
        current = next((card.key for card in cards if card.current), "")
        taken = {card.key for card in plans.editions()}
        values: dict[str, Any] = {} if sent else {"based_on": current}
        super().__init__(plans.in_force(), taken, None, sent=sent, **values)
        self.based_on.choices = [SelectChoice(card.key, in_language(card.name).text) for card in cards]
        self.key.description = _l("Such as 2028. It stands in addresses and files and never changes.")
        mark_optional(self, "to_year")

    @classmethod
    def empty(cls) -> NewEditionForm:
        """The form before anything was typed."""
        return cls(sent=False)

    def validate_to_year(self, field: YearField) -> None:
        """Not before it begins."""
        years_in_order(self.from_year, field)

    def key_here(self) -> str:
        """The key that was typed, or the first year where that is free."""
        year = str(self.from_year.data)
        return self.key.data or (year if year not in self.taken else super().key_here())

    def document_here(self) -> Edition:
        """The new edition. A form that is valid gives one."""
        found = plans.published(self.based_on.data)
        if found is None:
            raise LookupError(self.based_on.data)
        measures = [one for one in found[1].measures if not (self.only_open.data and one.state in OVER)]
        return Edition.model_validate(
            {
                "key": self.key_here(),
                "name": self.text("name"),
                "from": self.from_year.data,
                "to": self.to_year.data,
                "source": self.text("source"),
                "goals": found[1].goals,
                "plans": found[1].plans,
                "measures": measures,
            }
        )


for _name in NewEditionForm.TEXTS:
    add_texts(NewEditionForm, _name, ATTRIBUTES[_name], needed=True)
