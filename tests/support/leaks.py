"""Looks for words that must not be there, in every shape in which they could have been written down."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import pikepdf
from PIL import Image
from PIL.ExifTags import Base as Tag

from app.core.database import db
from tests.support import postgres

ESCAPE = re.compile("%[0-9A-F]{2}")


def shapes(marker: str) -> frozenset[bytes]:
    """The ways to write a text down without meaning to hide it."""
    plain = marker.encode()
    found = {
        plain,
        marker.encode("utf-16-le"),
        marker.encode("utf-16-be"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
        quote(marker).encode(),
        ESCAPE.sub(lambda match: match[0].lower(), quote(marker)).encode(),
        ESCAPE.sub(lambda match: match[0].lower(), quote_plus(marker)).encode(),
        quote_plus(marker).encode(),
        json.dumps(marker).strip('"').encode(),
        marker.encode("unicode_escape"),
    }
    with suppress(UnicodeEncodeError):
        found.add(marker.encode("latin-1"))
    # Where the text begins in a run of base64 decides how it looks; signs that depend on what is around are cut off.
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + plain).decode()
        sure = whole[(before * 8 + 5) // 6 : (before + len(plain)) * 8 // 6]
        found |= {sure.encode(), sure.replace("+", "-").replace("/", "_").encode()}
    return frozenset(found)


def leaks(markers: Iterable[str], contents: Mapping[str, bytes]) -> list[str]:
    """Which marker stands in which of the contents."""
    wanted = {marker: shapes(marker) for marker in markers}
    return [
        f"{marker!r} in {name}"
        for name, content in contents.items()
        for marker, forms in wanted.items()
        if any(form in content for form in forms)
    ]


PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
UNPACKED_MOST = 1_000_000


def unpacked(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """What gzip and deflate streams inside of contents say, wherever they begin."""
    found = {}
    for name, content in contents.items():
        for match in PACKED.finditer(content):
            said = _unpack(content, match.start())
            if said:
                found[f"{name} unpacked at {match.start()}"] = said
    return found


def _unpack(content: bytes, start: int) -> bytes:
    """A stream's words up to its end, or to where it turns out to be none."""
    stream, said, at = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32), bytearray(), start
    with suppress(zlib.error):
        while at < len(content) and not stream.eof and len(said) < UNPACKED_MOST:
            said += stream.decompress(content[at : at + 256])
            at += 256
    return bytes(said)


def files_below(folder: Path) -> dict[str, bytes]:
    """The contents of all files in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def stored(app_address: str) -> dict[str, bytes]:
    """What the database of the present app has written to disk: files, logs, and for PostgreSQL a dump as well."""
    if app_address.startswith("sqlite"):
        file = Path(app_address.removeprefix("sqlite:///"))
        return {path.name: path.read_bytes() for path in file.parent.glob(f"{file.name}*")}
    folder = Path(str(db.engine.url.query["host"]))
    cluster = postgres.Cluster(folder)
    cluster.execute("CHECKPOINT")
    name = str(db.engine.url.database)
    with db.engine.connect() as connection:
        number = connection.exec_driver_sql(f"SELECT oid FROM pg_database WHERE datname = '{name}'").scalar_one()  # noqa: S608
    found = {f"base/{key}": value for key, value in files_below(cluster.data / "base" / str(number)).items()}
    found |= {f"wal/{key}": value for key, value in files_below(cluster.data / "pg_wal").items()}
    # Long values are compressed in the files; the dump shows them as they are.
    found["dump"] = cluster.dump(name)
    found["log"] = (folder / "log").read_bytes()
    return found


def photograph(marker: str) -> bytes:
    """A JPEG whose metadata and comment say something."""
    exif = Image.Exif()
    exif[Tag.ImageDescription] = marker
    exif[Tag.Artist] = marker
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG", exif=exif, comment=marker.encode(), quality=90)
    return out.getvalue()


def document(marker: str) -> bytes:
    """A PDF with a sentence on its page, uncompressed, and the same in its metadata."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = pdf.make_stream(f"BT /F1 12 Tf 10 100 Td ({marker}) Tj ET".encode("latin-1"))
    pdf.docinfo["/Title"] = marker
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()
