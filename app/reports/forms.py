"""The form of a report: every answer on every page, visible or hidden, checked again each time it arrives.

There is no token against forged requests: residents have no session that a foreign page could ride on. What a foreign
page could do is plant a nonce, and :mod:`app.reports.views` refuses that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import Form, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.core import clock
from app.core.codes import Code, Ground, Kind, Missing, Purpose, Role, Target, Topic, Where, Wish
from app.core.codes import Form as FormOfDiscrimination
from app.core.fields import AtMost, OneOf, Pick, SomeOf, tidy
from app.core.languages import language
from app.core.revisions import remembered
from app.directory import queries as directory
from app.places import geometry
from app.places import queries as places
from app.places.domain import AreaCard, OutsideCity, folded
from app.plans import queries as plans
from app.reports import flow, wording
from app.reports.domain import PLACED, CleanFile, ReportDraft
from app.reports.fields import Questions
from app.reports.flow import Known, Question

if TYPE_CHECKING:
    from app.directory.domain import ServiceCard
    from app.plans.domain import MeasureCard

TEXT_MAX = 10_000
DETAIL_MAX = 500
STREET_MAX = 200
FILES_MAX = 3
NO_TOPIC = "other"
NONCE = re.compile(r"[A-Za-z0-9_-]{32}")
DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
HOUSE_NUMBER = re.compile(r"[\s,]+\d+\s*[a-zA-Z]?$")

FIELDS: Mapping[Question, tuple[str, ...]] = {
    Question.KIND: ("kind",),
    Question.ROLE: ("role",),
    Question.TOPIC: ("topic",),
    Question.GROUNDS: ("grounds",),
    Question.FORMS: ("forms",),
    Question.MISSING: ("missing",),
    Question.TARGETS: ("targets",),
    Question.WHERE: ("where",),
    Question.STREET: ("street",),
    Question.POINT: ("longitude", "latitude", "area", "place_detail"),
    Question.AREA: ("area", "place_detail"),
    Question.WHEN: ("month",),
    Question.INVOLVED: ("involved", "involved_person"),
    Question.TEXT: ("text",),
    Question.WISH: ("wish",),
    Question.CONTACT: ("contact",),
    Question.CONSENTS: ("consents",),
    Question.READERS: ("excluded",),
    Question.CHECK: ("files",),
}
"""The fields that each page shows; everywhere else they are hidden."""

STATE = ("nonce", "subject", "passed", "seen_route", "files_again")
"""Fields that no page shows."""

MISSING_ANSWER: Mapping[str, LazyString] = {
    "kind": _l("Please choose what you would like to report."),
    "role": _l("Please choose whose experience it is."),
    "topic": _l("Please choose an area of life, or “Something else”."),
    "grounds": _l("Please choose at least one; “I am not sure” is an answer too."),
    "where": _l("Please choose how you want to name the place, or “No place”."),
    "street": _l("Please enter the name of the street."),
    "latitude": _l("Please mark the place on the map, or go back and choose another way to name it."),
    "area": _l("Please choose the part of town."),
    "month": _l("Please choose a month, or “I do not want to say”."),
    "text": _l("Please write at least a few words, so that the office understands what it is about."),
    "wish": _l("Please choose what should happen with your report."),
    "consents": _l("Your report can only be sent if the named office may read it. Please tick the first box to go on."),
}
"""Fields that must be answered where they apply, and what to say while they are not."""


def code_choices(codes: Iterable[Code]) -> list[SelectChoice]:
    """The members of a code list with their words, to choose from."""
    return [SelectChoice(code.value, code.label) for code in codes]


class ReportForm(Form):
    """All answers. Which of them count depends on :attr:`known`; the others travel along in case they count again."""

    nonce = HiddenField()
    subject = HiddenField()
    passed = Questions(default=list)
    seen_route = HiddenField()
    files_again = HiddenField()

    kind = OneOf(_l("What would you like to report?"))
    role = OneOf(_l("Whose experience is it?"), choices=code_choices(Role))
    topic = OneOf(
        _l("Which area of life is it about?"),
        choices=[*code_choices(Topic), SelectChoice(NO_TOPIC, _l("Something else, or I do not know"))],
    )
    grounds = SomeOf(
        _l("What do you think it had to do with?"), choices=code_choices(Ground), description=_l("Choose all that fit.")
    )
    forms = SomeOf(
        _l("In what way did it show?"),
        choices=code_choices(FormOfDiscrimination),
        description=_l("Choose all that fit. If nothing fits, just go on: you can describe it later."),
    )
    missing = SomeOf(
        _l("What exactly is the difficulty?"),
        choices=code_choices(Missing),
        description=_l("Choose all that fit. If nothing fits, just go on: you can describe it later."),
    )
    targets = SomeOf(
        _l("Who needs it most?"),
        choices=code_choices(Target),
        description=_l("Choose all that fit, or just go on."),
    )
    where = OneOf(choices=code_choices(Where))
    street = StringField(_l("In which street?"), filters=[tidy], validators=[AtMost(STREET_MAX)])
    longitude = HiddenField()
    latitude = HiddenField()
    area = Pick(_l("In which part of town?"))
    place_detail = StringField(
        _l("Is there more to say about the place?"),
        filters=[tidy],
        validators=[AtMost(DETAIL_MAX)],
        description=_l("For example a stop, a building or a floor. Only those who read your report see it."),
    )
    month = Pick(
        _l("When did it happen?"),
        description=_l("The month is enough. We do not ask for the day, so that nobody is recognised by it."),
    )
    involved = SomeOf(_l("Is an office or organisation involved?"))
    involved_person = StringField(
        _l("Was a certain person involved?"),
        filters=[tidy],
        validators=[AtMost(DETAIL_MAX)],
        description=_l("A name or a description. Only those who read your report see it."),
    )
    text = TextAreaField(filters=[tidy], validators=[AtMost(TEXT_MAX, counted=True)])
    wish = OneOf(_l("What should happen with your report?"))
    contact = StringField(
        _l("How can the office reach you?"),
        filters=[tidy],
        validators=[AtMost(DETAIL_MAX)],
        description=_l(
            "A telephone number or an address, whatever suits you. You can leave it empty: you can also read the "
            "answer here, with the receipt you get at the end. This platform sends you no mail."
        ),
    )
    consents = SomeOf(_l("What do you agree to?"), description=_l("You decide on each point. You can change it later."))
    excluded = SomeOf(_l("Somebody should not read it"))
    files = MultipleFileField(_l("Photos or documents"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Read the answers, then offer what fits them."""
        super().__init__(*args, **kwargs)
        for name in ("forms", "missing", "targets", "place_detail", "involved_person", "contact", "files"):
            self[name].flags.optional = True
        self.subject_gone = bool(self.subject.data) and self.about() is None
        if self.subject_gone:
            self.subject.data = ""
        self._offer()

    # What is known ---------------------------------------------------------------------------------------------------

    @property
    def known(self) -> Known:
        """The valid answers on which the way depends."""
        about = bool(self.subject.data)
        kind = Kind.named(self.kind.data)
        return Known(
            kind if kind in flow.offered_kinds(about=about) else None,
            Role.named(self.role.data),
            Where.named(self.where.data),
            Wish.named(self.wish.data),
            about,
        )

    def about(self) -> ServiceCard | MeasureCard | None:
        """The service or measure that the report is about."""
        sort, _colon, key = (self.subject.data or "").partition(":")
        if sort == "service":
            return directory.service(key)
        return plans.measure(key) if sort == "measure" else None

    def _offer(self) -> None:
        known = self.known
        self.kind.choices = code_choices(flow.offered_kinds(about=known.about))
        self.wish.choices = code_choices(flow.offered_wishes(known.kind))
        self.consents.choices = code_choices(flow.offered_purposes(known))
        self.area.choices = [SelectChoice("", _l("Please choose")), *_area_choices(language().code)]
        self.month.choices = [
            SelectChoice("", _l("Please choose")),
            SelectChoice(wording.ONGOING, _l("It is still going on")),
            *(SelectChoice(month, LazyString(wording.month_label, month)) for month in self._months()),
            SelectChoice(wording.LONGER_AGO, _l("Longer ago")),
            SelectChoice(wording.UNSAID, _l("I do not know, or do not want to say")),
        ]
        self.involved.choices = _organisation_choices(language().code)
        self.excluded.choices = _reader_choices(language().code)
        self.where.label.text = wording.by_kind(wording.WHERE_QUESTIONS, known.kind)
        self.text.label.text = wording.by_kind(wording.TEXT_QUESTIONS, known.kind)
        self.text.description = wording.by_kind(wording.TEXT_HINTS, known.kind)

    def _months(self) -> list[str]:
        months = wording.recent_months(clock.today())
        # A month chosen just before the turn of the month stays an answer.
        before = wording.recent_months(clock.today(), wording.MONTHS_BACK + 1)[-1]
        return [*months, before] if self.month.data == before else months

    # Checking --------------------------------------------------------------------------------------------------------

    def check(self, question: Question, *, complete: bool = True) -> bool:
        """Whether the answers to a question can stand; if not, its fields tell why.

        Without ``complete`` a question may be open still, but what is there must be of the form's own making.
        """
        fields = [self[name] for name in FIELDS[question]]
        # All of them, so that every fault is told at once.
        sound = all([field.validate(self) for field in fields])  # noqa: C419
        if sound and question is Question.POINT:
            sound = self._check_point()
        if not (sound and complete):
            return sound
        for field in fields:
            if field.name in MISSING_ANSWER and not self._answered(field):
                field.errors = [MISSING_ANSWER[field.name]]
        return not any(field.errors for field in fields)

    @staticmethod
    def _answered(field: Any) -> bool:  # noqa: ANN401
        return Purpose.READING in field.data if field.name == "consents" else bool(field.data)

    def _check_point(self) -> bool:
        given = (self.longitude.data or "", self.latitude.data or "")
        if given == ("", ""):
            return True
        try:
            _areas_at(*given)
        except OutsideCity:
            # It is told, and not kept: not even in the answer's hidden fields.
            self.longitude.data = self.latitude.data = ""
            self.latitude.errors = [
                _("This place is outside the city, so we have not kept it. Please choose a place inside the city.")
            ]
            return False
        return True

    def clear_errors(self) -> None:
        """Forget what earlier checks found, before a page is shown that nobody has answered yet."""
        for field in self:
            field.errors = []

    def drop_stale(self) -> None:
        """Take back what an earlier answer allowed and the present one does not: a wish, consents."""
        known = self.known
        if known.wish and known.wish not in flow.offered_wishes(known.kind):
            self.wish.data = None
            known = self.known
        offered = flow.offered_purposes(known)
        self.consents.data = [
            given for given in self.consents.data or [] if given in offered or given not in set(Purpose)
        ]
        self._offer()

    # Places ----------------------------------------------------------------------------------------------------------

    def propose_area(self) -> None:
        """Preselect the part of town that the street or the point seems to lie in, for the person to confirm."""
        proposed = self.proposed_area()
        self.area.data = proposed.key if proposed else ""

    def proposed_area(self) -> AreaCard | None:
        """The part of town that the street or the point seems to lie in."""
        if self.where.data == Where.POINT:
            if not (self.longitude.data and self.latitude.data):
                return None
            level = places.city().needs_level
            found = _areas_at(self.longitude.data, self.latitude.data)
            return next((card for card in found if card.level == level), None)
        if self.where.data == Where.STREET:
            return _area_of_street(self.street.data or "")
        return None

    # The draft -------------------------------------------------------------------------------------------------------

    def to_draft(self, language: str, files: Collection[CleanFile] = ()) -> ReportDraft:
        """The report as the person means it. Call when every question before the readers' page can stand."""
        known = self.known
        card = self.about()
        if known.kind is None:
            message = "a draft needs a kind"
            raise ValueError(message)
        where = known.where if flow.applies(Question.WHERE, known) and known.where else Where.NONE
        placed = where in PLACED

        def asked(question: Question, value: Any, otherwise: Any) -> Any:  # noqa: ANN401
            return value if flow.applies(question, known) and value else otherwise

        topic = asked(Question.TOPIC, self.topic.data, None)
        targets = asked(Question.TARGETS, self.targets.data, ())
        if card is not None and not flow.applies(Question.TOPIC, known):
            topic = next(iter(card.topics), None)
            targets = card.targets
        month = asked(Question.WHEN, self.month.data, "")
        return ReportDraft(
            nonce=self.nonce.data,
            language=language,
            kind=known.kind,
            text=self.text.data,
            wish=asked(Question.WISH, known.wish, Wish.DOCUMENT),
            where=where,
            role=asked(Question.ROLE, self.role.data, None),
            topic=None if topic == NO_TOPIC else topic,
            grounds=tuple(asked(Question.GROUNDS, self.grounds.data, ())),
            forms=tuple(asked(Question.FORMS, self.forms.data, ())),
            missing=tuple(asked(Question.MISSING, self.missing.data, ())),
            targets=tuple(targets),
            area=self.area.data if placed else None,
            street=asked(Question.STREET, self.street.data, ""),
            point=(float(self.longitude.data), float(self.latitude.data)) if where is Where.POINT else None,
            place_detail=self.place_detail.data if placed else "",
            month="" if month == wording.UNSAID else month,
            involved=tuple(asked(Question.INVOLVED, self.involved.data, ())),
            involved_person=asked(Question.INVOLVED, self.involved_person.data, ""),
            excluded=tuple(self.excluded.data or ()),
            contact=asked(Question.CONTACT, self.contact.data, ""),
            consents=frozenset(Purpose(given) for given in self.consents.data or ()),
            subject=self.subject.data or None,
            files=tuple(files),
        )


def _areas_at(longitude: str, latitude: str) -> tuple[AreaCard, ...]:
    """The areas at a point as the form gives it: degrees in plain decimals, nothing else that reads as a number."""
    if not (DEGREES.fullmatch(longitude) and DEGREES.fullmatch(latitude)):
        message = "no degrees"
        raise OutsideCity(message)
    return geometry.areas_at(float(longitude), float(latitude))


def _area_of_street(text: str) -> AreaCard | None:
    """The part of town of a street, when the list knows it and says it without doubt."""
    name = HOUSE_NUMBER.sub("", text)
    found = places.streets(name, 50)
    exact = [street for street in found if street.folded == folded(name)] or found
    areas = {street.area_id for street in exact}
    only = areas.pop() if len(areas) == 1 else None
    return places.area_by_id(only) if only is not None else None


@remembered("places")
def _area_choices(code: str) -> tuple[SelectChoice, ...]:
    named = [(card.name.shown(code).text, card.key) for card in places.areas(places.city().needs_level or "")]
    return tuple(SelectChoice(key, name) for name, key in sorted(named, key=lambda choice: folded(choice[0])))


@remembered("directory")
def _organisation_choices(code: str) -> tuple[SelectChoice, ...]:
    return tuple(SelectChoice(key, card.name.shown(code).text) for key, card in directory.organisations().items())


@remembered("directory")
def _reader_choices(code: str) -> tuple[SelectChoice, ...]:
    able = {key for key, card in directory.organisations().items() if card.kind == "office" or card.receives}
    return tuple(choice for choice in _organisation_choices(code) if choice.value in able)
