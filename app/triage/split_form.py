"""The form by which a part of a case becomes a report of its own: its facts, its words, and why."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from app.core.fields import tidy
from app.reports import flow
from app.reports.forms import TEXT_MAX
from app.triage.case import Case
from app.triage.forms import REASON_MAX, at_most, option
from app.triage.labels import word
from app.triage.splitting import Part
from app.triage.team_forms import RecodeForm


class SplitForm(RecodeForm):
    """The second matter of a case, filled with the facts and the words of the whole."""

    words = TextAreaField(
        _l("The person’s words about the second matter"),
        description=_l(
            "Leave only what belongs to it, in the person’s own words. Whoever works on the second part reads nothing "
            "else of this report. The first report keeps everything."
        ),
        filters=[tidy],
        validators=[DataRequired(_l("Please leave what belongs to the second matter.")), at_most(TEXT_MAX)],
    )
    reason = TextAreaField(
        _l("Why is it split?"),
        description=_l(
            "Every office that can open this case reads it. The person only sees that their report was split."
        ),
        filters=[tidy],
        validators=[DataRequired(_l("Please say why it is split.")), at_most(REASON_MAX)],
    )

    def prepare(self) -> None:
        """Offer what a report can be that began from nothing in particular."""
        super().prepare()
        self.kind.choices = [option(kind, word("kind", kind)) for kind in flow.offered_kinds(about=False)]

    def show_now(self, case: Case) -> None:
        """Begin with the words of the whole report."""
        super().show_now(case)
        if self.words.raw_data is None:
            self.words.data = case.opened.content.text

    @property
    def part(self) -> Part:
        """The second matter."""
        return Part(self.facts, self.words.data)
