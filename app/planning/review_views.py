"""Four eyes: submit a draft, look at what differs, publish it or give it back; and compare any two versions."""

from __future__ import annotations

from http.client import CONFLICT, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import abort, render_template
from flask_babel import gettext as _
from flask_security import current_user

from app.core.database import commits
from app.core.permissions import Permission, requires
from app.planning import page, queries
from app.planning.blueprint import bp, done, missed, to_change, to_version, version_of
from app.planning.forms import DraftForm, ReasonForm
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import Edition
from app.plans.domain import VersionCard
from app.plans.editions import Flawed, SamePerson, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue


@bp.get("/versions/<int:identity>/submit")
@requires(Permission.EDIT_PLANS)
def submit(identity: int) -> str:
    """What would be submitted, and what is still wrong with it."""
    version_of(identity, State.DRAFT)
    return _submit_page(identity, ReasonForm(formdata=None, seen=queries.latest_change(identity)))


@bp.post("/versions/<int:identity>/submit")
@requires(Permission.EDIT_PLANS)
@commits
def do_submit(identity: int) -> ResponseReturnValue:
    """Ask somebody else to look at a draft, as it stood on the page."""
    row, document = to_change(identity, State.DRAFT)
    form = ReasonForm()
    news = missed(form, identity, document)
    if news is not None:
        return _submit_page(identity, form, news), CONFLICT
    if not form.validate():
        return _submit_page(identity, form), UNPROCESSABLE_ENTITY
    if page.faults(document, page.looks_for()):
        form.form_errors.append(_("Please mend what is wrong first. Nobody could publish it like this."))
        return _submit_page(identity, form), UNPROCESSABLE_ENTITY
    editions.submit(row, current_user.principal_id, form.why.data)
    done("plan_submitted", row, document, _("A second person can look at it now."))
    return to_version(identity)


def _submit_page(identity: int, form: ReasonForm, news: Sequence[page.Line] | None = None) -> str:
    card, document = version_of(identity)
    known = page.looks_for()
    before = _before(card)
    return render_template(
        "planning/submit.html",
        card=card,
        form=form,
        news=news,
        faults=page.faults(document, known),
        unled=page.unled(document, known),
        before=before,
        differences=page.compared(before[1], document) if before else (),
    )


@bp.get("/versions/<int:identity>/look")
@requires(Permission.EDIT_PLANS)
def look(identity: int) -> str:
    """What a second person looks at: every difference to what is published."""
    version_of(identity, State.SUBMITTED)
    return _look_page(identity, _fresh(identity), _word(identity))


@bp.post("/versions/<int:identity>/publish")
@requires(Permission.EDIT_PLANS)
@commits
def publish(identity: int) -> ResponseReturnValue:
    """Publish what somebody else has submitted, as it stood on the page."""
    row, document = to_change(identity, State.SUBMITTED)
    form = DraftForm()
    news = missed(form, identity, document)
    if news is not None:
        return _look_page(identity, form, _word(identity), news), CONFLICT
    if not form.validate():
        return _look_page(identity, form, _word(identity)), UNPROCESSABLE_ENTITY
    try:
        editions.publish(row, current_user.principal_id, page.looks_for())
    except SamePerson:
        form.form_errors.append(
            _("You have submitted this version yourself. Please ask somebody else to look at it and publish it.")
        )
        return _look_page(identity, form, _word(identity)), UNPROCESSABLE_ENTITY
    except Flawed:
        form.form_errors.append(_("This version has faults, so it cannot be published. Please give it back."))
        return _look_page(identity, form, _word(identity)), UNPROCESSABLE_ENTITY
    done("plan_published", row, document, _("The version is published."))
    return to_version(identity)


@bp.post("/versions/<int:identity>/give-back")
@requires(Permission.EDIT_PLANS)
@commits
def give_back(identity: int) -> ResponseReturnValue:
    """Give a version back to be worked on, with a word why."""
    row, document = to_change(identity, State.SUBMITTED)
    form = ReasonForm()
    news = missed(form, identity, document)
    if news is not None:
        return _look_page(identity, _fresh(identity), form, news), CONFLICT
    if not form.validate():
        return _look_page(identity, _fresh(identity), form), UNPROCESSABLE_ENTITY
    editions.give_back(row, current_user.principal_id, form.why.data)
    done("plan_returned", row, document, _("It is a draft again."))
    return to_version(identity)


def _fresh(identity: int) -> DraftForm:
    return DraftForm(formdata=None, seen=queries.latest_change(identity))


def _word(identity: int) -> ReasonForm:
    return ReasonForm(formdata=None, seen=queries.latest_change(identity))


def _look_page(identity: int, form: DraftForm, word: ReasonForm, news: Sequence[page.Line] | None = None) -> str:
    card, document = version_of(identity)
    before = _before(card)
    return render_template(
        "planning/look.html",
        card=card,
        form=form,
        word=word,
        wrong=word if word.errors else form,
        news=news,
        faults=page.faults(document, page.looks_for()),
        before=before,
        differences=page.compared(before[1], document) if before else (),
        makers=page.makers([card]),
        own=card.submitted_by == current_user.principal_id,
    )


def _before(card: VersionCard) -> tuple[VersionCard, Edition] | None:
    """What a version is compared with: the published one of its edition, or what it is based on."""
    published = plans.published(card.edition)
    if published is not None or card.based_on is None:
        return published
    return plans.version(card.based_on) or abort(404)
