"""PDFs of residents, built anew from what can be seen on their pages.

Only the marks on the pages come along: no scripts, actions, links, forms, attachments, layers' names, metadata or
private data of programs, and no metadata inside embedded photographs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
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


def _parameters(stream: Any) -> Any:  # noqa: ANN401
    """How a picture is to be unpacked, such as in which colours."""
    return stream.get("/DecodeParms")


def _strip(thing: Any) -> None:  # noqa: ANN401
    """Take what is not needed off an object, and off what stands inside it."""
    for part in _parts(thing):
        for key in OFF_EVERYTHING:
            if key in part:
                del part[key]
    if not isinstance(thing, Stream):
        return
    for key in OFF_STREAMS:
        if key in thing:
            del thing[key]
    filters = _filters(thing)
    if filters == ["/DCTDecode"]:
        thing.write(bare_jpeg(thing.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=_parameters(thing))
    elif filters == ["/JPXDecode"]:
        thing.write(bare_jpeg2000(thing.read_raw_bytes()), filter=Name.JPXDecode)


def _parts(thing: Any) -> Iterator[Any]:  # noqa: ANN401
    """An object's dictionary and every dictionary written inside it; others by reference come on their own."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Array):
            waiting += [member for member in part if isinstance(member, (Array, Dictionary)) and not member.is_indirect]
        elif isinstance(part, (Dictionary, Stream)):
            yield part
            inside = [part[key] for key in part.keys()]  # noqa: SIM118
            waiting += [one for one in inside if isinstance(one, (Array, Dictionary)) and not one.is_indirect]


def bare_jpeg(content: bytes) -> bytes:
    """A JPEG without its comments and application segments (Exif, XMP, IPTC, previews), pixels untouched.

    The two segments that say how colours are to be read stay: APP0 (JFIF) and APP14 (Adobe).

    Raises:
        ValueError: this is no JPEG.
    """
    if content[:2] != b"\xff\xd8":
        message = "no JPEG"
        raise ValueError(message)
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(content):
        marker, length = content[at : at + 2], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker[0] != 0xFF or length < 2:  # noqa: PLR2004
            message = "no segment where one should be"
            raise ValueError(message)
        if marker[1] == 0xDA:  # noqa: PLR2004 - from here on there are pixels
            end = content.rfind(b"\xff\xd9")
            return b"".join(kept) + (content[at : end + 2] if end > at else content[at:])
        passenger = marker[1] == 0xFE or (0xE1 <= marker[1] <= 0xEF and marker[1] != 0xEE)  # noqa: PLR2004
        if not passenger:
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    message = "no pixels"
    raise ValueError(message)


def bare_jpeg2000(content: bytes) -> bytes:
    """A JPEG 2000 without its XML and UUID boxes; a bare code stream is given back as it is.

    Raises:
        ValueError: a box is longer than the file.
    """
    if content.startswith(b"\xff\x4f"):
        return content
    kept, at = [], 0
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        end = len(content) if length == 0 else at + length
        if length == 1 or end <= at + 7 or end > len(content):
            message = "a box that does not fit"
            raise ValueError(message)
        if kind not in {b"xml ", b"uuid", b"uinf"}:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)
