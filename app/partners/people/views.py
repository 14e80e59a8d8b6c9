"""Colleagues at the partners' desk: who is there, and whom to invite."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import invitations
from app.accounts import queries as accounts
from app.accounts.invitations import Known
from app.core.clock import now
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.partners import own
from app.partners.blueprint import bp
from app.partners.people import queries, service
from app.partners.people.forms import Button, PartnerForm
from app.partners.people.service import TooMany

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.accounts.models import Invitation


@bp.get("/colleagues")
@requires(Permission.KEEP_SERVICES)
def colleagues() -> str:
    """Who works at the partner desk of one's own organisations, and who is invited."""
    return _page(PartnerForm(own.organisations_or_404(), sent=False))


@bp.post("/colleagues")
@requires(Permission.KEEP_SERVICES)
@commits
def invite_colleague() -> ResponseReturnValue:
    """Invite somebody of one's own organisation: they can do here what one can do oneself, and nothing else."""
    form = PartnerForm(own.organisations_or_404(), sent=True)
    if form.validate():
        try:
            service.invite(current_user, form.target(), form.newcomer())
        except Known:
            # Who has an account is nobody's business here.
            form.email.errors = [_("This address cannot be invited here. Please ask the administration.")]
        except TooMany:
            form.email.errors = [_("Many invitations wait already. Please withdraw one first.")]
        else:
            flash(_("The invitation is on its way to %(address)s.", address=form.email.data), "success")
            return redirect(url_for("partners.colleagues"), SEE_OTHER)
    return _page(form), UNPROCESSABLE_ENTITY


@bp.post("/colleagues/<int:identity>/withdraw")
@requires(Permission.KEEP_SERVICES)
@commits
def withdraw_invitation(identity: int) -> ResponseReturnValue:
    """Take an invitation to one's own organisation back."""
    invitation = _own_or_404(identity)
    if Button().validate():
        invitations.withdraw(current_user, invitation)
        flash(_("The invitation was withdrawn; its link no longer works."), "success")
    return redirect(url_for("partners.colleagues"), SEE_OTHER)


def _page(form: PartnerForm) -> str:
    return render_template(
        "partners/colleagues.html",
        form=form,
        desks=[(card, queries.desk(card), queries.invited(card)) for card in own.organisations()],
        button_form=Button(formdata=None),
        now=now(),
    )


def _own_or_404(identity: int) -> Invitation:
    invitation = accounts.invitation(identity)
    if invitation is None or invitation.used_at is not None:
        abort(404)
    return invitation if any(queries.is_for(invitation, card) for card in own.organisations()) else abort(404)
