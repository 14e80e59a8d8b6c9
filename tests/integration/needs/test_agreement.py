"""Page, CSV, workbook, GeoJSON and PDF of one snapshot say the same, cell by cell; what is hidden is hidden in each."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from flask import g

from app.needs.domain import ALL, TARGETS, TOPICS
from app.needs.labels import topic_label
from app.needs.pages import labels
from app.needs.snapshot import queries
from app.needs.snapshot.numbers import CONTEXT, EFFORT, INDEX, NEED, SUPPLY
from tests.support.forms import soup
from tests.support.published import YEAR, known_snapshot
from tests.support.tagged import read_tagged

COLUMNS = (*NEED, *INDEX, *SUPPLY, *EFFORT, *CONTEXT)
FIXED = 8
"""Columns of a file that say which cell a line is of."""

Cells = dict[tuple[str, str, str, str], float | str]
"""By key of the area, area of life, group of people and column: the number, or why there is none."""


WORDS: dict[str, dict[str, str]] = {}
"""What columns, reasons, areas of life and groups of people are called in English."""


@pytest.fixture(autouse=True)
def _english(session, app):
    """The words that pages and files are read back by."""
    with app.test_request_context("/en/needs/"):
        g.language = "en"
        g.pop("catalogue", None)
        WORDS["columns"] = {str(labels.COLUMNS[column]): column.value for column in COLUMNS}
        WORDS["reasons"] = {why.value: str(words) for why, words in labels.REASONS.items()}
        WORDS["topics"] = {topic_label(topic): topic for topic in (ALL, *TOPICS)}
        WORDS["targets"] = {labels.target_label(target): target for target in TARGETS}
        g.pop("catalogue", None)


@pytest.fixture
def partner(session, jena, sign_in):
    known_snapshot()
    return sign_in("partner", "en")


def number(text: str) -> float | str:
    """A number as an English page writes it; the words in its place as they are."""
    plain = text.replace(",", "").replace("−", "-").replace("+", "").replace(" ", "")
    return float(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else text


def of_csv(answer) -> Cells:
    head, *lines = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    return of_lines(head, lines)


def of_workbook(answer) -> Cells:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(place for place, row in enumerate(rows) if row[0] == "Level")
    return of_lines(rows[first], rows[first + 1 :])


def of_lines(head, lines) -> Cells:
    known = WORDS["columns"]
    return {
        (line[1], line[3], line[5], known[name]): number(str(value))
        for line in lines
        for name, value in zip(head[FIXED:], line[FIXED:], strict=True)
        if name in known
    }


def of_geojson(answer) -> Cells:
    reasons = WORDS["reasons"]
    cells: Cells = {}
    for feature in json.loads(answer.get_data())["features"]:
        told = feature["properties"]
        for name, value in told.items():
            *before, column = name.split(".")
            if column not in COLUMNS:
                continue
            topic = told.get("topic") or next((one for one in before if one not in TARGETS), ALL)
            target = told.get("target") or next((one for one in before if one in TARGETS), ALL)
            at_least = told.get(f"{name}_at_least")
            words = f"at least {at_least}" if at_least else reasons.get(told.get(f"{name}_why"))
            cells[told["key"], topic, target, column] = words if value is None else float(value)
    return cells


def of_list(page) -> Cells:
    return {
        (row["data-map-area"], ALL, ALL, cell["data-column"]): number(cell.get_text(strip=True))
        for row in page.select("#needs-table [data-map-area]")
        for cell in row.select("[data-column]")
    }


def of_profile(page, key) -> Cells:
    facts = {
        (key, ALL, ALL, cell["data-column"]): number(cell.get_text(strip=True))
        for cell in page.select("#needs-facts td[data-column]")
    }
    return facts | {
        (key, row["data-topic"], row["data-target"], cell["data-column"]): number(cell.get_text(strip=True))
        for row in page.select("#needs-profile [data-topic]")
        for cell in row.select("[data-column]")
    }


def of_pdf(answer, key) -> Cells:
    known, cells = WORDS["columns"], {}
    facts, by_topic, *_others = read_tagged(answer.get_data()).root.all("Table")
    for row in facts.all("TR"):
        name, *told = [cell.text for cell in row.all("TD")] or [""]
        if name in known:
            cells[key, ALL, ALL, known[name]] = number(told[0])
    lines = {name: (topic, ALL) for name, topic in WORDS["topics"].items()}
    lines |= {name: (ALL, target) for name, target in WORDS["targets"].items()}
    head = [re.sub(r"\s*\xad\s*", "", cell.text) for cell in by_topic.all("TH")]
    for row in by_topic.all("TR"):
        name, *told = [cell.text for cell in row.all("TD")] or [""]
        if name:
            topic, target = lines[name]
            for heading, text in zip(head[1:], told, strict=True):
                cells[key, topic, target, known[heading]] = number(text)
    return cells


def differences(ours: Cells, theirs: Cells) -> dict:
    """The cells that both have and that differ."""
    return {cell: (ours[cell], theirs[cell]) for cell in ours.keys() & theirs.keys() if ours[cell] != theirs[cell]}


def test_the_list_of_areas_and_its_files_agree(partner):
    page = of_list(soup(partner.get("/en/needs/")))
    files = [
        reader(partner.get(f"/en/needs/files/areas.{kind}"))
        for kind, reader in (("csv", of_csv), ("xlsx", of_workbook), ("geojson", of_geojson))
    ]
    assert len(page) >= 30 * 9
    assert page["4", ALL, ALL, "reports"] == 18
    assert page["1", ALL, ALL, "reports"] == "not shown"
    for cells in files:
        assert len(cells) == 30 * len(COLUMNS)
        assert page.keys() <= cells.keys()
        assert differences(page, cells) == {}
    assert files[0] == files[1] == files[2]


@pytest.mark.parametrize(("level", "key"), [("ortsteil", "4"), ("ortsteil", "1"), ("planungsraum", "lobeda")])
def test_page_and_all_files_of_a_profile_agree(partner, level, key):
    asked = f"level={level}&area={key}"
    page = of_profile(soup(partner.get(f"/en/needs/areas/{level}/{key}")), key)
    table = of_csv(partner.get(f"/en/needs/files/profile.csv?{asked}"))
    assert len(table) == 22 * len(COLUMNS)
    assert of_workbook(partner.get(f"/en/needs/files/profile.xlsx?{asked}")) == table
    assert of_geojson(partner.get(f"/en/needs/files/profile.geojson?{asked}")) == table
    printed = of_pdf(partner.get(f"/en/needs/files/profile.pdf?{asked}"), key)
    assert len(page) > 22 * 8
    assert len(printed) > 22 * 6
    for cells in (page, printed):
        assert cells.keys() <= table.keys()
        assert differences(cells, table) == {}


def test_the_matrix_and_its_files_agree(partner):
    for column in ("mismatch", "reports_per_1000", "average_far", "measures_planned"):
        soup_of = soup(partner.get(f"/en/needs/matrix?show={column}"))
        topics = [head["data-topic"] for head in soup_of.select("#needs-matrix [data-topic]")]
        page = {
            (row["data-area"], topic, ALL, column): number(cell.get_text(strip=True))
            for row in soup_of.select("#needs-matrix tbody tr")
            for topic, cell in zip(topics, row.select("[data-column]"), strict=True)
        }
        table = of_csv(partner.get(f"/en/needs/files/matrix.csv?show={column}"))
        assert page.keys() <= table.keys()
        assert differences(page, table) == {}
        assert of_workbook(partner.get(f"/en/needs/files/matrix.xlsx?show={column}")) == table
        assert of_geojson(partner.get(f"/en/needs/files/matrix.geojson?show={column}")) == table


def test_the_file_of_everything_holds_what_the_single_files_hold(partner):
    whole = of_csv(partner.get("/en/needs/files/everything.csv"))
    assert of_workbook(partner.get("/en/needs/files/everything.xlsx")) == whole
    for asked in ("level=ortsteil&area=4", "level=planungsraum&area=lobeda"):
        table = of_csv(partner.get(f"/en/needs/files/profile.csv?{asked}"))
        assert table.keys() <= whole.keys()
        assert differences(table, whole) == {}


def test_each_file_names_its_snapshot(partner):
    digits = queries.latest().hash
    answer = partner.get("/en/needs/files/areas.csv")
    assert digits[:12] in answer.headers["Content-Disposition"]
    assert digits in answer.get_data(as_text=True)
    assert json.loads(partner.get("/en/needs/files/areas.geojson").get_data())["needs"]["snapshot"] == digits
    book = openpyxl.load_workbook(io.BytesIO(partner.get("/en/needs/files/areas.xlsx").get_data()))
    assert digits[:12] in book.worksheets[0]["A2"].value
    assert "below 5 is never shown" in book.worksheets[1]["A2"].value


def test_german_files_have_semicolons_and_commas(partner):
    answer = partner.get("/de/needs/files/areas.csv")
    line = next(one for one in answer.get_data().decode("utf-8-sig").splitlines() if ";Neulobeda;" in one)
    assert ";0,8;" in line


def test_outlines_come_with_the_numbers(partner):
    answer = partner.get("/en/needs/files/areas.geojson")
    assert answer.content_type == "application/geo+json"
    layer = json.loads(answer.get_data())
    assert len(layer["features"]) == 30
    assert {feature["geometry"]["type"] for feature in layer["features"]} <= {"Polygon", "MultiPolygon"}
    assert {feature["properties"]["period"] for feature in layer["features"]} == {str(YEAR)}


def test_the_profile_can_be_read_by_a_screen_reader(partner):
    for code, title in (("en", "Need and supply: Neulobeda"), ("de", "Neulobeda")):
        document = read_tagged(partner.get(f"/{code}/needs/files/profile.pdf?area=4").get_data())
        assert (document.part, document.language, document.marked) == (1, code, True)
        assert document.shows_title
        assert title in document.title
    document = read_tagged(partner.get("/en/needs/files/profile.pdf?area=4").get_data())
    root = document.root
    assert [tag.text for tag in root.all("H1")] == [document.title]
    headings = [tag.text for tag in root.all("H2")]
    assert headings[0] == "At a glance"
    assert headings[-1] == "What is left out, and why"
    assert all(table.all("TH") for table in root.all("Table"))
    figures = root.all("Figure")
    assert figures
    assert all(figure.alternative for figure in figures)
    assert any("Most for" in figure.alternative for figure in figures)


def test_charts_are_pictures_whose_words_say_what_they_show(partner):
    for path in ("", "matrix?show=average_far", "time", "areas/ortsteil/4", "compare?area=4&area=25"):
        page = soup(partner.get(f"/en/needs/{path}"))
        pictures = page.select(".tk-needs__chart img")
        assert pictures, path
        for picture in pictures:
            assert re.search(r"\d", picture["alt"])
            drawn = partner.get(picture["src"])
            assert drawn.mimetype == "image/svg+xml"
            assert drawn.get_data(as_text=True).startswith("<svg")
