"""The forms of the desk. What a form does not offer it refuses, and everything typed stays on the page."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import Form, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation
from wtforms.widgets import Select

from app.core.codes import Outcome, State
from app.core.desk_forms import DeskForm
from app.core.fields import OurNumber, tidy
from app.core.languages import in_language
from app.directory.domain import OrganisationCard
from app.plans import queries as plans
from app.plans.domain import MeasureCard
from app.triage import domain
from app.triage.case import Case
from app.triage.labels import MOVES, word

MESSAGE_MAX = 10_000
NOTE_MAX = 5_000
REASON_MAX = 2_000


def at_most(characters: int) -> Length:
    """Refuses a longer text in words."""
    return Length(max=characters, message=_l("This is too long: please use at most %(max)d characters."))


def option(value: str, label: object) -> SelectChoice:
    """A choice to offer."""
    return SelectChoice(value, label)


class _Offered:
    """What choices have in common: anything that the page did not offer is refused in words."""

    data: Any
    choices: list[SelectChoice]

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Refuse what was not on offer; nothing chosen is left to the validators."""
        if self.data is not None and self.data not in {option.value for option in self.choices}:
            raise StopValidation(_("Please choose one of the options on this page."))


class _Opening(Select):
    @classmethod
    def render_option(cls, choice: SelectChoice) -> Markup:
        """An option with its value alone: the queue has some hundred, and sorting the attributes of each takes time."""
        chosen = " selected" if choice.selected else ""
        return Markup(f'<option{chosen} value="{escape(choice.value)}">{escape(choice.label)}</option>')  # noqa: S704


class Choice(_Offered, SelectField):
    """A list of choices that opens."""

    widget = _Opening()


class Options(_Offered, RadioField):
    """Choices that are all in sight."""


class CaseForm(DeskForm):
    """A form on the page of a case. It carries what the page had seen of the case when it was opened.

    Each form has its verb's name as prefix, so that several stand on one page.
    """

    version = OurNumber()
    seen = OurNumber()

    def __init__(self, case: Case, name: str, *, sent: bool) -> None:
        """Prepare the form for a case; ``sent`` says that this request is its answer."""
        if sent:
            super().__init__(prefix=name)
        else:
            super().__init__(formdata=None, prefix=name)
        self.name = name
        self.case = case
        self.prepare()
        if not sent:
            self.show_now(case)

    def prepare(self) -> None:
        """Fill in the choices that this case has."""

    @property
    def prepares(self) -> bool:
        """Whether the person asks for the form to be filled in, and sends nothing yet."""
        return False

    def fill_in(self) -> None:
        """Fill the form in as the person asks."""

    def show_now(self, case: Case) -> None:
        """Say that the page shows the case as it is now."""
        self.version.now(case.report.version)
        self.seen.now(case.latest)

    def catch_up(self, case: Case) -> None:
        """Stand on the page of the case as it is now, with what was typed."""
        self.case = case
        self.prepare()
        self.show_now(case)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Whether the form may be used; says in words when it did not come whole."""
        valid = super().validate(extra_validators)
        if self.version.data is None:
            self.form_errors.append(_("This page was sent incompletely. Please send it again."))
            self.show_now(self.case)
            valid = False
        return bool(valid)


class TakeForm(CaseForm):
    """Start work, or say that what is new has been read."""


class NoteForm(CaseForm):
    """An internal note."""

    text = TextAreaField(
        _l("Internal note"),
        description=_l("Only offices that can open this case read it. The person does not."),
        filters=[tidy],
        validators=[DataRequired(_l("Please write a note.")), at_most(NOTE_MAX)],
    )


class MoveForm(CaseForm):
    """A step along the table of states."""

    to = Options(_l("What should happen?"), validators=[InputRequired(_l("Please choose what should happen."))])
    reason = TextAreaField(
        _l("Why?"),
        description=_l("Only offices that can open this case read it. The person does not."),
        filters=[tidy],
        validators=[at_most(REASON_MAX)],
    )

    def prepare(self) -> None:
        """Offer the moves that this office may make now."""
        steps = domain.moves(self.case.state, self.case.standings)
        # A new case has a button of its own for starting work.
        apart = {State.IN_REVIEW} if self.case.state is State.RECEIVED else set()
        self.to.choices = [option(step.to, MOVES[step.to]) for step in steps if step.to not in apart]

    def validate_reason(self, field: TextAreaField) -> None:
        """Some steps have to be explained."""
        to = self.to.data
        step = domain.transition(self.case.state, State(to), self.case.standings) if to in set(State) else None
        if step is not None and step.needs_reason and not field.data:
            raise StopValidation(_("Please say why."))

    @property
    def target(self) -> State:
        """Where the case should move."""
        return State(self.to.data)


class CloseForm(CaseForm):
    """The end of a case."""

    outcome = Options(
        _l("How did it end?"),
        description=_l("The person sees this, and it may be published in figures."),
        validators=[InputRequired(_l("Please choose how it ended."))],
    )
    words = TextAreaField(
        _l("Internal remark"),
        description=_l("Only offices that can open this case read it. The person does not."),
        filters=[tidy],
        validators=[Optional(), at_most(REASON_MAX)],
    )

    def prepare(self) -> None:
        """Offer the outcomes that a case of this kind may have."""
        self.outcome.choices = [
            option(outcome, word("outcome", outcome)) for outcome in domain.outcomes(self.case.report.kind)
        ]

    @property
    def result(self) -> Outcome:
        """How it ended."""
        return Outcome(self.outcome.data)


class LinkForm(CaseForm):
    """A measure that the case concerns."""

    measure = Choice(_l("Measure"))

    def prepare(self) -> None:
        """Offer every measure by its name."""
        named = sorted((in_language(card.name).text, card.key) for card in plans.measures())
        self.measure.choices = [option("", _l("Please choose")), *(option(key, name) for name, key in named)]

    def validate_measure(self, field: Choice) -> None:
        """Nothing chosen is no measure."""
        if not field.data:
            raise StopValidation(_("Please choose a measure."))

    @property
    def card(self) -> MeasureCard:
        """The measure."""
        return cast("MeasureCard", plans.measure(self.measure.data))


class UnlinkForm(CaseForm):
    """A measure that the case does not concern after all; the button carries its key."""

    measure = HiddenField()

    def validate_measure(self, field: HiddenField) -> None:
        """Only a measure that exists."""
        if plans.measure(field.data or "") is None:
            raise StopValidation(_("Please choose a measure."))

    @property
    def card(self) -> MeasureCard:
        """The measure."""
        return cast("MeasureCard", plans.measure(self.measure.data))


class OfficeForm(CaseForm):
    """Another office, chosen from those that may read the case."""

    office = Choice(
        _l("Which office?"),
        description=_l("Offices that the report is about, or that the person left out, are not in this list."),
    )

    @property
    def candidates(self) -> tuple[OrganisationCard, ...]:
        """The open offices that may be chosen."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Offer them by name."""
        offices = [option(card.key, in_language(card.name).text) for card in self.candidates]
        self.office.choices = [option("", _l("Please choose")), *offices]

    def validate_office(self, field: Choice) -> None:
        """Nothing chosen is no office."""
        if not field.data:
            raise StopValidation(_("Please choose an office."))


class OfferForm(OfficeForm):
    """An offer to another office."""

    reason = TextAreaField(
        _l("Why this office?"),
        description=_l("The other office reads it. The person does not."),
        filters=[tidy],
        validators=[DataRequired(_l("Please say why.")), at_most(REASON_MAX)],
    )

    @property
    def candidates(self) -> tuple[OrganisationCard, ...]:
        """Those that may take over the lead."""
        return self.case.receivers


class AcceptForm(CaseForm):
    """Yes to an offer."""


class ReturnForm(CaseForm):
    """No to an offer."""

    reason = TextAreaField(
        _l("Why do you return it?"),
        description=_l("The other office reads it. The person does not."),
        filters=[tidy],
        validators=[DataRequired(_l("Please say why.")), at_most(REASON_MAX)],
    )


class TakeBackForm(CaseForm):
    """No longer an offer."""


class RecuseForm(CaseForm):
    """Leave the case to one's colleagues."""

    reason = TextAreaField(
        _l("Why? You need not say it."),
        description=_l("Your colleagues who go on with the case read it. The person does not."),
        filters=[tidy],
        validators=[at_most(REASON_MAX)],
    )
