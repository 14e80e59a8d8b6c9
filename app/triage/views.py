"""The desk: the page of a case with everything one can do there, and its files. The lists stand in ``list_views``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
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
from app.triage import page
from app.triage.actions import ACTIONS, Action
from app.triage.case import Case, Staff, Step, open_case
from app.triage.forms import CaseForm
from app.triage.timeline import View
from app.triage.work_domain import PRESENT_FOR

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("triage", __name__, url_prefix="/<lang:lang>")
bp.context_processor(page.words)

Page = tuple[str, int]

PREVIEWED = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What a browser may show inside the page; everything else is only downloaded."""

RETURNS = frozenset({"return", "consult_return"})
"""What can be done even with a case that must not be shown any more."""

PARTINGS = frozenset({"recuse", "consult_done"})
"""What else takes the case away from whoever does it."""

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
    """Say in the audit trail that the person sees the case: so often that colleagues see who is at it, and no more."""
    if not opened.hidden:
        _note(opened, action, once_in=PRESENT_FOR)
    return opened


def _note(opened: Case, action: str, once_in: timedelta | None = None) -> None:
    audit.note(
        action,
        actor=current_user.principal_id,
        subject=opened.report.number,
        office_id=opened.office_id,
        once_in=once_in,
    )


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
    if name not in ACTIONS or (opened.hidden and name not in RETURNS):
        return _page(opened, status=422)
    form = ACTIONS[name].form(opened, name, sent=True)
    if form.version.data is not None and form.version.data != opened.report.version:
        return _changed_meanwhile(form, number)
    if form.prepares:
        form.fill_in()
        return _page(opened, form)
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
    if form.name in RETURNS | PARTINGS:
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
        facts=page.CaseFacts(opened, View.read(request.args)),
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
