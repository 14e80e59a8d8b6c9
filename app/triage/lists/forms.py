"""The forms of the coordination's list, and of what it decides about a report in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField
from wtforms.validators import InputRequired, StopValidation

from app.core.codes import Kind
from app.core.languages import in_language
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.triage.domain import FactsLine, Place, Wanted
from app.triage.forms import Choice, option
from app.triage.labels import KINDS


class PlaceField(HiddenField):
    """A place in a list, as its pages name it."""

    def place(self) -> Place | None:
        """The place in the list that the address names."""
        return Place.read(self.data or "")


class ListForm(Form):
    """The filters of a list, read from the address."""

    state = Choice(_l("State"), default="open", choices=[option("open", _l("Open reports")), option("all", _l("All"))])
    kind = Choice(
        _l("Kind"),
        default="",
        choices=[option("", _l("All kinds")), *(option(key, label) for key, label in KINDS.items())],
    )
    office = Choice(_l("Office"), default="")
    sort = Choice(
        _l("Order"),
        default="newest",
        choices=[option("newest", _l("Newest first")), option("oldest", _l("Oldest first"))],
    )
    after = PlaceField()
    before = PlaceField()

    def __init__(self, values: Any, *, offices: Iterable[int] = ()) -> None:  # noqa: ANN401
        """Read the filters; ``offices`` are those that can be chosen."""
        super().__init__(values)
        cards = [card for card in map(directory.organisation_by_id, offices) if card is not None]
        self.office.choices = [
            option("", _l("All offices")),
            *(option(str(card.id), in_language(card.name).text) for card in cards),
        ]

    def validate_after(self, field: PlaceField) -> None:
        """A place that this list gave."""
        if field.data and field.place() is None:
            raise StopValidation(_("This place in the list does not exist."))

    validate_before = validate_after

    def wanted(self) -> Wanted:
        """What somebody wants to see."""
        return Wanted(
            open_only=self.state.data == "open",
            kind=Kind(self.kind.data) if self.kind.data else None,
            office=int(self.office.data) if self.office.data else None,
            newest_first=self.sort.data == "newest",
            after=None if self.before.data else self.after.place(),
            before=self.before.place(),
        )

    def choices_made(self) -> dict[str, str]:
        """The filters that differ from the default, for addresses."""
        fields = (self.state, self.kind, self.office, self.sort)
        return {field.name: field.data for field in fields if field.data != (field.default or "")}


class ReassignForm(FlaskForm):
    """Another office that shall be asked about a report."""

    office = Choice(_l("Which office shall be asked?"), validators=[InputRequired(_l("Please choose an office."))])

    def __init__(self, facts: FactsLine, offices: Iterable[OrganisationCard]) -> None:
        """Offer these offices, apart from the one that leads the case."""
        super().__init__()
        named = sorted((in_language(card.name).text, card.key) for card in offices if card.id != facts.line.office_id)
        self.office.choices = [option("", _l("Please choose")), *(option(key, name) for name, key in named)]


class CancelForm(FlaskForm):
    """Take back what was decided."""
