"""Files of residents: told by their content, never by their name, and made anew without anything that tells on people.

Everything stays in memory. A parser of hostile bytes may fail in any way, so every failure means: refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from flask_babel import gettext as _

from app.core import pictures
from app.reports.domain import CleanFile, Fault, RefusedFile
from app.reports.pdfs import rewritten_pdf

PIXELS_KEPT = 16_000_000
"""Larger pictures are made smaller: this is enough to read a letter."""


def clean(content: bytes) -> CleanFile:
    """A file made anew: an image as JPEG or PNG, a PDF as PDF.

    Raises:
        RefusedFile: saying why.
    """
    if not content:
        raise RefusedFile(Fault.EMPTY)
    make = next((make for opening, make in _KINDS if opening(content)), None)
    if make is None:
        raise RefusedFile(Fault.UNKNOWN)
    return make(content)


def explained(fault: Fault, number: int, most_mb: int, most_files: int) -> str:
    """What to tell the person about their file, counted from 1."""
    sentences = {
        Fault.EMPTY: _("File %(number)s is empty. Please choose it again or leave it out.", number=number),
        Fault.TOO_LARGE: _(
            "File %(number)s is larger than %(most)s megabytes. Please choose a smaller one or leave it out.",
            number=number,
            most=most_mb,
        ),
        Fault.TOO_MANY: _("You chose too many files. Please choose up to %(most)s.", most=most_files),
        Fault.UNKNOWN: _(
            "File %(number)s is neither a photo (JPEG, PNG, WebP, GIF) nor a PDF. Please choose another one.",
            number=number,
        ),
        Fault.UNREADABLE: _(
            "File %(number)s is damaged and cannot be opened. Please choose another one.", number=number
        ),
        Fault.TOO_MANY_PIXELS: _(
            "The picture in file %(number)s is too large. Please choose a smaller one.", number=number
        ),
        Fault.ENCRYPTED: _(
            "File %(number)s is protected with a password. Please choose one without a password.", number=number
        ),
        Fault.TOO_MANY_PAGES: _(
            "The PDF in file %(number)s has too many pages. Please choose only the pages that matter.", number=number
        ),
        Fault.SWOLLEN: _(
            "The PDF in file %(number)s is too large inside. Please choose a photo of the pages instead.",
            number=number,
        ),
        Fault.INFECTED: _(
            "Our virus scanner has found something dangerous in file %(number)s. Please leave this file out.",
            number=number,
        ),
        Fault.UNSCANNED: _(
            "We cannot check files for viruses right now, so file %(number)s was not taken. "
            "Please try again in a few minutes, or send your report without the file.",
            number=number,
        ),
    }
    return str(sentences[fault])


# Images --------------------------------------------------------------------------------------------------------------


def _image(format_: str) -> Callable[[bytes], CleanFile]:
    def redraw(content: bytes) -> CleanFile:
        try:
            return _redrawn(content, format_)
        except pictures.TooManyPixels:
            raise RefusedFile(Fault.TOO_MANY_PIXELS) from None
        except pictures.Unreadable:
            raise RefusedFile(Fault.UNREADABLE) from None

    return redraw


def _redrawn(content: bytes, format_: str) -> CleanFile:
    bare = pictures.bare(content, format_, _box)
    if bare.mode == "RGBA" or format_ in {"PNG", "GIF"}:
        kept = BytesIO()
        bare.save(kept, "PNG")
        return CleanFile("image/png", kept.getvalue())
    return CleanFile("image/jpeg", pictures.jpeg(bare))


def _box(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, (PIXELS_KEPT / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))


# PDF -----------------------------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> CleanFile:
    return CleanFile("application/pdf", rewritten_pdf(content))


_KINDS: Sequence[tuple[Callable[[bytes], bool], Callable[[bytes], CleanFile]]] = (
    *((opening, _image(format_)) for format_, opening in pictures.OPENINGS.items()),
    (lambda content: content.startswith(b"%PDF-"), _pdf),
)
"""How each kind of file begins, and who makes it anew."""
