"""Pictures from outside: told by their content, never by their name, and made anew from bare pixels.

A parser of hostile bytes may fail in any way, so every failure means: unreadable.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image, ImageOps

PIXELS_MAX = 50_000_000
"""A photograph of a good telephone; decoded it takes four bytes for each."""
JPEG_QUALITY = 85

# Pillow itself looks at the size that a file announces before it decodes anything.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX
warnings.simplefilter("error", Image.DecompressionBombWarning)

OPENINGS: Mapping[str, Callable[[bytes], bool]] = {
    "JPEG": lambda content: content.startswith(b"\xff\xd8\xff"),
    "PNG": lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
    "GIF": lambda content: content.startswith((b"GIF87a", b"GIF89a")),
    "WEBP": lambda content: content.startswith(b"RIFF") and content[8:12] == b"WEBP",
}
"""How a file of each format begins."""


class TooManyPixels(ValueError):  # noqa: N818
    """Decoding this picture would take more memory than it is worth."""


class Unreadable(ValueError):  # noqa: N818
    """No picture, or a damaged one."""


def format_of(content: bytes) -> str | None:
    """Which of the formats content is in, by how it begins; None for any other."""
    return next((name for name, opening in OPENINGS.items() if opening(content)), None)


def bare(content: bytes, format_: str, fit: Callable[[int, int], tuple[int, int]]) -> Image.Image:
    """The first picture of a file, upright, its pixels and nothing else; mode ``L``, ``RGB`` or ``RGBA``.

    Args:
        content: the file.
        format_: one of ``OPENINGS``.
        fit: gives the box that it must fit into, from its width and height; it is never made larger.

    Raises:
        TooManyPixels: more than ``PIXELS_MAX``.
        Unreadable: it cannot be decoded.
    """
    try:
        with Image.open(BytesIO(content), formats=[format_]) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise Image.DecompressionBombError  # noqa: TRY301 - Pillow itself lets up to twice as many pass
            # Before the pixels are read: JPEG then decodes straight to the smaller size.
            picture.thumbnail(fit(picture.width, picture.height))
            upright = ImageOps.exif_transpose(picture)
            transparent = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
            plain = upright.convert("RGBA" if transparent else "L" if upright.mode in {"1", "L"} else "RGB")
        # A picture from bare pixels carries no comment, profile, thumbnail or other passenger.
        return Image.frombytes(plain.mode, plain.size, plain.tobytes())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except Exception:  # noqa: BLE001 - see the first lines of this module
        raise Unreadable from None


def jpeg(picture: Image.Image) -> bytes:
    """A bare picture as a file."""
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=JPEG_QUALITY)
    return kept.getvalue()
