"""What a receipt opens. It is a field of each request and never part of an address; no account, no cookie."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import current_app, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.core.codes import State
from app.core.database import commits, only_reads
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.reports import case, dialogue, expectation, kept, readers, summary
from app.reports.card import receipt_card
from app.reports.dialogue import OpenedReport
from app.reports.receipt_forms import MessageForm, ReceiptForm
from app.reports.receipt_pages import UNFIT, again, ask_again, bp, case_page, confirm, confirmed, tried, with_report

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.core.settings import Settings


@bp.get("/receipt")
@requires(Permission.RECEIPT)
def enter() -> ResponseReturnValue:
    """Where the digits are typed in."""
    return ask_again(ReceiptForm())


@bp.post("/receipt")
@requires(Permission.RECEIPT)
def open() -> ResponseReturnValue:  # noqa: A001 - the endpoint's name
    """The report that a receipt belongs to. Words that were not sent yet are still there."""
    only_reads()
    return with_report(lambda opened, receipt: case_page(opened, receipt, MessageForm(request.form)))


@bp.post("/receipt/keep")
@requires(Permission.RECEIPT)
def keep() -> ResponseReturnValue:
    """The receipt itself once more, for instance in another language, without sending anything again."""
    only_reads()
    return with_report(
        lambda opened, receipt: render_template(
            "receipts/receipt.html",
            **summary.receipt_page(
                receipt,
                readers.readers_of(opened.report),
                readers.left_out(opened.content),
                expectation.sentences(opened.report),
            ),
            sent=None,
            part=opened.report.number,
            kind=opened.report.kind,
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

    return with_report(made)


@bp.post("/receipt/file")
@requires(Permission.RECEIPT)
def file() -> ResponseReturnValue:
    """One of the files that were sent, by its position."""
    only_reads()

    def found(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        positions = {str(position): position for position in range(len(opened.content.files))}
        position = positions.get(request.form.get("position", ""))
        if position is None:
            return case_page(opened, receipt, alert=("danger", _("There is no such file.")), status=UNFIT)
        media_type, content = dialogue.file_of(opened, position)
        name = f"{position + 1}.{media_type.rpartition('/')[2]}"
        return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)

    return with_report(found)


@bp.post("/receipt/write")
@requires(Permission.RECEIPT)
@commits
def write() -> ResponseReturnValue:
    """Write to the office."""

    def written(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        form = MessageForm(request.form)
        if not form.validate():
            return case_page(opened, receipt, form, status=UNFIT)
        refusal = tried(lambda: dialogue.write(opened, form.message.data))
        if refusal:
            return again(receipt, form, refusal)
        return case_page(dialogue.read(opened.box), receipt, alert=("success", _("Your message has been sent.")))

    return with_report(written)


@bp.post("/receipt/send")
@requires(Permission.RECEIPT)
@commits
def send_on() -> ResponseReturnValue:
    """Send a kept report to who may read it now; first who that is, then, confirmed, the deed."""

    def sent(opened: OpenedReport, receipt: str) -> ResponseReturnValue:
        decision = kept.decide(opened)
        if opened.report.state == State.KEPT and decision.office and not confirmed():
            return confirm(opened, receipt, case.of_sending(decision), seen=decision.mark)
        refusal = tried(lambda: kept.send_on(opened, request.form.get("seen", "")))
        if refusal:
            return again(receipt, MessageForm(), refusal)
        return case_page(dialogue.read(opened.box), receipt, alert=("success", _("Your report has been sent.")))

    return with_report(sent)
