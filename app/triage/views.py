"""The desk: the queue, the page of a case with everything one can do there, and its files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy.orm.exc import StaleDataError

from app.accounts.service import current_keyring
from app.core.codes import Purpose
from app.core.database import commits, db
from app.core.permissions import Permission, requires
from app.privacy import audit
from app.privacy.domain import CannotOpen
from app.reports.dialogue import file_of
from app.reports.domain import NotAllowed
from app.triage import page, queries, reassignment
from app.triage.actions import ACTIONS, Action
from app.triage.case import Case, Staff, Step, open_case
from app.triage.domain import TASKS_AT_ONCE, Wanted
from app.triage.forms import CaseForm
from app.triage.list_forms import CancelForm, ListForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("triage", __name__, url_prefix="/<lang:lang>")
bp.context_processor(page.words)

Page = tuple[str, int]

PREVIEWED = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What a browser may show inside the page; everything else is only downloaded."""

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "application/pdf": "pdf"}


def _staff() -> Staff:
    return Staff.of(current_user, current_keyring(current_user))


def _open(number: str) -> Case:
    """The case, or the same 404 for a foreign one and for one that does not exist."""
    try:
        return _noted(open_case(_staff(), number))
    except CannotOpen:
        abort(404)


def _noted(opened: Case, action: str = audit.OPENED) -> Case:
    """Say in the audit trail that the person sees the case: once an hour, so that reading does not flood it."""
    if not opened.hidden:
        _note(opened, action, once_in=audit.HOUR)
    return opened


def _note(opened: Case, action: str, once_in: timedelta | None = None) -> None:
    audit.note(
        action,
        actor=current_user.principal_id,
        subject=opened.report.number,
        office_id=opened.office_id,
        once_in=once_in,
    )


@bp.get("/desk/")
@requires(Permission.READ_CASES)
def queue() -> Page:
    """The reports that the person's mailboxes can open."""
    staff = _staff()
    form = ListForm(request.args)
    valid = form.validate()
    wanted = form.wanted() if valid else Wanted()
    lines, before, after = queries.queue(staff.reach, wanted)
    html = render_template(
        "triage/queue.html",
        form=form,
        wanted=wanted,
        lines=lines,
        counts=queries.counts(staff.reach),
        tasks=len(queries.open_tasks(staff.reach, TASKS_AT_ONCE)),
        carry_form=CancelForm(),
        ways=page.ways(
            "triage.queue", form.choices_made() if valid else {}, [line.place for line in lines], before, after
        ),
        staff=staff,
    )
    return html, 200 if valid else 422


@bp.post("/desk/tasks")
@requires(Permission.READ_CASES)
@commits
def carry_out() -> AnyResponse:
    """Carry out what the coordination has asked for since the person signed in."""
    if CancelForm().validate():
        done = reassignment.carry_out(_staff())
        flash(ngettext("%(num)d task was settled.", "%(num)d tasks were settled.", done), "success")
    return redirect(url_for("triage.queue"), 303)


@bp.get("/desk/<number>")
@requires(Permission.READ_CASES)
@audit.recorded
def case(number: str) -> Page:
    """A case, opened. Reading changes nothing: what is new stays new until somebody does something with it."""
    return _page(_open(number))


@bp.post("/desk/<number>")
@requires(Permission.READ_CASES)
@commits
def act(number: str) -> AnyResponse | Page:
    """Do something with a case."""
    opened = _open(number)
    name = request.form.get("action", "")
    if name not in ACTIONS or (opened.hidden and name != "return"):
        return _page(opened, status=422)
    form = ACTIONS[name].form(opened, name, sent=True)
    if form.version.data is not None and form.version.data != opened.report.version:
        return _changed_meanwhile(form, number)
    if not form.validate():
        return _page(opened, form, 422)
    return _do(ACTIONS[name], opened, form, number)


def _do(action: Action, opened: Case, form: CaseForm, number: str) -> AnyResponse | Page:
    try:
        action.verb(opened, form)
        _note(opened, f"case_{form.name}")
        db.session.flush()
    except StaleDataError:
        return _changed_meanwhile(form, number)
    except NotAllowed as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return _page(_open(number), form, 422)
    flash(str(action.done), "success")
    if form.name in {"return", "recuse"}:
        return redirect(url_for("triage.queue"), 303)
    return redirect(url_for("triage.case", number=number), 303)


def _changed_meanwhile(form: CaseForm, number: str) -> AnyResponse | Page:
    """The page of the case as it is now, with what others did and everything that was typed."""
    db.session.rollback()
    try:
        now = _noted(open_case(_staff(), number))
    except CannotOpen:
        flash(_("Somebody else changed this case, and your office can no longer open it. Nothing was sent."), "warning")
        return redirect(url_for("triage.queue"), 303)
    news = now.since(form.seen.data if form.seen.data is not None else now.latest)
    form.catch_up(now)
    return _page(now, form, 409, news)


def _page(opened: Case, sent: CaseForm | None = None, status: int = 200, news: tuple[Step, ...] | None = None) -> Page:
    """The page of a case; ``sent`` is the form that did not go through, ``news`` what it had not seen."""
    blank = {name: action.form(opened, name, sent=False) for name, action in ACTIONS.items()}
    html = render_template(
        "triage/case.html",
        case=opened,
        report=opened.report,
        coded=opened.opened.coded,
        content=opened.opened.content,
        facts=page.CaseFacts(opened),
        forms=blank | ({sent.name: sent} if sent else {}),
        sent=sent,
        news=news,
        status=status,
        previewed=PREVIEWED,
        Purpose=Purpose,
    )
    return html, status


def _file(number: str, position: int, action: str) -> tuple[str, bytes]:
    opened = _open(number)
    if opened.hidden:
        abort(404)
    _noted(opened, action)
    try:
        return file_of(opened.opened, position)
    except IndexError:
        abort(404)


@bp.get("/desk/<number>/files/<int:position>")
@requires(Permission.READ_CASES)
@audit.recorded
def file(number: str, position: int) -> Response:
    """A file of the report, to keep. Its name is made here; the sender's own was never stored."""
    media_type, content = _file(number, position, "file_opened")
    ending = ENDINGS.get(media_type, "bin")
    response = Response(content, mimetype=media_type if media_type in ENDINGS else "application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=f"{number}-{position + 1}.{ending}")
    return response


@bp.get("/desk/<number>/files/<int:position>/preview")
@requires(Permission.READ_CASES)
@audit.recorded
def preview(number: str, position: int) -> Response:
    """An image of the report, to look at inside the page."""
    media_type, content = _file(number, position, "file_shown")
    if media_type not in PREVIEWED:
        abort(404)
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "inline")
    return response
