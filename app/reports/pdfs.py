"""PDFs of residents, built anew from what can be seen on their pages.

Only the marks on the pages come along: no scripts, actions, links, forms, attachments, layers' names, metadata or
private data of programs, and no metadata inside embedded photographs.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from pikepdf.settings import set_qpdf_limits

from app.reports.domain import Fault, RefusedFile

PAGES_MAX = 60
OBJECTS_MAX = 50_000
PIXELS_MAX = 100_000_000
"""Of one picture on a page: A3 at 600 dots per inch."""
STREAM_MAX = 48 * 1024 * 1024
"""Bytes that one stream may swell to."""
SWOLLEN_MAX = 160 * 1024 * 1024
"""Bytes that all streams together may swell to."""

PAGE_KEEPS = frozenset({"/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group", "/UserUnit"})
"""Entries of a page that make up what is seen. The rest of a page is behaviour or history."""

OFF_EVERYTHING = ("/AF", "/LastModified", "/Metadata", "/PieceInfo", "/Properties")
"""Descriptions, private data of programs, and the names of layers; without these every layer is shown."""

TEXTS_KEPT = frozenset({"/Registry", "/Ordering"})
"""Entries whose text says how letters are numbered. Every other text is a name, a date, a path or a remark."""

COLOURS = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
"""By number of channels: what takes the place of a profile, which can name a device and the day it was measured."""

OWN_NAMES = ("/PTEX.", "/ADBE_")
"""How entries begin that programs have made up for themselves, such as TeX for the path of a figure."""

OFF_STREAMS = ("/F", "/FDecodeParms", "/FFilter", "/Measure", "/OC", "/OPI", "/PtData", "/Ref", "/StructParent",
               "/StructParents")  # fmt: skip
"""References to other files, layers and the document's structure. Elsewhere these may be names of fonts or pictures."""

PICTURE_FILTERS = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
"""Pictures whose size is judged by their pixels; they are never unpacked here."""

# Bounds inside the parser, for the whole process: what a file may cost before this module gets to see it.
set_qpdf_limits(
    doc_max_warnings=200,
    parser_max_container_size=500_000,
    max_stream_filters=3,
    flate_max_memory=STREAM_MAX,
    run_length_max_memory=STREAM_MAX,
    png_max_memory=STREAM_MAX,
    tiff_max_memory=STREAM_MAX,
    dct_max_memory=STREAM_MAX,
    dct_max_progressive_scans=50,
)


def rewritten_pdf(content: bytes) -> bytes:
    """The pages of a PDF as a new one.

    Raises:
        RefusedFile: saying why.
    """
    try:
        with Pdf.open(BytesIO(content), attempt_recovery=True, suppress_warnings=True) as source:
            return _rebuilt(source)
    except RefusedFile:
        raise
    except pikepdf.PasswordError:
        raise RefusedFile(Fault.ENCRYPTED) from None
    except Exception:  # noqa: BLE001 - a parser of hostile bytes may fail in any way
        raise RefusedFile(Fault.UNREADABLE) from None


def _rebuilt(source: Pdf) -> bytes:
    if source.is_encrypted:
        raise RefusedFile(Fault.ENCRYPTED)
    if len(source.objects) > OBJECTS_MAX:
        raise RefusedFile(Fault.SWOLLEN)
    if not 0 < len(source.pages) <= PAGES_MAX:
        raise RefusedFile(Fault.TOO_MANY_PAGES if len(source.pages) else Fault.UNREADABLE)
    _refuse_swollen(source)
    # What stands in a filled form or a stamp becomes part of the page before forms and stamps go.
    source.generate_appearance_streams()
    source.flatten_annotations("screen")
    with Pdf.new() as fresh:
        for page in source.pages:
            for key in set(page.obj.keys()) - PAGE_KEEPS:
                # The parent is the page tree, which the parser itself keeps.
                if key != "/Parent":
                    del page.obj[key]
            fresh.pages.append(page)
        for thing in fresh.objects:
            _strip(thing)
        _forget_origin(fresh)
        made = BytesIO()
        fresh.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def _forget_origin(fresh: Pdf) -> None:
    """Nothing but pages in the catalogue, and no description of the document."""
    for key in set(fresh.Root.keys()) - {"/Type", "/Pages"}:
        del fresh.Root[key]
    if "/Info" in fresh.trailer:
        del fresh.trailer["/Info"]


def _refuse_swollen(source: Pdf) -> None:
    """Unpack every stream once, within bounds, so that a bomb bursts here and not at somebody's desk."""
    total = 0
    for thing in source.objects:
        if not isinstance(thing, Stream):
            continue
        if thing.get("/Subtype") == Name.Image:
            width, height = int(thing.get("/Width", 0)), int(thing.get("/Height", 0))
            if width * height > PIXELS_MAX:
                raise RefusedFile(Fault.SWOLLEN)
        if PICTURE_FILTERS.isdisjoint(_filters(thing)):
            try:
                total += len(thing.read_bytes())
            except pikepdf.PdfError:
                raise RefusedFile(Fault.SWOLLEN) from None
        if total > SWOLLEN_MAX:
            raise RefusedFile(Fault.SWOLLEN)


def _filters(stream: Any) -> list[str]:  # noqa: ANN401
    named = stream.get("/Filter", Array())
    return [str(name) for name in (named if isinstance(named, Array) else [named])]


def _strip(thing: Any) -> None:  # noqa: ANN401
    """Take what is not needed off an object, and off what stands inside it."""
    for part in _parts(thing):
        if isinstance(part, Array):
            _forget_profile(part)
            continue
        for key in set(part.keys()):
            said = part.get(key)
            told = isinstance(said, String) and key not in TEXTS_KEPT
            elsewhere = isinstance(said, Dictionary) and said.get("/Type") == Name.Filespec
            if key in OFF_EVERYTHING or told or elsewhere or key.startswith(OWN_NAMES):
                del part[key]
    if not isinstance(thing, Stream):
        return
    for key in OFF_STREAMS:
        if key in thing:
            del thing[key]
    *around, last = _filters(thing) or [""]
    if last in BARE:
        parameters: Any = thing.get("/DecodeParms")
        parameters = parameters[-1] if isinstance(parameters, Array) and len(parameters) else parameters
        content = _unwrapped(thing, around) if around else thing.read_raw_bytes()
        thing.write(BARE[last](content), filter=Name(last), decode_parms=parameters)


def _unwrapped(stream: Stream, around: list[str]) -> bytes:
    """A picture out of the filters that are around it."""
    with Pdf.new() as apart:
        inner = Stream(apart, stream.read_raw_bytes())
        inner.Filter = Array([Name(name) for name in around])
        return inner.read_bytes(pikepdf.StreamDecodeLevel.generalized)


def _forget_profile(colours: Array) -> None:
    """Turn the colours of a profile into plain ones of as many channels."""
    if len(colours) and colours[0] == Name.ICCBased:
        profile = colours[1] if len(colours) == 2 else None  # noqa: PLR2004
        plain = COLOURS.get(int(profile.get("/N", 0))) if isinstance(profile, Stream) else None
        if plain is None:
            # A damaged file has lost the profile: nobody knows which colours these were.
            raise RefusedFile(Fault.UNREADABLE)
        del colours[1]
        colours[0] = plain


def _parts(thing: Any) -> Iterator[Any]:  # noqa: ANN401
    """An object and every list and dictionary written inside it; others by reference come on their own."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, (Array, Dictionary, Stream)):
            continue
        yield part
        inside = list(part) if isinstance(part, Array) else [part[key] for key in part.keys()]  # noqa: SIM118
        waiting += [one for one in inside if isinstance(one, (Array, Dictionary)) and not one.is_indirect]


def bare_jpeg(content: bytes) -> bytes:
    """A JPEG without its comments and application segments (Exif, XMP, IPTC, previews), pixels untouched.

    Two segments that say how colours are to be read stay: APP0 (JFIF, without its preview) and APP14 (Adobe). What
    comes after the picture's end, such as a second picture, goes.

    Raises:
        ValueError: this is no JPEG.
    """
    if content[:2] != b"\xff\xd8":
        message = "no JPEG"
        raise ValueError(message)
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:  # noqa: PLR2004
            message = "no segment where one should be"
            raise ValueError(message)
        marker = content[at + 1]
        if marker == 0xD9:  # noqa: PLR2004 - the end
            break
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xFF or length < 2:  # noqa: PLR2004
            message = "no segment where one should be"
            raise ValueError(message)
        kept.append(_bare_segment(marker, content[at : at + 2 + length]))
        at += 2 + length
        if marker == 0xDA:  # noqa: PLR2004 - from here on there are pixels
            end = PIXELS_END.search(content, at)
            kept.append(content[at : end.start() if end else len(content)])
            at = end.start() if end else len(content)
    if not any(part.startswith(b"\xff\xda") for part in kept):
        message = "no pixels"
        raise ValueError(message)
    return b"".join(kept) + b"\xff\xd9"


PIXELS_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker among pixels that is neither one of them nor a place to start again from."""
JFIF_LENGTH = 14


def _bare_segment(marker: int, segment: bytes) -> bytes:
    """A segment of a JPEG as it may stay; nothing when it is a passenger."""
    if marker == 0xE0:  # noqa: PLR2004 - JFIF, or a preview
        if not segment.startswith(b"\xff\xe0") or segment[4:9] != b"JFIF\0" or len(segment) < JFIF_LENGTH + 4:
            return b""
        return b"\xff\xe0" + struct.pack(">H", JFIF_LENGTH + 2) + segment[4:16] + b"\0\0"
    passenger = marker == 0xFE or (0xE1 <= marker <= 0xEF and marker != 0xEE)  # noqa: PLR2004
    return b"" if passenger else segment


def bare_jpeg2000(content: bytes) -> bytes:
    """A JPEG 2000 without its comments, and XML and UUID boxes.

    Raises:
        ValueError: a box is longer than the file.
    """
    if content.startswith(b"\xff\x4f"):
        return _bare_code_stream(content)
    kept, at = [], 0
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        end = len(content) if length == 0 else at + length
        if length == 1 or end <= at + 7 or end > len(content):
            message = "a box that does not fit"
            raise ValueError(message)
        if kind == b"jp2c":
            stream = _bare_code_stream(content[at + 8 : end])
            kept.append(struct.pack(">I4s", len(stream) + 8, kind) + stream)
        elif kind in JPEG2000_KEEPS:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


JPEG2000_KEEPS = frozenset({b"jP  ", b"ftyp", b"jp2h"})
"""Boxes without which there is no picture, besides the picture itself."""


def _bare_code_stream(content: bytes) -> bytes:
    """The picture of a JPEG 2000 without the comments before its first tile."""
    kept, at = [content[:2]], 2
    while content[at : at + 2] not in {b"\xff\x90", b""}:
        length = struct.unpack(">H", content[at + 2 : at + 4])[0] if at + 4 <= len(content) else 0
        if length < 2 or content[at] != 0xFF:  # noqa: PLR2004
            message = "no segment where one should be"
            raise ValueError(message)
        if content[at : at + 2] != b"\xff\x64":
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    return b"".join(kept) + content[at:]


BARE = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jpeg2000}
"""Pictures that stay as they are but for what they say about themselves."""
