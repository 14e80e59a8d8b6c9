"""The audit trail, for administrators: who did what and when, in words, and as a file. Nothing of any content."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.service import mailboxes_by_office
from app.audit import labels, queries, service
from app.audit.domain import Line, Wanted
from app.audit.forms import FilterForm
from app.core.clock import today
from app.core.languages import in_language
from app.core.permissions import Permission, requires
from app.directory import queries as directory

bp = Blueprint("audit", __name__, url_prefix="/<lang:lang>/audit")

BYTE_ORDER_MARK = "\ufeff"
"""Without it common spreadsheet programs take UTF-8 for something else."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@bp.get("/")
@requires(Permission.ADMINISTER)
def page() -> tuple[str, int]:
    """A page of the trail, newest first."""
    form = FilterForm(request.args)
    valid = form.validate()
    wanted = form.wanted() if valid else Wanted()
    entries, older = queries.page(mailboxes_by_office(current_user), wanted)
    lines = service.lines(entries)
    made: dict[str, Any] = form.choices_made() if valid else {}
    html = render_template(
        "audit/page.html",
        form=form,
        lines=lines,
        action_label=labels.action,
        office_name=_office_name,
        newest=url_for("audit.page", **made) if wanted.before else None,
        older=url_for("audit.page", **made, before=str(lines[-1].place)) if older else None,
        download=url_for("audit.download", **made),
    )
    return html, 200 if valid else 422


@bp.get("/trail.csv")
@requires(Permission.ADMINISTER)
def download() -> Response:
    """The selection as a table, whole."""
    form = FilterForm(request.args)
    wanted = form.wanted() if form.validate() else Wanted()
    lines = service.lines(queries.everything(mailboxes_by_office(current_user), wanted))
    response = Response(_table(lines), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"audit-{today().isoformat()}.csv")
    return response


def _table(lines: Sequence[Line]) -> str:
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow([_("Time (UTC)"), _("Desk"), _("What happened"), _("Code"), _("About"), _("Office")])
    for line in lines:
        cells = (_who(line), labels.action(line.action), line.action, line.about, _office_name(line.office_id))
        table.writerow([line.at.isoformat(timespec="seconds"), *(_plain(cell) for cell in cells)])
    return text.getvalue()


def _plain(text: str) -> str:
    """A text that a spreadsheet would run as a formula stays a text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _who(line: Line) -> str:
    return line.who if line.who is not None else str(_("The system"))


def _office_name(office_id: int | None) -> str:
    card = directory.organisation_by_id(office_id) if office_id is not None else None
    return in_language(card.name).text if card else ""
