"""Partner organisations, for administrators and the coordination: who works there, and whom to invite."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import invitations
from app.accounts import queries as accounts
from app.accounts.invitations import Known
from app.core import clock
from app.core.database import commits
from app.core.languages import in_language
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.partners.people import queries, service
from app.partners.people.forms import Button, PartnerForm
from app.partners.people.service import TooMany
from app.partners.services.domain import due

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.accounts.models import Invitation
    from app.directory.domain import OrganisationCard

bp = Blueprint("partner_organisations", __name__, url_prefix="/<lang:lang>/partner-organisations")


@bp.get("/")
@requires(Permission.INVITE_PARTNERS)
def overview() -> str:
    """Every partner organisation, with its people and the services that wait to be confirmed."""
    today = clock.today()
    lines = []
    for card in queries.organisations():
        kept = [one for one in directory.kept_services([card.id]) if one.offered]
        waiting = sum(due(one.card.confirmed_on, today) for one in kept)
        lines.append((card, len(queries.desk(card)), len(queries.invited(card)), len(kept), waiting))
    return render_template("partners/organisations.html", lines=lines)


@bp.get("/<key>")
@requires(Permission.INVITE_PARTNERS)
def organisation(key: str) -> str:
    """A partner organisation: its people, its invitations, and the form of a new one."""
    card = _organisation_or_404(key)
    return _page(card, PartnerForm([card], sent=False))


@bp.post("/<key>")
@requires(Permission.INVITE_PARTNERS)
@commits
def invite(key: str) -> ResponseReturnValue:
    """Invite somebody to the partner desk of an organisation."""
    card = _organisation_or_404(key)
    form = PartnerForm([card], sent=True)
    if form.validate():
        try:
            service.invite(current_user, card, form.newcomer())
        except Known:
            form.email.errors = [
                _("Somebody with this address has an account or another invitation. An administrator can change it.")
            ]
        except TooMany:
            form.email.errors = [_("Many invitations wait already. Please withdraw one first.")]
        else:
            flash(_("The invitation is on its way to %(address)s.", address=form.email.data), "success")
            return _back(key)
    return _page(card, form), UNPROCESSABLE_ENTITY


@bp.post("/<key>/invitations/<int:identity>/again")
@requires(Permission.INVITE_PARTNERS)
@commits
def send_again(key: str, identity: int) -> ResponseReturnValue:
    """Send a fresh link."""
    invitation = _invitation_or_404(key, identity)
    if Button().validate():
        invitations.send_again(current_user, invitation)
        flash(_("A fresh link is on its way to %(address)s.", address=invitation.email), "success")
    return _back(key)


@bp.post("/<key>/invitations/<int:identity>/withdraw")
@requires(Permission.INVITE_PARTNERS)
@commits
def withdraw(key: str, identity: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = _invitation_or_404(key, identity)
    if Button().validate():
        invitations.withdraw(current_user, invitation)
        flash(_("The invitation was withdrawn; its link no longer works."), "success")
    return _back(key)


def _page(card: OrganisationCard, form: PartnerForm) -> str:
    return render_template(
        "partners/organisation.html",
        in_language=in_language,
        organisation=card,
        form=form,
        desk=queries.desk(card),
        invited=queries.invited(card),
        button_form=Button(formdata=None),
        now=clock.now(),
    )


def _organisation_or_404(key: str) -> OrganisationCard:
    return next((card for card in queries.organisations() if card.key == key), None) or abort(404)


def _invitation_or_404(key: str, identity: int) -> Invitation:
    card, invitation = _organisation_or_404(key), accounts.invitation(identity)
    if invitation is None or invitation.used_at is not None or not queries.is_for(invitation, card):
        abort(404)
    return invitation


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for("partner_organisations.organisation", key=key), SEE_OTHER)
