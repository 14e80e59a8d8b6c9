"""A paper as files: accessible HTML, PDF/UA-1, and a workbook with every number. Same paper, same bytes."""

from __future__ import annotations

import functools
import io
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf
import typst
from flask import render_template
from flask_babel import gettext as _

from app.core.languages import LANGUAGES
from app.core.settings import REPOSITORY
from app.core.texts import Shown
from app.reports.card import fonts
from app.sheets.writing import NewSheet, Value, workbook
from app.strategy.domain import Format
from app.strategy.paper import Block, Cell, Chart, Paper, Paragraph, Points, Remark, Said, Section, Table

LAYOUT = REPOSITORY / "templates/strategy/report.typ"
STYLE = REPOSITORY / "static/strategy/report.css"
KINDS: Mapping[type[Block], str] = {
    Paragraph: "paragraph", Points: "points", Remark: "remark", Table: "table", Chart: "chart",
}  # fmt: skip
WIDTHS = (7, 26)
"""The narrowest and the widest column of a printed table, in signs."""


def printed(paper: Paper, wanted: Format) -> bytes:
    """A file. To be called while its language is spoken."""
    return {Format.PAGE: page, Format.PDF: pdf, Format.BOOK: book}[wanted](paper)


# HTML ----------------------------------------------------------------------------------------------------------------


def page(paper: Paper) -> bytes:
    """A file of its own: style and drawings are inside."""
    made = render_template(
        "strategy/report.html",
        style=STYLE.read_text(encoding="utf-8"),
        description=", ".join(_text(said) for _label, said in paper.front),
        picture=lambda chart: f"data:image/svg+xml;base64,{b64encode(chart.svg).decode()}",
        **frame(paper),
    )
    return made.encode()


def body_of(made: bytes) -> str:
    """What stands inside such a file, to be put into the frame of the site."""
    return made.decode().partition("<main>")[2].rpartition("</main>")[0]


def frame(paper: Paper) -> dict[str, Any]:
    """What the template of a report asks for besides the address of its drawings."""
    return {
        "paper": paper,
        "contents": _("Contents"),
        "kind_of": lambda block: KINDS[type(block)],
        "ends_of": functools.cache(_ends),
    }


def _ends(table: Table) -> tuple[bool, ...]:
    """Which columns hold numbers, and so end in line."""
    return tuple(any(row[index].numeric for row in table.rows) for index in range(len(table.heads)))


# PDF -----------------------------------------------------------------------------------------------------------------


def pdf(paper: Paper) -> bytes:
    """A tagged PDF that declares PDF/UA-1."""
    language = LANGUAGES[paper.language].formal
    content = {
        "title": paper.title,
        "language": language,
        "contents": _("Contents"),
        "front": [{"label": label, "said": _said(said, language)} for label, said in paper.front],
        "sections": [_section(one, language) for one in paper.sections],
    }
    made: bytes = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    return _with_heads_of_rows(made)


def _section(section: Section, language: str) -> dict[str, Any]:
    return {
        "title": _said(section.title, language),
        "blocks": [_block(block, language) for block in section.blocks],
        "sections": [_section(one, language) for one in section.sections],
    }


def _block(block: Block, language: str) -> dict[str, Any]:
    match block:
        case Paragraph(said) | Remark(said):
            return {"kind": KINDS[type(block)], "said": _said(said, language)}
        case Points(points):
            return {"kind": "points", "said": [_said(one, language) for one in points]}
        case Chart():
            return {
                "kind": "chart", "svg": block.svg.decode(), "caption": block.caption, "alternative": block.alternative,
            }  # fmt: skip
        case Table():
            return {
                "kind": "table",
                "caption": _said(block.caption, language),
                "heads": list(block.heads),
                "rows": [[_said(cell.said, language) for cell in row] for row in block.rows],
                "ends": list(_ends(block)),
                "widths": _widths(block),
            }


def _said(said: Said, language: str) -> dict[str, str | None]:
    """A text; with its language where that is another one."""
    if isinstance(said, str):
        return {"text": said, "language": None}
    known = LANGUAGES.get(said.language)
    other = known.formal if known else said.language
    return {"text": said.text, "language": None if other == language else other}


def _widths(table: Table) -> list[int]:
    """How wide columns are to each other: as long as what they hold, within reason."""
    least, most = WIDTHS
    found = []
    for index, head in enumerate(table.heads):
        texts = [_text(row[index].said) for row in table.rows]
        in_three_lines = -(-len(head) // 3)
        longest_word = max((len(word) for text in (head, *texts) for word in text.split()), default=least)
        longest = max((len(text) for text in texts), default=least)
        found.append(min(max(least, longest_word + 2, in_three_lines, min(longest, most)), most))
    return found


def _text(said: Said) -> str:
    return said.text if isinstance(said, Shown) else said


def _with_heads_of_rows(made: bytes) -> bytes:
    """Make the first cell of each row the row's head: the typesetter tags heads of columns only.

    What belongs to what is then told by the scope of the heads, not by lists of them.
    """
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as document:
        for row in _elements(document.Root.StructTreeRoot.K, "/TR"):
            cells = [one for one in _kids(row) if one.get("/S") in {"/TD", "/TH"}]
            for cell in cells:
                for attributes in _attributes(cell):
                    if "/Headers" in attributes:
                        del attributes["/Headers"]
            if cells and cells[0].S == "/TD":
                cells[0].S = pikepdf.Name.TH
                _attributes(cells[0])[0].Scope = pikepdf.Name.Row
        document.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _elements(node: Any, tag: str) -> Any:  # noqa: ANN401 - objects of a PDF
    """Every element with a tag, in the order of reading."""
    for kid in _kids_of(node):
        if kid.get("/S") == tag:
            yield kid
        elif "/K" in kid:
            yield from _elements(kid.K, tag)


def _kids(node: Any) -> list[Any]:  # noqa: ANN401
    return _kids_of(node.K) if "/K" in node else []


def _kids_of(found: Any) -> list[Any]:  # noqa: ANN401
    everything = list(found) if isinstance(found, pikepdf.Array) else [found]
    return [one for one in everything if isinstance(one, pikepdf.Dictionary)]


def _attributes(cell: Any) -> list[Any]:  # noqa: ANN401
    """What a cell's tag says of tables."""
    found = cell.get("/A", pikepdf.Array())
    everything = list(found) if isinstance(found, pikepdf.Array) else [found]
    return [one for one in everything if one.get("/O") == "/Table"]


# Workbook ------------------------------------------------------------------------------------------------------------


def book(paper: Paper) -> bytes:
    """A workbook: a sheet about the report, then one for each kind of table."""
    front = [[label, _text(said)] for label, said in paper.front]
    sheets = [NewSheet(title=_("About"), heads=[_("What"), paper.title], rows=front)]
    for title, tables in _by_sheet(paper).items():
        first = tables[0]
        single = len(tables) == 1
        sheets.append(
            NewSheet(
                title=title,
                heads=[*first.about_heads, *first.heads],
                rows=[[_value(cell) for cell in (*one.about, *row)] for one in tables for row in one.rows],
                above=[_text(first.caption)] if single else [],
            )
        )
    return workbook(sheets, paper.title, paper.language)


def _by_sheet(paper: Paper) -> Mapping[str, Sequence[Table]]:
    found: dict[str, list[Table]] = {}
    for table in paper.tables():
        found.setdefault(table.sheet, []).append(table)
    return found


def _value(cell: Cell) -> Value:
    return cell.value if cell.value is not None else _text(cell.said)
