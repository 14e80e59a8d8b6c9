"""A report's files read back, each by a reader that knows nothing of how it was made: texts, headings, tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook

from tests.support import pdfs

Rows = list[list[str]]


@dataclass
class ReadBack:
    """What stands in a file. ``flow`` is (kind, text) of headings, paragraphs and points in the order of reading."""

    language: str
    title: str
    flow: list[tuple[str, str]]
    tables: dict[str, Rows]
    charts: list[str]


def page(content: bytes) -> ReadBack:
    """The HTML."""
    soup = BeautifulSoup(content, "html.parser")
    main = soup.main
    assert main is not None
    for nav in main.find_all("nav"):
        nav.decompose()
    flow = [(one.name, _text(one)) for one in main.find_all(["h1", "h2", "h3", "h4", "p", "li"])]
    tables = {
        _text(one.caption): [[_text(cell) for cell in row.find_all(["th", "td"])] for row in one.find_all("tr")]
        for one in main.find_all("table")
    }
    charts = [one["alt"] for one in main.find_all("img")]
    return ReadBack(soup.html["lang"], soup.title.get_text(), flow, tables, charts)


def pdf(content: bytes) -> ReadBack:
    """The PDF, by its tags."""
    found = pdfs.read(content)
    flow = [(KINDS[one.tag], one.text) for one in found.tree.all(*KINDS) if one.text not in CONTENTS]
    tables = {}
    for one in found.tree.all("Table"):
        caption = next(one.all("Caption")).text
        assert caption not in tables, f"two tables are called {caption}"
        tables[caption] = [[cell.text for cell in row.all("TH", "TD")] for row in one.all("TR")]
    charts = [one.alternative or "" for one in found.tree.all("Figure")]
    return ReadBack(found.language, found.title, flow, tables, charts)


KINDS = {"H1": "h1", "H2": "h2", "H3": "h3", "H4": "h4", "P": "p", "LBody": "li"}
CONTENTS = ("Contents", "Inhalt")


def _text(tag: Tag | None) -> str:
    assert tag is not None
    return re.sub(r"\s+", " ", tag.get_text()).strip()


def book(content: bytes) -> dict[str, list[list[Any]]]:
    """The workbook: the rows of each sheet, from the row of names on."""
    found = load_workbook(BytesIO(content))
    sheets = {}
    for sheet in found.worksheets:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head = next(number for number, row in enumerate(sheet.iter_rows()) if row[0].font.bold)
        sheets[sheet.title] = rows[head:]
    return sheets
