"""The form on which somebody at a desk writes a report down for another person: all questions on one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from app.core.codes import Channel, Code, Purpose, Role, Where, Wish
from app.core.fields import OneOf, Pick
from app.core.languages import DEFAULT, LANGUAGES, in_language
from app.directory.domain import OrganisationCard
from app.reports import flow
from app.reports.domain import new_nonce
from app.reports.flow import Question
from app.reports.forms import MISSING_ANSWER, NONCE, ReportForm, code_choices
from app.triage.labels import KINDS, ROLES, WISHES

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString
    from werkzeug.datastructures import MultiDict

    from app.reports.domain import ReportDraft

LABELS: Mapping[str, LazyString] = {
    "kind": _l("What is it?"),
    "role": _l("Whose experience is it?"),
    "topic": _l("Area of life"),
    "grounds": _l("What does the person think it had to do with?"),
    "forms": _l("In what way did it show?"),
    "missing": _l("What exactly is the difficulty?"),
    "targets": _l("For whom is it needed most?"),
    "where": _l("Where is it, or where did it happen?"),
    "street": _l("Street"),
    "area": _l("Part of town"),
    "place_detail": _l("More about the place"),
    "month": _l("When did it happen?"),
    "involved": _l("Which offices or organisations are involved?"),
    "involved_person": _l("Which person is involved?"),
    "text": _l("What the person says"),
    "wish": _l("What does the person wish?"),
    "contact": _l("How can the office reach the person?"),
    "consents": _l("What has the person agreed to?"),
    "excluded": _l("Who should not read it, as the person wishes?"),
}
"""What the questions are called where they are asked about somebody else."""

HINTS: Mapping[str, LazyString] = {
    "grounds": _l("Everything that fits. “I am not sure” is an answer too."),
    "forms": _l("Everything that fits."),
    "missing": _l("Everything that fits."),
    "targets": _l("Everything that fits."),
    "street": _l("Only where the place is named by its street."),
    "area": _l("Where the place lies in the city. It may stay open when the list of streets knows the street."),
    "place_detail": _l("For example a stop, a building or a floor. Only those who read the report see it."),
    "month": _l("The month is enough. Nobody asks for the day."),
    "involved": _l("They do not get the report, nor do the offices above and below them, nor anybody who works there."),
    "involved_person": _l("A name or a description. Please also tick the office where they work."),
    "text": _l("In the person’s own words, in any language. Please leave out full names of other people."),
    "contact": _l("It may stay empty. The person can also read the answer with the receipt."),
    "consents": _l("Please ask about each point, and tick only what the person has agreed to."),
    "excluded": _l("The person need not give a reason."),
}

CONSENTS: Mapping[Purpose, LazyString] = {
    Purpose.READING: _l(
        "The offices that are named before it is sent read the report. Without this it cannot be sent."
    ),
    Purpose.CONTACT: _l("The office writes to the person or contacts them."),
    Purpose.HANDOVER: _l("The office may hand the report over to another city office."),
    Purpose.INDEPENDENT: _l("The office may share the report with an independent organisation."),
    Purpose.STATISTICS: _l("The report is counted, without text and without names."),
}

MISSING: Mapping[str, LazyString] = {
    "kind": _l("Please choose what it is."),
    "role": _l("Please choose whose experience it is."),
    "topic": _l("Please choose an area of life, or “Something else”."),
    "grounds": _l("Please choose at least one; “I am not sure” is an answer too."),
    "where": _l("Please choose how the place is named, or “No place”."),
    "street": _l("Please enter the name of the street."),
    "area": _l("Please choose the part of town."),
    "month": _l("Please choose a month, or that it is not known."),
    "text": _l("Please write down what the person says."),
    "wish": _l("Please choose what the person wishes."),
    "consents": _l("The report can only be sent if the person has agreed that the named offices read it."),
    "channel": _l("Please choose how the report reached you."),
    "person_language": _l("Please choose a language."),
    "desk": _l("Please choose an organisation."),
}

OWN = ("channel", "person_language", "desk")
"""Questions that residents are not asked."""

UNKNOWN_PLACES = frozenset({Where.POINT})
"""Ways to name a place that need the map of the residents' form."""


def _said_of(words: Mapping[Any, LazyString], codes: Iterable[Code]) -> list[SelectChoice]:
    return [SelectChoice(code.value, words[code]) for code in codes]


class BehalfForm(ReportForm):
    """The residents' questions on one page, asked about somebody else, and how the report came in."""

    channel = OneOf(
        _l("How did the report reach you?"), choices=code_choices(one for one in Channel if one is not Channel.WEB)
    )
    person_language = Pick(
        _l("Language of the person"),
        description=_l("In this language they get the receipt, and the office sees which one they read."),
        choices=[SelectChoice(code, language.name) for code, language in LANGUAGES.items()],
        default=DEFAULT,
    )
    desk = Pick(_l("For which organisation do you write it down?"))

    def __init__(self, desks: Sequence[OrganisationCard], said: MultiDict[str, str] | None = None) -> None:
        """For somebody who belongs to these organisations; empty, or as it was sent."""
        super().__init__(said)
        self.desk.choices = [SelectChoice(card.key, in_language(card.name).text) for card in desks]
        if len(desks) == 1:
            self.desk.data = desks[0].key
        for name in ("involved", "excluded"):
            self[name].flags.optional = True

    def _offer(self) -> None:
        super()._offer()
        for name, label in LABELS.items():
            self[name].label.text = label
        for name, hint in HINTS.items():
            self[name].description = hint
        self.kind.choices = _said_of(KINDS, flow.offered_kinds(about=False))
        self.role.choices = _said_of(ROLES, Role)
        self.wish.choices = _said_of(WISHES, Wish)
        self.where.choices = code_choices(one for one in Where if one not in UNKNOWN_PLACES)
        self.consents.choices = _said_of(CONSENTS, Purpose)

    def begin(self) -> bool:
        """Make sure that the form has a name by which it is known when it is sent twice; False when it had none."""
        if NONCE.fullmatch(self.nonce.data or ""):
            return True
        self.nonce.data = new_nonce()
        return False

    def answered(self) -> bool:
        """Whether the report can stand as it is; if not, its fields tell why."""
        known = self.known
        impossible = bool(known.kind and known.wish and known.wish not in flow.offered_wishes(known.kind))
        if known.where is Where.STREET and self.street.data and not self.area.data:
            self.propose_area()
        self.drop_stale()
        asked = [question for question in flow.questions(self.known) if question is not Question.CHECK]
        # All of them, so that every fault is told at once.
        sound = all([*(self.check(question) for question in asked), *(self._own(name) for name in OWN)])
        self._say_in_staff_words()
        if impossible:
            self.wish.errors = [_("Nobody mediates in a matter of this kind. Please choose something else.")]
        return sound and not impossible

    def _own(self, name: str) -> bool:
        field = self[name]
        if not field.validate(self):
            return False
        if not field.data:
            field.errors = [MISSING[name]]
        return bool(field.data)

    def _say_in_staff_words(self) -> None:
        for name, sentence in MISSING_ANSWER.items():
            if name in MISSING and self[name].errors == [sentence]:
                self[name].errors = [MISSING[name]]

    @property
    def agreed(self) -> list[LazyString]:
        """What the person has agreed to, as far as it fits the report, in words."""
        given = self.consents.data or []
        return [CONSENTS[purpose] for purpose in Purpose if purpose in given]

    def to_report(self) -> tuple[ReportDraft, Channel, str]:
        """The report, how it came in, and the key of the organisation; call when it is ``answered``."""
        return self.to_draft(self.person_language.data), Channel(self.channel.data), self.desk.data
