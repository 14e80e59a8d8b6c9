"""The parts that all pages of a receipt share: opening the report, saying no, asking first, showing the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from app.core import limits
from app.core.codes import Kind, State
from app.core.database import db
from app.core.limits import Quota
from app.core.requests import Origin, origin
from app.privacy.domain import CannotOpen, Exchanged, Spent, grouped
from app.reports import case, dialogue
from app.reports.dialogue import OpenedReport
from app.reports.domain import NotAllowed
from app.reports.receipt_forms import MessageForm, ReceiptForm
from app.reports.views import contacts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("receipts", __name__, url_prefix="/<lang:lang>")

OK, UNFIT = 200, 422
CONFIRMED = "yes"


Act = Callable[[OpenedReport, str], "ResponseReturnValue"]
Answer = Callable[[str], "ResponseReturnValue"]


def with_report(act: Act, when_exchanged: Answer | None = None) -> ResponseReturnValue:
    """Open the report that the request's receipt belongs to and act on it, or ask for the receipt again.

    ``when_exchanged`` answers for a receipt that another one has replaced.
    """
    if origin() is Origin.FOREIGN:
        # A foreign page could show somebody a report of its own and let them write into it.
        return redirect(url_for("receipts.enter"), 303)
    form = ReceiptForm(request.form)
    receipt = form.digits()
    if receipt is None:
        return ask_again(form, UNFIT)
    limits.count(Quota.RECEIPTS)
    return _opened(form, receipt, act, when_exchanged)


def _opened(form: ReceiptForm, receipt: str, act: Act, when_exchanged: Answer | None = None) -> ResponseReturnValue:
    try:
        opened = dialogue.open_by_receipt(receipt, request.form.get("part", ""))
    except Spent:
        form.receipt.errors = [_("This report is no longer there: it was erased, or its time had run out.")]
        return ask_again(form, UNFIT)
    except Exchanged:
        return when_exchanged(receipt) if when_exchanged else ended(form)
    except CannotOpen:
        form.receipt.errors = [_("We found no report for this receipt. Please compare the digits.")]
        return ask_again(form, UNFIT)
    return act(opened, receipt)


def ended(form: ReceiptForm) -> ResponseReturnValue:
    """Why a receipt opens nothing any more: another one has taken its place."""
    form.ended()
    return ask_again(form, UNFIT)


def confirmed() -> bool:
    """Whether the person has seen what it changes and pressed the button."""
    return request.form.get("confirm") == CONFIRMED


def tried(verb: Callable[[], None]) -> str | None:
    """Do it; gives the sentence to say when it cannot be done."""
    try:
        verb()
    except NotAllowed as refusal:
        db.session.rollback()
        return str(refusal)
    except StaleDataError:
        db.session.rollback()
        return str(
            _("The office changed something at the same moment, so nothing was done. Please look and try again.")
        )
    return None


def again(receipt: str, form: MessageForm, refusal: str, when_exchanged: Answer | None = None) -> ResponseReturnValue:
    """The report as it is now, with the reason why nothing was done; it may be gone by now."""
    return _opened(
        ReceiptForm(request.form),
        receipt,
        lambda opened, receipt: case_page(opened, receipt, form, alert=("danger", refusal), status=UNFIT),
        when_exchanged,
    )


def ask_again(form: ReceiptForm, status: int = OK) -> ResponseReturnValue:
    """Where the digits are typed in."""
    return render_template("receipts/enter.html", form=form), status


def confirm(
    opened: OpenedReport,
    receipt: str,
    confirmation: case.Confirmation,
    **fields: Any,  # noqa: ANN401
) -> ResponseReturnValue:
    """What a deed changes, and the button to do it. Nothing has happened yet."""
    return render_template(
        "receipts/confirm.html",
        receipt=receipt,
        part=opened.report.number,
        confirmation=confirmation,
        fields=fields,
    )


def case_page(
    opened: OpenedReport,
    receipt: str,
    form: MessageForm | None = None,
    *,
    alert: tuple[str, str] | None = None,
    status: int = OK,
) -> ResponseReturnValue:
    """The report with everything that is held about it."""
    page = render_template(
        "receipts/case.html",
        receipt=receipt,
        part=opened.report.number,
        parts=dialogue.parts(receipt),
        Kind=Kind,
        State=State,
        form=form or MessageForm(),
        notice=alert,
        groups=grouped(receipt),
        contacts=contacts(),
        **case.shown(opened),
    )
    return page, status
