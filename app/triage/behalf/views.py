"""The page on which somebody at a desk writes a report down for another person, and the receipt to hand over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_security import current_user

from app.core.codes import Kind
from app.core.database import commits
from app.core.desk_forms import DeskForm
from app.core.languages import LANGUAGES
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.privacy.domain import Exchanged, grouped
from app.reports import dialogue, readers
from app.reports import service as reports
from app.reports.domain import PLACED, Erased, ReportDraft, Sent
from app.routing.domain import Decision
from app.triage.behalf import service as behalf
from app.triage.behalf.forms import BehalfForm

bp = Blueprint("behalf", __name__, url_prefix="/<lang:lang>")

Page = tuple[str, int]

EXPERIENCES, PROVISION = (Kind.DISCRIMINATION,), (Kind.GAP, Kind.BARRIER)
"""The kinds of report that some of the questions are for."""


@bp.get("/desk/on-behalf")
@requires(Permission.FILE_FOR_OTHERS)
def form() -> Page:
    """All questions, empty."""
    empty = BehalfForm(behalf.desks_of(current_user))
    empty.begin()
    return _page(empty)


@bp.post("/desk/on-behalf")
@requires(Permission.FILE_FOR_OTHERS)
@commits
def file() -> Page:
    """Show who will read the report; then, with ``go=send``, take it and show the receipt, this once."""
    desks = behalf.desks_of(current_user)
    said = BehalfForm(desks, request.form)
    known = said.begin()
    if not (DeskForm().validate() and known):
        said.form_errors.append(_("We could not be sure that it was you who sent this page. Please send it again."))
        return _page(said, status=422)
    go = request.form.get("go", "")
    if go == "stay":
        # The page in the other language, with everything typed.
        return _page(said)
    if not said.answered():
        return _page(said, status=422)
    draft, channel, desk = said.to_report()
    decision = reports.decide(draft)
    sending = go == "send"
    if not sending or decision.mark != said.seen_route.data:
        said.seen_route.data = decision.mark
        return _page(said, draft=draft, decision=decision, changed=sending)
    try:
        sent = behalf.file(draft, channel, current_user, directory.organisations()[desk])
    except (Erased, Exchanged):
        return render_template("triage/behalf_gone.html"), 200
    return _receipt(sent, draft, decision), 200


def _page(
    said: BehalfForm,
    *,
    draft: ReportDraft | None = None,
    decision: Decision | None = None,
    changed: bool = False,
    status: int = 200,
) -> Page:
    """The form; with a ``decision`` also who would read the report, and the button to send it."""
    shown: dict[str, Any] = {}
    if draft is not None and decision is not None:
        shown = {
            "readers": readers.named(decision.readers),
            "left_out": readers.organisations({*decision.left_out, *draft.involved, *draft.excluded}),
        }
    html = render_template(
        "triage/behalf.html",
        form=said,
        token=DeskForm(),
        decision=decision,
        changed=changed,
        experiences=EXPERIENCES,
        provision=PROVISION,
        placed=sorted(PLACED),
        **shown,
    )
    return html, status


def _receipt(sent: Sent, draft: ReportDraft, decision: Decision) -> str:
    who = readers.named(decision.readers)
    if sent.repeated:
        who = readers.readers_of(dialogue.open_by_receipt(sent.receipt).report)
    return render_template(
        "triage/behalf_receipt.html",
        sent=sent,
        groups=grouped(sent.receipt),
        readers=who,
        person_language=LANGUAGES[draft.language],
    )
