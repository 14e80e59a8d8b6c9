"""The page of readers about the key of their office: who holds it, who waits, what is still to be sealed anew."""

from __future__ import annotations

from collections.abc import Callable
from http.client import SEE_OTHER
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import keys
from app.accounts.keys import NotLetIn
from app.accounts.keys_forms import NewcomerForm
from app.accounts.people_forms import Button
from app.accounts.service import current_keyring
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.privacy import domain
from app.privacy import queries as privacy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("keys", __name__, url_prefix="/<lang:lang>/account/keys")


@bp.get("")
@requires(Permission.READ_CASES)
def overview() -> str:
    """The keys of one's offices."""
    principal = str(current_user.principal_id)
    return render_template(
        "accounts/keys.html",
        offices=keys.keys_of({one.organisation_id for one in current_user.memberships if one.reads}),
        code=domain.check_code(privacy.public_keys([principal])[principal]),
        may_let_in=keys.may_let_in(current_user),
        form=Button(),
    )


@bp.post("/let-in")
@requires(Permission.READ_CASES)
@commits
def let_in() -> ResponseReturnValue:
    """Give a newcomer the key."""
    form = NewcomerForm()
    _answer(
        form,
        lambda: keys.let_in(
            current_user, current_keyring(current_user), form.office.data, form.person.data, str(form.code.data)
        ),
        _("The newcomer holds the key from now on."),
    )
    return _back()


@bp.post("/doubt")
@requires(Permission.READ_CASES)
@commits
def doubt() -> ResponseReturnValue:
    """Say that somebody who waits is not one of us."""
    form = NewcomerForm()
    _answer(
        form,
        lambda: keys.doubt(current_user, current_keyring(current_user), form.office.data, form.person.data),
        _("Thank you. The administrator's page says so now. The person cannot read anything."),
    )
    return _back()


@bp.post("/seal-anew")
@requires(Permission.READ_CASES)
@commits
def seal_anew() -> ResponseReturnValue:
    """Go on sealing anew what a change of the key has left."""
    if Button().validate():
        keys.tend(current_keyring(current_user))
    return _back()


def _answer(form: NewcomerForm, verb: Callable[[], None], done: str) -> None:
    """Do something about a newcomer, and say what came of it."""
    if not form.validate():
        abort(400)
    try:
        verb()
    except NotLetIn:
        flash(_("Nothing was changed, because this page was out of date. Please look again."), "error")
    else:
        flash(done, "success")


def _back() -> ResponseReturnValue:
    return redirect(url_for("keys.overview"), SEE_OTHER)
