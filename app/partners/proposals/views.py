"""Proposals at the partners' desk: take a need up, see what became of it, take it back."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.core.database import commits
from app.core.permissions import Permission, requires
from app.needs.domain import ALL, CITY
from app.partners import own
from app.partners.blueprint import bp
from app.partners.proposals import page, queries, service
from app.partners.proposals.domain import Answered, NotOpen, ProposalCard
from app.partners.proposals.forms import ProposalForm, WithdrawForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/proposals/")
@requires(Permission.KEEP_SERVICES)
def proposals() -> str:
    """What one's own organisations have proposed, the newest first."""
    organisations = {card.id: card for card in own.organisations()}
    return render_template(
        "partners/proposals.html",
        proposals=queries.of_organisations(organisations),
        organisations=organisations,
        form=WithdrawForm(formdata=None),
        page=page,
    )


@bp.get("/take-up")
@requires(Permission.KEEP_SERVICES)
def take_up() -> str:
    """The form of a proposal. ``level``, ``area`` and ``topic`` name the need that it answers, if it answers one."""
    organisations, need = own.organisations_or_404(), _need()
    return _form(ProposalForm(organisations, need, sent=False))


@bp.post("/take-up")
@requires(Permission.KEEP_SERVICES)
@commits
def propose() -> ResponseReturnValue:
    """Send a proposal to the city."""
    form = ProposalForm(own.organisations_or_404(), _need(), sent=True)
    if not form.validate():
        return _form(form), UNPROCESSABLE_ENTITY
    service.propose(current_user, form.entry())
    flash(_("Your proposal is with the city. You get a mail when there is an answer."), "success")
    return redirect(url_for("partners.proposals"), SEE_OTHER)


@bp.post("/proposals/<int:identity>/withdraw")
@requires(Permission.KEEP_SERVICES)
@commits
def withdraw(identity: int) -> ResponseReturnValue:
    """Take a proposal back that has no answer yet."""
    card = _own_or_404(identity)
    if WithdrawForm().validate():
        try:
            service.withdraw(card.id)
        except NotOpen:
            flash(_("This proposal has been answered meanwhile."), "warning")
        else:
            flash(_("The proposal is withdrawn."), "success")
    return redirect(url_for("partners.proposals"), SEE_OTHER)


def _need() -> Answered | None:
    """The need that the address names; what is unknown in it does not exist."""
    if not request.args.keys() & {"level", "area", "topic"}:
        return None
    level, area = request.args.get("level", CITY), request.args.get("area", CITY)
    return page.need_of(level, area, request.args.get("topic", ALL)) or abort(404)


def _form(form: ProposalForm) -> str:
    need = form.need
    arguments: dict[str, Any] = {} if need is None else {"level": need.level, "area": need.area, "topic": need.column}
    return render_template(
        "partners/take_up.html",
        form=form,
        need=None if need is None else page.need_label(need),
        action=url_for("partners.propose", **arguments),
    )


def _own_or_404(identity: int) -> ProposalCard:
    """A proposal of one's own organisation; another's is as unknown as one that does not exist."""
    card = queries.proposal(identity)
    mine = {organisation.id for organisation in own.organisations()}
    return card if card is not None and card.entry.organisation_id in mine else abort(404)
