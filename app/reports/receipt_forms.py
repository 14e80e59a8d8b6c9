"""The forms of a receipt: its digits, words to the office, and what is put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.core import clock
from app.core.codes import Form as FormOfDiscrimination
from app.core.codes import Ground, Kind, Missing, Role, Target, Topic, Where, Wish
from app.core.fields import AtMost, OneOf, Pick, SomeOf, tidy
from app.privacy.domain import CHECK_DIGITS, RANDOM_DIGITS, read_receipt
from app.reports import flow, wording
from app.reports.dialogue import CODES, Correction, OpenedReport
from app.reports.domain import PLACED
from app.reports.flow import Known, Question
from app.reports.forms import DETAIL_MAX, MISSING_ANSWER, NO_TOPIC, STREET_MAX, TEXT_MAX, code_choices
from app.reports.wording import LONGER_AGO, ONGOING, UNSAID

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

ASKED: Mapping[str, Question] = {
    "street": Question.STREET,
    "month": Question.WHEN,
    "involved_person": Question.INVOLVED,
    "topic": Question.TOPIC,
    "grounds": Question.GROUNDS,
    "forms": Question.FORMS,
    "missing": Question.MISSING,
    "targets": Question.TARGETS,
}
"""Which question of the walk a field answers; what was not asked there cannot be corrected either."""

NEEDED = ("text", "topic", "grounds", "month")
"""Fields that must be answered where they apply."""

LENGTH = RANDOM_DIGITS + CHECK_DIGITS
MESSAGE_MAX = 5_000


class ReceiptForm(Form):
    """30 digits in any script, with whatever stands between them."""

    receipt = StringField(
        _l("Your receipt"),
        description=_l("30 digits. Spaces and line breaks between them do no harm."),
    )

    def digits(self) -> str | None:
        """The receipt, or None when it cannot be one; then the field tells why."""
        typed = self.receipt.data or ""
        digits = read_receipt(typed)
        count = sum(sign.isdecimal() for sign in typed)
        if digits is None and not count:
            self.receipt.errors = [_("Please enter the 30 digits of your receipt.")]
        elif digits is None and count != LENGTH:
            self.receipt.errors = [
                _("A receipt has %(wanted)s digits, but you entered %(count)s.", wanted=LENGTH, count=count)
            ]
        elif digits is None:
            self.receipt.errors = [
                _("One of the digits seems to be mistyped. Please compare them one group at a time.")
            ]
        return digits

    def ended(self) -> None:
        """Tell that another receipt has taken the place of this one."""
        self.receipt.errors = [
            _("This receipt was exchanged for a new one and opens nothing any more. Please enter the new one.")
        ]


class CorrectionForm(Form):
    """What a reporter may put right, filled with what stands now; only what their kind of report has."""

    seen = HiddenField()
    text = TextAreaField(_l("Your words"), filters=[tidy], validators=[AtMost(TEXT_MAX, counted=True)])
    contact = StringField(
        _l("How can the office reach you?"),
        filters=[tidy],
        validators=[AtMost(DETAIL_MAX)],
        description=_l("The office sees it only while you agree to be contacted."),
    )
    street = StringField(_l("In which street?"), filters=[tidy], validators=[AtMost(STREET_MAX)])
    place_detail = StringField(
        _l("Is there more to say about the place?"), filters=[tidy], validators=[AtMost(DETAIL_MAX)]
    )
    month = Pick(_l("When did it happen?"))
    involved_person = StringField(_l("Was a certain person involved?"), filters=[tidy], validators=[AtMost(DETAIL_MAX)])
    topic = OneOf(
        _l("Which area of life is it about?"),
        choices=[*code_choices(Topic), SelectChoice(NO_TOPIC, _l("Something else, or I do not know"))],
    )
    grounds = SomeOf(_l("What do you think it had to do with?"), choices=code_choices(Ground))
    forms = SomeOf(_l("In what way did it show?"), choices=code_choices(FormOfDiscrimination))
    missing = SomeOf(_l("What exactly is the difficulty?"), choices=code_choices(Missing))
    targets = SomeOf(_l("Who needs it most?"), choices=code_choices(Target))

    def __init__(self, opened: OpenedReport, said: MultiDict[str, str] | None = None) -> None:
        """With what stands in the report, or with what was typed since."""
        self.before = Correction.of(opened)
        held = asdict(self.before) | {
            "seen": opened.version,
            "month": self.before.month or UNSAID,
            "topic": self.before.topic or NO_TOPIC,
        }
        super().__init__(said, data=held)
        self.month.choices = [SelectChoice(month, wording.month_label(month)) for month in self._months()]
        for name in _not_asked(opened):
            del self[name]
        for name, field in self._fields.items():
            field.flags.optional = name not in NEEDED

    def validate(self) -> bool:
        """Whether it can stand."""
        sound: bool = super().validate()
        for name in NEEDED:
            if name in self and not self[name].data:
                self[name].errors = [MISSING_ANSWER[name]]
                sound = False
        return sound

    def to_correction(self) -> Correction:
        """What the report shall say; what was not asked stays as it is."""
        said: dict[str, Any] = {name: field.data for name, field in self._fields.items() if name != "seen"}
        said |= {name: tuple(said[name]) for name in CODES if name in said}
        nothing = {"month": (UNSAID, ""), "topic": (NO_TOPIC, None)}
        said |= {name: empty for name, (key, empty) in nothing.items() if said.get(name) == key}
        return replace(self.before, **said)

    def _months(self) -> list[str]:
        recent = wording.recent_months(clock.today())
        older = [self.before.month] if wording.MONTH.fullmatch(self.before.month) else []
        return [UNSAID, ONGOING, *dict.fromkeys(recent + older), LONGER_AGO]


def _not_asked(opened: OpenedReport) -> list[str]:
    report = opened.report
    known = Known(
        Kind(report.kind), Role.named(report.role), Where(report.where), Wish(report.wish), bool(opened.coded.subject)
    )
    unasked = [name for name, question in ASKED.items() if not flow.applies(question, known)]
    return unasked if report.where in PLACED else [*unasked, "place_detail"]


class MessageForm(Form):
    """Words to the office."""

    message = TextAreaField(
        _l("Write to the office"),
        filters=[tidy],
        validators=[AtMost(MESSAGE_MAX, counted=True)],
        description=_l("Something to add, an answer, or a question. Only those who read your report see it."),
    )

    def validate(self) -> bool:
        """Whether there is something to send that fits."""
        sound: bool = super().validate()
        if sound and not self.message.data:
            self.message.errors = [_("Please write your message first.")]
            return False
        return sound
