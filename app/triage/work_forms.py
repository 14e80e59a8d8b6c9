"""The forms for what lies beside a case: things to do, labels, cases of the same incident."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, Optional, StopValidation

from app.core.clock import today
from app.core.fields import SomeOf, tidy
from app.core.languages import in_language
from app.reports.domain import NUMBER
from app.triage import work_queries
from app.triage.forms import CaseForm, at_most, option

TO_DO_MAX = 300


class ToDoForm(CaseForm):
    """Something that is to be done."""

    text = StringField(
        _l("What is to be done?"),
        description=_l("Only offices that can open this case read it. The person does not."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Please write what is to be done.")),
            at_most(TO_DO_MAX),
        ],
    )
    due = DateField(
        _l("By when?"),
        validators=[Optional()],
        invalid_value_message=_l("Please give the day in full, or leave it empty."),
    )

    def prepare(self) -> None:
        """A day is welcome, not needed."""
        self.due.flags.optional = True

    def validate_due(self, field: DateField) -> None:
        """A day that is over is a typing error."""
        if field.data is not None and field.data < today():
            raise StopValidation(_("This day is over. Please choose today or a later day."))


class ErrandForm(CaseForm):
    """Done, or not done after all; the button carries the id."""

    which = HiddenField()

    def validate_which(self, field: HiddenField) -> None:
        """Only a number."""
        if not (field.data or "").isascii() or not (field.data or "").isdecimal() or len(field.data) > 9:  # noqa: PLR2004
            raise StopValidation(_("Please choose one of the things to do on this page."))

    @property
    def to_do_id(self) -> int:
        """Which one."""
        return int(self.which.data)


class LabelsForm(CaseForm):
    """The labels of a case, all at once."""

    keys = SomeOf(_l("Labels"), description=_l("The person does not see them."))

    def prepare(self) -> None:
        """Offer the labels in use, and those that the case has already."""
        self.there = work_queries.labels_of([self.case.report.id]).get(self.case.report.id, ())
        offered = [card for card in work_queries.all_labels() if card.active or card in self.there]
        self.keys.choices = [option(card.key, in_language(card.name).text) for card in offered]
        if self.keys.raw_data is None:
            self.keys.data = [card.key for card in self.there]


class OtherCaseForm(CaseForm):
    """Another case, by its number."""

    other = StringField(
        _l("Number of the other case"),
        description=_l("Such as T-4K7M-92QX. You have to be able to open both cases."),
        filters=[tidy, str.upper],
        validators=[DataRequired(_l("Please give the number of the other case."))],
    )

    def validate_other(self, field: StringField) -> None:
        """Only what looks like a number of a case."""
        if not NUMBER.fullmatch(field.data):
            raise StopValidation(_("This is not a case number. It looks like T-4K7M-92QX."))
