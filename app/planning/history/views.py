"""The pages on which staff write places of history: a draft part by part, its preview, and what residents see then."""

from __future__ import annotations

from collections.abc import Callable
from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import queries as accounts
from app.core.database import commits, db, only_reads, turn_to_writing
from app.core.languages import in_language, offered
from app.core.permissions import Permission, requires
from app.core.texts import new_key
from app.planning.history.forms import PARTS, PARTS_MAX, BasicsForm, MoveForm, PartForm, SeenForm
from app.planning.history.labels import HEADINGS
from app.plans.history import queries, service
from app.plans.history.domain import Content, EditedPlace, Meanwhile
from app.plans.history.labels import PARTNERS
from app.privacy import audit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.core.settings import Settings

bp = Blueprint("history", __name__, url_prefix="/<lang:lang>/account/history")
bp.context_processor(lambda: {"in_language": in_language, "headings": HEADINGS, "kinds": PARTNERS})

MEGABYTE = 1024 * 1024
PATIENCE = 4
"""How many times the largest file may come in before the connection is closed without a kind word."""


@bp.get("")
@requires(Permission.EDIT_PLANS)
def overview() -> str:
    """All places in their order, hidden ones and drafts included."""
    found = queries.edited_places()
    return render_template(
        "planning/history/overview.html", places=found, who=_who(*found), button=SeenForm(formdata=None)
    )


@bp.get("/new")
@requires(Permission.EDIT_PLANS)
def new() -> str:
    """An empty place."""
    return _basics_page(None, BasicsForm("", sent=False))


@bp.post("/new")
@requires(Permission.EDIT_PLANS)
@commits
def add() -> ResponseReturnValue:
    """Begin a place."""
    form = BasicsForm("", sent=True)
    if not form.validate():
        return _basics_page(None, form), UNPROCESSABLE_ENTITY
    content = form.content()
    key = new_key(str(content.name))
    service.add(key, content, current_user.principal_id)
    _note("history_drafted", key)
    flash(_("The draft is kept. Nobody else sees it before you publish it."), "success")
    return redirect(url_for("history.place", key=key), SEE_OTHER)


@bp.get("/<key>")
@requires(Permission.EDIT_PLANS)
def place(key: str) -> str:
    """A place, part by part."""
    found = _place(key)
    return render_template(
        "planning/history/place.html",
        place=found,
        content=found.newest,
        partners=queries.partners(found.newest),
        who=_who(found),
        button=SeenForm(formdata=None, seen=found.mark),
        most=PARTS_MAX,
    )


@bp.get("/<key>/basics")
@requires(Permission.EDIT_PLANS)
def basics(key: str) -> str:
    """Name, beginning and position, to be changed."""
    found = _place(key)
    return _basics_page(found, BasicsForm(found.mark, found.newest, sent=False))


@bp.post("/<key>/basics")
@requires(Permission.EDIT_PLANS)
@commits
def change_basics(key: str) -> ResponseReturnValue:
    """Change them in the draft."""
    found = _place(key)
    form = BasicsForm(found.mark, found.newest, sent=True)
    if form.validate() and _changed(found, form.content(), form):
        return _to(key)
    return _basics_page(found, form), UNPROCESSABLE_ENTITY


def _basics_page(found: EditedPlace | None, form: BasicsForm) -> str:
    return render_template("planning/history/basics.html", place=found, form=form)


# Sections, pictures, partners, sources -------------------------------------------------------------------------------

PART = f"any({','.join(PARTS)}):part"


@bp.get(f"/<key>/<{PART}>/new")
@requires(Permission.EDIT_PLANS)
def new_part(key: str, part: str) -> str:
    """An empty part."""
    found = _place(key)
    return _part_page(found, part, PARTS[part](found.mark, sent=False))


@bp.post(f"/<key>/<{PART}>/new")
@requires(Permission.EDIT_PLANS)
@commits
def add_part(key: str, part: str) -> ResponseReturnValue:
    """Add a part to the draft."""
    # Making a picture anew takes a while; nobody who wants to write waits for it.
    db.session.rollback()
    only_reads()
    found = _place(key)
    _let_picture_in()
    form = PARTS[part](found.mark, sent=True)
    there = getattr(found.newest, part)
    if len(there) >= PARTS_MAX:
        form.form_errors.append(_("There are too many of these already. Please remove one first."))
        return _part_page(found, part, form), UNPROCESSABLE_ENTITY
    return _keep_part(found, part, form, len(there))


@bp.get(f"/<key>/<{PART}>/<int:position>")
@requires(Permission.EDIT_PLANS)
def edit_part(key: str, part: str, position: int) -> str:
    """A part, counted from 1, to be changed."""
    found = _place(key)
    return _part_page(found, part, PARTS[part](found.mark, _part(found, part, position), sent=False), position)


@bp.post(f"/<key>/<{PART}>/<int:position>")
@requires(Permission.EDIT_PLANS)
@commits
def change_part(key: str, part: str, position: int) -> ResponseReturnValue:
    """Change a part in the draft."""
    found = _place(key)
    form = PARTS[part](found.mark, _part(found, part, position), sent=True)
    return _keep_part(found, part, form, position - 1, position)


@bp.post(f"/<key>/<{PART}>/<int:position>/remove")
@requires(Permission.EDIT_PLANS)
@commits
def remove_part(key: str, part: str, position: int) -> ResponseReturnValue:
    """Take a part out of the draft."""
    found = _place(key)
    _part(found, part, position)
    there = list(getattr(found.newest, part))
    del there[position - 1]
    return _rearranged(found, part, there)


@bp.post(f"/<key>/<{PART}>/<int:position>/up")
@requires(Permission.EDIT_PLANS)
@commits
def part_up(key: str, part: str, position: int) -> ResponseReturnValue:
    """Let a part of the draft change places with the one before."""
    found = _place(key)
    _part(found, part, position)
    there = list(getattr(found.newest, part))
    if position > 1:
        there[position - 2], there[position - 1] = there[position - 1], there[position - 2]
    return _rearranged(found, part, there)


def _rearranged(found: EditedPlace, part: str, there: list[Any]) -> ResponseReturnValue:
    form = SeenForm()
    if not form.validate() or not _changed(found, _with(found.newest, part, there), form):
        flash(_meanwhile(), "error")
    return _to(found.key, part)


def _keep_part(
    found: EditedPlace, part: str, form: PartForm, index: int, number: int | None = None
) -> ResponseReturnValue:
    valid = form.validate()
    turn_to_writing()
    if valid:
        there = list(getattr(found.newest, part))
        there[index : index + 1] = [form.piece()]
        if _changed(found, _with(found.newest, part, there), form):
            return _to(found.key, part)
    return _part_page(found, part, form, number), UNPROCESSABLE_ENTITY


def _with(content: Content, part: str, pieces: list[Any]) -> Content:
    return content.model_copy(update={part: tuple(pieces)})


def _part(found: EditedPlace, part: str, number: int) -> Any:  # noqa: ANN401
    there = getattr(found.newest, part)
    return there[number - 1] if 1 <= number <= len(there) else abort(404)


def _part_page(found: EditedPlace, part: str, form: PartForm, number: int | None = None) -> str:
    return render_template("planning/history/part.html", place=found, part=part, form=form, number=number)


def _let_picture_in() -> None:
    """Get ready for a picture, before anything looks at the form."""
    settings: Settings = current_app.config["SETTINGS"]
    most = settings.upload_max_mb * MEGABYTE
    request.max_content_length = PATIENCE * most
    request.file_bytes_max = most  # type: ignore[attr-defined]


def _changed(found: EditedPlace, content: Content, form: Any) -> bool:  # noqa: ANN401
    """Keep a draft; where somebody else was quicker the form says so."""
    pixels = form.pixels() if isinstance(form, PartForm) else None
    try:
        service.change(found.key, content, current_user.principal_id, form.seen.data or "", [pixels] if pixels else [])
    except Meanwhile:
        db.session.rollback()
        form.form_errors.append(_meanwhile())
        return False
    _note("history_drafted", found.key)
    return True


# Preview, and what residents see -------------------------------------------------------------------------------------


@bp.get("/<key>/preview")
@requires(Permission.EDIT_PLANS)
def preview(key: str) -> str:
    """The place in each language as residents would see it."""
    found = _place(key)
    return render_template(
        "planning/history/preview.html",
        place=found,
        content=found.newest,
        codes=[one.code for one in offered()],
        partners=queries.partners(found.newest),
        button=SeenForm(formdata=None, seen=found.mark),
    )


@bp.get("/<key>/pictures/<digest>-<any(large,small):size>.jpg")
@requires(Permission.EDIT_PLANS)
def picture(key: str, digest: str, size: str) -> Response:
    """A picture, confirmed or not."""
    found = queries.pixels(key, digest, large=size == "large") or abort(404)
    response = Response(found, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/<key>/publish")
@requires(Permission.EDIT_PLANS)
@commits
def publish(key: str) -> ResponseReturnValue:
    """Let residents see what the preview showed."""
    found = _place(key)
    if not _done(service.publish, key):
        return redirect(url_for("history.preview", key=key), SEE_OTHER)
    _note("history_published", key)
    flash(_("“%(name)s” is published.", name=in_language(found.newest.name).text), "success")
    return _to(key)


@bp.post("/<key>/discard")
@requires(Permission.EDIT_PLANS)
@commits
def discard(key: str) -> ResponseReturnValue:
    """Give up the draft."""
    found = _place(key)
    if not _done(service.discard, key):
        return _to(key)
    _note("history_discarded", key)
    flash(_("The draft is gone."), "success")
    return _to(key) if found.published else redirect(url_for("history.overview"), SEE_OTHER)


def _done(verb: Callable[[str, str, str], None], key: str) -> bool:
    """Do it, unless somebody else was quicker; then say so."""
    form = SeenForm()
    try:
        if form.validate():
            verb(key, current_user.principal_id, form.seen.data or "")
            return True
    except Meanwhile:
        db.session.rollback()
    flash(_meanwhile(), "error")
    return False


@bp.post("/<key>/hide")
@requires(Permission.EDIT_PLANS)
@commits
def hide(key: str) -> ResponseReturnValue:
    """Take the place away from residents, at once."""
    found = _place(key)
    if SeenForm().validate():
        service.hide(key, current_user.principal_id)
        _note("history_hidden", key)
        flash(_("“%(name)s” is hidden from residents.", name=in_language(found.content.name).text), "success")
    return _to(key)


@bp.post("/<key>/move")
@requires(Permission.EDIT_PLANS)
@commits
def move(key: str) -> ResponseReturnValue:
    """Let a place change places with the one before or after it."""
    _place(key)
    form = MoveForm()
    if form.validate() and service.move(key, up=form.to.data == "up", by=current_user.principal_id):
        _note("history_moved", key)
    return redirect(url_for("history.overview", _anchor=key), SEE_OTHER)


# What all of them need -----------------------------------------------------------------------------------------------


def _place(key: str) -> EditedPlace:
    return queries.edited_place(key) or abort(404)


def _to(key: str, part: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("history.place", key=key, _anchor=part), SEE_OTHER)


def _note(action: str, key: str) -> None:
    audit.note(action, actor=current_user.principal_id, subject=f"history:{key}")


def _who(*found: EditedPlace) -> dict[str, str]:
    """The desks of those who changed something, by their principal."""
    return accounts.titles({one.changed_by for one in found if one.changed_by})


def _meanwhile() -> str:
    return str(_("Somebody else changed this meanwhile. Please compare with what stands there now."))
