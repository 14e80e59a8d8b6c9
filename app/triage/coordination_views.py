"""The coordination: coded facts of the reports it may know of, and what it decides about them without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.exc import IntegrityError

from app.accounts.service import mailboxes_by_office
from app.core.clock import now
from app.core.database import commits, db
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.privacy import audit
from app.reports.domain import ENDED, NUMBER, NotAllowed
from app.triage import page, queries, reassignment
from app.triage.domain import FactsLine, Wanted
from app.triage.lists.forms import CancelForm, ListForm, ReassignForm
from app.triage.overdue import queries as deadline_queries
from app.triage.overdue.domain import SHOWN

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("coordination", __name__, url_prefix="/<lang:lang>/coordination")
bp.context_processor(page.words)

Page = tuple[str, int]


@bp.get("/")
@requires(Permission.COORDINATE)
def facts() -> Page:
    """The coded facts of reports, where they are and by which rule. Nothing is opened here: there is no key."""
    mailboxes = mailboxes_by_office(current_user)
    counts = queries.office_counts(mailboxes)
    form = ListForm(request.args, offices=[count.office_id for count in counts])
    valid = form.validate()
    wanted = form.wanted() if valid else Wanted()
    lines, before, after = queries.facts(wanted, mailboxes)
    places = [one.line.place for one in lines]
    moment = now()
    late, late_in_all = deadline_queries.late_ones(moment, mailboxes)
    unanswered = queries.unanswered(moment, mailboxes)
    html = render_template(
        "triage/facts.html",
        form=form,
        wanted=wanted,
        lines=lines,
        counts=counts,
        moment=moment,
        late=late,
        late_in_all=late_in_all,
        unanswered=unanswered[:SHOWN],
        unanswered_in_all=len(unanswered),
        ways=page.ways("coordination.facts", form.choices_made() if valid else {}, places, before, after),
    )
    return html, 200 if valid else 422


@bp.get("/<number>")
@requires(Permission.COORDINATE)
def report(number: str) -> Page:
    """The coded facts of one report, and what may be decided about it."""
    return _page(_facts_of(number))


@bp.post("/<number>")
@requires(Permission.COORDINATE)
@commits
def decide(number: str) -> AnyResponse | Page:
    """Decide that another office shall be asked."""
    found = _facts_of(number)
    form = ReassignForm(found, reassignment.offices())
    if reassignment.possible(found) and not form.validate():
        return _page(found, form, 422)
    try:
        reassignment.ask(found, directory.organisations().get(form.office.data))
    except NotAllowed as refusal:
        flash(str(refusal), "warning")
    except IntegrityError:
        db.session.rollback()
        flash(_("Somebody else decided about this case at the same moment."), "warning")
    else:
        audit.note("reassigned", actor=current_user.principal_id, subject=number, office_id=found.line.office_id)
        flash(_("The office that leads the case is asked to hand it over. You see here when it is done."), "success")
    return redirect(url_for("coordination.report", number=number), 303)


@bp.post("/<number>/cancel")
@requires(Permission.COORDINATE)
@commits
def cancel(number: str) -> AnyResponse:
    """Take back what was decided."""
    found = _facts_of(number)
    try:
        if CancelForm().validate():
            reassignment.cancel(found)
            audit.note("reassignment_cancelled", actor=current_user.principal_id, subject=number)
            flash(_("The office is no longer asked."), "success")
    except NotAllowed as refusal:
        flash(str(refusal), "warning")
    return redirect(url_for("coordination.report", number=number), 303)


def _facts_of(number: str) -> FactsLine:
    """The facts, or the same 404 for a report that the person may not know of and for one that does not exist."""
    found = queries.facts_of(number, mailboxes_by_office(current_user)) if NUMBER.fullmatch(number) else None
    if found is None:
        abort(404)
    return found


def _page(found: FactsLine, sent: ReassignForm | None = None, status: int = 200) -> Page:
    html = render_template(
        "triage/report.html",
        facts=found,
        line=found.line,
        form=sent or ReassignForm(found, reassignment.offices()),
        cancel_form=CancelForm(),
        possible=reassignment.possible(found),
        ended=found.line.state in ENDED,
        moment=now(),
        failed=sent is not None,
    )
    return html, status
