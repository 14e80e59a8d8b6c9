"""Followed needs: which have grown, and the choice of what to follow."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.core import clock
from app.core.choices import disclosure_threshold
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.needs.domain import TOPICS, next_due
from app.partners.blueprint import bp
from app.partners.following import page, queries, service
from app.partners.following.domain import Verdict
from app.partners.following.forms import FollowForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/following/")
@requires(Permission.KEEP_SERVICES)
def following() -> str:
    """What somebody follows, as it was published last and before."""
    choice = queries.choice(current_user.id)
    return render_template(
        "partners/following.html",
        followed=bool(choice),
        blocks=page.blocks(choice),
        topics=TOPICS,
        verdicts=Verdict,
        period_label=page.period_label,
        threshold=disclosure_threshold(),
        next_due=next_due(clock.today()),
    )


@bp.get("/following/choose")
@requires(Permission.KEEP_SERVICES)
def choose() -> str:
    """What somebody follows, to be changed."""
    return render_template("partners/choose.html", form=FollowForm(queries.choice(current_user.id)))


@bp.post("/following/choose")
@requires(Permission.KEEP_SERVICES)
@commits
def follow() -> ResponseReturnValue:
    """Follow what was chosen."""
    form = FollowForm()
    if not form.validate():
        return render_template("partners/choose.html", form=form), UNPROCESSABLE_ENTITY
    choice = form.choice()
    service.follow(current_user.id, choice)
    flash(_("Your choice is kept.") if choice else _("You follow nothing any more."), "success")
    return redirect(url_for("partners.following"), SEE_OTHER)
