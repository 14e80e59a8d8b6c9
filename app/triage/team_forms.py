"""The forms about who works on a case: offices asked to work along, a colleague, the facts that decide, short ways."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, StopValidation

from app.core.codes import Form as FormOfDiscrimination
from app.core.codes import Ground, Kind, Missing, Target, Topic, Wish
from app.core.fields import SomeOf, tidy
from app.core.languages import in_language
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.places import queries as places
from app.reports import flow
from app.reports.dialogue import CODES
from app.triage import assignment
from app.triage.case import Case
from app.triage.forms import REASON_MAX, CaseForm, Choice, OfficeForm, ReturnForm, at_most, option
from app.triage.labels import word
from app.triage.recoding import Facts

NOTHING = ""


class ConsultForm(OfficeForm):
    """A question to another office whether it works along."""

    reason = TextAreaField(
        _l("What shall they do?"),
        description=_l("The other office reads it. The person does not."),
        filters=[tidy],
        validators=[DataRequired(_l("Please say what they shall do.")), at_most(REASON_MAX)],
    )

    @property
    def candidates(self) -> tuple[OrganisationCard, ...]:
        """Those that are nothing to the case yet."""
        return self.case.advisers


class JoinForm(CaseForm):
    """Yes to the question whether one's office works along."""


class DeclineForm(ReturnForm):
    """No to the question whether one's office works along."""


class DoneForm(CaseForm):
    """One's office has done its part."""

    words = TextAreaField(
        _l("What came of it?"),
        description=_l("The office that leads the case reads it. The person does not."),
        filters=[tidy],
        validators=[DataRequired(_l("Please say what came of it.")), at_most(REASON_MAX)],
    )


class CallOffForm(CaseForm):
    """An office need not work along any more; the button carries its key."""

    office = HiddenField()

    def validate_office(self, field: HiddenField) -> None:
        """Only an office that there is."""
        if field.data not in directory.organisations():
            raise StopValidation(_("Please choose an office."))

    @property
    def office_id(self) -> int:
        """The office."""
        return directory.organisations()[self.office.data].id


class TakeItForm(CaseForm):
    """Work on the case oneself."""


class AssignForm(CaseForm):
    """A colleague who works on the case, or nobody."""

    person = Choice(_l("Who works on it?"))

    def prepare(self) -> None:
        """Offer those who can read the case."""
        people = [option(str(user.id), user.title) for user in assignment.colleagues(self.case)]
        self.person.choices = [option(NOTHING, _l("Nobody in particular")), *people]

    def show_now(self, case: Case) -> None:
        """Begin with who works on it now."""
        super().show_now(case)
        if self.person.raw_data is None:
            self.person.data = str(case.report.assignee_id or NOTHING)

    @property
    def user_id(self) -> int | None:
        """The person's id; None for nobody."""
        return int(self.person.data) if self.person.data else None


class RecodeForm(CaseForm):
    """The facts of a case, all at once, filled with what stands now."""

    kind = Choice(_l("Kind"))
    topic = Choice(
        _l("Area of life"),
        choices=[option(NOTHING, _l("None of these, or not known")), *(option(one, one.label) for one in Topic)],
    )
    area = Choice(_l("Part of town"))
    wish = Choice(_l("What the person wishes"))
    grounds = SomeOf(
        _l("Tied to"),
        choices=[option(one, one.label) for one in Ground],
        description=_l("Only for discrimination; otherwise it is left out."),
    )
    forms = SomeOf(
        _l("How it happened"),
        choices=[option(one, one.label) for one in FormOfDiscrimination],
        description=_l("Only for discrimination; otherwise it is left out."),
    )
    missing = SomeOf(
        _l("What is missing"),
        choices=[option(one, one.label) for one in Missing],
        description=_l("Only for a gap or a barrier; otherwise it is left out."),
    )
    targets = SomeOf(
        _l("For whom"),
        choices=[option(one, one.label) for one in Target],
        description=_l("Only for a gap or a barrier; otherwise it is left out."),
    )
    reason = TextAreaField(
        _l("What was wrong?"),
        description=_l(
            "Every office that can open this case reads it. The person only sees that facts were corrected."
        ),
        filters=[tidy],
        validators=[DataRequired(_l("Please say what was wrong.")), at_most(REASON_MAX)],
    )

    def prepare(self) -> None:
        """Offer what reports can be and wish, and the city's parts of town."""
        about = bool(self.case.opened.coded.subject)
        self.kind.choices = [option(kind, word("kind", kind)) for kind in flow.offered_kinds(about=about)]
        self.wish.choices = [option(wish, word("wish", wish)) for wish in Wish]
        named = [
            option(card.key, in_language(card.name).text) for card in places.areas(places.city().needs_level or "")
        ]
        self.area.choices = [option(NOTHING, _l("No place in the city")), *named]

    def show_now(self, case: Case) -> None:
        """Begin with what stands in the report."""
        super().show_now(case)
        if self.kind.raw_data is None:
            facts = Facts.of(case.opened)
            self.kind.data, self.wish.data = facts.kind.value, facts.wish.value
            self.topic.data, self.area.data = facts.topic or NOTHING, facts.area or NOTHING
            for name in CODES:
                self[name].data = list(getattr(facts, name))

    def validate_kind(self, field: Choice) -> None:
        """Every report is something."""
        if not field.data:
            raise StopValidation(_("Please choose what it is."))

    def validate_wish(self, field: Choice) -> None:
        """Not every kind of report can have every wish."""
        kind = Kind.named(self.kind.data)
        if not field.data or (kind and field.data not in flow.offered_wishes(kind)):
            raise StopValidation(_("A report of this kind cannot have this wish."))

    @property
    def facts(self) -> Facts:
        """What the report shall say."""
        lists = {name: tuple(self[name].data or ()) for name in CODES}
        return Facts(
            Kind(self.kind.data), Wish(self.wish.data), self.topic.data or None, self.area.data or None, **lists
        )


class ShortWayForm(CaseForm):
    """One of the steps that must not take long: not a report, abusive, somebody in danger."""

    reason = TextAreaField(
        _l("Why?"),
        description=_l("One sentence is enough. Only offices that can open this case read it."),
        filters=[tidy],
        validators=[DataRequired(_l("Please say why.")), at_most(REASON_MAX)],
    )
