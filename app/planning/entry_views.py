"""One entry of a draft: write the head, a goal, a plan, a field of action or a measure; add it, remove it."""

from __future__ import annotations

from http.client import CONFLICT, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from pydantic import ValidationError

from app.core.database import commits
from app.core.entries import Entry
from app.core.permissions import Permission, requires
from app.planning import domain, page, queries
from app.planning.blueprint import bp, done, missed, to_change, to_version, version_of
from app.planning.entry_forms import EntryForm, FieldForm, GoalForm, HeadForm, NewPlanForm, PlanForm
from app.planning.exchange.reasons import reason
from app.planning.forms import WhyForm
from app.planning.measure_forms import MeasureForm
from app.planning.words import Names
from app.plans import editions
from app.plans.document import About, Edition, FieldOfAction, Goal, Measure, Plan
from app.plans.editions import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from app.plans.models import VersionRow

KIND = "<any(goal,plan,field,measure):kind>"
"""The kinds of entries that an edition has any number of, as a part of an address."""


@bp.get("/versions/<int:identity>/head")
@requires(Permission.EDIT_PLANS)
def head(identity: int) -> str:
    """The form of an edition's head."""
    _card, document = version_of(identity, State.DRAFT)
    form = HeadForm.showing(document, domain.head_of(document), queries.latest_change(identity))
    return _entry_page(identity, About.HEAD, form)


@bp.post("/versions/<int:identity>/head")
@requires(Permission.EDIT_PLANS)
@commits
def save_head(identity: int) -> ResponseReturnValue:
    """Change an edition's head."""
    row, document = to_change(identity, State.DRAFT)
    form = HeadForm(document, (), domain.head_of(document), sent=True)
    news = missed(form, identity, document, (About.HEAD, ""))
    if news is not None:
        return _entry_page(identity, About.HEAD, form, news), CONFLICT
    if not form.validate():
        return _entry_page(identity, About.HEAD, form), UNPROCESSABLE_ENTITY
    return _changed(row, document, domain.with_head(document, form.entry()), form, None)


@bp.get(f"/versions/<int:identity>/new/{KIND}")
@requires(Permission.EDIT_PLANS)
def new_entry(identity: int, kind: str) -> str:
    """An empty form."""
    _card, document = version_of(identity, State.DRAFT)
    return _entry_page(identity, About(kind), _showing(document, About(kind), None, queries.latest_change(identity)))


@bp.post(f"/versions/<int:identity>/new/{KIND}")
@requires(Permission.EDIT_PLANS)
@commits
def add_entry(identity: int, kind: str) -> ResponseReturnValue:
    """Add an entry."""
    return _put(identity, About(kind), None)


@bp.get(f"/versions/<int:identity>/{KIND}/<key>")
@requires(Permission.EDIT_PLANS)
def entry(identity: int, kind: str, key: str) -> str:
    """The form of an entry; of a version that is no draft what it says."""
    card, document = version_of(identity)
    found = domain.entry(document, About(kind), key) or abort(404)
    if card.state != State.DRAFT:
        return _shown(identity, About(kind), key)
    form = _showing(document, About(kind), found, queries.latest_change(identity))
    return _entry_page(identity, About(kind), form)


@bp.post(f"/versions/<int:identity>/{KIND}/<key>")
@requires(Permission.EDIT_PLANS)
@commits
def save_entry(identity: int, kind: str, key: str) -> ResponseReturnValue:
    """Change an entry."""
    return _put(identity, About(kind), key)


def _put(identity: int, about: About, key: str | None) -> ResponseReturnValue:
    row, document = to_change(identity, State.DRAFT)
    before = None if key is None else _before(row, document, about, key)
    form = _sent(document, about, before)
    if isinstance(form, MeasureForm) and form.turn_rows(request.form.get("add"), request.form.get("remove")):
        return _entry_page(identity, about, form)
    news = None if key is None else missed(form, identity, document, (about, key))
    if news is not None:
        return _entry_page(identity, about, form, news), CONFLICT
    if not form.validate():
        return _entry_page(identity, about, form), UNPROCESSABLE_ENTITY
    try:
        made: Any = form.entry()
        changed = _with(document, form, made)
    except ValidationError as error:
        # The form asks for less than an entry, in what no field of its own could say.
        form.form_errors += [str(reason(one)) for one in error.errors(include_url=False)]
        return _entry_page(identity, about, form), UNPROCESSABLE_ENTITY
    except domain.NotAlone:
        form.form_errors.append(
            _("The plan that this field of action belonged to would be left without any. Please give it another one.")
        )
        return _entry_page(identity, about, form), UNPROCESSABLE_ENTITY
    return _changed(row, document, changed, form, f"{about}-{made.key}")


def _with(document: Edition, form: EntryForm, made: Any) -> Edition:  # noqa: ANN401
    if isinstance(form, FieldForm):
        return domain.with_field(document, made, form.plan.data)
    if isinstance(form, GoalForm):
        return domain.with_goal(document, made)
    if isinstance(form, PlanForm):
        return domain.with_plan(document, made)
    return domain.with_measure(document, made)


def _before(row: VersionRow, document: Edition, about: About, key: str) -> Any:  # noqa: ANN401
    """The entry to be changed; one that somebody has just removed comes back when it is saved again."""
    found = domain.entry(document, about, key)
    removed = queries.last_removed(row.id, about, key) if found is None else None
    if found is not None or removed is None or removed.before is None:
        return found or abort(404)
    values = {name: value for name, value in removed.before.items() if name != "plan"}
    if about is About.PLAN:
        # Its fields of action went along, and only taking the removal back brings them, too.
        abort(404)
    kinds: dict[About, type[Entry]] = {About.GOAL: Goal, About.FIELD: FieldOfAction, About.MEASURE: Measure}
    return kinds[about].model_validate(values)


def _changed(
    row: VersionRow, document: Edition, changed: Edition, form: WhyForm, anchor: str | None
) -> ResponseReturnValue:
    """Keep a change, and lead back to the draft."""
    if editions.change(row, changed, current_user.principal_id, form.why.data or ""):
        done("plan_draft_changed", row, document, _("It was saved in the draft."))
    else:
        flash(_("Nothing was different, so nothing was changed."))
    return to_version(row.id, anchor)


def _showing(document: Edition, about: About, found: Any, seen: int) -> EntryForm:  # noqa: ANN401
    taken = domain.keys_of(document, about)
    if about is About.GOAL:
        return GoalForm.showing(document, taken, found, seen)
    if about is About.PLAN:
        return (PlanForm if found else NewPlanForm).showing(document, taken, found, seen)
    if about is About.FIELD:
        return FieldForm.showing(document, taken, found, seen, request.args.get("plan", ""))
    return MeasureForm.showing(document, taken, found, seen)


def _sent(document: Edition, about: About, before: Any) -> EntryForm:  # noqa: ANN401
    taken = domain.keys_of(document, about)
    forms: dict[About, type[EntryForm]] = {
        About.GOAL: GoalForm,
        About.PLAN: PlanForm if before else NewPlanForm,
        About.FIELD: FieldForm,
        About.MEASURE: MeasureForm,
    }
    return forms[about](document, taken, before, sent=True)


def _entry_page(identity: int, about: About, form: EntryForm, news: Sequence[page.Line] | None = None) -> str:
    card, document = version_of(identity)
    before = form.before
    action = (
        url_for("planning.save_head", identity=identity)
        if about is About.HEAD
        else url_for("planning.save_entry", identity=identity, kind=about, key=before.key)
        if before
        else url_for("planning.add_entry", identity=identity, kind=about)
    )
    return render_template(
        f"planning/{about}.html",
        card=card,
        about=about,
        form=form,
        before=before,
        action=action,
        news=news,
        document=document,
    )


def _shown(identity: int, about: About, key: str) -> str:
    card, document = version_of(identity)
    return render_template(
        "planning/entry.html", card=card, about=about, key=key, said=page.entry_said(document, about, key)
    )


# Removing ------------------------------------------------------------------------------------------------------------


@bp.get(f"/versions/<int:identity>/{KIND}/<key>/remove")
@requires(Permission.EDIT_PLANS)
def remove(identity: int, kind: str, key: str) -> str:
    """Ask before an entry goes."""
    _card, document = version_of(identity, State.DRAFT)
    if domain.entry(document, About(kind), key) is None:
        abort(404)
    return _remove_page(identity, About(kind), key, WhyForm(formdata=None, seen=queries.latest_change(identity)))


@bp.post(f"/versions/<int:identity>/{KIND}/<key>/remove")
@requires(Permission.EDIT_PLANS)
@commits
def do_remove(identity: int, kind: str, key: str) -> ResponseReturnValue:
    """Remove an entry from a draft."""
    row, document = to_change(identity, State.DRAFT)
    about = About(kind)
    if domain.entry(document, about, key) is None:
        flash(_("Somebody else has removed this meanwhile."), "warning")
        return redirect(url_for("planning.version", identity=identity), 303)
    form = WhyForm()
    news = missed(form, identity, document, (about, key))
    if news is not None:
        return _remove_page(identity, about, key, form, news), CONFLICT
    if not form.validate():
        return _remove_page(identity, about, key, form), UNPROCESSABLE_ENTITY
    try:
        changed = domain.without(document, about, key)
    except domain.NotAlone:
        form.form_errors.append(_("This is the last one, and it cannot go."))
        return _remove_page(identity, about, key, form), UNPROCESSABLE_ENTITY
    return _changed(row, document, changed, form, None)


def _remove_page(identity: int, about: About, key: str, form: WhyForm, news: Sequence[page.Line] | None = None) -> str:
    card, document = version_of(identity)
    names = Names(document)
    found = domain.entry(document, about, key)
    return render_template(
        "planning/remove.html",
        card=card,
        about=about,
        key=key,
        title=names.entry(about, key),
        fields=[one.name for one in found.fields_] if isinstance(found, Plan) else [],
        naming=domain.naming(document, about, key),
        form=form,
        news=news,
    )
