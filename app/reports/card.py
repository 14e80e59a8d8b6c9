"""The receipt as a card to keep: one small PDF page in the page's language, made in memory.

On it stand the receipt, where it is used, and what for. Nothing tells what the report is about.
"""

from __future__ import annotations

import functools
from io import BytesIO

import segno
import typst
from flask_babel import gettext as _

from app.core.languages import Language
from app.core.settings import REPOSITORY
from app.privacy.domain import grouped

FONT_DIRS = ("/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto")
"""Where Debian's ``fonts-noto-core`` lies and, if it is there for Chinese, Japanese and Korean, ``fonts-noto-cjk``."""

LAYOUT = REPOSITORY / "templates/receipts/card.typ"


@functools.cache
def fonts() -> typst.Fonts:
    """The fonts of every PDF that is made here; the machine's own do not count."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(FONT_DIRS))


def receipt_card(receipt: str, language: Language, address: str) -> bytes:
    """A PDF/UA page of postcard size with the receipt in digits and as a QR code.

    ``address`` is where the receipt is used; the digits are not part of it, nor of any other address.
    """
    code = BytesIO()
    segno.make_qr(receipt, error="m").save(code, kind="svg", border=2, xmldecl=False)
    card: bytes = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "language": language.formal,
            "direction": language.direction,
            "title": _("Your receipt"),
            "purpose": _(
                "With this number you can read what the office answers, write to it, and withdraw or erase your report."
            ),
            "where": _("Enter the number on this page:"),
            "keep": _("Keep it in a safe place. Nobody can give it to you a second time."),
            "code": _("The number of the receipt as a QR code"),
            "address": address,
            "groups": " ".join(grouped(receipt)),
            "svg": code.getvalue().decode(),
        },
        pdf_standards="ua-1",
    )
    return card
