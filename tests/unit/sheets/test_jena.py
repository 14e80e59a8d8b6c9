"""A real file of the city of Jena: private households by statistical district, one column a year, a total on top."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from flask_babel import lazy_gettext as _l

from app.core.settings import REPOSITORY
from app.sheets import readers as r
from app.sheets.reading import read
from app.sheets.tables import Column, Series, Table, taken

HOUSEHOLDS = Table(
    columns=(
        Column(key="name", heads=("statistischer_Bezirk_Name",), reader=r.text()),
        Column(key="number", heads=("statistischer_Bezirk_Nr",), reader=r.key()),
        Series(key="households", heads=r.day(), reader=r.whole(0)),
    ),
    unique=("number",),
    passes_over=lambda cells: _l("It is the total.") if cells["number"] == "0" else None,
)


@pytest.fixture
def content():
    folder = Path(os.environ.get("GEODATA") or REPOSITORY.parent / "shared/geodata")
    file = folder / "jena/hh_priv.csv"
    if not file.is_file():
        pytest.skip(f"the geodata for tests is not at {folder}: set GEODATA")
    return file.read_bytes()


def test_the_districts_add_up_to_the_total_that_is_left_out(content):
    found = taken(read(content, "hh_priv.csv"), HOUSEHOLDS)
    assert found.faults == ()
    assert len(found.rows) == 42
    assert str(found.remarks[0]) == "Row 2 was ignored. It is the total."
    day = date(2016, 12, 31)
    assert sum(row["households"][day] for row in found.rows) == 61012
    # The last year has a head, and no values.
    assert {max(row["households"]) for row in found.rows} == {day}


def test_without_that_word_the_total_is_a_row_like_any_other(content):
    found = taken(read(content, "hh_priv.csv"), Table(columns=HOUSEHOLDS.columns))
    assert found.rows[0]["name"] == "Jena (gesamt)"
