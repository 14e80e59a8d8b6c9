"""Editions and their versions in the browser: all of them, one of them, its history, a draft that begins or goes."""

from __future__ import annotations

from http.client import CONFLICT, SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from pydantic import ValidationError

from app.core.database import commits
from app.core.permissions import Permission, requires
from app.planning import domain, page, queries
from app.planning.blueprint import Page, bp, done, missed, to_change, to_version, version_of
from app.planning.forms import PAGES_MOST, BeginForm, ConfirmForm, DraftForm, FilterForm, WhyForm
from app.planning.new_edition import NewEditionForm
from app.planning.words import Names, parts
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import About, Edition, told
from app.plans.domain import EditionCard, UnknownEdition, VersionCard
from app.plans.editions import Flawed, NotPossible, State
from app.plans.models import VersionChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

FIELDS_MOST = 200
"""Fields of action that come back with their plan."""


class NotTaken(Exception):  # noqa: N818
    """A change cannot be taken back; ``str()`` is a sentence for the person."""


@bp.get("/")
@requires(Permission.EDIT_PLANS)
def overview() -> str:
    """Every edition, what is being worked on, and what was published."""
    cards = plans.editions()
    published = [one for card in cards for one, _document in plans.publications(card.key)]
    published.sort(key=lambda one: (one.published_at, one.id), reverse=True)
    drafts = plans.drafts()
    return render_template(
        "planning/overview.html",
        editions=cards,
        drafts=drafts,
        published=published,
        newest={card.edition: card for card in reversed(published)},
        open_versions={card.edition: card for card in drafts},
        makers=page.makers([*drafts, *published]),
        form=BeginForm(),
    )


@bp.post("/drafts")
@requires(Permission.EDIT_PLANS)
@commits
def begin() -> ResponseReturnValue:
    """Begin a draft of an edition, or go on with the one that is there."""
    form = BeginForm()
    if not form.validate():
        return redirect(url_for("planning.overview"), SEE_OTHER)
    key = form.edition.data or ""
    try:
        before = {card.id for card in plans.versions(key)}
        draft = editions.draft_of(key, current_user.principal_id)
    except UnknownEdition:
        abort(404)
    except NotPossible:
        flash(_("A version of this edition waits for a second person. It has to be published or given back first."))
        return redirect(url_for("planning.overview"), SEE_OTHER)
    if draft.id not in before:
        done("plan_draft_begun", draft, Edition.model_validate(draft.document), _("The draft has begun."))
    return to_version(draft.id)


@bp.get("/new-edition")
@requires(Permission.EDIT_PLANS)
def new_edition() -> str:
    """Where an edition begins, on the ground of another one."""
    return render_template("planning/new_edition.html", form=NewEditionForm.empty())


@bp.post("/new-edition")
@requires(Permission.EDIT_PLANS)
@commits
def begin_edition() -> ResponseReturnValue:
    """Begin an edition with a draft of its own."""
    form = NewEditionForm()
    if not form.validate():
        return render_template("planning/new_edition.html", form=form), UNPROCESSABLE_ENTITY
    document = form.document_here()
    draft = editions.new_edition(document, current_user.principal_id, form.based_on.data)
    done("plan_draft_begun", draft, document, _("The draft of the new edition has begun."))
    return to_version(draft.id)


@bp.get("/versions/<int:identity>")
@requires(Permission.EDIT_PLANS)
def version(identity: int) -> Page:
    """One version: a draft to work on, or one that was published, as it was."""
    card, document = version_of(identity)
    form = FilterForm(request.args, document)
    valid = form.validate()
    measures = page.found(document.measures, form.wanted()) if valid else list(document.measures)
    known = page.looks_for()
    latest, more_history = page.history(identity, document, most=page.LATEST)
    open_now = card.state in {State.DRAFT, State.SUBMITTED}
    html = render_template(
        "planning/version.html",
        card=card,
        document=document,
        names=Names(document),
        form=form,
        measures=form.page_of(measures),
        found=len(measures),
        pages=form.pages(measures),
        faults=page.faults(document, known) if open_now else [],
        unled=page.unled(document, known) if open_now else [],
        history=latest,
        more_history=more_history > 1,
        makers=page.makers([card]),
        current=plans.edition_in_force(),
    )
    return html, 200 if valid else UNPROCESSABLE_ENTITY


@bp.get("/versions/<int:identity>/history")
@requires(Permission.EDIT_PLANS)
def history(identity: int) -> str:
    """Everything that was done to a version, page by page."""
    card, document = version_of(identity)
    wanted = min(max(request.args.get("page", 1, type=int), 1), PAGES_MOST)
    found, pages = page.history(identity, document, wanted)
    return render_template("planning/history.html", card=card, history=found, page=min(wanted, pages), pages=pages)


@bp.get("/versions/<int:identity>/discard")
@requires(Permission.EDIT_PLANS)
def discard(identity: int) -> str:
    """Ask before a draft goes."""
    card, _document = version_of(identity, State.DRAFT)
    form = DraftForm(formdata=None, seen=queries.latest_change(identity))
    return render_template("planning/discard.html", card=card, form=form)


@bp.post("/versions/<int:identity>/discard")
@requires(Permission.EDIT_PLANS)
@commits
def do_discard(identity: int) -> ResponseReturnValue:
    """Throw a draft away, as it stood on the page."""
    row, document = to_change(identity, State.DRAFT)
    form = DraftForm()
    news = missed(form, identity, document)
    if news is None and form.validate():
        done("plan_draft_discarded", row, document, _("The draft is gone. What is published stays as it is."))
        editions.discard(row)
        return redirect(url_for("planning.overview"), SEE_OTHER)
    html = render_template("planning/discard.html", card=version_of(identity)[0], form=form, news=news)
    return html, UNPROCESSABLE_ENTITY if news is None else CONFLICT


# Taking back ---------------------------------------------------------------------------------------------------------


@bp.get("/versions/<int:identity>/changes/<int:change>/take-back")
@requires(Permission.EDIT_PLANS)
def take_back(identity: int, change: int) -> str:
    """What it would mean to take a change back."""
    _card, document = version_of(identity, State.DRAFT)
    form = WhyForm(formdata=None, seen=queries.latest_change(identity))
    return _take_back_page(identity, document, _change(identity, change), form)


@bp.post("/versions/<int:identity>/changes/<int:change>/take-back")
@requires(Permission.EDIT_PLANS)
@commits
def do_take_back(identity: int, change: int) -> ResponseReturnValue:
    """Put an entry back as it was before a change, unless it was changed again since."""
    row, document = to_change(identity, State.DRAFT)
    line = _change(identity, change)
    form = WhyForm()
    news = missed(form, identity, document, (line.about, line.key))
    if news is not None:
        return _take_back_page(identity, document, line, form, news), CONFLICT
    if not form.validate():
        return _take_back_page(identity, document, line, form), UNPROCESSABLE_ENTITY
    try:
        changed = _put_back(document, line)
    except NotTaken as refusal:
        form.form_errors.append(str(refusal))
        return _take_back_page(identity, document, line, form), UNPROCESSABLE_ENTITY
    editions.change(row, changed, current_user.principal_id, form.why.data or _("Taken back"))
    done("plan_draft_changed", row, document, _("The change was taken back."))
    return to_version(identity, "history")


def _put_back(document: Edition, line: VersionChange) -> Edition:
    """The document without a change.

    Raises:
        NotTaken: with a sentence why.
    """
    try:
        return domain.put_back(document, About(line.about), line.key, _before(line))
    except domain.NotAlone:
        raise NotTaken(_("This is the last one, and it cannot go.")) from None
    except domain.Moved:
        raise NotTaken(
            _("The plan that it belonged to is no longer there. Please take its removal back first.")
        ) from None
    except ValidationError:
        raise NotTaken(_("What was there before does not fit this version of the platform.")) from None


def _change(identity: int, number: int) -> VersionChange:
    found = queries.change(identity, number)
    if found is None or (found.before is None and found.after is None):
        abort(404)
    return found


def _before(line: VersionChange) -> dict[str, object] | None:
    """What an entry was before a change; a plan that went comes with the fields of action that went along."""
    if line.about != About.PLAN or line.after is not None or line.before is None:
        return line.before
    fields = []
    for one in queries.changes_from(line.version_id, line.id + 1, FIELDS_MOST):
        if one.about != About.FIELD or one.after is not None or (one.before or {}).get("plan") != line.key:
            break
        fields.append({name: value for name, value in (one.before or {}).items() if name != "plan"})
    return {**line.before, "fields": fields}


def _take_back_page(
    identity: int, document: Edition, line: VersionChange, form: WhyForm, news: Sequence[page.Line] | None = None
) -> str:
    entry = _now(document, line)
    return render_template(
        "planning/take_back.html",
        card=version_of(identity)[0],
        line=page.line(line, document),
        parts_found=parts(entry, line.before, Names(document)) if line.before else (),
        changed_again=entry != line.after,
        form=form,
        news=news,
    )


def _now(document: Edition, line: VersionChange) -> dict[str, object] | None:
    """The entry of a change as it stands now."""
    if line.about == About.HEAD:
        return {name: value for name, value in told(document).items() if name not in {"plans", "measures", "goals"}}
    found = domain.entry(document, About(line.about), line.key)
    if found is None:
        return None
    values = told(found)
    if line.about == About.PLAN:
        values.pop("fields")
    if line.about == About.FIELD:
        plan = document.plan_of(line.key)
        values["plan"] = plan.key if plan else ""
    return values


# In force ------------------------------------------------------------------------------------------------------------


@bp.get("/editions/<key>/in-force")
@requires(Permission.EDIT_PLANS)
def in_force(key: str) -> str:
    """What changes when the city goes by another edition."""
    return _in_force_page(key, ConfirmForm(formdata=None))


@bp.post("/editions/<key>/in-force")
@requires(Permission.EDIT_PLANS)
@commits
def put_in_force(key: str) -> ResponseReturnValue:
    """Go by another edition."""
    _edition, (card, document) = _other_edition(key)
    form = ConfirmForm()
    if not form.validate():
        return _in_force_page(key, form), UNPROCESSABLE_ENTITY
    try:
        editions.put_in_force(key, current_user.principal_id, page.looks_for())
    except Flawed:
        form.form_errors.append(_("This edition has faults, so it cannot be put in force. Nothing has changed."))
        return _in_force_page(key, form), UNPROCESSABLE_ENTITY
    done("plan_in_force", card, document, _("The city goes by this edition from now on."))
    return redirect(url_for("planning.overview"), SEE_OTHER)


def _other_edition(key: str) -> tuple[EditionCard, tuple[VersionCard, Edition]]:
    """An edition that is not in force, with its published version; or 404."""
    card = next((one for one in plans.editions() if one.key == key and not one.current), None) or abort(404)
    return card, plans.published(key) or abort(404)


def _in_force_page(key: str, form: ConfirmForm) -> str:
    card, found = _other_edition(key)
    return render_template(
        "planning/in_force.html",
        edition=card,
        card=found[0],
        differences=page.compared(plans.in_force(), found[1]) if plans.edition_in_force() else (),
        faults=page.faults(found[1], page.looks_for()),
        form=form,
    )
