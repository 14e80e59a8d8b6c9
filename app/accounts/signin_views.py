"""The second step of signing in: a code, a passkey, a recovery code, or setting up the first authenticator app."""

from __future__ import annotations

from http.client import UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security.utils import login_user

from app.accounts import passkeys, second_factor, service, sessions
from app.accounts.forms import OTHER_CODE, TOO_LATE, CodeForm, PasskeyForm, RecoveryForm
from app.accounts.models import User, VaultSession
from app.accounts.second_factor import UsedCode, WrongCode
from app.accounts.signin import local_address
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.privacy import audit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from flask_babel.speaklater import LazyString

bp = Blueprint("signin", __name__, url_prefix="/<lang:lang>/account/sign-in")

FEW_CODES = 3
"""With so few recovery codes left a person is told to make new ones."""


@bp.get("/code")
@requires(Permission.HALF_SIGNED_IN)
def code() -> ResponseReturnValue:
    """Ask for the second factor."""
    if not second_factor.is_set_up(_user()):
        return redirect(url_for("signin.set_up", next=_next()))
    return _asking()


@bp.post("/code")
@requires(Permission.HALF_SIGNED_IN)
@commits
def check_code() -> ResponseReturnValue:
    """Take a code of the authenticator app."""
    form = CodeForm()
    if refused := _no_more_tries():
        return refused
    if not form.validate():
        return _asking(code=form)
    try:
        second_factor.check_code(_user(), str(form.code.data))
    except UsedCode:
        form.code.errors = [_("This code has been used. Your app shows the next one within half a minute.")]
        return _asking(code=form)
    except WrongCode:
        return _wrong(
            form, "code", _("This code is not right. Please type the six digits that your app shows at this moment.")
        )
    return _come_in()


@bp.post("/passkey")
@requires(Permission.HALF_SIGNED_IN)
@commits
def check_passkey() -> ResponseReturnValue:
    """Take the answer of a passkey."""
    form = PasskeyForm()
    if refused := _no_more_tries():
        return refused
    if not form.validate():
        return _asking(passkey=form)
    try:
        passkeys.check(_user(), str(form.credential.data), str(form.ticket.data))
    except WrongCode:
        return _wrong(form, "passkey", _("The passkey was not recognised. Please try again, or use a code."))
    return _come_in()


@bp.post("/recovery")
@requires(Permission.HALF_SIGNED_IN)
@commits
def check_recovery() -> ResponseReturnValue:
    """Take a recovery code."""
    form = RecoveryForm()
    if refused := _no_more_tries():
        return refused
    if not form.validate():
        return _asking(recovery=form)
    try:
        left = second_factor.use_recovery_code(_user(), str(form.recovery.data))
    except WrongCode:
        return _wrong(
            form, "recovery", _("This is none of your recovery codes, or it has been used. Each works only once.")
        )
    if left < FEW_CODES:
        flash(
            _("You have %(left)s recovery codes left. Please make new ones under “My account”.", left=left), "warning"
        )
    return _come_in()


@bp.get("/set-up")
@requires(Permission.HALF_SIGNED_IN)
def set_up() -> ResponseReturnValue:
    """Lead somebody who must have a second factor, and has none, to set it up; without it they get no further."""
    if second_factor.is_set_up(_user()):
        return redirect(url_for("signin.code", next=_next()))
    return _setting_up(CodeForm(formdata=None), second_factor.new_secret())


@bp.post("/set-up")
@requires(Permission.HALF_SIGNED_IN)
@commits
def finish_set_up() -> ResponseReturnValue:
    """Take the first code of a new app: the session opens, and the recovery codes are shown."""
    form, user = CodeForm(), _user()
    if second_factor.is_set_up(user):
        return redirect(url_for("signin.code", next=_next()))
    try:
        secret = second_factor.secret_of(str(form.ticket.data))
    except WrongCode:
        return _setting_up(form, second_factor.new_secret(), TOO_LATE)
    if not form.validate():
        return _setting_up(form, secret)
    try:
        second_factor.set_up(user, secret, str(form.code.data))
    except WrongCode:
        return _setting_up(form, secret, OTHER_CODE) if sessions.note_wrong(_row()) else _over()
    codes = second_factor.new_recovery_codes(user)
    service.admit(user)
    login_user(user)
    return render_template("accounts/codes.html", codes=codes, onward=_onward())


def _user() -> User:
    user: User = g.half_user
    return user


def _row() -> VaultSession:
    row: VaultSession = g.half_session
    return row


def _next() -> str | None:
    return local_address(request.args.get("next"))


def _onward() -> str:
    return _next() or url_for("accounts.start")


def _come_in() -> ResponseReturnValue:
    """The second factor is right: the session opens."""
    user = _user()
    service.admit(user)
    login_user(user)
    return redirect(_onward())


def _no_more_tries() -> ResponseReturnValue | None:
    """Refuse any further code while too many wrong ones came within the hour."""
    return _over() if sessions.too_many_wrong(_user()) else None


def _wrong(form: CodeForm | RecoveryForm | PasskeyForm, name: str, words: str) -> ResponseReturnValue:
    """Count a wrong attempt, and ask again while there may be another."""
    left = sessions.note_wrong(_row())
    audit.note("wrong_second_factor", actor=_user().principal_id)
    if not left:
        return _over()
    field = form.credential if isinstance(form, PasskeyForm) else form[name]
    field.errors = [words]
    return _asking(**{name: form})


def _over() -> ResponseReturnValue:
    flash(
        _("There were too many wrong codes. Please sign in again; if that does not help either, wait an hour."), "error"
    )
    return redirect(url_for("security.login"))


def _asking(
    code: CodeForm | None = None, passkey: PasskeyForm | None = None, recovery: RecoveryForm | None = None
) -> ResponseReturnValue:
    user = _user()
    sent = code or passkey or recovery
    options, ticket = passkeys.question(user) if user.webauthn else ("", "")
    passkey = passkey or PasskeyForm(formdata=None)
    passkey.ticket.data, passkey.credential.data = ticket, ""
    page = render_template(
        "accounts/code.html",
        sent=sent,
        code_form=code or CodeForm(formdata=None),
        passkey_form=passkey,
        recovery_form=recovery or RecoveryForm(formdata=None),
        options=options,
        next=_next(),
        name=user.email.partition("@")[0],
    )
    return (page, UNPROCESSABLE_ENTITY) if sent else page


def _setting_up(form: CodeForm, secret: bytes, fault: LazyString | None = None) -> ResponseReturnValue:
    return setting_up("accounts/set_up.html", _user(), form, secret, fault, next=_next())


def setting_up(
    template: str,
    user: User,
    form: CodeForm,
    secret: bytes,
    fault: LazyString | None = None,
    **more: object,
) -> ResponseReturnValue:
    """A page on which somebody connects their app with a new secret, which travels in the form's ticket."""
    if fault:
        form.code.errors = [fault]
    form.ticket.data, form.code.data = second_factor.ticket_for(secret), ""
    page = render_template(
        template,
        form=form,
        picture=second_factor.picture(user, secret),
        secret=second_factor.readable(secret),
        **more,
    )
    return (page, UNPROCESSABLE_ENTITY) if form.errors else page
