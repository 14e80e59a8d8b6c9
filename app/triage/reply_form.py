"""The form of a message to the reporter, which may begin with one of the city's templates."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from app.core.codes import State
from app.core.fields import tidy
from app.core.languages import in_language
from app.triage import work_queries
from app.triage.forms import MESSAGE_MAX, CaseForm, Choice, Options, at_most, option
from app.triage.work_domain import TemplateCard


class ReplyForm(CaseForm):
    """A message to the reporter. The button says whether it answers, asks, or only puts a template into the field."""

    template = Choice(
        _l("Begin with a template"),
        description=_l("It is added to your message, in the language of the report. Please make it fit."),
    )
    insert = HiddenField()
    text = TextAreaField(
        _l("Your message to the person"),
        filters=[tidy],
        validators=[DataRequired(_l("Please write a message.")), at_most(MESSAGE_MAX)],
    )
    then = Options(
        _l("What kind of message it is"),
        choices=[option(State.ANSWERED, _l("An answer")), option(State.WAITING, _l("A question"))],
        validators=[InputRequired(_l("Please send it either as an answer or as a question."))],
    )

    def prepare(self) -> None:
        """Offer the templates for this kind of report; each carries its words, for those with JavaScript."""
        report = self.case.report
        offered = [option("", _l("Please choose"))]
        for card in work_queries.templates(report.kind):
            said = card.written(report.language, report.number)
            carried = {
                "data-text": said.text,
                "data-language": said.language,
                "data-german": card.beside(report.language, report.number),
            }
            offered.append(SelectChoice(card.key, in_language(card.name).text, carried))
        self.template.choices = offered

    @property
    def prepares(self) -> bool:
        """Whether the person wants a template put into the field, and sends nothing yet."""
        return bool(self.insert.data)

    def fill_in(self) -> None:
        """Add the chosen template to what stands in the field."""
        card = self.chosen
        if card is None:
            self.template.errors = [_("Please choose a template.")]
            return
        said = card.written(self.case.report.language, self.case.report.number)
        self.text.data = "\n\n".join(filter(None, [self.text.data, said.text]))

    @property
    def chosen(self) -> TemplateCard | None:
        """The template that was chosen, among those offered."""
        offered = work_queries.templates(self.case.report.kind)
        return next((card for card in offered if card.key == self.template.data), None)

    @property
    def german(self) -> str:
        """What the chosen template means in German, when it has just been put in and is in another language."""
        card = self.chosen if self.prepares else None
        return card.beside(self.case.report.language, self.case.report.number) if card else ""

    @property
    def question(self) -> bool:
        """Whether the office waits for an answer."""
        return bool(self.then.data == State.WAITING)
