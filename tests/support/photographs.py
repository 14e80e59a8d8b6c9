"""Photographs as a telephone takes them: with the place, the time and the owner in them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from tests.support.hostile import MARK

SIDEWAYS = 6
"""EXIF's word for a camera that was turned."""


def photograph(width: int = 1200, height: int = 800, *, turned: bool = False) -> bytes:
    """A JPEG of a wall at dusk that says where it was taken and by whom."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = exif[0x013B] = exif[0x8298] = MARK
    if turned:
        exif[0x0112] = SIDEWAYS
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 55.0, 40.0), 3: "E", 4: (11.0, 35.0, 10.0), 29: MARK})
    kept = BytesIO()
    picture.save(kept, "JPEG", exif=exif.tobytes(), comment=MARK.encode())
    return kept.getvalue()
