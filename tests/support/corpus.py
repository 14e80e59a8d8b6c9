"""Files as people have them, and files as somebody with bad intentions makes them."""

import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

MARK = "MARKER-OF-A-PERSON"


def picture(format_="JPEG", size=(64, 48), mode="RGB", **saving):
    image = Image.new(mode, size)
    image.putpixel((0, 0), (255, 0, 0, 128)[: len(mode)] if mode != "P" else 1)
    kept = BytesIO()
    image.save(kept, format_, **saving)
    return kept.getvalue()


def photo_with_place(orientation=1):
    """A JPEG as a telephone makes it: where it was taken, by what, and a word in every place for words."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARK
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 55.0, 40.0), 3: "E", 4: (11.0, 35.0, 10.0), 29: MARK})
    return picture(exif=exif, comment=MARK.encode(), icc_profile=MARK.encode() * 40)


def saved(pdf, **options):
    kept = BytesIO()
    pdf.save(kept, **options)
    return kept.getvalue()


def page_with(pdf, **resources):
    pdf.add_blank_page()
    page = pdf.pages[0].obj
    page.Resources = Dictionary(**resources)
    page.Contents = pdf.make_stream(b"q 200 0 0 200 0 0 cm /Im0 Do Q")
    return page


def embedded_photo(pdf):
    image = Stream(pdf, photo_with_place())
    image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
    image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 64, 48, Name.DeviceRGB, 8
    image.Metadata = pdf.make_stream(f"<xmp>{MARK}</xmp>".encode())
    return pdf.make_indirect(image)


def pdf_with_everything():
    """Scripts, actions, a link, an attachment, metadata in every place for it, a photograph that tells where it was."""
    pdf = Pdf.new()
    page = page_with(pdf, XObject=Dictionary(Im0=embedded_photo(pdf)))
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{MARK}')"))
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    page.AA = Dictionary(O=script)
    page.PieceInfo = Dictionary(Program=Dictionary(LastModified=String(MARK)))
    uri = Dictionary(S=Name.URI, URI=String(f"https://example.org/{MARK}"))
    page.Annots = Array([
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 10, 10], A=uri),
        Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 10, 10], Contents=String(MARK)),
    ])  # fmt: skip
    pdf.attachments["secret.txt"] = MARK.encode()
    pdf.docinfo["/Author"] = MARK
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [MARK]
    return saved(pdf)


def zeros(megabytes):
    """So many megabytes, packed small."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def pdf_bomb(*, twice=False):
    pdf = Pdf.new()
    pdf.add_blank_page()
    packed = zeros(300)
    bomb = Stream(pdf, b"")
    if twice:
        bomb.write(zlib.compress(packed, 9), filter=Array([Name.FlateDecode, Name.FlateDecode]))
    else:
        bomb.write(packed, filter=Name.FlateDecode)
    pdf.pages[0].obj.Contents = pdf.make_indirect(bomb)
    return saved(pdf, compress_streams=False)


def pdf_bomb_in_object_stream():
    """A bomb that goes off while the file is being opened."""
    packed = zeros(300)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    ]
    body, offsets = b"%PDF-1.5\n", []
    for number, content in zip((1, 2, 4), objects, strict=True):
        offsets.append((number, len(body)))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    where = dict(offsets)
    start = len(body)
    entries = b"".join(
        bytes([2]) + (4).to_bytes(3) + bytes([0]) if number == 3 else
        bytes([1]) + (where[number] if number != 5 else start).to_bytes(3) + bytes([0])
        for number in (1, 2, 3, 4, 5)
    )  # fmt: skip
    body += b"5 0 obj\n<</Type/XRef/Size 6/Index[1 5]/W[1 3 1]/Root 1 0 R/Length %d>>stream\n" % len(entries)
    return body + entries + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % start


def pdf_of(pages, **options):
    pdf = Pdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    return saved(pdf, **options)


def form_filled_in():
    """A form with words in a field; the words only show through the field's appearance."""
    pdf = Pdf.new()
    pdf.add_blank_page()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), V=String("Filled"),
            Rect=[10, 10, 200, 40], DA=String("/Helv 12 Tf 0 g"), F=4,
        )
    )  # fmt: skip
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([field]), DR=Dictionary(Font=Dictionary(Helv=pdf.make_indirect(font))),
        DA=String("/Helv 12 Tf 0 g"), NeedAppearances=True,
    )  # fmt: skip
    return saved(pdf)


def unpacked(content):
    """Everything a PDF holds, readable."""
    with Pdf.open(BytesIO(content)) as pdf:
        return saved(
            pdf,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
