"""The administrator's pages for the city's labels and templates for replies."""

from __future__ import annotations

from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import queries as accounts
from app.core.database import commits, db
from app.core.permissions import Permission, requires
from app.privacy import audit
from app.reports.domain import NotAllowed
from app.triage import labels, work_queries
from app.triage.catalogue import service as catalogue
from app.triage.catalogue.forms import LabelForm, TemplateForm
from app.triage.work_domain import LabelCard, TemplateCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

bp = Blueprint("templates", __name__, url_prefix="/<lang:lang>/account")
bp.context_processor(lambda: {"word": labels.word})

SAMPLE = "T-4K7M-92QX"
"""The number in a preview."""


def _who(cards: Sequence[LabelCard | TemplateCard]) -> dict[str, str]:
    """The desks of those who changed something, by their principal."""
    return accounts.titles({card.changed_by for card in cards if card.changed_by})


@bp.get("/templates")
@requires(Permission.ADMINISTER)
def overview() -> str:
    """Every template for a reply."""
    cards = work_queries.all_templates()
    return render_template("triage/templates.html", cards=cards, who=_who(cards))


@bp.get("/templates/new")
@requires(Permission.ADMINISTER)
def new_template() -> str:
    """An empty template."""
    return _template_page(TemplateForm(None, sent=False))


@bp.post("/templates/new")
@requires(Permission.ADMINISTER)
@commits
def add_template() -> ResponseReturnValue:
    """Add a template, or only show what it would look like."""
    return _keep_template(TemplateForm(None, sent=True))


@bp.get("/templates/<key>")
@requires(Permission.ADMINISTER)
def template(key: str) -> str:
    """A template, to change it."""
    return _template_page(TemplateForm.showing(_template(key)))


@bp.post("/templates/<key>")
@requires(Permission.ADMINISTER)
@commits
def change_template(key: str) -> ResponseReturnValue:
    """Change a template, or only show what it would look like."""
    return _keep_template(TemplateForm(_template(key), sent=True))


def _template(key: str) -> TemplateCard:
    return work_queries.template(key) or abort(404)


def _keep_template(form: TemplateForm) -> ResponseReturnValue:
    if "preview" in request.form:
        return _template_page(form, preview=True)
    if form.validate():
        entry = form.entry()
        try:
            catalogue.keep_template(entry, current_user.principal_id, form.seen.data or "")
        except NotAllowed as refusal:
            form.form_errors.append(str(refusal))
        else:
            audit.note("template_changed", actor=current_user.principal_id)
            flash(_("The template was kept."), "success")
            return redirect(url_for("templates.overview"), SEE_OTHER)
        db.session.rollback()
    return _template_page(form), UNPROCESSABLE_ENTITY


def _template_page(form: TemplateForm, *, preview: bool = False) -> str:
    shown = form.preview(SAMPLE) if preview else []
    return render_template(
        "triage/template.html", form=form, kept=form.kept, shown=shown, who=_who([form.kept] if form.kept else [])
    )


@bp.get("/labels")
@requires(Permission.ADMINISTER)
def labels_overview() -> str:
    """Every label."""
    cards = work_queries.all_labels()
    return render_template("triage/labels.html", cards=cards, who=_who(cards))


@bp.get("/labels/new")
@requires(Permission.ADMINISTER)
def new_label() -> str:
    """An empty label."""
    return _label_page(LabelForm(None, sent=False))


@bp.post("/labels/new")
@requires(Permission.ADMINISTER)
@commits
def add_label() -> ResponseReturnValue:
    """Add a label."""
    return _keep_label(LabelForm(None, sent=True))


@bp.get("/labels/<key>")
@requires(Permission.ADMINISTER)
def label(key: str) -> str:
    """A label, to change it."""
    return _label_page(LabelForm.showing(_label(key)))


@bp.post("/labels/<key>")
@requires(Permission.ADMINISTER)
@commits
def change_label(key: str) -> ResponseReturnValue:
    """Change a label."""
    return _keep_label(LabelForm(_label(key), sent=True))


def _label(key: str) -> LabelCard:
    return work_queries.label(key) or abort(404)


def _keep_label(form: LabelForm) -> ResponseReturnValue:
    if form.validate():
        entry = form.entry()
        try:
            catalogue.keep_label(entry, current_user.principal_id, form.seen.data or "")
        except NotAllowed as refusal:
            form.form_errors.append(str(refusal))
        else:
            audit.note("label_changed", actor=current_user.principal_id)
            flash(_("The label was kept."), "success")
            return redirect(url_for("templates.labels_overview"), SEE_OTHER)
        db.session.rollback()
    return _label_page(form), UNPROCESSABLE_ENTITY


def _label_page(form: LabelForm) -> str:
    return render_template("triage/label.html", form=form, kept=form.kept, who=_who([form.kept] if form.kept else []))
