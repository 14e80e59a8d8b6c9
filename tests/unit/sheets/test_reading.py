"""Files in every dress of an office become the same rows, or a sentence that says what helps."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.sheets import domain
from app.sheets.domain import Broken, Formula, Percent, Unreadable
from app.sheets.reading import read
from app.sheets.writing import NewSheet, csv_bytes, workbook

LINES = "Name;Straße;Träger\r\nBegegnungsstätte;Löbdergraben 3;„Bürger“ e. V.\r\n"
CELLS = [("Name", "Straße", "Träger"), ("Begegnungsstätte", "Löbdergraben 3", "„Bürger“ e. V.")]


def rows(content, name="a.csv"):
    return [row.cells for row in read(content, name).sheets[0].rows]


def numbered(content):
    return [(row.number, row.cells) for row in read(content, "a.csv").sheets[0].rows]


def made(fill):
    book = Workbook()
    fill(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def refusal(content):
    with pytest.raises(Unreadable) as caught:
        read(content, "a")
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_say_themselves_need_no_remark(encoding):
    book = read(LINES.encode(encoding), "a.csv")
    assert [row.cells for row in book.sheets[0].rows] == CELLS
    assert not book.remarks


OLD = {"cp1252": "Windows-1252", "cp850": "MS-DOS 850", "mac_roman": "Mac Roman"}


@pytest.mark.parametrize("encoding", OLD)
@pytest.mark.parametrize(
    "text",
    [
        "Name;Straße;Träger\r\nBegegnungsstätte;Löbdergraben 3;Bürger e. V.\r\n",
        "Gebiet;Wert\nWöllnitz;3\nLöbstedt;5\n",
        "Gebiet;Größe\nOst;1\n",
        "Träger;x\n",
        "ÄMTER UND GRÖSSE;ÜBER\n" + "Ost;1\n" * 300 + "Café;2\n",
    ],
)
def test_old_encodings_are_told_apart_by_german_letters_and_named(encoding, text):
    book = read(text.encode(encoding), "a.csv")
    assert [";".join(str(cell) for cell in row.cells) for row in book.sheets[0].rows] == text.splitlines()
    (remark,) = book.remarks
    assert OLD[encoding] in str(remark)


def test_big_endian_is_told_by_its_mark():
    assert rows(b"\xfe\xff" + LINES.encode("utf-16-be")) == CELLS


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(delimiter):
    text = "a,b".replace(",", delimiter) + "\n" + delimiter.join(["1", "2"]) + "\n"
    assert rows(text.encode()) == [("a", "b"), ("1", "2")]


def test_decimal_commas_do_not_part_columns():
    assert rows(b"Gebiet;Anteil\nOst;1,5\nWest;2,5\n") == [("Gebiet", "Anteil"), ("Ost", "1,5"), ("West", "2,5")]


def test_a_file_may_name_its_delimiter_and_that_line_is_no_row():
    assert numbered(b"sep=|\na;b|c\n") == [(1, ("a;b", "c"))]


def test_rows_are_counted_as_a_spreadsheet_program_does():
    content = b'Titel\n\nName;Text\nA;"zwei\nZeilen"\n;\nB;x\n'
    assert numbered(content) == [(1, ("Titel",)), (3, ("Name", "Text")), (4, ("A", "zwei\nZeilen")), (6, ("B", "x"))]


@pytest.mark.parametrize(
    ("content", "helps"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, "password"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table>", "web page"),
        (b"PK\x03\x04" + b"x" * 60, "anew"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ""),
        (b'a;b\n"c;d\n', "quotation marks after row 1"),
        ("Straße".encode("cp1252") + b"\x81\x8d\x8f\x90\x9d" * 9, "certainty"),
        (b"\xff\xfea", "certainty"),
    ],
)
def test_what_is_no_table_is_refused_with_what_helps(content, helps):
    assert helps in refusal(content)


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch):
    monkeypatch.setattr("app.sheets.reading.BYTES_MAX", 3)
    assert "MB" in refusal(b"a;b\n")


def test_a_table_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr("app.sheets.csvs.ROWS_MAX", 2)
    assert "2 rows" in refusal(b"a\nb\nc\n")


@pytest.mark.parametrize(
    ("name", "content", "helps"),
    [
        ("xl/vbaProject.bin", b"", "macros"),
        ("content.xml", b"", "no workbook"),
        ("xl/workbook.xml", b"no xml", "anew"),
    ],
)
def test_other_archives_are_refused(name, content, helps):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    assert helps in refusal(packed.getvalue())


def test_open_documents_are_told_by_their_content():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert ".ods" in refusal(packed.getvalue())


def test_a_workbook_that_unpacks_without_end_is_not_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as part:
        for _ in range(130):
            part.write(bytes(1024 * 1024))
    assert len(packed.getvalue()) < domain.BYTES_MAX
    assert "too large" in refusal(packed.getvalue())


@pytest.mark.parametrize("part_name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_hostile_workbook_does_not_read_files(tmp_path, part_name):
    (tmp_path / "secret").write_text("a-secret", encoding="utf-8")
    good = made(lambda book: book.active.append(["harmless"]))
    packed = io.BytesIO()
    entity = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>'.encode()
    with zipfile.ZipFile(io.BytesIO(good)) as parts, zipfile.ZipFile(packed, "w") as archive:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == part_name:
                content = entity + content.replace(b"harmless", b"&e;")
            archive.writestr(part.filename, content)
    try:
        found = str(read(packed.getvalue(), "a.xlsx"))
    except Unreadable as refused:
        found = str(refused)
    assert "a-secret" not in found


def test_values_of_a_workbook_have_their_kinds():
    def fill(book):
        sheet = book.active
        sheet.append(["Text", 3, 3.5, date(2024, 12, 31), True, "=1+1", None, "  "])
        sheet["B2"], sheet["B2"].number_format = 0.125, "0.0%"
        sheet["A3"], sheet["A3"].data_type = "#REF!", "e"

    first, second, third = rows(made(fill))
    assert first == ("Text", 3, Decimal("3.5"), date(2024, 12, 31), True, Formula("=1+1"), None, "  ")
    assert second == (None, Percent(Decimal("12.5")))
    assert third == (Broken("#REF!"),)


def test_joined_cells_are_named_and_hidden_sheets_left_out():
    def fill(book):
        book.active.append(["a", "b"])
        book.active.merge_cells("A3:B4")
        book.create_sheet("geheim").sheet_state = "hidden"

    book = read(made(fill), "a.xlsx")
    assert [sheet.name for sheet in book.sheets] == ["Sheet"]
    assert [(one.area, one.first, one.last) for one in book.sheets[0].merged] == [("A3:B4", 3, 4)]
    assert "geheim" in str(book.remarks[0])


def test_a_workbook_whose_sheets_are_all_hidden_is_refused():
    def fill(book):
        book.create_sheet("a")
        book.active.sheet_state = "hidden"
        book.worksheets[1].sheet_state = "veryHidden"

    content = made(lambda book: None)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(packed, "w") as archive:
        for part in parts.infolist():
            archive.writestr(part.filename, parts.read(part).replace(b'state="visible"', b'state="hidden"'))
    assert "no sheet that can be seen" in refusal(packed.getvalue())


# What we write we read back ------------------------------------------------------------------------------------------

LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
TEXTS = LETTERS.filter(lambda text: text.strip()) | st.sampled_from(
    ["=1+1", "-", "@a", "+49 3641", "'=x", "''@", "#N/A"]
)
NUMBERS = st.integers(-(10**14), 10**14) | st.decimals(-(10**9), 10**9, allow_nan=False, places=4)


@given(table=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8), german=st.booleans())
@settings(max_examples=150)
def test_texts_come_back_from_csv_as_they_were(table, german):
    assert rows(csv_bytes([("Kopf", "Ende"), *table], german=german))[1:] == table


@given(table=st.lists(st.tuples(TEXTS, NUMBERS, st.dates(), st.booleans()), min_size=1, max_size=5))
@settings(max_examples=40)
def test_values_come_back_from_a_workbook_as_they_were(table):
    sheet = NewSheet(title="Blatt", heads=["a", "b", "c", "d"], rows=table)
    found = rows(workbook([sheet], "Titel", "de"), "a.xlsx")[1:]
    for (text, number, day, yes), cells in zip(table, found, strict=True):
        assert cells[:2] == (text, number)
        assert cells[2] == (day if day >= date(1900, 3, 1) else day.isoformat())
        assert cells[3] is yes


@given(content=st.binary(max_size=200))
@settings(max_examples=300)
def test_whatever_comes_is_read_or_refused(content):
    with contextlib.suppress(Unreadable):
        assert read(content, "a").sheets
