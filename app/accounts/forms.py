"""Forms of signing in and of a person's own account."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import AnyOf, DataRequired, EqualTo, ValidationError

from app.accounts import passwords
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, tidy

NAME_MAX = 60
CREDENTIAL_MAX = 20_000

TOO_LATE = _l("This took too long. Please begin again with the new picture.")
OTHER_CODE = _l(
    "This code does not belong to the picture. Please type the six digits that your app shows at this moment."
)


class DigestForm(DeskForm):
    """Whether somebody wants the weekly mail: ``wanted`` is ``yes`` or ``no``."""

    wanted = HiddenField(validators=[AnyOf(["yes", "no"])])


class CodeForm(DeskForm):
    """A code of the authenticator app. ``ticket`` carries the secret while the app is being set up."""

    code = StringField(
        _l("Code of six digits"),
        filters=[tidy],
        validators=[DataRequired(_l("Please type the six digits that your app shows now."))],
    )
    ticket = HiddenField()


class RecoveryForm(DeskForm):
    """A recovery code."""

    recovery = StringField(
        _l("Recovery code"),
        filters=[tidy],
        validators=[DataRequired(_l("Please type one of your recovery codes."))],
    )


class PasskeyForm(DeskForm):
    """What the browser says of a passkey, and the ticket with the question it answers."""

    credential = HiddenField(validators=[AtMost(CREDENTIAL_MAX)])
    ticket = HiddenField()


class MadePasskeyForm(PasskeyForm):
    """A passkey that the browser has just made, under the name that was chosen on the page before."""

    name = HiddenField(filters=[tidy], validators=[DataRequired(), AtMost(NAME_MAX)])


class ConfirmForm(DeskForm):
    """The person's password, asked once more before something about signing in changes."""

    password = PasswordField(_l("Your password"), validators=[DataRequired(_l("Please type your password."))])


class NewAppForm(ConfirmForm, CodeForm):
    """A new authenticator app in the place of the present one."""


class NewPasskeyForm(ConfirmForm):
    """A name for a new passkey."""

    name = StringField(
        _l("Name of the passkey"),
        filters=[tidy],
        validators=[DataRequired(_l("Please give it a name by which you know it again.")), AtMost(NAME_MAX)],
        description=_l("For example “Key on my ring” or “Office computer”."),
    )

    def validate_name(self, field: StringField) -> None:
        """Refuse a name twice."""
        if any(key.name == field.data for key in current_user.webauthn):
            raise ValidationError(_("You have a passkey of this name already. Please choose another name."))


class PasswordChangeForm(ConfirmForm):
    """A new password."""

    new = PasswordField(
        _l("New password"),
        validators=[DataRequired(_l("Please choose a new password."))],
        description=_l("At least 12 characters. Four or more words that have nothing to do with each other are good."),
    )
    again = PasswordField(
        _l("New password, once more"),
        validators=[EqualTo("new", _l("The two new passwords differ. Please type the new one twice."))],
    )

    def validate_new(self, field: PasswordField) -> None:
        """Refuse what is easy to guess, and the present one."""
        found = passwords.faults(str(field.data), email=current_user.email, title=current_user.title)
        if not found and passwords.normalized(str(field.data)) == passwords.normalized(str(self.password.data)):
            found = [_("This is the password that you have now. Please choose another one.")]
        if found:
            raise ValidationError(" ".join(found))


class SessionForm(DeskForm):
    """Which session to end."""

    session = HiddenField()
