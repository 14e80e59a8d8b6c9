"""What the holder of a receipt decides: correct, agree, withdraw, erase, take a copy along."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import render_template, request, send_file
from flask_babel import gettext as _

from app.core.codes import Purpose, State
from app.core.database import commits, only_reads
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen
from app.reports import case, dialogue, export, readers, summary
from app.reports.dialogue import OpenedReport
from app.reports.domain import new_nonce
from app.reports.forms import NONCE
from app.reports.receipt_forms import CorrectionForm, MessageForm, ReceiptForm
from app.reports.receipt_pages import (
    CONFIRMED,
    OK,
    UNFIT,
    again,
    bp,
    case_page,
    confirm,
    confirmed,
    ended,
    tried,
    with_report,
)
from app.reports.views import contacts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.post("/receipt/consent")
@requires(Permission.RECEIPT)
@commits
def consent() -> ResponseReturnValue:
    """Take back one consent; first what that changes, then, confirmed, the deed."""

    def withdrawn(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        purpose = request.form.get("purpose", "")
        if purpose not in case.in_force(opened.report):
            sorry = _("You had not agreed to this, or have withdrawn it already.")
            return case_page(opened, receipt, alert=("danger", sorry), status=UNFIT)
        if purpose == Purpose.READING:
            return _leave(opened, receipt, "withdraw")
        if not confirmed():
            return confirm(opened, receipt, case.of_consent(Purpose(purpose)), purpose=purpose)
        refusal = tried(lambda: dialogue.withdraw_consent(opened, Purpose(purpose)))
        if refusal:
            return again(receipt, MessageForm(), refusal)
        return case_page(dialogue.read(opened.box), receipt, alert=("success", _("Your consent has been withdrawn.")))

    return with_report(withdrawn)


@bp.post("/receipt/agree")
@requires(Permission.RECEIPT)
@commits
def agree() -> ResponseReturnValue:
    """Give a consent, for the first time or again; first what that means, then, confirmed, the deed."""

    def agreed(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        purpose = request.form.get("purpose", "")
        if purpose not in case.open_to(opened.report):
            sorry = _("This cannot be agreed to from here, or you have agreed already.")
            return case_page(opened, receipt, alert=("danger", sorry), status=UNFIT)
        if not confirmed():
            return confirm(opened, receipt, case.of_agreeing(Purpose(purpose)), purpose=purpose)
        refusal = tried(lambda: dialogue.give_consent(opened, Purpose(purpose)))
        if refusal:
            return again(receipt, MessageForm(), refusal)
        return case_page(dialogue.read(opened.box), receipt, alert=("success", _("You have agreed.")))

    return with_report(agreed)


@bp.post("/receipt/correct")
@requires(Permission.RECEIPT)
@commits
def correct() -> ResponseReturnValue:
    """Put right what was said: the form with what stands now, or, with ``save``, the deed."""
    saving = request.form.get("save") == CONFIRMED
    if not saving:
        only_reads()

    def corrected(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        if opened.report.state == State.WITHDRAWN:
            sorry = _("You have withdrawn this report, so it cannot be corrected any more.")
            return case_page(opened, receipt, alert=("danger", sorry), status=UNFIT)
        # The language switch sends along what was typed and not saved yet.
        form = CorrectionForm(opened, request.form if "seen" in request.form else None)
        if not saving:
            return _correction(form, opened, receipt)
        if not form.validate():
            return _correction(form, opened, receipt, status=UNFIT)
        refusal = tried(lambda: dialogue.correct(opened, form.to_correction(), form.seen.data))
        if refusal:
            # What was typed stays; saved once more it takes the place of what stands there by then.
            form.seen.data = dialogue.open_by_receipt(receipt, opened.report.number).version
            return _correction(form, opened, receipt, refusal, UNFIT)
        return case_page(dialogue.read(opened.box), receipt, alert=("success", _("Your corrections have been saved.")))

    return with_report(corrected)


@bp.post("/receipt/copy")
@requires(Permission.RECEIPT)
def copy() -> ResponseReturnValue:
    """Everything that is held about the report, to take along: ``kind`` is ``pdf`` or ``json``."""
    only_reads()

    def copied(opened: OpenedReport, _receipt: str) -> ResponseReturnValue:
        if request.form.get("kind") == "pdf":
            content, media_type, name = export.as_pdf(opened, language()), "application/pdf", "copy.pdf"
        else:
            content, media_type, name = export.as_json(opened), "application/json", "copy.json"
        return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)

    return with_report(copied)


@bp.post("/receipt/exchange")
@requires(Permission.RECEIPT)
@commits
def exchange() -> ResponseReturnValue:
    """Exchange the receipt for a new one; first what that changes, then, confirmed, the deed and the new receipt.

    When its answer was lost, the same form sent again shows the same new receipt.
    """
    nonce = request.form.get("nonce", "")
    known = NONCE.fullmatch(nonce) is not None

    def exchanged(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        if not (confirmed() and known):
            confirmation = case.TAKE_OVER if dialogue.waits_to_be_taken_over(opened) else case.EXCHANGE
            return confirm(opened, receipt, confirmation, nonce=nonce if known else new_nonce())
        new = privacy.receipt_after(receipt, nonce)
        refusal = tried(lambda: dialogue.exchange_receipt(opened, receipt, new))
        return again(receipt, MessageForm(), refusal, before) if refusal else _new_receipt(opened, new)

    def before(receipt: str) -> ResponseReturnValue:
        new = privacy.receipt_after(receipt, nonce)
        try:
            return _new_receipt(dialogue.open_by_receipt(new, request.form.get("part", "")), new)
        except CannotOpen:
            return ended(ReceiptForm(request.form))

    return with_report(exchanged, before)


def _new_receipt(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
    page = summary.receipt_page(receipt, readers.readers_of(opened.report), readers.left_out(opened.content))
    return render_template(
        "receipts/receipt.html",
        **page,
        sent=None,
        exchanged=True,
        part=opened.report.number,
        kind=opened.report.kind,
    )


@bp.post("/receipt/withdraw")
@requires(Permission.RECEIPT)
@commits
def withdraw() -> ResponseReturnValue:
    """Take the report away from every office; first what that changes, then, confirmed, the deed."""
    return with_report(lambda opened, receipt: _leave(opened, receipt, "withdraw"))


@bp.post("/receipt/erase")
@requires(Permission.RECEIPT)
@commits
def erase() -> ResponseReturnValue:
    """Destroy the report; first what that changes, then, confirmed, the deed."""
    return with_report(lambda opened, receipt: _leave(opened, receipt, "erase"))


def _leave(opened: OpenedReport, receipt: str, way: str) -> ResponseReturnValue:
    if not confirmed():
        asked = case.of_withdrawing if way == "withdraw" else case.of_erasing
        return confirm(opened, receipt, asked(part=len(dialogue.parts(receipt)) > 1))
    refusal = tried(lambda: (dialogue.withdraw if way == "withdraw" else dialogue.erase)(opened))
    if refusal:
        return again(receipt, MessageForm(), refusal)
    if way == "erase":
        return render_template(
            "receipts/erased.html", contacts=contacts(), receipt=receipt, left=dialogue.parts(receipt)
        )
    return case_page(dialogue.read(opened.box), receipt, alert=("success", _("Your report has been taken away.")))


def _correction(
    form: CorrectionForm, opened: OpenedReport, receipt: str, refusal: str = "", status: int = OK
) -> ResponseReturnValue:
    page = render_template(
        "receipts/correct.html", form=form, receipt=receipt, part=opened.report.number, refusal=refusal
    )
    return page, status
