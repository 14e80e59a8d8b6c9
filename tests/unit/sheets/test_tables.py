"""A table is what its room says it should be, or every fault is named with its place."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from enum import Enum

import pytest
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook

from app.sheets import readers as r
from app.sheets.domain import Broken, Formula, Wrong, folded, letter
from app.sheets.reading import read
from app.sheets.tables import FAULTS_MAX, Column, Series, Table, Texts, localized_heads, notes, taken
from app.sheets.writing import NewSheet, csv_bytes, workbook

AREAS = Table(
    sheets=("Gebiete", "Areas"),
    columns=(
        Column(key="key", heads=("Schlüssel", "Key"), reader=r.key()),
        Texts(key="name", heads=("Name",)),
        Column(key="residents", heads=("Einwohner", "Residents"), reader=r.or_missing(r.whole(0)), required=False),
        Column(key="note", heads=("Bemerkung",), reader=r.text(10), required=False, may_be_empty=True, default=""),
    ),
    unique=("key",),
)


def book(*lines):
    return read("\n".join(lines).encode(), "gebiete.csv")


def of(*lines, table=AREAS):
    return taken(book(*lines), table)


def told(found):
    return [(fault.row, fault.column, str(fault.reason)) for fault in found.faults]


def made(fill):
    paper = Workbook()
    fill(paper)
    content = io.BytesIO()
    paper.save(content)
    return read(content.getvalue(), "gebiete.xlsx")


def test_rows_have_values_by_key_and_heads_may_be_written_in_many_ways():
    found = of("KEY;name_DE;Name (en);einwohner", "18;Winzerla;Winzerla;12.345", "7;Nord;;-")
    assert found.faults == ()
    first, second = found.rows
    assert dict(first.values) == {
        "key": "18",
        "name": {"de": "Winzerla", "en": "Winzerla"},
        "residents": 12345,
        "note": "",
    }
    assert (second.number, second["residents"], second["name"]) == (3, None, {"de": "Nord"})


def test_the_head_is_found_behind_a_preamble():
    found = of("Stadt Jena;;", "Stand: 31.12.2024;;", "", "Schluessel;Name;Einwohner", "18;Winzerla;12")
    assert [(row.number, row["residents"]) for row in found.rows] == [(5, 12)]


def test_columns_that_are_missing_unknown_or_double_are_named():
    found = of("Key;Farbe;Schlüssel;Einwohner", "18;rot;18;1")
    assert told(found) == [
        (1, "C", "This column is there twice: it is in A, too."),
        (1, None, "The column “Name” is missing."),
        (1, "B", "The column “Farbe” is not known here."),
        (2, None, "“Name” must not be empty."),
    ]


def test_without_any_head_the_needed_columns_are_named():
    ((row, _column, reason),) = told(of("1;2", "3;4"))
    assert row is None
    assert "Schlüssel, Name" in reason


def test_further_columns_may_be_let_in_with_a_remark():
    table = Table(columns=AREAS.columns, others=True)
    found = of("Key;Name;Farbe", "18;a;rot", table=table)
    assert (found.faults, len(found.rows)) == ((), 1)
    assert "Farbe" in str(found.remarks[0])


def test_double_keys_name_both_rows():
    found = of("Key;Name", "18;a", "19;b", "18;c")
    assert told(found) == [(4, "A", "“18” is there twice: row 2 has it, too.")]
    assert [row["key"] for row in found.rows] == ["18", "19"]


def test_empty_and_wrong_cells_and_values_without_a_head_are_named():
    found = of("Key;Name;Einwohner;Bemerkung;", "18;;viele;viel zu langer Text;", ";a;-5;;", "20;c;1;;x")
    assert [(row, column) for row, column, _reason in told(found)] == [
        (2, "C"), (2, "D"), (2, "B"), (3, "A"), (3, "C"), (4, "E"),
    ]  # fmt: skip
    assert found.faults[0].head == "Einwohner"
    assert found.rows == ()


def test_totals_and_notes_are_left_out_where_the_table_says_so():
    total = lambda cells: notes(cells) or (_l("It is the total.") if cells["key"] == "0" else None)  # noqa: E731
    table = Table(columns=AREAS.columns, passes_over=total)
    found = of("Key;Name;Einwohner", "0;Jena;100", "18;a;1", "Quelle: Stadt;;", table=table)
    assert [row["key"] for row in found.rows] == ["18"]
    assert [str(remark) for remark in found.remarks] == [
        "Row 2 was ignored. It is the total.",
        "Row 4 was ignored. It holds a note only.",
    ]


def test_formulas_joined_cells_and_errors_are_named_by_cell():
    def fill(paper):
        sheet = paper.active
        sheet.append(["Gebiete der Stadt"])
        sheet.merge_cells("A1:C1")
        sheet.append(["Key", "Name", "Einwohner"])
        sheet.append(["18", "a", "=1+1"])
        sheet.append(["19", "b", 3])
        sheet["C4"], sheet["C4"].data_type = "#REF!", "e"
        sheet.append(["20", "c", 1])
        sheet.merge_cells("A5:A6")

    found = taken(made(fill), AREAS)
    assert [(row, column) for row, column, _reason in told(found)] == [(5, None), (3, "C"), (4, "C")]
    assert "A5:A6" in str(found.faults[0].reason)
    assert "formula" in str(found.faults[1].reason)
    assert "#REF!" in str(found.faults[2].reason)


def test_a_sheet_is_found_by_its_name_or_its_head():
    def fill(paper):
        paper.active.append(["Hinweise"])
        paper.create_sheet("Areas").append(["Key", "Name"])

    assert taken(made(fill), AREAS).faults == ()
    assert taken(made(fill), Table(columns=AREAS.columns)).faults == ()
    (fault,) = taken(made(fill), Table(columns=AREAS.columns, sheets=("Orte",))).faults
    assert "Orte" in str(fault.reason)
    optional = Table(columns=AREAS.columns, sheets=("Orte",), required=False)
    assert taken(made(fill), optional).faults == ()


def test_a_caller_names_its_own_faults_at_their_place():
    found = of("Name;Key", "a;18")
    fault = found.fault(found.rows[0], "key", _l("unknown"))
    assert (fault.row, fault.column, fault.head) == (2, "B", "Key")
    assert found.fault(found.rows[0], None, _l("whole row")).column is None


def test_a_series_has_days_in_its_head():
    table = Table(
        columns=(
            Column(key="key", heads=("Nr",), reader=r.key()),
            Series(key="values", heads=r.day(), reader=r.or_missing(r.decimal())),
        )
    )
    found = of("Nr;31.12.2023;2024-12-31", "1;12,5;1.234", "2;-;", table=table)
    assert found.faults == ()
    assert [row["values"] for row in found.rows] == [
        {date(2023, 12, 31): Decimal("12.5"), date(2024, 12, 31): Decimal(1234)},
        {},
    ]


def test_many_faults_are_cut_and_counted():
    found = of("Key;Name", *(f"{number};" for number in range(FAULTS_MAX + 7)))
    assert len(found.faults) == FAULTS_MAX
    assert "7 more" in str(found.remarks[-1])


def test_each_row_is_a_step():
    steps = []
    taken(book("Key;Name", "1;a", "2;b"), AREAS, lambda done, total: steps.append((done, total)))
    assert steps == [(0, 2), (1, 2)]


def test_what_is_written_for_a_table_is_read_by_it():
    heads = ["Schlüssel", *localized_heads("Name"), "Einwohner", "Bemerkung"]
    rows = [["18", "=Winzerla", "", "Winzerla", "", 12345, "-"], ["a-1", "Nord", "", "", "شمال", None, ""]]
    files = [
        csv_bytes([heads, *rows], german=True),
        csv_bytes([heads, *rows], german=False),
        workbook([NewSheet(title="Gebiete", heads=heads, rows=rows, above=["Stand 2026"])], "Gebiete", "de"),
    ]
    for content in files:
        found = taken(read(content, "a"), AREAS)
        assert found.faults == ()
        assert [dict(row.values) for row in found.rows] == [
            {"key": "18", "name": {"de": "=Winzerla", "en": "Winzerla"}, "residents": 12345, "note": "-"},
            {"key": "a-1", "name": {"de": "Nord", "ar": "شمال"}, "residents": None, "note": ""},
        ]


# Values --------------------------------------------------------------------------------------------------------------


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


CODES = {"housing": ("Wohnen", "Housing"), "work": ("Arbeit, Ausbildung", "Work")}


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (r.text(), "  Müller\r\n& Söhne\x00 ", "Müller\n& Söhne"),
        (r.text(), 18, "18"),
        (r.key(), 18, "18"),
        (r.key(), "a_b-c.d", "a_b-c.d"),
        (r.day(), "1. 2.2024", date(2024, 2, 1)),
        (r.day(), "2024-02-01", date(2024, 2, 1)),
        (r.day(), date(2024, 2, 1), date(2024, 2, 1)),
        (r.year(), "2024", 2024),
        (r.year(), 2024, 2024),
        (r.yes_no(), "X", True),
        (r.yes_no(), "Ja", True),
        (r.yes_no(), True, True),
        (r.yes_no(), "nein", False),
        (r.yes_no(), 0, False),
        (r.one_of(CODES), "HOUSING", "housing"),
        (r.one_of(CODES), "wohnen", "housing"),
        (r.some_of(CODES), "Work; Wohnen", ("housing", "work")),
        (r.some_of(CODES), "Arbeit, Ausbildung", ("work",)),
        (r.some_of(CODES), " ", ()),
        (r.member(Colour, {Colour.RED: ("Rot",)}), "rot", Colour.RED),
        (r.web_address(), "www.jena.de/a", "https://www.jena.de/a"),
        (r.web_address(), "http://jena.de", "http://jena.de"),
        (r.or_missing(r.whole()), "k. A.", None),
        (r.or_missing(r.whole()), "x", None),
    ],
)
def test_values(reader, cell, value):
    assert reader.over([cell])(cell) == value


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (r.text(), date(2024, 5, 1)),
        (r.key(), "Größe"),
        (r.key(), date(2024, 5, 1)),
        (r.day(), "31.2.2024"),
        (r.day(), "12/31/2024"),
        (r.day(), "1.2.24"),
        (r.day(), 45000),
        (r.year(), "24"),
        (r.year(), True),
        (r.year(), "9999"),
        (r.yes_no(), "vielleicht"),
        (r.one_of(CODES), "Sport"),
        (r.some_of(CODES), "Wohnen, Sport"),
        (r.web_address(), "javascript:alert(1)"),
        (r.web_address(), "https://user:secret@jena.de"),
        (r.web_address(), "https://jena.de:99999/"),
        (r.web_address(), "https://je na.de"),
        (r.web_address(), "https://localhost"),
        (r.web_address(), "https://jena.de/" + "a" * 500),
        (r.whole(), True),
        (r.whole(), date(2024, 5, 1)),
        (r.whole(), Decimal("1.5")),
    ],
)
def test_values_that_are_refused_in_a_sentence(reader, cell):
    with pytest.raises(Wrong) as caught:
        reader.over([cell])(cell)
    assert str(caught.value.reason).endswith((".", ":", "work"))


@pytest.mark.parametrize("cell", [Formula("=1"), Broken("#N/A"), "MÃ¼ller", "M\ufffdller"])
def test_cells_that_say_nothing_themselves(cell):
    with pytest.raises(Wrong):
        r.sound(cell)


def test_letters_and_folded_names():
    assert [letter(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert folded("Träger (Straße)") == folded("TRAEGER_strasse") == "traegerstrasse"
