"""The forms of the queue: its filters, and what is done to several cases, to saved selections, or with a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, Form, HiddenField, IntegerField, SearchField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Optional, StopValidation
from wtforms.widgets import HiddenInput

from app.core.codes import Kind, State, Topic
from app.core.fields import tidy
from app.core.languages import LANGUAGES, in_language
from app.core.texts import Localized
from app.directory import queries as directory
from app.places import queries as places
from app.plans import queries as plans
from app.reports.domain import OPEN, UNSEEN
from app.triage import labels, work_queries
from app.triage.domain import PAGE_SIZE
from app.triage.forms import Choice, at_most, option
from app.triage.lists.bulk import Deed
from app.triage.lists.forms import PlaceField
from app.triage.lists.labels import DEEDS, ORDERS
from app.triage.lists.selection import Group, Order, Selection
from app.triage.work_domain import LabelCard

NAME_MAX = 60
WORDS_MAX = 200


class _Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day as browsers send it."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Please give the day as in 2026-11-30.")) from error


def _by_name(named: Iterable[tuple[object, Localized]]) -> list[tuple[str, str]]:
    return sorted(((str(key), in_language(name).text) for key, name in named), key=lambda one: one[1].casefold())


class QueueForm(Form):
    """The filters of the queue, read from an address. A value that is not offered is told, never guessed."""

    group = HiddenField(default=Group.ALL)
    state = Choice(_l("State"), default="open")
    kind = Choice(_l("Kind"), default="")
    topic = Choice(_l("Area of life"), default="")
    area = Choice(_l("Place"), default="")
    language = Choice(_l("Language"), default="")
    label = Choice(_l("Label"), default="")
    measure = Choice(_l("Measure"), default="")
    office = Choice(_l("Leading office"), default="")
    since = _Day(_l("Received from"), validators=[Optional()])
    until = _Day(_l("Received until"), validators=[Optional()])
    sort = Choice(_l("Order"), default=Order.NEWEST, choices=[option(one, text) for one, text in ORDERS.items()])
    after = PlaceField()
    before = PlaceField()

    def __init__(self, values: Any) -> None:  # noqa: ANN401
        """Read the filters, and fill in what the city has to choose from."""
        super().__init__(values)
        states = [state for state in State if state not in UNSEEN]
        self.state.choices = [
            option("open", _("Open reports")),
            option("all", _("All")),
            *(option(state, labels.STATES[state]) for state in sorted(states, key=lambda one: one not in OPEN)),
        ]
        self._offer(self.kind, _("All kinds"), labels.KINDS.items())
        self._offer(self.topic, _("All areas of life"), ((topic, topic.label) for topic in Topic))
        self._offer(self.area, _("All places"), _by_name((card.id, card.name) for card in _areas()))
        self._offer(self.language, _("All languages"), ((code, one.name) for code, one in LANGUAGES.items()))
        self._offer(self.label, _("All labels"), _by_name((one.id, one.name) for one in work_queries.labels()))
        self._offer(self.measure, _("All measures"), _by_name((card.id, card.name) for card in plans.measures()))
        offices = [card for card in directory.organisations().values() if card.principal_id]
        self._offer(self.office, _("All offices"), _by_name((card.id, card.name) for card in offices))

    @staticmethod
    def _offer(field: Choice, everything: str, choices: Iterable[tuple[object, object]]) -> None:
        field.choices = [option("", everything), *(option(str(key), text) for key, text in choices)]

    def validate_group(self, field: HiddenField) -> None:
        """One of the tabs."""
        if field.data not in set(Group):
            raise StopValidation(_("This group of cases does not exist."))

    def validate_after(self, field: PlaceField) -> None:
        """A place that this list gave."""
        place = field.place()
        if field.data and (place is None or (place.at is None and self.sort.data != Order.DUE)):
            raise StopValidation(_("This place in the list does not exist."))

    validate_before = validate_after

    def validate_until(self, field: DateField) -> None:
        """Days in their order."""
        if field.data and isinstance(self.since.data, type(field.data)) and field.data < self.since.data:
            raise StopValidation(_("The last day is before the first."))

    def wanted(self) -> Selection:
        """What somebody wants to see."""
        state = self.state.data
        return Selection(
            group=Group(self.group.data),
            open_only=state == "open",
            state=None if state in {"open", "all"} else State(state),
            kind=Kind(self.kind.data) if self.kind.data else None,
            topic=Topic(self.topic.data) if self.topic.data else None,
            area_id=_number(self.area),
            language=self.language.data or None,
            label_id=_number(self.label),
            measure_id=_number(self.measure),
            office_id=_number(self.office),
            since=self.since.data,
            until=self.until.data,
            order=Order(self.sort.data),
            after=None if self.before.data else self.after.place(),
            before=self.before.place(),
        )

    @property
    def further(self) -> list[Field]:
        """The filters that are seldom needed."""
        return [self.topic, self.area, self.language, self.label, self.measure, self.office, self.since, self.until]

    @property
    def narrowed(self) -> bool:
        """Whether one of the further filters is set, or wrong."""
        return any(field.data or field.errors for field in self.further)

    def choices_made(self) -> dict[str, str]:
        """The filters that differ from the default, for addresses and saved selections."""
        fields = (self.group, self.state, self.kind, *self.further, self.sort)
        return {
            field.name: str(field.data)
            for field in fields
            if field.data is not None and field.data != (field.default or "")
        }

    def address(self) -> dict[str, str]:
        """The same with the place in the list."""
        places_named = {field.name: field.data for field in (self.after, self.before) if field.data}
        return self.choices_made() | places_named


def _areas() -> list[Any]:
    city = places.city()
    levels = dict.fromkeys(level for level in (city.needs_level, city.coarse_level) if level)
    return [card for level in levels for card in places.areas(level)]


def _number(field: Choice) -> int | None:
    return int(field.data) if field.data else None


def _stripped(value: str | None) -> str:
    return tidy(value)


class BulkForm(FlaskForm):
    """Something to do with the cases that are ticked."""

    deed = HiddenField(validators=[InputRequired(_l("Please choose what to do with the cases."))])
    case = SelectMultipleField(
        validate_choice=False, validators=[InputRequired(_l("Please tick at least one case first."))]
    )
    put = Choice(_l("Label"), default="")

    def __init__(self) -> None:
        """Offer the labels that are in use."""
        super().__init__()
        active = _by_name((one.id, one.name) for one in work_queries.labels())
        self.put.choices = [option("", _("Choose a label")), *(option(key, name) for key, name in active)]

    @property
    def chosen_label(self) -> LabelCard | None:
        """The label that shall be put or removed."""
        return next((one for one in work_queries.labels() if str(one.id) == self.put.data), None)

    def validate_deed(self, field: HiddenField) -> None:
        """Something that can be done to several cases."""
        if field.data not in DEEDS:
            raise StopValidation(_("Please choose what to do with the cases."))

    def validate_case(self, field: SelectMultipleField) -> None:
        """No more than a page has."""
        if len(field.data) > PAGE_SIZE:
            raise StopValidation(_("These are more cases than one page has."))

    def validate_put(self, field: Choice) -> None:
        """A label where one is needed."""
        if self.deed.data in {Deed.LABEL, Deed.UNLABEL} and not field.data:
            raise StopValidation(_("Please choose a label."))


class UndoForm(FlaskForm):
    """Take back what was done to several cases."""

    act = HiddenField(validators=[InputRequired()])


class SaveForm(FlaskForm):
    """Give the selection that is shown a name."""

    name = StringField(
        _l("Name of this selection"),
        filters=[_stripped],
        validators=[
            DataRequired(_l("Please give the selection a name.")),
            at_most(NAME_MAX),
        ],
    )


class ChangeForm(SaveForm):
    """Give a saved selection another name."""

    saved = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(_l("This selection does not exist any more."))]
    )


class RemoveForm(FlaskForm):
    """Remove a saved selection."""

    saved = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class SearchForm(FlaskForm):
    """A case number, or words to look for in the texts of one's open cases. They never stand in an address."""

    words = SearchField(
        _l("Case number, or words in your open cases"),
        filters=[_stripped],
        validators=[
            DataRequired(_l("Please type what you are looking for.")),
            at_most(WORDS_MAX),
        ],
    )
