"""What a receipt opens. It is a field of each request and never part of an address; no account, no cookie."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from app.core.codes import Purpose
from app.core.database import commits, db, only_reads
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.privacy.domain import CannotOpen, grouped
from app.reports import case, dialogue, summary
from app.reports.card import receipt_card
from app.reports.dialogue import OpenedReport
from app.reports.domain import NotAllowed
from app.reports.receipt_forms import MessageForm, ReceiptForm
from app.reports.views import contacts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.core.settings import Settings

bp = Blueprint("receipts", __name__, url_prefix="/<lang:lang>")

OK, UNFIT = 200, 422
CONFIRMED = "yes"


@bp.get("/receipt")
@requires(Permission.RECEIPT)
def enter() -> ResponseReturnValue:
    """Where the digits are typed in."""
    return _enter(ReceiptForm())


@bp.post("/receipt")
@requires(Permission.RECEIPT)
def open() -> ResponseReturnValue:  # noqa: A001 - the endpoint's name
    """The report that a receipt belongs to. Words that were not sent yet are still there."""
    only_reads()
    return _with_report(lambda opened, receipt: _case(opened, receipt, MessageForm(request.form)))


@bp.post("/receipt/keep")
@requires(Permission.RECEIPT)
def keep() -> ResponseReturnValue:
    """The receipt itself once more, for instance in another language, without sending anything again."""
    only_reads()
    return _with_report(
        lambda opened, receipt: render_template(
            "receipts/receipt.html", **summary.receipt_page(receipt, summary.readers_of(opened.report)), sent=None
        )
    )


@bp.post("/receipt/card")
@requires(Permission.RECEIPT)
def card() -> ResponseReturnValue:
    """The receipt as a PDF card."""
    only_reads()

    def made(_opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        settings: Settings = current_app.config["SETTINGS"]
        pdf = receipt_card(receipt, language(), settings.public_address + url_for("receipts.enter"))
        return send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name="card.pdf")

    return _with_report(made)


@bp.post("/receipt/file")
@requires(Permission.RECEIPT)
def file() -> ResponseReturnValue:
    """One of the files that were sent, by its position."""
    only_reads()

    def found(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        positions = {str(position): position for position in range(len(opened.content.files))}
        position = positions.get(request.form.get("position", ""))
        if position is None:
            return _case(opened, receipt, alert=("danger", _("There is no such file.")), status=UNFIT)
        media_type, content = dialogue.file_of(opened, position)
        name = f"{position + 1}.{media_type.rpartition('/')[2]}"
        return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)

    return _with_report(found)


@bp.post("/receipt/write")
@requires(Permission.RECEIPT)
@commits
def write() -> ResponseReturnValue:
    """Write to the office."""

    def written(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        form = MessageForm(request.form)
        if not form.validate():
            return _case(opened, receipt, form, status=UNFIT)
        refusal = _tried(lambda: dialogue.write(opened, form.message.data))
        if refusal:
            return _again(receipt, form, refusal)
        return _case(dialogue.read(opened.box), receipt, alert=("success", _("Your message has been sent.")))

    return _with_report(written)


@bp.post("/receipt/consent")
@requires(Permission.RECEIPT)
@commits
def consent() -> ResponseReturnValue:
    """Take back one consent; first what that changes, then, confirmed, the deed."""

    def withdrawn(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        purpose = request.form.get("purpose", "")
        if purpose not in case.in_force(opened.report):
            sorry = _("You had not agreed to this, or have withdrawn it already.")
            return _case(opened, receipt, alert=("danger", sorry), status=UNFIT)
        if purpose == Purpose.READING:
            return _leave(opened, receipt, "withdraw")
        if not _confirmed():
            return _confirm(receipt, case.of_consent(Purpose(purpose)), purpose=purpose)
        refusal = _tried(lambda: dialogue.withdraw_consent(opened, Purpose(purpose)))
        if refusal:
            return _again(receipt, MessageForm(), refusal)
        return _case(dialogue.read(opened.box), receipt, alert=("success", _("Your consent has been withdrawn.")))

    return _with_report(withdrawn)


@bp.post("/receipt/withdraw")
@requires(Permission.RECEIPT)
@commits
def withdraw() -> ResponseReturnValue:
    """Take the report away from every office; first what that changes, then, confirmed, the deed."""
    return _with_report(lambda opened, receipt: _leave(opened, receipt, "withdraw"))


@bp.post("/receipt/erase")
@requires(Permission.RECEIPT)
@commits
def erase() -> ResponseReturnValue:
    """Destroy the report; first what that changes, then, confirmed, the deed."""
    return _with_report(lambda opened, receipt: _leave(opened, receipt, "erase"))


# Parts ---------------------------------------------------------------------------------------------------------------


def _with_report(act: Callable[[OpenedReport, str], ResponseReturnValue]) -> ResponseReturnValue:
    """Open the report that the request's receipt belongs to and act on it, or ask for the receipt again."""
    form = ReceiptForm(request.form)
    receipt = form.digits()
    if receipt is None:
        return _enter(form, UNFIT)
    try:
        opened = dialogue.open_by_receipt(receipt)
    except CannotOpen:
        form.receipt.errors = [
            _("We found no report for this receipt. Please compare the digits. Erased reports cannot be found again.")
        ]
        return _enter(form, UNFIT)
    return act(opened, receipt)


def _leave(opened: OpenedReport, receipt: str, way: str) -> ResponseReturnValue:
    if not _confirmed():
        return _confirm(receipt, case.WITHDRAW if way == "withdraw" else case.ERASE)
    refusal = _tried(lambda: (dialogue.withdraw if way == "withdraw" else dialogue.erase)(opened))
    if refusal:
        return _again(receipt, MessageForm(), refusal)
    if way == "erase":
        return render_template("receipts/erased.html", contacts=contacts())
    return _case(dialogue.read(opened.box), receipt, alert=("success", _("Your report has been taken away.")))


def _confirmed() -> bool:
    return request.form.get("confirm") == CONFIRMED


def _tried(verb: Callable[[], None]) -> str | None:
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


def _again(receipt: str, form: MessageForm, refusal: str) -> ResponseReturnValue:
    """The report as it is now, with the reason why nothing was done."""
    return _case(dialogue.open_by_receipt(receipt), receipt, form, alert=("danger", refusal), status=UNFIT)


def _enter(form: ReceiptForm, status: int = OK) -> ResponseReturnValue:
    return render_template("receipts/enter.html", form=form), status


def _confirm(receipt: str, confirmation: case.Confirmation, **fields: Any) -> ResponseReturnValue:  # noqa: ANN401
    return render_template("receipts/confirm.html", receipt=receipt, confirmation=confirmation, fields=fields)


def _case(
    opened: OpenedReport,
    receipt: str,
    form: MessageForm | None = None,
    *,
    alert: tuple[str, str] | None = None,
    status: int = OK,
) -> ResponseReturnValue:
    page = render_template(
        "receipts/case.html",
        receipt=receipt,
        form=form or MessageForm(),
        notice=alert,
        groups=grouped(receipt),
        contacts=contacts(),
        **case.shown(opened),
    )
    return page, status
