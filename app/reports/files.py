"""Files of residents: told by their content, never by their name, and made anew without anything that tells on people.

Everything stays in memory. A parser of hostile bytes may fail in any way, so every failure means: refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, ImageOps

from app.reports.domain import CleanFile, Fault, RefusedFile
from app.reports.pdfs import rewritten_pdf

PIXELS_MAX = 50_000_000
"""A photograph of a good telephone; decoded it takes four bytes for each."""
PIXELS_KEPT = 16_000_000
"""Larger pictures are made smaller: this is enough to read a letter."""
JPEG_QUALITY = 85

# Pillow itself looks at the size that a file announces before it decodes anything.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX
warnings.simplefilter("error", Image.DecompressionBombWarning)


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
        except RefusedFile:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise RefusedFile(Fault.TOO_MANY_PIXELS) from None
        except Exception:  # noqa: BLE001 - see the first lines of this module
            raise RefusedFile(Fault.UNREADABLE) from None

    return redraw


def _redrawn(content: bytes, format_: str) -> CleanFile:
    """The first picture of a file, upright, its pixels and nothing else."""
    with Image.open(BytesIO(content), formats=[format_]) as picture:
        if picture.width * picture.height > PIXELS_MAX:
            raise RefusedFile(Fault.TOO_MANY_PIXELS)
        # Before the pixels are read: JPEG then decodes straight to the smaller size.
        scale = min(1.0, (PIXELS_KEPT / (picture.width * picture.height)) ** 0.5)
        picture.thumbnail((max(1, int(picture.width * scale)), max(1, int(picture.height * scale))))
        upright = ImageOps.exif_transpose(picture)
        transparent = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
        plain = upright.convert("RGBA" if transparent else "L" if upright.mode in {"1", "L"} else "RGB")
    # A picture from bare pixels carries no comment, profile, thumbnail or other passenger.
    bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    kept = BytesIO()
    if transparent or format_ in {"PNG", "GIF"}:
        bare.save(kept, "PNG")
        return CleanFile("image/png", kept.getvalue())
    bare.save(kept, "JPEG", quality=JPEG_QUALITY)
    return CleanFile("image/jpeg", kept.getvalue())


# PDF -----------------------------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> CleanFile:
    return CleanFile("application/pdf", rewritten_pdf(content))


_KINDS: Sequence[tuple[Callable[[bytes], bool], Callable[[bytes], CleanFile]]] = (
    (lambda content: content.startswith(b"\xff\xd8\xff"), _image("JPEG")),
    (lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), _image("PNG")),
    (lambda content: content.startswith((b"GIF87a", b"GIF89a")), _image("GIF")),
    (lambda content: content.startswith(b"RIFF") and content[8:12] == b"WEBP", _image("WEBP")),
    (lambda content: content.startswith(b"%PDF-"), _pdf),
)
"""How each kind of file begins, and who makes it anew."""
