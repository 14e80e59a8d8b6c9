"""Proposals of partners, for those who edit the plans: accept one into the draft, or decline it with a reason."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.core.database import commits
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.partners.proposals import page, queries, service
from app.partners.proposals.domain import NotOpen, ProposalCard, State
from app.partners.proposals.forms import AcceptForm, DeclineForm
from app.plans import queries as plans
from app.plans.domain import UnknownEdition
from app.plans.editions import NotPossible
from app.plans.editions import State as VersionState

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("proposals", __name__, url_prefix="/<lang:lang>/proposals")


@bp.get("/")
@requires(Permission.EDIT_PLANS)
def overview() -> str:
    """What partners propose: what waits for an answer first."""
    return render_template("partners/proposed.html", proposals=queries.every(), by_id=_organisations(), page=page)


@bp.get("/<int:identity>")
@requires(Permission.EDIT_PLANS)
def proposal(identity: int) -> str:
    """One proposal, to be answered."""
    return _page(_proposal_or_404(identity), AcceptForm(), DeclineForm())


@bp.post("/<int:identity>/accept")
@requires(Permission.EDIT_PLANS)
@commits
def accept(identity: int) -> ResponseReturnValue:
    """Take a proposal into the draft of the plans."""
    card, form = _proposal_or_404(identity), AcceptForm()
    if not form.validate():
        return _page(card, form, DeclineForm()), UNPROCESSABLE_ENTITY
    try:
        service.accept(current_user, card.id, form.acceptance())
    except NotOpen:
        flash(_("This proposal has been answered or withdrawn meanwhile."), "warning")
    except NotPossible:
        form.form_errors.append(
            _("A version of the plans waits for a second person. It has to be published or returned first.")
        )
        return _page(card, form, DeclineForm()), UNPROCESSABLE_ENTITY
    except UnknownEdition:
        form.form_errors.append(_("No edition of the plans is in force yet."))
        return _page(card, form, DeclineForm()), UNPROCESSABLE_ENTITY
    else:
        flash(_("The measure stands in the draft of the plans. The partner organisation is told."), "success")
    return redirect(url_for("proposals.proposal", identity=identity), SEE_OTHER)


@bp.post("/<int:identity>/decline")
@requires(Permission.EDIT_PLANS)
@commits
def decline(identity: int) -> ResponseReturnValue:
    """Say no, with a reason."""
    card, form = _proposal_or_404(identity), DeclineForm()
    if not form.validate():
        return _page(card, AcceptForm(), form), UNPROCESSABLE_ENTITY
    try:
        service.decline(current_user, card.id, str(form.reason.data))
    except NotOpen:
        flash(_("This proposal has been answered or withdrawn meanwhile."), "warning")
    else:
        flash(_("The proposal is declined. The partner organisation is told."), "success")
    return redirect(url_for("proposals.proposal", identity=identity), SEE_OTHER)


def _page(card: ProposalCard, accepting: AcceptForm, declining: DeclineForm) -> str:
    return render_template(
        "partners/proposal.html",
        proposal=card,
        by_id=_organisations(),
        version=_version_with(card.measure),
        accepting=accepting,
        declining=declining,
        sent=next((form for form in (accepting, declining) if form.errors), accepting),
        page=page,
    )


def _version_with(measure: str | None) -> int | None:
    """The newest version of the plans, a draft or the published one, that has the measure of a proposal."""
    edition = plans.edition_in_force()
    cards = plans.versions(edition.key) if measure is not None and edition is not None else ()
    for card in cards:
        found = plans.version(card.id) if card.state != VersionState.SUPERSEDED else None
        if found is not None and found[1].measure(str(measure)) is not None:
            return card.id
    return None


def _organisations() -> dict[int, object]:
    return {card.id: card for card in directory.organisations().values()}


def _proposal_or_404(identity: int) -> ProposalCard:
    card = queries.proposal(identity)
    return card if card is not None and card.state is not State.WITHDRAWN else abort(404)
