"""Where the link of an invitation leads: choose a password, then read how a colleague lets one in."""

from __future__ import annotations

from http.client import GONE, NOT_FOUND, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from app.accounts import invitations
from app.accounts.domain import RoleName
from app.accounts.invitations import Expired, NoInvitation, Used
from app.accounts.models import Invitation, User
from app.accounts.people import organisations_of, roles_of
from app.accounts.people_forms import NewPasswordForm
from app.accounts.queries import user_by_email
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.privacy import domain
from app.privacy import queries as privacy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("invitations", __name__, url_prefix="/<lang:lang>/account/invitation")


@bp.get("/<token>")
@requires(Permission.PUBLIC)
def choose(token: str) -> ResponseReturnValue:
    """Ask for a password."""
    try:
        invitation = invitations.by_token(token)
    except NoInvitation as error:
        return _refused(error)
    return _form(NewPasswordForm(invitation), invitation)


@bp.post("/<token>")
@requires(Permission.PUBLIC)
@commits
def accept(token: str) -> ResponseReturnValue:
    """Make the account, or give it a new password and a new key pair."""
    try:
        invitation = invitations.by_token(token, to_use=True)
    except NoInvitation as error:
        return _refused(error)
    form = NewPasswordForm(invitation)
    if not form.validate():
        return _form(form, invitation), UNPROCESSABLE_ENTITY
    user = invitations.accept(invitation, str(form.new.data))
    return _welcome(user)


def _form(form: NewPasswordForm, invitation: Invitation) -> str:
    return render_template(
        "accounts/invitation.html",
        form=form,
        invitation=invitation,
        known=user_by_email(invitation.email) is not None,
    )


def _welcome(user: User) -> str:
    reads = RoleName.READER in roles_of(user)
    principal = str(user.principal_id)
    holders = privacy.holders([card.principal_id for card in organisations_of(user) if card.principal_id])
    return render_template(
        "accounts/welcome.html",
        user=user,
        waiting=[
            card
            for card in organisations_of(user)
            if reads and principal not in holders.get(str(card.principal_id), set())
        ],
        code=domain.check_code(privacy.public_keys([principal])[principal]),
    )


def _refused(error: NoInvitation) -> ResponseReturnValue:
    reason = "used" if isinstance(error, Used) else "expired" if isinstance(error, Expired) else "unknown"
    page = render_template("accounts/no_invitation.html", reason=reason)
    return page, NOT_FOUND if reason == "unknown" else GONE
