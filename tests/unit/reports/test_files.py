"""Files: told by content, made anew, refused with a reason."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.core.requests import BoundedFile, InMemoryUploads
from app.reports.domain import Fault, RefusedFile
from app.reports.files import PIXELS_KEPT, clean, explained
from app.reports.pdfs import PAGES_MAX, bare_jpeg, bare_jpeg2000
from tests.support.corpus import (
    form_filled_in,
    pdf_bomb,
    pdf_bomb_in_object_stream,
    pdf_of,
    pdf_with_everything,
    photo_with_place,
    picture,
    unpacked,
)


def refused(content):
    with pytest.raises(RefusedFile) as refusal:
        clean(content)
    return refusal.value.fault


def opened(content):
    return Image.open(BytesIO(content))


@pytest.mark.parametrize(
    ("format_", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("GIF", "P", "image/png"),
        ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
    ],
)
def test_pictures_are_redrawn(format_, mode, media_type):
    made = clean(picture(format_, mode=mode))
    assert made.media_type == media_type
    assert opened(made.content).size == (64, 48)


def test_a_photograph_keeps_no_place_no_camera_no_words(mark):
    original = photo_with_place()
    assert mark in original
    made = clean(original)
    assert mark not in made.content
    assert b"Exif" not in made.content
    assert not opened(made.content).getexif()
    assert "icc_profile" not in opened(made.content).info


def test_a_photograph_is_turned_upright_first():
    assert opened(clean(photo_with_place(orientation=6)).content).size == (48, 64)


def test_words_in_a_png_are_left_behind(mark):
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", mark.decode(), zip=True)
    words.add_itxt("XML:com.adobe.xmp", mark.decode())
    made = clean(picture("PNG", pnginfo=words))
    assert not opened(made.content).text


def test_only_the_first_picture_of_an_animation_is_kept():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green")]
    kept = BytesIO()
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:])
    made = opened(clean(kept.getvalue()).content)
    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_what_hides_behind_a_picture_is_left_behind(mark):
    polyglot = picture() + b"<script>" + mark + b"</script>PK\x03\x04"
    assert mark not in clean(polyglot).content
    hidden_pdf = picture("PNG") + pdf_of(1)
    assert b"%PDF" not in clean(hidden_pdf).content


def test_a_large_picture_is_made_smaller():
    made = opened(clean(picture(size=(6000, 4000))).content)
    assert made.width * made.height <= PIXELS_KEPT
    assert abs(made.width / made.height - 1.5) < 0.01


def test_a_bomb_of_pixels_is_refused_before_it_is_decoded():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    assert refused(bomb) is Fault.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"PK\x03\x04 a document of an office program",
        b"just words",
        b"BM" + bytes(60),
        b"II*\x00" + bytes(60),
        b"\x00\x00\x00\x18ftypheic" + bytes(60),
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"  %PDF-1.7",
    ],
    ids=["svg", "html", "program", "zip", "text", "bmp", "tiff", "heic", "postscript", "late-pdf"],
)
def test_other_kinds_are_refused(content):
    assert refused(content) is Fault.UNKNOWN


def test_an_empty_file_is_refused():
    assert refused(b"") is Fault.EMPTY


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP"])
def test_half_a_picture_is_refused(format_):
    whole = picture(format_, size=(300, 300))
    assert refused(whole[: len(whole) // 2]) is Fault.UNREADABLE


@pytest.mark.parametrize("beginning", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF____WEBP", b"%PDF-1.7"])
@given(rest=st.binary(max_size=300))
def test_rubbish_is_refused_and_never_breaks_anything(beginning, rest):
    with suppress(RefusedFile):
        clean(beginning + rest)


# PDF -----------------------------------------------------------------------------------------------------------------


def test_a_pdf_keeps_its_pages_and_nothing_else(mark):
    original = pdf_with_everything()
    assert mark in unpacked(original)
    made = clean(original)
    assert made.media_type == "application/pdf"
    inside = unpacked(made.content)
    for word in (mark, b"JavaScript", b"EmbeddedFile", b"/Annots", b"OpenAction", b"PieceInfo", b"Metadata", b"/Info"):
        assert word not in inside
    with pikepdf.open(BytesIO(made.content)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        image = pdf.pages[0].obj.Resources.XObject.Im0
        assert opened(image.read_raw_bytes()).size == (64, 48)


def test_what_was_typed_into_a_form_stays_visible():
    with pikepdf.open(BytesIO(clean(form_filled_in()).content)) as pdf:
        assert "/Annots" not in pdf.pages[0].obj
        shown = b"".join(one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream))
        assert b"Filled" in shown


@pytest.mark.parametrize("password", ["", "geheim"])
def test_an_encrypted_pdf_is_refused(password):
    locked = pdf_of(1, encryption=pikepdf.Encryption(owner="owner", user=password))
    assert refused(locked) is Fault.ENCRYPTED


@pytest.mark.parametrize("bomb", [pdf_bomb, lambda: pdf_bomb(twice=True)], ids=["packed", "packed twice"])
def test_a_pdf_that_swells_is_refused(bomb):
    assert refused(bomb()) is Fault.SWOLLEN


def test_a_pdf_that_swells_while_it_is_opened_is_refused():
    assert refused(pdf_bomb_in_object_stream()) in {Fault.SWOLLEN, Fault.UNREADABLE}


def test_a_picture_in_a_pdf_may_not_be_endless():
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    endless = pikepdf.Stream(pdf, b"\x00")
    endless.Type, endless.Subtype, endless.Filter = (
        pikepdf.Name.XObject,
        pikepdf.Name.Image,
        pikepdf.Name.CCITTFaxDecode,
    )
    endless.Width, endless.Height = 100_000, 100_000
    pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=pdf.make_indirect(endless)))
    kept = BytesIO()
    pdf.save(kept)
    assert refused(kept.getvalue()) is Fault.SWOLLEN


def test_too_many_pages_are_refused():
    assert clean(pdf_of(PAGES_MAX)).content
    assert refused(pdf_of(PAGES_MAX + 1)) is Fault.TOO_MANY_PAGES


@pytest.mark.parametrize("name", ["A", "F", "OC", "Ref"])
def test_names_of_fonts_and_pictures_are_not_taken_for_behaviour(name):
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    fonts = pikepdf.Dictionary()
    fonts[f"/{name}"] = font
    pdf.pages[0].obj.Resources = pikepdf.Dictionary(Font=fonts)
    kept = BytesIO()
    pdf.save(kept)
    with pikepdf.open(BytesIO(clean(kept.getvalue()).content)) as made:
        assert f"/{name}" in made.pages[0].obj.Resources.Font


def test_what_comes_after_the_end_of_a_pdf_is_left_behind(mark):
    assert mark not in clean(pdf_of(1) + b"\n" + mark).content


def test_a_bare_jpeg_shows_the_same_picture(mark):
    original = photo_with_place()
    bare = bare_jpeg(original)
    assert mark not in bare
    assert opened(bare).convert("RGB").tobytes() == opened(original).convert("RGB").tobytes()


@given(st.binary(max_size=200))
def test_bare_jpegs_never_loop(content):
    for strip in (bare_jpeg, bare_jpeg2000):
        with suppress(ValueError):
            strip(b"\xff\xd8" + content)


def test_boxes_with_words_leave_a_jpeg_2000(mark):
    image = BytesIO()
    Image.new("RGB", (32, 32)).save(image, "JPEG2000")
    box = struct.pack(">I4s", 8 + len(mark), b"xml ") + mark
    original = image.getvalue()[:12] + image.getvalue()[12:] + box
    assert mark in original
    assert mark not in bare_jpeg2000(original)
    assert opened(bare_jpeg2000(original)).size == (32, 32)


# On the way ----------------------------------------------------------------------------------------------------------


def test_every_reason_has_a_sentence():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        for fault in Fault:
            sentence = explained(fault, 2, 10, 3)
            assert sentence.endswith(".")
            assert "2" in sentence or fault is Fault.TOO_MANY


def test_uploads_are_never_written_to_a_disk(monkeypatch):
    import tempfile

    def forbidden(*_args, **_kwargs):
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, forbidden)
        monkeypatch.setattr(f"werkzeug.formparser.{name}", forbidden, raising=False)
    app = InMemoryUploads(__name__)
    seen = []

    @app.post("/")
    def take():
        from flask import request as any_request

        request: Any = any_request
        request.file_bytes_max = 3_000_000
        file = request.files["file"]
        seen.append((type(file.stream), file.stream.overflowed, len(file.read())))
        return ""

    for size in (2_000_000, 4_000_000):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(size) + b"\r\n--x--\r\n"
        )
        app.test_client().post("/", data=body, content_type="multipart/form-data; boundary=x")
    assert seen == [(BoundedFile, False, 2_000_000), (BoundedFile, True, 0)]


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 200))
def test_a_bounded_file_keeps_all_or_nothing(pieces, most):
    file = BoundedFile(most)
    for piece in pieces:
        assert file.write(piece) == len(piece)
    whole = b"".join(pieces)
    assert file.overflowed == (len(whole) > most)
    assert file.getvalue() == (b"" if file.overflowed else whole)
