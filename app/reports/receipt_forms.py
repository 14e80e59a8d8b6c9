"""The forms of a receipt: its digits, and words to the office."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField

from app.privacy.domain import CHECK_DIGITS, RANDOM_DIGITS, read_receipt
from app.reports.fields import AtMost, tidy

LENGTH = RANDOM_DIGITS + CHECK_DIGITS
MESSAGE_MAX = 5_000


class ReceiptForm(Form):
    """30 digits in any script, with whatever stands between them."""

    receipt = StringField(
        _l("Your receipt"),
        description=_l("30 digits. Spaces and line breaks between them do no harm."),
    )

    def digits(self) -> str | None:
        """The receipt, or None when it cannot be one; then the field tells why."""
        typed = self.receipt.data or ""
        digits = read_receipt(typed)
        count = sum(sign.isdecimal() for sign in typed)
        if digits is None and not count:
            self.receipt.errors = [_("Please enter the 30 digits of your receipt.")]
        elif digits is None and count != LENGTH:
            self.receipt.errors = [
                _("A receipt has %(wanted)s digits, but you entered %(count)s.", wanted=LENGTH, count=count)
            ]
        elif digits is None:
            self.receipt.errors = [
                _("One of the digits seems to be mistyped. Please compare them one group at a time.")
            ]
        return digits


class MessageForm(Form):
    """Words to the office."""

    message = TextAreaField(
        _l("Write to the office"),
        filters=[tidy],
        validators=[AtMost(MESSAGE_MAX, counted=True)],
        description=_l("Something to add, an answer, or a question. Only those who read your report see it."),
    )

    def validate(self) -> bool:
        """Whether there is something to send that fits."""
        sound: bool = super().validate()
        if sound and not self.message.data:
            self.message.errors = [_("Please write your message first.")]
            return False
        return sound
