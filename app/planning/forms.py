"""The forms around versions of the plans. What a form does not offer it refuses, and everything typed stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import HiddenInput

from app.core.codes import MeasureState
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, OurNumber, Pick, tidy
from app.core.languages import DEFAULT, LANGUAGES, in_language
from app.core.wordings import field_name
from app.planning.page import PAGE, Wanted, office_choices
from app.plans.document import Edition

WHY_MAX = 500
TEXT_MAX = 5000
LINE_MAX = 300
PAGES_MOST = 10_000


class YearField(IntegerField):
    """A year, which may be left open."""

    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, and say in words when it is none."""
        self.data = None
        if not any(value.strip() for value in valuelist):
            return
        try:
            year = int(valuelist[0])
        except ValueError:
            year = 0
        if not 1900 <= year <= 2100:  # noqa: PLR2004 - as app.core.entries.Year
            raise ValueError(_("Please enter a year, such as 2027."))
        self.data = year


class DraftForm(DeskForm):
    """A form that changes a version. ``seen`` is the latest line of its history that its page knew of."""

    seen = OurNumber()

    def catch_up(self, latest: int) -> None:
        """Stand on the page of the version as it is now, with what was typed."""
        self.seen.now(latest)

    def leaves(self) -> Leaves:
        """The form without rows inside it: every field on one level, for a list of what is wrong."""
        return Leaves(self)


class Leaves:
    """Every field of a form on one level, as the list of errors wants them."""

    def __init__(self, form: Any) -> None:  # noqa: ANN401
        """Look at a form."""
        self.errors, self.form_errors, self._form = form.errors, form.form_errors, form

    def __iter__(self) -> Iterator[Any]:
        """The fields, in the order of the form."""
        yield from _leaves(self._form)


def _leaves(fields: Any) -> Iterator[Any]:  # noqa: ANN401
    for one in fields:
        if isinstance(one, FieldList | FormField):
            yield from _leaves(one)
        if not isinstance(one, FormField):
            yield one


class WhyForm(DraftForm):
    """A change that may say why."""

    why = TextAreaField(
        _l("Why?"),
        description=_l("It stands in the history, with the name of your desk."),
        filters=[tidy],
        validators=[AtMost(WHY_MAX)],
    )

    def __init__(self, **values: Any) -> None:  # noqa: ANN401
        """Say that the reason can be left out."""
        super().__init__(**values)
        self.why.flags.optional = True


class ReasonForm(DraftForm):
    """A step that wants a word."""

    why = TextAreaField(
        _l("Your word on it"),
        description=_l("Whoever works on it next reads it. It stays in the history."),
        filters=[tidy],
        validators=[DataRequired(_l("Please write a sentence.")), AtMost(WHY_MAX)],
    )


class ConfirmForm(DraftForm):
    """A step that wants to be confirmed."""

    sure = BooleanField(
        _l("Yes, I have looked at what changes."),
        validators=[DataRequired(_l("Please confirm that you have looked at what changes."))],
    )


class BeginForm(DeskForm):
    """Which edition a draft is begun of."""

    edition = StringField(widget=HiddenInput())


class FilterForm(Form):
    """The filter of a long list of measures, read from the address."""

    q = StringField(_l("Search in names and summaries"), filters=[tidy], validators=[AtMost(LINE_MAX)])
    plan = Pick(_l("Plan"), default="")
    state = Pick(_l("State"), default="")
    office = Pick(_l("Responsible office"), default="")
    page = OurNumber(default=1)

    def __init__(self, values: Any, document: Edition) -> None:  # noqa: ANN401
        """Offer what the edition has."""
        super().__init__(values)
        self.plan.choices = [
            SelectChoice("", _l("All plans")),
            *(SelectChoice(one.key, in_language(one.short).text) for one in document.plans),
        ]
        self.state.choices = [
            SelectChoice("", _l("All states")),
            *(SelectChoice(one, one.label) for one in MeasureState),
        ]
        self.office.choices = [
            SelectChoice("", _l("All offices")),
            *(SelectChoice(key, name) for key, name in office_choices(document)),
        ]

    def wanted(self) -> Wanted:
        """What somebody wants to see."""
        page = min(max(self.page.data or 1, 1), PAGES_MOST)
        return Wanted(self.q.data or "", self.plan.data, self.state.data, self.office.data, page)

    def page_of(self, found: Sequence[Any]) -> Sequence[Any]:
        """The part of a list that the page shows; a page beyond the end shows the last one."""
        page = min(self.wanted().page, self.pages(found))
        return found[(page - 1) * PAGE : page * PAGE]

    @staticmethod
    def pages(found: Sequence[Any]) -> int:
        """How many pages a list has, at least one."""
        return max(1, -(-len(found) // PAGE))


def add_texts(form: type[Form], name: str, label: Any, *, needed: bool = False, long: bool = False) -> None:  # noqa: ANN401
    """Give a form a field for a text in each language. A needed one has to be there in German."""
    for code, known in LANGUAGES.items():
        wanted = [DataRequired(_l("Please write this in German at least."))] if needed and code == DEFAULT else []
        kind = TextAreaField if long else StringField
        field = kind(
            _l("%(attribute)s (%(language)s)", attribute=label, language=known.name),
            filters=[tidy],
            validators=[*wanted, AtMost(TEXT_MAX if long else LINE_MAX)],
        )
        setattr(form, field_name(name, code), field)


def mark_optional(form: Any, *names: str) -> None:  # noqa: ANN401
    """Say of fields that they can be left out."""
    for name in names:
        form[name].flags.optional = True
