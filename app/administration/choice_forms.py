"""The administrator's forms about what the city chooses: retention, threshold, languages, closed days, deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from app.administration.forms import NAME_MAX, Day
from app.core.clock import today
from app.core.codes import Kind
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, SomeOf, tidy
from app.core.languages import DEFAULT, LANGUAGES
from app.core.settings import RETENTION_MONTHS_MOST
from app.core.texts import Localized
from app.reports.deadlines import Days

THRESHOLD_MOST = 50
DAYS_MOST = 250


class Whole(IntegerField):
    """A whole number within bounds, refused in words."""

    def __init__(self, label: object, least: int, most: int, **kwargs: Any) -> None:  # noqa: ANN401
        """From ``least`` to ``most``."""
        super().__init__(label, **kwargs)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number."""
        given = valuelist[0].strip() if valuelist else ""
        self.data = int(given) if given.isascii() and given.isdigit() and len(given) < len(str(self.most)) + 2 else None

    def pre_validate(self, _form: object) -> None:
        """Compare with the bounds."""
        if self.data is None or not self.least <= self.data <= self.most:
            raise ValidationError(
                _("Please enter a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )


class ChoiceForm(DeskForm):
    """A choice of the city: as it holds, or as somebody sends it."""

    def __init__(self, *, sent: bool, **values: Any) -> None:  # noqa: ANN401
        """With ``sent`` what this request brings, else the values."""
        super().__init__(**({} if sent else {"formdata": None}), data={} if sent else values)


class RetentionForm(ChoiceForm):
    """Months by kind: the fields ``months_<kind>``."""

    @classmethod
    def showing(cls, months: Mapping[str, int]) -> RetentionForm:
        """The form with these months."""
        return cls(sent=False, **{f"months_{kind}": number for kind, number in months.items()})

    def months(self) -> dict[str, int]:
        """The months by kind."""
        return {str(kind): self[f"months_{kind}"].data for kind in Kind}


class DeadlinesForm(ChoiceForm):
    """Working days by kind: the fields ``answer_<kind>`` and ``conclusion_<kind>``."""

    @classmethod
    def showing(cls, table: Mapping[Kind, Days]) -> DeadlinesForm:
        """The form with these days."""
        values = {f"answer_{kind}": days.answer for kind, days in table.items()}
        return cls(sent=False, **values, **{f"conclusion_{kind}": days.conclusion for kind, days in table.items()})

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Nothing is concluded before it is answered."""
        valid = super().validate(extra_validators)
        for kind in Kind:
            answer, conclusion = self[f"answer_{kind}"], self[f"conclusion_{kind}"]
            if not answer.errors and not conclusion.errors and conclusion.data < answer.data:
                conclusion.errors = [_("The conclusion cannot be due before the first answer.")]
                valid = False
        return valid

    def days(self) -> dict[Kind, Days]:
        """The days by kind."""
        return {kind: Days(self[f"answer_{kind}"].data, self[f"conclusion_{kind}"].data) for kind in Kind}


for _kind in Kind:
    setattr(RetentionForm, f"months_{_kind}", Whole(_kind.label, 1, RETENTION_MONTHS_MOST))
    setattr(DeadlinesForm, f"answer_{_kind}", Whole(_l("First answer"), 1, DAYS_MOST))
    setattr(DeadlinesForm, f"conclusion_{_kind}", Whole(_l("Conclusion"), 1, DAYS_MOST))


class ThresholdForm(ChoiceForm):
    """The smallest number that is published."""

    least = Whole(_l("Smallest number that is published"), 1, THRESHOLD_MOST)

    def __init__(self, *, sent: bool, **values: Any) -> None:  # noqa: ANN401
        """Nothing below what the operator has set."""
        super().__init__(sent=sent, **values)
        self.least.least = current_app.config["SETTINGS"].disclosure_threshold


class LanguagesForm(ChoiceForm):
    """The languages offered to residents besides German."""

    codes = SomeOf(
        _l("Languages besides German"),
        choices=[SelectChoice(code, known.name) for code, known in LANGUAGES.items() if code != DEFAULT],
    )


class ClosedDayForm(ChoiceForm):
    """A day on which the offices do not work."""

    day = Day(_l("Day"), validators=[DataRequired(_l("Please enter a day."))])
    name_de = StringField(
        _l("Why (Deutsch)"),
        filters=[tidy],
        validators=[DataRequired(_l("Please say in German why the offices are closed.")), AtMost(NAME_MAX)],
    )
    name_en = StringField(_l("Why (English)"), filters=[tidy], validators=[AtMost(NAME_MAX)])

    def __init__(self, *, sent: bool) -> None:
        """An empty form, or what this request brings."""
        super().__init__(sent=sent)
        self.name_en.flags.optional = True

    def validate_day(self, field: Day) -> None:
        """What is over cannot be changed."""
        if field.data and field.data < today():
            raise ValidationError(_("This day is over. Please enter one that is still to come."))

    def closed(self) -> date:
        """The day. A form that is valid has one."""
        if self.day.data is None:
            raise LookupError("the form names no day")
        return self.day.data

    def name(self) -> Localized:
        """The reason in its languages."""
        said = {"de": self.name_de.data, "en": self.name_en.data}
        return Localized({code: text for code, text in said.items() if text})


class OpenDayForm(DeskForm):
    """The closed day that is to be a working day again."""

    day = Day(validators=[DataRequired()])
