"""The partners' desk: what can be done here, and which mails somebody wants."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.core import clock
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.partners import mails as letters
from app.partners import own
from app.partners.blueprint import bp
from app.partners.following import page
from app.partners.following import queries as following
from app.partners.forms import MailsForm
from app.partners.proposals import queries as proposals
from app.partners.services.domain import due

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/")
@requires(Permission.KEEP_SERVICES)
def start() -> str:
    """What can be done here, with what waits to be done."""
    organisations = own.organisations()
    kept, today = own.services().values(), clock.today()
    choice = following.choice(current_user.id)
    return render_template(
        "partners/start.html",
        organisations=organisations,
        services=sum(one.offered for one in kept),
        due=sum(one.offered and due(one.card.confirmed_on, today) for one in kept),
        followed=bool(choice),
        grown=sum(len(block.grown) for block in page.blocks(choice)),
        proposals=proposals.of_organisations([card.id for card in organisations]),
    )


@bp.get("/mails")
@requires(Permission.KEEP_SERVICES)
def mails() -> str:
    """Which mails somebody wants."""
    return render_template("partners/mails.html", form=MailsForm(None, obj=letters.wanted(current_user.id)))


@bp.post("/mails")
@requires(Permission.KEEP_SERVICES)
@commits
def choose_mails() -> ResponseReturnValue:
    """Order mails, or stop them."""
    form = MailsForm()
    if not form.validate():
        return render_template("partners/mails.html", form=form), UNPROCESSABLE_ENTITY
    letters.want(current_user.id, form.wanted())
    flash(_("Your choice is kept."), "success")
    return redirect(url_for("partners.mails"), SEE_OTHER)
