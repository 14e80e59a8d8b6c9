"""My account: where I am signed in, my password, my authenticator app, my passkeys and my recovery codes."""

from __future__ import annotations

from collections.abc import Callable
from http.client import NO_CONTENT, SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import logout_user, verify_password

from app.accounts import passkeys, queries, second_factor, service, sessions
from app.accounts.forms import (
    OTHER_CODE,
    TOO_LATE,
    ConfirmForm,
    DigestForm,
    MadePasskeyForm,
    NewAppForm,
    NewPasskeyForm,
    PasswordChangeForm,
    SessionForm,
)
from app.accounts.models import User
from app.accounts.passwords import normalized
from app.accounts.second_factor import WrongCode
from app.accounts.signin_views import setting_up
from app.core.database import commits
from app.core.desk_forms import DeskForm
from app.core.permissions import Permission, requires
from app.privacy.domain import CannotOpen

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from flask_babel.speaklater import LazyString

bp = Blueprint("me", __name__, url_prefix="/<lang:lang>/account/me")


@bp.get("/")
@requires(Permission.SIGNED_IN)
def account() -> str:
    """Everything about signing in as oneself."""
    user = _me()
    return render_template(
        "accounts/account.html",
        sessions=sessions.all_of(user),
        here=sessions.kept_id(),
        passkeys=queries.passkeys(user.id),
        codes_left=len(user.mf_recovery_codes or []),
        has_factor=second_factor.is_set_up(user),
        must_have=second_factor.is_required(user),
        form=DeskForm(formdata=None),
    )


@bp.post("/stay")
@requires(Permission.SIGNED_IN)
def stay() -> Response:
    """Stay signed in: that somebody has asked is enough."""
    return Response(status=NO_CONTENT, mimetype="text/plain")


@bp.post("/sessions")
@requires(Permission.SIGNED_IN)
@commits
def end_sessions() -> ResponseReturnValue:
    """End one of one's sessions, or all but this one."""
    form = SessionForm()
    if not form.validate():
        return _back(_("Please try again: we could not be sure that it was you who sent this page."), "error")
    if form.session.data:
        sessions.end_one(_me(), str(form.session.data))
        return _back(_("That session has ended."))
    sessions.end_others(_me())
    return _back(_("All other sessions have ended."))


@bp.post("/digest")
@requires(Permission.SIGNED_IN)
@commits
def switch_digest() -> ResponseReturnValue:
    """Order the weekly mail about one's cases, or stop it."""
    form = DigestForm()
    if not form.validate():
        return _back(_("Please try again: we could not be sure that it was you who sent this page."), "error")
    _me().digest = form.wanted.data == "yes"
    return _back(_("The weekly mail is ordered.") if _me().digest else _("The weekly mail is stopped."))


@bp.route("/password", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@commits
def password() -> ResponseReturnValue:
    """Change the password; the keys are wrapped anew in the same transaction."""
    form = PasswordChangeForm()
    if not form.is_submitted():
        return render_template("accounts/password.html", form=form)
    if form.validate():
        try:
            service.change_password(_me(), str(form.password.data), str(form.new.data))
        except CannotOpen:
            return _wrong_password(form) or _again("accounts/password.html", form)
        return _back(_("Your password has been changed. Everywhere else you have been signed out."))
    return _again("accounts/password.html", form)


@bp.get("/app")
@requires(Permission.SIGNED_IN)
def app() -> ResponseReturnValue:
    """Show a picture for an authenticator app: the first one, or another in the place of the present one."""
    return _setting_up(NewAppForm(formdata=None), second_factor.new_secret())


@bp.post("/app")
@requires(Permission.SIGNED_IN)
@commits
def set_up_app() -> ResponseReturnValue:
    """Set up the app that has taken in the picture."""
    form = NewAppForm()
    try:
        secret = second_factor.secret_of(str(form.ticket.data))
    except WrongCode:
        return _setting_up(form, second_factor.new_secret(), TOO_LATE)
    if not form.validate():
        return _setting_up(form, secret)
    if not _is_me(form):
        return _wrong_password(form) or _setting_up(form, secret)
    first = not second_factor.is_set_up(_me())
    try:
        second_factor.set_up(_me(), secret, str(form.code.data))
    except WrongCode:
        return _setting_up(form, secret, OTHER_CODE)
    return _codes() if first else _back(_("Your new authenticator app is set up. The old one no longer works."))


@bp.route("/codes", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@commits
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes; they are shown in this answer and never again."""
    return _confirmed("accounts/new_codes.html", _codes)


@bp.route("/off", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@commits
def turn_off() -> ResponseReturnValue:
    """Do without a second factor, for those who may."""
    if second_factor.is_required(_me()):
        return _back(_("Your work needs a second factor; it cannot be turned off."), "warning")

    def off() -> ResponseReturnValue:
        second_factor.turn_off(_me())
        return _back(_("The second factor is off. From now on your password is enough to sign in."))

    return _confirmed("accounts/turn_off.html", off)


@bp.route("/passkeys", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@commits
def new_passkey() -> ResponseReturnValue:
    """Give a new passkey a name; the next page asks the browser to make it."""
    if not second_factor.is_set_up(_me()):
        return _back(_("Please set up the authenticator app first. A passkey then stands beside it."), "warning")
    form = NewPasskeyForm()
    if not form.is_submitted():
        return render_template("accounts/passkey.html", form=form)
    if not form.validate():
        return _again("accounts/passkey.html", form)
    if not _is_me(form):
        return _wrong_password(form) or _again("accounts/passkey.html", form)
    answer = MadePasskeyForm(formdata=None)
    options, answer.ticket.data = passkeys.question_to_add(_me())
    answer.name.data = form.name.data
    return render_template("accounts/passkey_make.html", form=answer, options=options)


@bp.post("/passkeys/made")
@requires(Permission.SIGNED_IN)
@commits
def add_passkey() -> ResponseReturnValue:
    """Take the passkey that the browser has made."""
    form = MadePasskeyForm()
    if form.validate():
        try:
            passkeys.add(_me(), str(form.name.data), str(form.credential.data), str(form.ticket.data))
        except WrongCode:
            pass
        else:
            return _back(_("The passkey has been added. You can use it at your next sign-in."))
    flash(_("The passkey could not be added. Please try again."), "error")
    return redirect(url_for("me.new_passkey"), SEE_OTHER)


@bp.post("/passkeys/<int:identity>/remove")
@requires(Permission.SIGNED_IN)
@commits
def remove_passkey(identity: int) -> ResponseReturnValue:
    """Remove a passkey."""
    if not DeskForm().validate():
        return _back(_("Please try again: we could not be sure that it was you who sent this page."), "error")
    passkeys.remove(_me(), identity)
    return _back(_("The passkey has been removed."))


def _me() -> User:
    return cast("User", current_user._get_current_object())  # noqa: SLF001


def _back(words: str, kind: str = "success") -> ResponseReturnValue:
    flash(words, kind)
    return redirect(url_for("me.account"), SEE_OTHER)


def _codes() -> ResponseReturnValue:
    codes = second_factor.new_recovery_codes(_me())
    return render_template("accounts/codes.html", codes=codes, onward=url_for("me.account"))


def _confirmed(template: str, act: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Do something once the password has been typed once more."""
    form = ConfirmForm()
    if not form.is_submitted():
        return render_template(template, form=form)
    if not form.validate():
        return _again(template, form)
    if not _is_me(form):
        return _wrong_password(form) or _again(template, form)
    return act()


def _is_me(form: ConfirmForm) -> bool:
    return bool(verify_password(normalized(str(form.password.data)), current_user.password))


def _wrong_password(form: ConfirmForm) -> ResponseReturnValue | None:
    """Say that the password is wrong; after five wrong ones the session is over."""
    if not sessions.note_wrong(g.vault_session):
        logout_user()
        flash(_("There were too many wrong passwords. Please sign in again."), "error")
        return redirect(url_for("security.login"), SEE_OTHER)
    form.password.errors = [_("This is not your password. Please try again.")]
    return None


def _again(template: str, form: DeskForm) -> ResponseReturnValue:
    return render_template(template, form=form), UNPROCESSABLE_ENTITY


def _setting_up(form: NewAppForm, secret: bytes, fault: LazyString | None = None) -> ResponseReturnValue:
    return setting_up("accounts/app.html", _me(), form, secret, fault, has_factor=second_factor.is_set_up(_me()))
