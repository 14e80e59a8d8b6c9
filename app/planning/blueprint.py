"""The pages of the editor of plans, and what all of its views need."""

from __future__ import annotations

from http.client import SEE_OTHER
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, url_for
from flask_security import current_user

from app.planning import page, queries
from app.plans import queries as plans
from app.plans.document import Edition
from app.plans.domain import VersionCard
from app.plans.editions import State
from app.privacy import audit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.planning.forms import DraftForm
    from app.plans.models import VersionRow

bp = Blueprint("planning", __name__, url_prefix="/<lang:lang>/planning")
bp.context_processor(page.words)

Page = tuple[str, int]


def version_of(identity: int, *states: State) -> tuple[VersionCard, Edition]:
    """The version of an address with its document, in one of these states where some are named; or 404."""
    found = plans.version(identity)
    if found is None or (states and found[0].state not in states):
        abort(404)
    return found


def to_change(identity: int, *states: State) -> tuple[VersionRow, Edition]:
    """The version of an address, held until the end of the request, with its document; or 404."""
    row = queries.to_change(identity)
    if row is None or row.state not in states:
        abort(404)
    return row, Edition.model_validate(row.document)


def missed(
    form: DraftForm, identity: int, document: Edition, entry: tuple[str, str] | None = None
) -> list[page.Line] | None:
    """What others changed while somebody had the page open: at an entry, or anywhere. None when nobody did.

    The form stays as it was typed.
    """
    latest, seen = queries.latest_change(identity), form.seen.data
    if seen == latest:
        return None
    form.catch_up(latest)
    if seen is None or seen > latest:
        return []
    return page.news(identity, document, seen, entry) or None


def done(action: str, version: VersionRow | VersionCard, document: Edition, words: str) -> None:
    """Say what was done: in the audit trail, and to the person."""
    audit.note(action, actor=current_user.principal_id, subject=f"{document.key}.{version.number}")
    flash(words, "success")


def to_version(identity: int, anchor: str | None = None) -> ResponseReturnValue:
    """The page of a version, once something was done there."""
    return redirect(url_for("planning.version", identity=identity, _anchor=anchor), SEE_OTHER)
