"""Signing in by the city's own directory: there and back, then the password that opens the vault."""

from __future__ import annotations

from http.client import UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import login_user

from app.accounts import service, sso
from app.accounts.forms import ConfirmForm
from app.accounts.models import User
from app.accounts.passwords import normalized
from app.accounts.signin import local_address
from app.core.database import commits
from app.core.desk_forms import DeskForm
from app.core.languages import DEFAULT, language
from app.core.permissions import Permission, requires
from app.privacy.domain import CannotOpen

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.core.settings import Settings

bp = Blueprint("sso", __name__, url_prefix="/<lang:lang>/account/directory")

_WAY = "directory_way"
"""Where somebody wanted to go, and in which language: the directory leads back to one address only."""

_ANSWER = ("code", "state", "iss", "error")
"""What a directory says in the address that leads back."""


@bp.get("")
@requires(Permission.PUBLIC)
def leave() -> ResponseReturnValue:
    """Go to the directory's page."""
    _offered()
    if current_user.is_authenticated:
        return redirect(url_for("accounts.start"))
    try:
        answer = sso.to_directory(_address_back())
    except sso.NotProved:
        return _to_password(_("The city’s sign-in cannot be reached at the moment. Please use your password."))
    session[_WAY] = {"language": language().code, "next": local_address(request.args.get("next"))}
    return answer


@bp.get("/back")
@requires(Permission.PUBLIC)
def back() -> ResponseReturnValue:
    """Come back from the directory with its proof."""
    _offered()
    way: dict[str, Any] | None = session.get(_WAY)
    if way is None and "again" not in request.args:
        # Our cookie does not travel with a visit that begins elsewhere; from a page of this house it does.
        said: dict[str, Any] = {name: request.args[name] for name in _ANSWER if name in request.args}
        return render_template("accounts/directory_back.html", onward=url_for("sso.back", **said, again="1"))
    try:
        identity = sso.proved()
    except sso.NotProved:
        return _to_password(_("The city’s sign-in could not tell us who you are. Please try again."))
    sso.keep(identity)
    session.pop(_WAY, None)
    wish = way or {}
    return redirect(url_for("sso.vault", lang=wish.get("language", DEFAULT), next=wish.get("next")))


@bp.get("/vault")
@requires(Permission.PUBLIC)
def vault() -> ResponseReturnValue:
    """Ask for the password that opens the vault."""
    _offered()
    identity = sso.kept()
    if identity is None:
        return _to_password(_("That took too long. Please sign in again."))
    return _asking(sso.person(identity), ConfirmForm(formdata=None))


@bp.post("/vault")
@requires(Permission.PUBLIC)
@commits
def open_vault() -> ResponseReturnValue:
    """Open the vault: the person's own password, which the directory does not know, is the other step."""
    _offered()
    identity = sso.kept()
    if identity is None:
        return _to_password(_("That took too long. Please sign in again."))
    user, form = sso.person(identity), ConfirmForm()
    if user is None or not form.validate():
        return _asking(user, form)
    try:
        service.unlock(user, normalized(str(form.password.data)))
    except CannotOpen:
        form.password.errors = [_("This password is not right. It is the one of your account here.")]
        return _asking(user, form)
    sso.connect(user, identity)
    sso.forget()
    service.admit(user)
    login_user(user)
    return redirect(local_address(request.args.get("next")) or url_for("accounts.start"))


@bp.post("/disconnect")
@requires(Permission.SIGNED_IN)
@commits
def disconnect() -> ResponseReturnValue:
    """Sign in with password and code only, from now on."""
    if DeskForm().validate():
        sso.disconnect(current_user)
        flash(_("The city’s sign-in no longer leads to your account."), "success")
    return redirect(url_for("me.account"), 303)


def _asking(user: User | None, form: ConfirmForm) -> ResponseReturnValue:
    page = render_template(
        "accounts/directory_vault.html", user=user, form=form, next=local_address(request.args.get("next"))
    )
    return (page, UNPROCESSABLE_ENTITY) if form.errors else page


def _address_back() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_address + url_for("sso.back", lang=DEFAULT)


def _to_password(words: str) -> ResponseReturnValue:
    flash(words, "error")
    return redirect(url_for("security.login", next=local_address(request.args.get("next"))))


def _offered() -> None:
    if not sso.is_offered():
        abort(404)
