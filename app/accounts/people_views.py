"""The administrator's pages about people: who there is, invitations, changes, the end of an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import invitations, people, queries
from app.accounts.domain import RoleName
from app.accounts.invitations import Known
from app.accounts.keys import OfficeKeys, keys_of
from app.accounts.models import Invitation, User
from app.accounts.people import LastAdministrator, Loss
from app.accounts.people_forms import ROLE_HINTS, ROLES, Button, InviteForm, PersonForm
from app.core.clock import now
from app.core.database import commits
from app.core.languages import in_language
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import queries as privacy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from flask_babel.speaklater import LazyString

bp = Blueprint("people", __name__, url_prefix="/<lang:lang>/account/people")
bp.context_processor(lambda: {"role_hints": ROLE_HINTS, "in_language": in_language})


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the list, with ids of offices.

    ``waiting`` are those whose key they do not hold yet, ``doubted`` those that object; to those of ``only_belongs``
    they merely belong, and of those of ``deputy_of`` they are a deputy.
    """

    user: User
    roles: tuple[LazyString, ...]
    organisations: tuple[OrganisationCard, ...]
    waiting: frozenset[int]
    doubted: frozenset[int]
    only_belongs: frozenset[int]
    deputy_of: frozenset[int]


@bp.get("")
@requires(Permission.ADMINISTER)
def overview() -> str:
    """Everybody with an account, invitations that nobody has followed, and the state of every office's key."""
    cards = {card.id: card for card in directory.organisations().values()}
    offices, users = keys_of(cards), queries.users()
    return render_template(
        "accounts/people.html",
        lines=[_line(user, offices) for user in users if user.active],
        ended=[user for user in users if not user.active],
        invited=queries.open_invitations(),
        organisations={card.key: card for card in cards.values()},
        roles=ROLES,
        offices=offices,
        recovery_key=privacy.recovery_key(),
        form=Button(),
        now=now(),
    )


def _line(user: User, offices: Collection[OfficeKeys]) -> PersonLine:
    states = {one.office.id: reader for one in offices for reader in one.readers if reader.user.id == user.id}
    mine = people.organisations_of(user)
    reads = {one.organisation_id for one in user.memberships if one.reads and RoleName.READER in people.roles_of(user)}
    return PersonLine(
        user=user,
        roles=tuple(ROLES[RoleName(role.name)] for role in user.roles),
        organisations=mine,
        waiting=frozenset(
            card.id for card in mine if card.id in reads and not (card.id in states and states[card.id].holds)
        ),
        doubted=frozenset(office for office, reader in states.items() if reader.doubted and not reader.holds),
        only_belongs=frozenset(one.organisation_id for one in user.memberships if not one.reads),
        deputy_of=frozenset(one.organisation_id for one in user.memberships if one.deputy),
    )


# Invitations ---------------------------------------------------------------------------------------------------------


@bp.get("/invite")
@requires(Permission.ADMINISTER)
def invite() -> str:
    """An empty invitation."""
    return render_template("accounts/invite.html", form=InviteForm(sent=False))


@bp.post("/invite")
@requires(Permission.ADMINISTER)
@commits
def send_invitation() -> ResponseReturnValue:
    """Invite somebody."""
    form = InviteForm(sent=True)
    if form.validate():
        wanted = form.wanted()
        try:
            invitations.invite(
                current_user, form.email.data, wanted.title, wanted.roles, wanted.organisations, wanted.language
            )
        except Known:
            form.email.errors = [
                _("Somebody with this address has an account. To help them back in, send them a link for a password.")
            ]
        else:
            flash(_("The invitation is on its way to %(address)s.", address=form.email.data), "success")
            return _back()
    return render_template("accounts/invite.html", form=form), UNPROCESSABLE_ENTITY


@bp.post("/invitations/<int:identity>/again")
@requires(Permission.ADMINISTER)
@commits
def send_again(identity: int) -> ResponseReturnValue:
    """Send a fresh link."""
    invitation = _invitation(identity)
    if Button().validate():
        invitations.send_again(current_user, invitation)
        flash(_("A fresh link is on its way to %(address)s.", address=invitation.email), "success")
    return _back()


@bp.post("/invitations/<int:identity>/withdraw")
@requires(Permission.ADMINISTER)
@commits
def withdraw(identity: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = _invitation(identity)
    if Button().validate():
        invitations.withdraw(current_user, invitation)
        flash(_("The invitation was withdrawn; its link no longer works."), "success")
    return _back()


# One person ----------------------------------------------------------------------------------------------------------


@bp.get("/<int:user_id>")
@requires(Permission.ADMINISTER)
def person(user_id: int) -> str:
    """What a person may do, to be changed."""
    user = _user(user_id)
    return _person(user, PersonForm(sent=False, user=user))


@bp.post("/<int:user_id>")
@requires(Permission.ADMINISTER)
@commits
def change(user_id: int) -> ResponseReturnValue:
    """Change what a person may do; where they lose the key of an office, ask first."""
    user = _user(user_id)
    form = PersonForm(sent=True, user=user)
    if not form.validate():
        return _person(user, form), UNPROCESSABLE_ENTITY
    lost = people.losses(user, form.wanted())
    if lost and "confirmed" not in request.form:
        return render_template("accounts/person_change.html", user=user, form=form, losses=lost)
    try:
        people.change(current_user, user, form.wanted())
    except LastAdministrator:
        form.roles.errors = [_nobody_else()]
        return _person(user, form), UNPROCESSABLE_ENTITY
    flash(_("The changes for “%(title)s” hold from now on.", title=user.title), "success")
    return _back()


@bp.get("/<int:user_id>/password")
@requires(Permission.ADMINISTER)
def password(user_id: int) -> str:
    """What a link for a new password does."""
    return _effects(_user(user_id), "accounts/person_password.html")


@bp.post("/<int:user_id>/password")
@requires(Permission.ADMINISTER)
@commits
def send_password_link(user_id: int) -> ResponseReturnValue:
    """Send somebody who has forgotten their password a link to choose a new one."""
    user = _user(user_id)
    if not Button().validate():
        return _effects(user, "accounts/person_password.html"), UNPROCESSABLE_ENTITY
    invitations.ask_for_new_password(current_user, user)
    flash(_("The link is on its way to %(address)s.", address=user.email), "success")
    return _back()


@bp.get("/<int:user_id>/end")
@requires(Permission.ADMINISTER)
def leaving(user_id: int) -> str:
    """What the end of an account does."""
    return _effects(_user(user_id), "accounts/person_end.html")


@bp.post("/<int:user_id>/end")
@requires(Permission.ADMINISTER)
@commits
def end(user_id: int) -> ResponseReturnValue:
    """End an account."""
    user, form = _user(user_id), Button()
    if not form.validate():
        return _effects(user, "accounts/person_end.html"), UNPROCESSABLE_ENTITY
    try:
        people.end(current_user, user)
    except LastAdministrator:
        flash(_nobody_else(), "error")
        return redirect(url_for("people.person", user_id=user.id), SEE_OTHER)
    flash(_("The account “%(title)s” has ended.", title=user.title), "success")
    return _back()


def _person(user: User, form: PersonForm) -> str:
    return render_template("accounts/person.html", user=user, form=form)


def _effects(user: User, template: str) -> str:
    losses: tuple[Loss, ...] = people.losses(user)
    return render_template(template, user=user, form=Button(), losses=losses)


def _nobody_else() -> str:
    return str(_("Nobody else administers. Please make somebody else an administrator first."))


def _user(user_id: int) -> User:
    user = queries.user(user_id)
    return user if user is not None and user.active else _gone()


def _invitation(identity: int) -> Invitation:
    invitation = queries.invitation(identity)
    return invitation if invitation is not None and invitation.used_at is None else _gone()


def _gone() -> NoReturn:
    abort(404)


def _back() -> ResponseReturnValue:
    return redirect(url_for("people.overview"), SEE_OTHER)
