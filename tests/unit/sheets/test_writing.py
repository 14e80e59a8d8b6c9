"""Workbooks and CSV: numbers stay numbers, texts stay texts, and the same content gives the same bytes."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from app.sheets.domain import Percent
from app.sheets.writing import NewSheet, csv_bytes, workbook

SHEET = NewSheet(
    title="Bedarf/2026",
    heads=["Gebiet", "Anzahl"],
    rows=[["Winzerla", 3], ["=cmd", Decimal("2.5")], ["-5", Percent(Decimal("12.5"))], ["Tag", date(2026, 3, 1)]],
    above=["Stand 2026"],
)


def opened(language="de", sheets=(SHEET,)):
    return load_workbook(io.BytesIO(workbook(sheets, "Bericht", language)))


def test_the_same_content_gives_the_same_bytes_at_any_time(monkeypatch):
    first = workbook([SHEET], "Bericht", "de")
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert workbook([SHEET], "Bericht", "de") == first
    assert {part.date_time[0] for part in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {1980}


def test_texts_that_look_like_formulas_stay_texts_and_numbers_stay_numbers():
    sheet = opened().active
    assert [(cell.value, cell.data_type) for cell in sheet["A"][3:]] == [
        ("Winzerla", "s"), ("=cmd", "s"), ("-5", "s"), ("Tag", "s"),
    ]  # fmt: skip
    assert sheet["A5"].quotePrefix
    assert [cell.data_type for cell in sheet["B"][3:]] == ["n", "n", "n", "d"]
    assert (sheet["B6"].value, sheet["B6"].number_format) == (0.125, "0.0##%")


def test_names_of_columns_are_bold_and_stay_in_sight_and_the_document_has_title_and_language():
    book = opened("en")
    sheet = book.active
    assert sheet.freeze_panes == "A4"
    assert sheet["A3"].font.b
    assert not sheet["A4"].font.b
    assert sheet["B7"].number_format == "yyyy-mm-dd"
    assert (book.properties.title, book.properties.language) == ("Bericht", "en")


def test_names_of_sheets_are_made_fit_and_differ():
    long = "Ein sehr langer Name für ein Blatt im Bericht"
    names = opened(sheets=[NewSheet(title=name, heads=["a"], rows=[]) for name in (long, long, "a:b?", "")]).sheetnames
    assert names == ["Ein sehr langer Name für ein Bl", "Ein sehr langer Name für ei (2)", "a b", "1"]


@pytest.mark.parametrize("value", [datetime(2026, 1, 1, tzinfo=UTC)])
def test_moments_are_refused(value):
    with pytest.raises(TypeError):
        workbook([NewSheet(title="a", heads=["a"], rows=[[value]])], "a", "de")


def test_numbers_that_would_become_others_are_refused():
    with pytest.raises(ValueError, match="15 digits"):
        workbook([NewSheet(title="a", heads=["a"], rows=[[10**15]])], "a", "de")


def test_csv_has_the_signs_of_its_language():
    row = ["=a", 1.5, Decimal("-2.50"), Percent(Decimal("3.5")), True, None, date(2026, 1, 2), 3]
    assert csv_bytes([row], german=True).decode() == "\ufeff'=a;1,5;-2,50;3,5 %;ja;;2026-01-02;3\r\n"
    assert csv_bytes([row], german=False).decode() == "\ufeff'=a,1.5,-2.50,3.5 %,yes,,2026-01-02,3\r\n"
