"""A corpus of files, made on the spot: ordinary ones that tell too much, and ones made to do harm.

``corpus(mark)`` gives them by name; each that says anything says the mark.
"""

from __future__ import annotations

import gzip
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.support.corpus import (
    MARK,
    form_filled_in,
    page_with,
    pdf_bomb,
    pdf_bomb_in_object_stream,
    pdf_of,
    pdf_with_everything,
    photo_with_place,
    picture,
    saved,
)

SCRIPT = b"<script>document.title='%b'</script>" % MARK.encode()
LARGEST = b"\\1\xff\x3f\xff\x3f"
RASTERS = ("JPEG", "PNG", "GIF", "WEBP")


def corpus(seed: int = 1, cut: int = 20) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file. ``cut`` says how often each good one is cut off and bent."""
    good = dict(_pictures()) | dict(_documents())
    yield from good.items()
    yield from _polyglots(good)
    yield from _bombs()
    yield from _foreign()
    yield from _damaged(good, random.Random(seed), cut)  # noqa: S311 - the same files in every run


# Pictures ------------------------------------------------------------------------------------------------------------


def _xmp() -> bytes:
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b"<rdf:Description>%b</rdf:Description></rdf:RDF></x:xmpmeta>" % MARK.encode()
    )


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = exif[0x010F] = exif[0x0110] = exif[0x013B] = exif[0x8298] = MARK
    exif[0x0132] = "2026:11:22 20:00:00"
    exif.get_ifd(0x8769).update({0x9003: "2026:11:22 20:00:00", 0x927C: MARK.encode(), 0x9286: MARK.encode()})
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 55.0, 40.0), 3: "E", 4: (11.0, 35.0, 10.0), 29: MARK})
    return exif.tobytes()


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _behind_start(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pictures() -> Iterator[tuple[str, bytes]]:
    mark = MARK.encode()
    for format_ in RASTERS:
        for mode in ("RGB", "L", "P", "1", "RGBA", "LA", "CMYK", "I;16"):
            try:
                yield f"{format_} {mode}", picture(format_, mode=mode)
            except (OSError, TypeError, KeyError, ValueError):
                continue
    yield "photo with place", photo_with_place()
    for orientation in range(1, 9):
        yield f"photo turned {orientation}", photo_with_place(orientation)
    for format_ in ("JPEG", "PNG", "WEBP"):
        yield f"{format_} exif", picture(format_, exif=_exif())
        yield f"{format_} xmp", picture(format_, xmp=_xmp())
        yield f"{format_} profile", picture(format_, icc_profile=mark * 40)
    plain = picture()
    preview = picture(size=(16, 16), comment=mark)
    yield "JPEG comment", picture(comment=mark)
    yield "JPEG preview in Exif", _behind_start(plain, _segment(0xE1, b"Exif\0\0" + mark + preview))
    yield "JPEG preview in JFXX", _behind_start(plain, _segment(0xE0, b"JFXX\0\x10" + preview))
    yield "JPEG every segment", _behind_start(plain, *(_segment(0xE1 + n, mark) for n in range(13)))
    yield "JPEG comments without number", _behind_start(plain, *[_segment(0xFE, mark * 100)] * 300)
    yield "JPEG progressive", picture(progressive=True, comment=mark)
    yield "JPEG second picture behind", plain + picture(comment=mark)
    yield "JPEG several pictures", picture("MPO", comment=mark) if _can("MPO") else plain
    words = PngInfo()
    words.add_text("Author", MARK, zip=True)
    words.add_text("Comment", MARK)
    words.add_itxt("XML:com.adobe.xmp", _xmp().decode(), zip=True)
    yield "PNG words", picture("PNG", pnginfo=words)
    end = picture("PNG")[:-12]
    yield "PNG time", end[:33] + _chunk(b"tIME", struct.pack(">HBBBBB", 2026, 11, 22, 20, 0, 0)) + end[33:] + _iend()
    yield "PNG private chunk", end[:33] + _chunk(b"prVt", mark * 50) + end[33:] + _iend()
    yield "PNG behind the end", picture("PNG") + mark
    yield "PNG animation", _animation("PNG")
    yield "GIF animation", _animation("GIF")
    yield "GIF comment", _animation("GIF", comment=mark)
    yield "WEBP animation", _animation("WEBP")
    yield "WEBP animation without end", _animation("WEBP", loop=0, frames=40)


def _iend() -> bytes:
    return _chunk(b"IEND", b"")


def _can(format_: str) -> bool:
    Image.init()
    return format_ in Image.SAVE


def _animation(format_: str, frames: int = 4, **more: object) -> bytes:
    pictures = [Image.new("RGB", (20, 20), (number * 6 % 255, 0, 0)) for number in range(frames)]
    kept = BytesIO()
    pictures[0].save(kept, format_, save_all=True, append_images=pictures[1:], **more)  # type: ignore[arg-type]
    return kept.getvalue()


# Documents -----------------------------------------------------------------------------------------------------------


def _with_action(action: Dictionary) -> bytes:
    """The action wherever one can stand."""
    pdf = Pdf.new()
    page = page_with(pdf)
    made = pdf.make_indirect(action)
    pdf.Root.OpenAction = made
    pdf.Root.AA = Dictionary(WC=made, WS=made, DS=made, WP=made, DP=made)
    page.AA = Dictionary(O=made, C=made)
    page.Annots = Array([
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=made, PA=made)),
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Screen, Rect=[0, 0, 9, 9], AA=Dictionary(E=made))),
    ])  # fmt: skip
    pdf.Root.Outlines = pdf.make_indirect(
        Dictionary(First=pdf.make_indirect(Dictionary(Title=String(MARK), A=made)), Count=1)
    )
    return saved(pdf)


def _actions() -> Iterator[tuple[str, bytes]]:
    text = String(MARK)
    file = Dictionary(Type=Name.Filespec, F=text, UF=text)
    for name, more in {
        "JavaScript": {"JS": String(f"app.alert('{MARK}')")},
        "Launch": {"F": file, "Win": Dictionary(F=text, P=text)},
        "URI": {"URI": String(f"https://example.org/{MARK}")},
        "SubmitForm": {"F": Dictionary(FS=Name.URL, F=text)},
        "ImportData": {"F": file},
        "GoToR": {"F": file, "D": Array([0, Name.Fit])},
        "GoToE": {"F": file, "T": Dictionary(R=Name.C, N=text)},
        "Named": {"N": Name.Print},
        "Hide": {"T": text},
        "Rendition": {"JS": text, "OP": 0},
        "Movie": {"T": text},
        "Sound": {"T": text},
        "GoTo3DView": {"TA": text},
        "RichMediaExecute": {"CMD": Dictionary(C=text)},
        "SetOCGState": {"State": Array([Name.ON])},
    }.items():
        yield f"PDF action {name}", _with_action(Dictionary(S=Name(f"/{name}"), **more))


def _annotations() -> Iterator[tuple[str, bytes]]:
    text = String(MARK)
    for name in ("Text", "FreeText", "Popup", "Stamp", "FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia",
                 "Redact", "Watermark", "Caret", "Ink", "Highlight"):  # fmt: skip
        pdf = Pdf.new()
        page = page_with(pdf)
        inner = Stream(pdf, MARK.encode())
        page.Annots = Array([
            pdf.make_indirect(Dictionary(
                Type=Name.Annot, Subtype=Name(f"/{name}"), Rect=[0, 0, 50, 50], Contents=text, T=text, NM=text,
                M=String("D:20261122200000"), RC=text,
                FS=Dictionary(Type=Name.Filespec, F=text, EF=Dictionary(F=pdf.make_indirect(inner))),
            )),
        ])  # fmt: skip
        yield f"PDF annotation {name}", saved(pdf)


def _photo_in(pdf: Pdf, content: bytes, *filters: str) -> pikepdf.Object:
    for name in reversed(filters[:-1]):
        content = zlib.compress(content) if name == "FlateDecode" else content.hex().encode() + b">"
    image = Stream(pdf, content)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Filter = Array([Name(f"/{name}") for name in filters]) if len(filters) > 1 else Name(f"/{filters[0]}")
    image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 64, 48, Name.DeviceRGB, 8
    return pdf.make_indirect(image)


def _photos_in_documents() -> Iterator[tuple[str, bytes]]:
    photo = _behind_start(photo_with_place(), _segment(0xE0, b"JFXX\0\x10" + MARK.encode())) + MARK.encode()
    for filters in (
        ("DCTDecode",), ("FlateDecode", "DCTDecode"), ("ASCIIHexDecode", "DCTDecode"),
        ("ASCIIHexDecode", "FlateDecode", "DCTDecode"),
    ):  # fmt: skip
        pdf = Pdf.new()
        page_with(pdf, XObject=Dictionary(Im0=_photo_in(pdf, photo, *filters)))
        yield f"PDF photo in {' '.join(filters)}", saved(pdf)
    pdf = Pdf.new()
    drawing = picture("JPEG2000", comment=MARK)
    drawing += struct.pack(">I4s", 8 + len(MARK), b"xml ") + MARK.encode()
    drawing += struct.pack(">I4s", 24 + len(MARK), b"uuid") + bytes(16) + MARK.encode()
    page_with(pdf, XObject=Dictionary(Im0=_photo_in(pdf, drawing, "JPXDecode")))
    yield "PDF JPEG 2000", saved(pdf)
    pdf = Pdf.new()
    profile = Stream(pdf, MARK.encode() * 10)
    profile.N = 3
    image = _photo_in(pdf, picture(), "DCTDecode")
    image.ColorSpace = Array([Name.ICCBased, pdf.make_indirect(profile)])
    page_with(pdf, XObject=Dictionary(Im0=image), ColorSpace=Dictionary(Cs0=image.ColorSpace))
    yield "PDF profile", saved(pdf)


def _hidden() -> Iterator[tuple[str, bytes]]:
    """Words in the corners of a document."""
    text, mark = String(MARK), MARK.encode()
    pdf = Pdf.new()
    page = page_with(pdf)
    form = Stream(pdf, b"q Q")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, [0, 0, 9, 9]
    form["/PTEX.FileName"] = String(f"/home/{MARK}/drawing.pdf")
    form["/PTEX.InfoDict"] = pdf.make_indirect(Dictionary(CreationDate=String("D:20261122200000"), Author=text))
    form.PieceInfo = Dictionary(Illustrator=Dictionary(Private=pdf.make_stream(mark)))
    form.LastModified = String("D:20261122200000")
    page.Resources.XObject = Dictionary(Fm0=pdf.make_indirect(form))
    yield "PDF figure of TeX", saved(pdf)
    pdf = Pdf.new()
    page = page_with(pdf)
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=text, Usage=Dictionary(CreatorInfo=Dictionary(C=text))))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(Name=text, ON=Array([layer])))
    page.Resources.Properties = Dictionary(Mc0=layer, Mc1=Dictionary(Author=text))
    yield "PDF layer", saved(pdf)
    pdf = Pdf.new()
    page = page_with(pdf)
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Dictionary(Alt=text, T=text)))
    pdf.Root.MarkInfo, pdf.Root.Lang = Dictionary(Marked=True), text
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=text)]))
    pdf.Root.Dests = Dictionary(A=Array([page, Name.Fit]))
    pdf.Root.URI = Dictionary(Base=text)
    pdf.Root.Threads = Array([pdf.make_indirect(Dictionary(I=Dictionary(Title=text)))])
    pdf.Root.SpiderInfo = Dictionary(V=1.0, C=Array([Dictionary(AU=text)]))
    pdf.Root.Perms = Dictionary(DocMDP=Dictionary(Type=Name.Sig, Name=text, Location=text, M=text))
    pdf.Root.Collection = Dictionary(D=text)
    pdf.Root.Legal = Dictionary(Attestation=text)
    pdf.docinfo["/Title"] = pdf.docinfo["/Author"] = MARK
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = "D:20261122200000+01'00'"
    yield "PDF catalogue", saved(pdf)
    for name in ("Metadata", "PieceInfo", "AF", "LastModified", "B", "ID", "PZ", "SeparationInfo", "Tabs", "Thumb",
                 "TemplateInstantiated", "PresSteps", "VP", "DPart", "Trans", "StructParents", "Private"):  # fmt: skip
        pdf = Pdf.new()
        page = page_with(pdf)
        page[f"/{name}"] = pdf.make_indirect(Dictionary(Any=text, Data=pdf.make_stream(mark)))
        yield f"PDF page {name}", saved(pdf)
    pdf = Pdf.new()
    page_with(pdf)
    pdf.Root.AcroForm = Dictionary(
        XFA=Array([text, pdf.make_stream(b"<xdp>%b</xdp>" % mark)]), Fields=Array([]), DA=text, DR=Dictionary(A=text)
    )
    yield "PDF XFA", saved(pdf)
    pdf = Pdf.new()
    page_with(pdf)
    for name in ("a.txt", "b.exe", "c.pdf"):
        pdf.attachments[name] = mark
    yield "PDF attachments", saved(pdf)
    pdf = Pdf.new()
    page = page_with(pdf)
    page.Contents = Stream(pdf, b"", F=Dictionary(Type=Name.Filespec, F=text), FFilter=Name.FlateDecode)
    yield "PDF content elsewhere", saved(pdf)


def _updated() -> bytes:
    """A document that was saved over an older one, as programs do; the older one is still inside."""
    first = pdf_with_everything()
    at = first.rfind(b"startxref")
    number = int(first[at:].split()[1])
    body = first + b"\n"
    entry = len(body)
    body += b"900 0 obj\n<</Note(%b)>>\nendobj\n" % MARK.encode()
    table = len(body)
    body += b"xref\n900 1\n%010d 00000 n \ntrailer\n<</Size 901/Root 1 0 R/Prev %d>>\n" % (entry, number)
    return body + b"startxref\n%d\n%%%%EOF\n" % table


def _documents() -> Iterator[tuple[str, bytes]]:
    yield "PDF", pdf_of(1)
    yield "PDF everything", pdf_with_everything()
    yield "PDF form", form_filled_in()
    yield "PDF saved over an older one", _updated()
    yield "PDF behind the end", pdf_of(1) + MARK.encode() + b"\nPK\x03\x04"
    for each in (_actions, _annotations, _photos_in_documents, _hidden):
        yield from each()


# Harm ----------------------------------------------------------------------------------------------------------------


def _zip() -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(f"{MARK}.txt", MARK)
    return kept.getvalue()


def _polyglots(good: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Files that are two things at once."""
    tails = {"HTML": b"<!--" + SCRIPT, "ZIP": _zip(), "PDF": pdf_with_everything(), "PHP": b"<?php /*" + MARK.encode()}
    for name in ("JPEG RGB", "PNG RGB", "GIF P", "WEBP RGB", "PDF"):
        for tail, content in tails.items():
            yield f"{name} and {tail}", good[name] + content
    yield "JPEG and HTML in a comment", picture(comment=b"--><html>" + SCRIPT)
    yield "GIF and JavaScript", b"GIF89a/*" + good["GIF P"][8:] + b"*/=1;alert('" + MARK.encode() + b"')"
    yield "GIF header and JavaScript", b"GIF89a=1;alert('" + MARK.encode() + b"')//"
    yield "PDF header and HTML", b"%PDF-1.7\n" + SCRIPT
    yield "PDF inside HTML", SCRIPT + pdf_of(1)
    yield "JPEG header and HTML", b"\xff\xd8\xff\xe0" + SCRIPT
    yield "PNG header and SVG", b"\x89PNG\r\n\x1a\n" + _svg()


def _svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">%b</svg>' % SCRIPT


def _png_bomb(width: int, height: int, packed: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _iend()


def _bombs() -> Iterator[tuple[str, bytes]]:
    packed = zlib.compress(bytes(60_000_000), 9)
    yield "bomb PNG", _png_bomb(50_000, 50_000, packed)
    yield "bomb PNG just wide", _png_bomb(2_000_000_000, 1, packed)
    yield "bomb PNG longer than it says", _png_bomb(10, 10, packed)
    yield "bomb PNG text", b"\x89PNG\r\n\x1a\n" + _chunk(b"zTXt", b"a\0\0" + packed) + _iend()
    yield "bomb PNG nothing", _png_bomb(0, 0, b"")
    yield "bomb JPEG", picture().replace(_size(64, 48), _size(65_500, 65_500))
    yield "bomb GIF", b"GIF89a\xff\xff\xff\xff" + picture("GIF", mode="P")[10:]
    # The size of a simple WebP stands behind its start code, 14 bits each.
    yield "bomb WEBP", re.sub(rb"(\x9d\x01\x2a)....", LARGEST, picture("WEBP"), count=1, flags=re.DOTALL)
    yield "bomb PDF", pdf_bomb()
    yield "bomb PDF packed twice", pdf_bomb(twice=True)
    yield "bomb PDF while opening", pdf_bomb_in_object_stream()
    yield "bomb PDF pages", pdf_of(2_000)
    yield "bomb PDF tree that bites its tail", _round()
    nested = b"[" * 100_000 + b"]" * 100_000
    yield "bomb PDF deep", b"%PDF-1.7\n1 0 obj\n" + nested + b"\nendobj\ntrailer<</Root 1 0 R>>"


def _size(width: int, height: int) -> bytes:
    return b"\x08" + struct.pack(">HH", height, width)


def _round() -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n9\n%%EOF"
    )


def _foreign() -> Iterator[tuple[str, bytes]]:
    """Kinds that are not taken."""
    yield "nothing", b""
    yield "SVG with a script", _svg()
    yield "SVG packed", gzip.compress(_svg())
    yield "HTML", b"<!doctype html>" + SCRIPT
    yield "XML that reads files", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    yield "ZIP", _zip()
    yield "program", b"MZ" + bytes(200)
    yield "program of Linux", b"\x7fELF" + bytes(200)
    yield "shell script", b"#!/bin/sh\necho " + MARK.encode()
    yield "words", MARK.encode()
    yield "words in UTF-16", MARK.encode("utf-16")
    yield "zeros", bytes(5_000)
    yield "HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(60)
    yield "video", b"\x00\x00\x00\x18ftypmp42" + bytes(60)
    yield "sound", b"ID3" + bytes(60)
    yield "PostScript", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file"
    for format_ in ("BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "JPEG2000", "DIB", "SGI"):
        yield format_, picture(format_)


def _damaged(good: dict[str, bytes], chance: random.Random, often: int) -> Iterator[tuple[str, bytes]]:
    """Good files cut off, and with some bytes changed."""
    for name, content in good.items():
        for number in range(often):
            yield f"{name}, cut {number}", content[: chance.randrange(1, len(content))]
            bent = bytearray(content)
            for _ in range(chance.randint(1, 12)):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            yield f"{name}, bent {number}", bytes(bent)
