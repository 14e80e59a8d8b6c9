"""The files of a report say the same, and the PDF is what PDF/UA-1 asks for, as far as a reader of tags can see."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import pairwise

import pytest
from babel.numbers import NumberFormatError, parse_decimal

from app.core.languages import speaking
from app.needs.domain import CITY, CITY_TARGETS, CITY_TOPICS, DISCRIMINATION, PARTS, TOPICS
from app.needs.snapshot.domain import Part
from app.needs.snapshot.numbers import Column
from app.strategy.domain import LANGUAGES, Format
from app.strategy.paper import Table
from app.strategy.printing import printed
from app.strategy.writing import paper
from tests.support import papers, pdfs


def number(text):
    """A number as English writes it; None where it is none."""
    try:
        return float(parse_decimal(text.replace("−", "-").replace("+", ""), locale="en"))
    except NumberFormatError:
        return None


# The same numbers ----------------------------------------------------------------------------------------------------


def test_page_and_pdf_and_paper_have_the_same_tables_cell_by_cell(files):
    made, content = files
    page, pdf = papers.page(content[Format.PAGE]), papers.pdf(content[Format.PDF])
    told = {said(one.caption): [list(one.heads), *([said(cell.said) for cell in row] for row in one.rows)]
            for one in made.tables()}  # fmt: skip
    assert len(told) == len(list(made.tables())) > 20
    assert page.tables == told
    assert differences(pdf.tables, told) == []


def said(text):
    return re.sub(r"\s+", " ", text if isinstance(text, str) else text.text)


def differences(one, other):
    assert list(one) == list(other)
    return [
        (caption, row, left, right)
        for caption in one
        for row, (left, right) in enumerate(zip(one[caption], other[caption], strict=True))
        if left != right
    ]


def test_the_workbook_has_every_number_of_the_page_as_a_number_and_no_other(files):
    made, content = files
    book, page = papers.book(content[Format.BOOK]), papers.page(content[Format.PAGE])
    compared = 0
    seen: dict[str, int] = {}
    for table in made.tables():
        rows = book[sheet_of(table, book)]
        assert rows[0] == [*table.about_heads, *table.heads]
        start = 1 + seen.get(table.sheet, 0)
        seen[table.sheet] = start - 1 + len(table.rows)
        shown = page.tables[said(table.caption)][1:]
        for told, kept in zip(shown, rows[start:], strict=False):
            assert kept[: len(table.about)] == [said(cell.said) for cell in table.about]
            for text, value in zip(told, kept[len(table.about) :], strict=True):
                compared += agrees(text, value)
    for sheet, rows in book.items():
        assert len(rows) - 1 == seen.get(sheet, len(rows) - 1), f"{sheet} has rows that stand on no page"
    assert compared > 200


def sheet_of(table: Table, book):
    return next(title for title in book if table.sheet.startswith(title))


def agrees(text, value):
    """Whether a cell of the workbook holds what the page says; gives 1 for a number."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, int | float) and not isinstance(value, bool):
        assert number(text) == float(value), (text, value)
        return 1
    if isinstance(value, date):
        assert f"{value:%B} {value.day}, {value.year}" == text
        return 1
    assert text == re.sub(r"\s+", " ", value or "")
    return 0


def test_the_numbers_are_those_of_the_snapshot(files, found):
    _made, content = files
    tables = papers.page(content[Format.PAGE]).tables
    numbers, city = found.numbers, found.snapshot.whole_city
    topics = tables["Gap reports, services and measures in the whole city by area of life"][1:]
    for topic, row in zip(TOPICS, topics, strict=True):
        figure = numbers.published.figure(CITY_TOPICS, CITY, topic)
        assert number(row[1]) == figure.value or row[1] in {"not shown", f"at least {figure.at_least}"}
        assert [number(text) for text in row[2:]] == [
            numbers.told(city, column, topic).value
            for column in (Column.WITHIN, Column.PLANNED, Column.UNDER_WAY, Column.DONE, Column.PAUSED)
        ]
    parts = found.snapshot.places_of(found.snapshot.level(Part.PARTS).key)
    area = tables["Need and supply by part of town in 2025"][1:]
    shown = 0
    for place, row in zip(parts, area, strict=True):
        value = numbers.published.figure(PARTS, place.key).value
        assert number(row[1]) == value
        assert number(row[5]) == numbers.told(place, Column.MISMATCH).value
        shown += value is not None
    assert shown == 2


def test_what_is_hidden_in_a_publication_stands_in_no_file(files, found):
    """Each number of reports on the page is one that was published; each hidden one is said to be hidden."""
    _made, content = files
    tables = papers.page(content[Format.PAGE]).tables
    published = found.numbers.published
    hidden = 0
    for table, caption in (
        (CITY_TARGETS, "Gap reports, services and measures in the whole city by group of people"),
        (DISCRIMINATION, "Experiences of racism and discrimination by area of life"),
    ):
        values = [value for key, value in published.cells.items() if (key.table, key.period) == (table.name, "2025")]
        told = [row[1] for row in tables[caption][1:]]
        assert sorted(number(text) for text in told if number(text) is not None) == sorted(
            value for value in values if value is not None
        )
        hidden += told.count("not shown")
    assert hidden > 10


# The PDF -------------------------------------------------------------------------------------------------------------


def test_the_pdf_declares_pdf_ua_and_says_what_it_is(files):
    made, content = files
    found = pdfs.read(content[Format.PDF])
    assert found.part == "1"
    assert found.marked
    assert found.shows_title
    assert found.title == made.title
    assert found.language == "en"


def test_nothing_is_painted_outside_of_tags_and_artifacts(files):
    assert pdfs.read(files[1][Format.PDF]).outside == []


def test_the_tag_tree_has_one_document_with_headings_that_skip_no_level(files):
    tree = pdfs.read(files[1][Format.PDF]).tree
    assert [one.tag for one in tree.kids] == ["Document"]
    levels = [int(one.tag[1]) for one in tree.all("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_each_table_has_heads_with_a_scope_and_rows_of_the_same_length(files):
    tables = list(pdfs.read(files[1][Format.PDF]).tree.all("Table"))
    assert len(tables) > 20
    for table in tables:
        head, *rows = list(table.all("TR"))
        assert {one.tag for one in head.kids} == {"TH"}
        assert {str(one.attributes["Scope"]) for one in head.all("TH")} == {"/Column"}
        for row in rows:
            assert [one.tag for one in row.kids] == ["TH", *["TD"] * (len(head.kids) - 1)]
            assert str(row.kids[0].attributes["Scope"]) == "/Row"
        assert list(table.all("Caption"))


def test_each_chart_has_a_text_and_a_table_with_the_same_numbers_after_it(files):
    made, content = files
    figures = list(pdfs.read(content[Format.PDF]).tree.all("Figure"))
    assert [one.alternative for one in figures] == [one.alternative for one in made.charts()]
    assert len(figures) >= 3
    assert papers.page(content[Format.PAGE]).charts == [one.alternative for one in made.charts()]
    blocks = list(made.blocks())
    for number_, block in enumerate(blocks):
        if block in figures or type(block).__name__ == "Chart":
            assert isinstance(blocks[number_ + 1], Table)


def test_the_pdf_is_read_in_the_order_of_the_page(files):
    _made, content = files
    page, pdf = papers.page(content[Format.PAGE]), papers.pdf(content[Format.PDF])
    # On the title page the PDF says in a paragraph what the page says in a list of terms.
    front = [entry for entry in pdf.flow if entry[0] == "p"][
        : pdf.flow.index(next(e for e in pdf.flow if e[0] == "h2")) - 1
    ]
    assert [entry for entry in pdf.flow if entry not in front] == page.flow
    assert len(page.flow) > 60


def test_a_passage_in_another_language_says_so_in_both(found):
    """The foreword has no plain German text, and offices have no plain name: they stand in German."""
    with speaking("en"):
        english = paper(found)
        content = printed(english, Format.PAGE).decode()
    assert "thank you &amp; all the best." in content
    with speaking("de-simple"):
        simple = printed(paper(found), Format.PAGE).decode()
    assert '<span lang="de">danke.</span>' in simple
    assert '<html lang="de-simple">' in simple


# The same bytes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.slow
def test_the_same_snapshot_with_the_same_texts_gives_the_same_bytes(found, code):
    with speaking(code):
        first, second = paper(found), paper(found)
        for wanted in Format:
            assert printed(first, wanted) == printed(second, wanted)
        assert found.snapshot.hash in [said for _label, said in first.front]
