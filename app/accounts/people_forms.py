"""The administrator's forms about people, and that of an invitation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, ValidationError

from app.accounts import passwords
from app.accounts.domain import NEEDS_ORGANISATION, PASSWORD_MIN, RoleName, address_of
from app.accounts.models import Invitation, User
from app.accounts.people import Change, organisations_of
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, OneOf, SomeOf, tidy
from app.core.languages import DEFAULT, LANGUAGES, OFFICE_LANGUAGES, in_language
from app.directory import queries as directory

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

TITLE_MAX = 150
ADDRESS_MAX = 254

ROLES: Mapping[RoleName, LazyString] = {
    RoleName.READER: _l("Reads reports"),
    RoleName.COORDINATOR: _l("Coordinates, sees facts only"),
    RoleName.PLANNER: _l("Plans, writes plans and their reports"),
    RoleName.PARTNER: _l("Partner organisation"),
    RoleName.ADMINISTRATOR: _l("Administers"),
}
ROLE_HINTS: Mapping[RoleName, LazyString] = {
    RoleName.READER: _l("Opens what an office receives, as soon as a colleague there has let the person in."),
    RoleName.COORDINATOR: _l("Sees of every report what can be counted, and no text."),
    RoleName.PLANNER: _l("Changes plans and measures, and sees numbers that are published. No reports."),
    RoleName.PARTNER: _l("Keeps the services of an organisation, follows needs, and proposes measures."),
    RoleName.ADMINISTRATOR: _l("Invites people and ends accounts. Can let nobody in to an office."),
}


class PersonForm(DeskForm):
    """What a person may do, and where."""

    title = StringField(
        _l("Name of the desk"),
        filters=[tidy],
        validators=[DataRequired(_l("Please name the desk.")), AtMost(TITLE_MAX)],
        description=_l("Such as “Reader, anti-discrimination office”. Colleagues know the person by it."),
    )
    roles = SomeOf(
        _l("What may the person do?"),
        choices=[SelectChoice(role.value, label) for role, label in ROLES.items()],
        validators=[DataRequired(_l("Please choose at least one."))],
    )
    organisations = SomeOf(_l("Which offices or organisations does the person belong to?"))
    only_belongs = SomeOf(_l("Only belongs to it, does not read"))
    deputy_of = SomeOf(_l("Deputy"))
    language = OneOf(
        _l("Language of mails"),
        choices=[SelectChoice(code, LANGUAGES[code].name) for code in OFFICE_LANGUAGES],
        default=DEFAULT,
        validators=[DataRequired(_l("Please choose a language."))],
    )

    def __init__(self, *, sent: bool, user: User | None = None) -> None:
        """An empty form, one that shows a person, or with ``sent`` what this request brings."""
        shown = user is not None and not sent
        known = {card.id: card.key for card in directory.organisations().values()}
        values = {
            "title": user.title,
            "roles": [role.name for role in user.roles],
            "organisations": [card.key for card in organisations_of(user)],
            "only_belongs": [known[one.organisation_id] for one in user.memberships if not one.reads],
            "deputy_of": [known[one.organisation_id] for one in user.memberships if one.deputy],
            "language": user.language,
        } if user is not None and shown else {}  # fmt: skip
        super().__init__(**({} if sent else {"formdata": None}), data=values)
        choices = [SelectChoice(card.key, in_language(card.name).text) for card in directory.organisations().values()]
        for name in ("organisations", "only_belongs", "deputy_of"):
            if name in self:
                self[name].choices = choices

    def validate_organisations(self, field: SomeOf) -> None:
        """Ask for one where a role means nothing without."""
        if NEEDS_ORGANISATION & set(self.roles.data or ()) and not field.data:
            raise ValidationError(
                _("Who reads reports, or keeps services, belongs to an organisation. Please choose one.")
            )

    def validate_only_belongs(self, field: SomeOf) -> None:
        """Ask for an office where a reader reads."""
        belongs = set(self.organisations.data or ())
        if RoleName.READER in (self.roles.data or ()) and belongs and belongs <= set(field.data or ()):
            raise ValidationError(_("Who reads reports reads for at least one office. Please leave one unticked."))

    def validate_deputy_of(self, field: SomeOf) -> None:
        """A deputy is told of cases, so they must be able to open them."""
        belongs, silent = set(self.organisations.data or ()), set(self.only_belongs.data or ())
        wanted = belongs & set(field.data or ())
        if wanted and (RoleName.READER not in (self.roles.data or ()) or wanted & silent):
            raise ValidationError(
                _("A deputy reads for the office. Please tick only offices that the person reads for.")
            )

    def wanted(self) -> Change:
        """What the person is to be; an office that they do not belong to is not one that they merely belong to."""
        organisations = frozenset(self.organisations.data)
        return Change(
            title=str(self.title.data),
            language=str(self.language.data),
            roles=frozenset(RoleName(name) for name in self.roles.data),
            organisations=organisations,
            only_belongs=organisations & frozenset(self.only_belongs.data if "only_belongs" in self else ()),
            deputy_of=organisations & frozenset(self.deputy_of.data if "deputy_of" in self else ()),
        )


class InviteForm(PersonForm):
    """Somebody new. Where they merely belong or are a deputy is said once they have an account."""

    only_belongs = None  # type: ignore[assignment]
    deputy_of = None  # type: ignore[assignment]

    email = EmailField(
        _l("E-mail address"),
        filters=[tidy],
        validators=[DataRequired(_l("Please enter the e-mail address.")), AtMost(ADDRESS_MAX)],
        description=_l("The invitation goes there, and the person signs in with it."),
    )

    def validate_email(self, field: EmailField) -> None:
        """Refuse what is no address."""
        try:
            field.data = address_of(str(field.data))
        except ValueError:
            raise ValidationError(
                _("This is not an e-mail address. Please enter one such as name@example.org.")
            ) from None


class Button(DeskForm):
    """Nothing but a button."""


class NewPasswordForm(DeskForm):
    """A password of one's own choice, by the link of an invitation."""

    class Meta(DeskForm.Meta):
        """The link itself shows that the right person sends the form; so this page needs no cookie."""

        csrf = False

    new = PasswordField(
        _l("Your password"),
        validators=[DataRequired(_l("Please choose a password."))],
        description=_l(
            "At least %(least)s characters. Four or more words that have nothing to do with each other are good.",
            least=PASSWORD_MIN,
        ),
    )
    again = PasswordField(
        _l("Your password, once more"),
        validators=[EqualTo("new", _l("The two passwords differ. Please type the same one twice."))],
    )

    def __init__(self, invitation: Invitation) -> None:
        """The form of an invitation."""
        super().__init__()
        self.invitation = invitation

    def validate_new(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        found = passwords.faults(str(field.data), email=self.invitation.email, title=self.invitation.title)
        if found:
            raise ValidationError(" ".join(found))
