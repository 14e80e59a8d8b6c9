"""Files that tell too much and files made to do harm: each is refused, or comes out as nothing but what can be seen."""

import re
import resource
import struct
import time
from collections import Counter
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from app.reports.domain import Fault, RefusedFile
from app.reports.files import clean
from tests.support.corpus import MARK, unpacked
from tests.support.hostile import corpus
from tests.support.leaks import shapes

SECONDS_MAX = 30
MEGABYTES_MAX = 1_200
"""What the process may grow by at most; a picture of 50 million pixels takes 200 of them."""

JPEG_KEEPS = {0xD8, 0xD9, 0xDB, 0xC0, 0xC4, 0xDA, 0xE0}
"""Start, end, tables, the size, the pixels, and JFIF."""
PNG_KEEPS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
PDF_BANNED = re.compile(
    rb"/(JavaScript|JS|AA|OpenAction|Launch|URI|SubmitForm|ImportData|GoToR|GoToE|EmbeddedFiles?|Filespec|Annots|AcroForm"
    rb"|XFA|Metadata|PieceInfo|OCProperties|OCGs|StructTreeRoot|Info|Outlines|Names|Dests|PTEX\.\w+|LastModified|Private"
    rb"|RichMedia\w*|Movie|Sound|Rendition|Thumb|AF|EF|ICCBased)\b"
)
DATE = re.compile(rb"D:20\d\d|20\d\d:\d\d:\d\d|20\d\d-\d\d-\d\dT")
REFUSED = re.compile("bomb|nothing|SVG|HTML$|XML|^ZIP|program|script|words|zeros|HEIC|video|sound|PostScript"
                     "|^BMP|^TIFF|^ICO|^PPM|^TGA|^PCX|^JPEG2000|^DIB|^SGI|header and|inside HTML")  # fmt: skip
MAY_PASS = {"bomb PNG longer than it says", "PNG words"}
"""The first is a picture of ten by ten pixels; of what comes after nobody reads a byte."""


def megabytes():
    """What this process has needed at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def jpeg_faults(content):
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            return [f"no segment at {at}"]
        marker = content[at + 1]
        if marker not in JPEG_KEEPS:
            return [f"segment {marker:x}"]
        if marker == 0xD9:
            return [] if at + 2 == len(content) else ["something comes after the end"]
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xE0 and content[at + 4 : at + 9] != b"JFIF\0":
            return ["an APP0 that is not JFIF"]
        at += 2 + length
        if marker == 0xDA:
            at = re.compile(rb"\xff[^\x00\xd0-\xd7]").search(content, at).start()
    return ["no end"]


def png_faults(content):
    at, seen = 8, []
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        seen.append(kind)
        at += 12 + length
    found = [f"chunk {kind!r}" for kind in seen if kind not in PNG_KEEPS]
    return found + ([] if seen[-1] == b"IEND" and at == len(content) else ["something comes after the end"])


def pdf_faults(content):
    inside = unpacked(content)
    # qpdf's own mark of the file stands in the trailer; it is made from the content.
    found = [f"entry {match[0]!r}" for match in PDF_BANNED.finditer(inside)]
    with pikepdf.open(BytesIO(content)) as pdf:
        found += [f"catalogue {key}" for key in set(pdf.Root.keys()) - {"/Type", "/Pages"}]
        found += ["it is linearised or has a description"] * bool(pdf.docinfo)
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == pikepdf.Name.DCTDecode:
                raw = thing.read_raw_bytes()
                found += [f"picture: {word}" for word in (b"Exif", b"JFXX", b"xap", b"Photoshop") if word in raw]
    return found


def faults(made):
    looks = {"image/jpeg": jpeg_faults, "image/png": png_faults, "application/pdf": pdf_faults}
    found = looks[made.media_type](made.content)
    seen = made.content + (unpacked(made.content) if made.media_type == "application/pdf" else b"")
    found += [f"it says {shape!r}" for shape in shapes(MARK) if shape in seen]
    found += [f"it says {match[0]!r}" for match in DATE.finditer(seen)]
    if made.media_type != "application/pdf":
        with Image.open(BytesIO(made.content)) as picture:
            picture.load()
            found += [f"it knows {key}" for key in picture.info if not key.startswith(("jfif", "transparency"))]
            found += ["it moves"] * (getattr(picture, "n_frames", 1) > 1)
    if b"PK\x03\x04" in seen or b"<script" in seen:
        found.append("it is two things at once")
    return found


@pytest.mark.timeout(1800)
def test_every_file_is_refused_or_clean(much, figure):
    counts, wrong, slowest, before = Counter(), [], (0.0, ""), megabytes()
    for name, content in corpus(cut=much(1, 25)):
        begun = time.process_time()
        made, fault = None, None
        try:
            made = clean(content)
        except RefusedFile as refusal:
            fault = refusal.fault
        counts[fault or "clean"] += 1
        slowest = max(slowest, (time.process_time() - begun, name))
        if made is None:
            damaged = ", cut" in name or ", bent" in name
            if not damaged and not REFUSED.search(name) and fault is Fault.UNREADABLE:
                wrong.append(f"{name}: refused, though it is only an ordinary file")
            continue
        if REFUSED.search(name) and name not in MAY_PASS and ", " not in name and " and " not in name:
            wrong.append(f"{name}: taken")
        wrong += [f"{name}: {fault}" for fault in faults(made)]
    grown = megabytes() - before
    assert wrong == []
    assert slowest[0] < SECONDS_MAX, slowest
    assert grown < MEGABYTES_MAX
    assert {Fault.EMPTY, Fault.UNKNOWN, Fault.UNREADABLE, Fault.TOO_MANY_PIXELS, Fault.SWOLLEN, Fault.TOO_MANY_PAGES,
            "clean"} <= set(counts)  # fmt: skip
    total = counts.total()
    figure(
        f"{total} files: {counts['clean']} clean, {total - counts['clean']} refused, 0 that tell or do anything; "
        f"slowest {slowest[0]:.1f} s ({slowest[1]}), the process grew by {grown} MB"
    )


def test_what_the_test_looks_for_would_be_found():
    """The files do tell what the others must not."""
    telling = 0
    for name, content in corpus(cut=0):
        if name.startswith(("PDF", "JPEG", "PNG", "photo", "GIF")) and MARK.encode() in content:
            telling += 1
    assert telling > 40
