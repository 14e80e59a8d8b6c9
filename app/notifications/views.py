"""The administrator's list of mails that were given up: to send once more, or to drop."""

from __future__ import annotations

from http.client import SEE_OTHER
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_security import current_user
from wtforms import IntegerField
from wtforms.validators import Optional

from app.core.database import commits
from app.core.desk_forms import DeskForm
from app.core.permissions import Permission, requires
from app.notifications import queries, service
from app.privacy import audit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("undelivered", __name__, url_prefix="/<lang:lang>/account/undelivered")

KINDS = {
    "new": _l("New report"),
    "answer": _l("New message"),
    "offered": _l("Handover"),
    "asked": _l("Question to an office"),
    "overdue": _l("Overdue report"),
    "unanswered": _l("Request without an answer"),
    "danger": _l("Alarm"),
    "digest": _l("Weekly overview"),
    "audit_head": _l("Checksum of the audit trail"),
    "invited": _l("Invitation"),
    "new_password": _l("Link for a new password"),
    "newcomer": _l("Somebody waits to be let in"),
}
"""What a mail is about. The case it belongs to is not named: not every administrator may know of it."""


class MailForm(DeskForm):
    """One mail, or without a number all of them."""

    mail = IntegerField(validators=[Optional()])


@bp.get("")
@requires(Permission.ADMINISTER)
def overview() -> str:
    """The mails that were given up."""
    return render_template("notifications/undelivered.html", mails=queries.dead(), kinds=KINDS, form=MailForm())


@bp.post("/again")
@requires(Permission.ADMINISTER)
@commits
def again() -> ResponseReturnValue:
    """Send one mail, or all, once more."""
    form = MailForm()
    if form.validate():
        mails = queries.given_up(form.mail.data)
        service.try_again(mails)
        audit.note("mail_tried_again", actor=current_user.principal_id)
        flash(ngettext("%(num)s mail will be sent again.", "%(num)s mails will be sent again.", len(mails)), "success")
    return _back()


@bp.post("/drop")
@requires(Permission.ADMINISTER)
@commits
def drop() -> ResponseReturnValue:
    """Give a mail up for good."""
    form = MailForm()
    if form.validate() and form.mail.data is not None:
        service.drop(queries.given_up(form.mail.data))
        audit.note("mail_dropped", actor=current_user.principal_id)
        flash(_("The mail was removed from the list."), "success")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("undelivered.overview"), SEE_OTHER)
