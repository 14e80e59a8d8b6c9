"""The forms of a proposal: the partner's, and the city's answer."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from app.core import clock
from app.core.codes import Target, Topic
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, Pick, SomeOf, tidy
from app.core.languages import in_language
from app.core.texts import Localized
from app.core.wordings import field_name
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.partners.proposals.domain import Acceptance, Answered, ProposalEntry
from app.places import queries as places
from app.places.domain import folded
from app.plans import queries as plans

NAME_MAX = 150
SUMMARY_MAX = 2000
REASON_MAX = 1000

LANGUAGES = ("de", "en")
"""A proposal is written in one of these at least; the city brings it into the others."""

YEARS_AHEAD = 15


class ProposalForm(DeskForm):
    """A proposal of one of somebody's organisations."""

    organisation = Pick(
        _l("Which of your organisations takes it up?"),
        validators=[InputRequired(_l("Please choose an organisation."))],
    )
    name_de = StringField(_l("Title (German)"), filters=[tidy], validators=[AtMost(NAME_MAX)])
    name_en = StringField(_l("Title (English)"), filters=[tidy], validators=[AtMost(NAME_MAX)])
    summary_de = TextAreaField(
        _l("What you want to do (German)"), filters=[tidy], validators=[AtMost(SUMMARY_MAX, counted=True)]
    )
    summary_en = TextAreaField(
        _l("What you want to do (English)"), filters=[tidy], validators=[AtMost(SUMMARY_MAX, counted=True)]
    )
    areas = SomeOf(
        _l("Parts of town"), description=_l("Where people get it. If you choose none, it is for the whole city.")
    )
    topics = SomeOf(
        _l("Areas of life"),
        choices=[SelectChoice(topic.value, topic.label) for topic in Topic],
        validators=[DataRequired(_l("Please choose at least one area of life."))],
    )
    targets = SomeOf(
        _l("Who is it for?"),
        choices=[SelectChoice(target.value, target.label) for target in Target],
        validators=[DataRequired(_l("Please choose at least one group, or “Everyone”."))],
    )
    from_year = Pick(_l("From"))
    to_year = Pick(_l("To"))

    def __init__(self, organisations: Sequence[OrganisationCard], need: Answered | None, *, sent: bool) -> None:
        """A form for one of ``organisations``, which begins with what is known of the need that it answers."""
        begins = {} if sent or need is None else _begins_with(need)
        super().__init__(**({} if sent else {"formdata": None}), data=begins)
        self.need, self._only = need, organisations[0] if len(organisations) == 1 else None
        if self._only is not None:
            del self.organisation
        else:
            offers = [SelectChoice(card.key, in_language(card.name).text) for card in organisations]
            self.organisation.choices = [SelectChoice("", _l("Please choose")), *offers]
        level = places.city().needs_level or ""
        areas = [SelectChoice(one.key, in_language(one.name).text) for one in places.areas(level)]
        self.areas.choices = sorted(areas, key=lambda choice: folded(str(choice.label)))
        year = clock.today().year
        years = [SelectChoice(str(one), str(one)) for one in range(year, year + YEARS_AHEAD)]
        for name in ("from_year", "to_year"):
            self[name].choices = [SelectChoice("", _l("Not known yet")), *years]
            self[name].flags.optional = True
        self.areas.flags.optional = True

    def validate_name_de(self, field: StringField) -> None:
        """Ask for a title in one language."""
        if not (field.data or self.name_en.data):
            raise ValidationError(_("Please enter a title, in German or in English."))

    def validate_summary_de(self, field: TextAreaField) -> None:
        """Ask for a text in the language of a title."""
        if not (field.data or self.summary_en.data):
            raise ValidationError(_("Please tell in German or in English what you want to do."))

    def validate_to_year(self, field: Pick) -> None:
        """The end does not lie before the beginning."""
        if field.data and self.from_year.data and field.data < self.from_year.data:
            raise ValidationError(_("The last year lies before the first one."))

    def entry(self) -> ProposalEntry:
        """The proposal. A form that is valid gives one."""
        organisation = self._only or directory.organisations()[str(self.organisation.data)]
        return ProposalEntry(
            organisation_id=organisation.id,
            name=self._text("name"),
            summary=self._text("summary"),
            areas=tuple(self.areas.data),
            topics=tuple(self.topics.data),
            targets=tuple(self.targets.data),
            from_year=int(self.from_year.data) if self.from_year.data else None,
            to_year=int(self.to_year.data) if self.to_year.data else None,
            need=self.need,
        )

    def _text(self, name: str) -> Localized:
        said = {code: self[field_name(name, code)].data for code in LANGUAGES}
        return Localized({code: text for code, text in said.items() if text})


def _begins_with(need: Answered) -> dict[str, list[str]]:
    city = places.city()
    area = places.area_by_key(need.level, need.area)
    if need.level == city.needs_level:
        parts = [need.area]
    else:
        members = places.areas(city.needs_level or "")
        parts = [one.key for one in members if area is not None and one.parent_id == area.id]
    return {
        "areas": parts,
        "topics": [need.column] if Topic.named(need.column) else [],
        "targets": [need.column] if Target.named(need.column) else [],
    }


class WithdrawForm(DeskForm):
    """One button: we take this back."""


class _Answer(DeskForm):
    """Either answer has a reason."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[tidy],
        validators=[DataRequired(_l("Please give a reason.")), AtMost(REASON_MAX, counted=True)],
        description=_l("The partner organisation reads it. It stays in the history of the plans."),
    )


class AcceptForm(_Answer):
    """How the city takes a proposal into its plans."""

    fields_of_action = SomeOf(
        _l("Fields of action"),
        description=_l("The measure then serves the plans that these belong to."),
        validators=[DataRequired(_l("Please choose at least one field of action."))],
    )
    office = Pick(_l("Responsible office"))

    def __init__(self) -> None:
        """A form with the fields of action and the offices as they are today."""
        super().__init__(prefix="accept-")
        names = {plan.key: in_language(plan.short).text for plan in plans.plans()}
        self.fields_of_action.choices = [
            SelectChoice(one.key, f"{names[one.plan]}: {in_language(one.name).text}") for one in plans.fields()
        ]
        offices = [card for card in directory.organisations().values() if card.kind == "office"]
        self.office.choices = [
            SelectChoice("", _l("Not known yet")),
            *(SelectChoice(card.key, in_language(card.name).text) for card in offices),
        ]
        self.office.flags.optional = True

    def acceptance(self) -> Acceptance:
        """How the proposal is taken up. A form that is valid gives it."""
        return Acceptance(tuple(self.fields_of_action.data), self.office.data or None, str(self.reason.data))


class DeclineForm(_Answer):
    """Why the city does not take it up."""

    def __init__(self) -> None:
        """A form beside that of the other answer."""
        super().__init__(prefix="decline-")
