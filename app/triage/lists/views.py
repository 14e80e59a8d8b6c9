"""The queue: its pages, saved selections, what is done to several cases at once, and the search in opened texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from app.accounts.service import current_keyring
from app.core.clock import now
from app.core.database import commits
from app.core.permissions import Permission, requires
from app.privacy import audit
from app.reports.domain import NUMBER, NotAllowed
from app.triage import page, queries, reassignment, work_queries
from app.triage.case import Staff
from app.triage.domain import TASKS_AT_ONCE
from app.triage.lists import bulk, searching
from app.triage.lists import labels as queue_labels
from app.triage.lists import queries as list_queries
from app.triage.lists import saved as filters
from app.triage.lists.bulk import Deed, Result
from app.triage.lists.forms import CancelForm
from app.triage.lists.queue_forms import BulkForm, ChangeForm, QueueForm, RemoveForm, SaveForm, SearchForm, UndoForm
from app.triage.lists.selection import Selection
from app.triage.views import bp

if TYPE_CHECKING:
    from flask_wtf import FlaskForm
    from werkzeug.wrappers import Response as AnyResponse

Page = tuple[str, int]


def _staff() -> Staff:
    return Staff.of(current_user, current_keyring(current_user))


@bp.get("/desk/")
@requires(Permission.READ_CASES)
def queue() -> Page:
    """The reports that the person can open: by group, filters and order."""
    return _page(QueueForm(request.args))


def _page(form: QueueForm, sent: FlaskForm | None = None) -> Page:
    """A page of the queue; ``sent`` is a form on it that did not go through."""
    staff = _staff()
    valid = form.validate()
    wanted = form.wanted() if valid else Selection()
    lines, before, after = list_queries.queue(staff.reach, current_user.id, wanted)
    places = [wanted.order.place_of(line) for line in lines]
    html = render_template(
        "triage/queue.html",
        form=form,
        sent=sent,
        bulk_form=sent if isinstance(sent, BulkForm) else BulkForm(),
        save_form=sent if type(sent) is SaveForm else SaveForm(formdata=None),
        search_form=sent if isinstance(sent, SearchForm) else SearchForm(formdata=None),
        change_form=ChangeForm(formdata=None),
        undo_form=UndoForm(formdata=None),
        carry_form=CancelForm(formdata=None),
        wanted=wanted,
        chosen=form.choices_made() if valid else {},
        address=form.address() if valid else {},
        lines=lines,
        labels_of=work_queries.labels_of([line.report_id for line in lines]),
        counts=list_queries.counts(staff.reach, current_user.id),
        saved=list_queries.saved_filters(current_user.id),
        last_act=bulk.last_act(current_user.id),
        tasks=len(queries.open_tasks(staff.reach, TASKS_AT_ONCE)),
        ways=page.ways("triage.queue", form.choices_made() if valid else {}, places, before, after),
        words_of=queue_labels,
        moment=now(),
        staff=staff,
    )
    return html, 200 if valid and sent is None else 422


def _back() -> AnyResponse:
    """The page of the list from which a form was sent; its beginning, where that is not known."""
    form = QueueForm(request.form)
    shown: dict[str, Any] = form.address() if form.validate() else {}
    return redirect(url_for("triage.queue", **shown), 303)


@bp.post("/desk/tasks")
@requires(Permission.READ_CASES)
@commits
def carry_out() -> AnyResponse:
    """Carry out what the coordination has asked for since the person signed in."""
    if CancelForm().validate():
        done = reassignment.carry_out(_staff())
        flash(ngettext("%(num)d task was settled.", "%(num)d tasks were settled.", done), "success")
    return redirect(url_for("triage.queue"), 303)


# Several cases at once -----------------------------------------------------------------------------------------------


@bp.post("/desk/several")
@requires(Permission.READ_CASES)
@commits
def several() -> AnyResponse | Page:
    """Do the same to all cases that are ticked."""
    form = BulkForm()
    if not form.validate():
        if form.case.errors:
            flash(str(form.case.errors[0]), "error")
            return _back()
        return _page(QueueForm(request.form), form)
    deed = Deed(form.deed.data)
    result = bulk.act(_staff(), current_user.id, deed, form.case.data, form.chosen_label)
    _tell(result, queue_labels.done(deed, result.done))
    return _back()


@bp.post("/desk/undo")
@requires(Permission.READ_CASES)
@commits
def undo() -> AnyResponse:
    """Take back what was done to several cases a moment ago."""
    form = UndoForm()
    if form.validate():
        try:
            result = bulk.undo(_staff(), current_user.id, form.act.data)
        except NotAllowed as refusal:
            flash(str(refusal), "warning")
        else:
            _tell(result, queue_labels.undone(result.done))
    return _back()


def _tell(result: Result, done: str) -> None:
    if result.done:
        flash(done, "success")
    for why, numbers in result.refused.items():
        flash(queue_labels.refused(why, numbers), "warning")


# Saved selections ----------------------------------------------------------------------------------------------------


@bp.post("/desk/selections")
@requires(Permission.READ_CASES)
@commits
def save_selection() -> AnyResponse | Page:
    """Give the selection that is shown a name."""
    shown, form = QueueForm(request.form), SaveForm()
    if not (form.validate() and shown.validate()):
        return _page(shown, form)
    try:
        filters.save(current_user.id, form.name.data, shown.choices_made())
    except NotAllowed as refusal:
        form.form_errors.append(str(refusal))
        return _page(shown, form)
    flash(_("The selection “%(name)s” was saved.", name=form.name.data), "success")
    return _back()


@bp.post("/desk/selections/name")
@requires(Permission.READ_CASES)
@commits
def rename_selection() -> AnyResponse:
    """Give a saved selection another name."""
    form = ChangeForm()
    if not form.validate():
        flash(str(next(fault for faults in form.errors.values() for fault in faults)), "error")
        return _back()
    try:
        filters.rename(current_user.id, form.saved.data, form.name.data)
    except (LookupError, NotAllowed) as refusal:
        flash(_gone() if isinstance(refusal, LookupError) else str(refusal), "warning")
    else:
        flash(_("The selection is called “%(name)s” now.", name=form.name.data), "success")
    return _back()


@bp.post("/desk/selections/remove")
@requires(Permission.READ_CASES)
@commits
def remove_selection() -> AnyResponse:
    """Remove a saved selection. What it shows stays as it is, so that it can be saved again."""
    form = RemoveForm()
    if not form.validate():
        return _back()
    try:
        removed = filters.remove(current_user.id, form.saved.data)
    except LookupError:
        flash(_gone(), "warning")
        return _back()
    flash(_("The selection “%(name)s” was removed. It is shown here once more.", name=removed.name), "success")
    return redirect(url_for("triage.queue", **removed.filters), 303)


def _gone() -> str:
    return str(_("This selection does not exist any more."))


# Search --------------------------------------------------------------------------------------------------------------


@bp.post("/desk/search")
@requires(Permission.READ_CASES)
@commits
def search() -> AnyResponse | Page:
    """Go to a case by its number, or look for words in the texts of the person's open cases."""
    form = SearchForm()
    if not form.validate():
        return _page(QueueForm(request.form), form)
    number = form.words.data.upper()
    if NUMBER.fullmatch(number):
        return redirect(url_for("triage.case", number=number), 303)
    staff = _staff()
    found = searching.search(staff, form.words.data)
    audit.note("searched", actor=staff.own)
    lines = [hit.line for hit in found.hits]
    html = render_template(
        "triage/search.html",
        search_form=form,
        found=found,
        most=searching.MOST,
        labels_of=work_queries.labels_of([line.report_id for line in lines]),
        words_of=queue_labels,
        moment=now(),
    )
    return html, 200
