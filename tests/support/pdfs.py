"""Reads a tagged PDF back: its elements with their text in the order of reading, and what stands outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf

PAINTS = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "EI"}
"""Operators that leave something on the page."""


@dataclass
class Element:
    """An element of the tag tree. ``own`` is the text marked for it, without that of the elements in it."""

    tag: str
    attributes: Mapping[str, Any]
    alternative: str | None
    language: str | None
    kids: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything in it, in the order of reading, with plain blanks and without hyphens at the ends of lines."""
        return re.sub(
            r"\s+", " ", "".join(kid if isinstance(kid, str) else kid.text for kid in self.kids).replace("\u00ad", "")
        ).strip()

    def all(self, *tags: str) -> Iterator[Element]:
        """Every element with one of these tags, this one too, in the order of reading."""
        if self.tag in tags:
            yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.all(*tags)


@dataclass
class Read:
    """What a PDF says of itself and holds."""

    language: str
    title: str
    part: str | None
    shows_title: bool
    marked: bool
    tree: Element
    outside: list[str]
    """What is painted neither for an element nor as an artifact."""


def read(content: bytes) -> Read:
    """Read a PDF."""
    with pikepdf.open(BytesIO(content)) as document:
        pieces, outside = _pieces(document)
        with document.open_metadata() as metadata:
            title, part = metadata.get("dc:title"), metadata.get("pdfuaid:part")
        root = document.Root
        tree = Element("root", {}, None, None)
        _grow(tree, root.StructTreeRoot.K, None, pieces)
        return Read(
            language=str(root.Lang),
            title=str(title),
            part=part,
            shows_title=bool(root.ViewerPreferences.DisplayDocTitle),
            marked=bool(root.MarkInfo.Marked),
            tree=tree,
            outside=outside,
        )


def _grow(above: Element, node: Any, page: Any, pieces: Mapping[tuple[int, int], str]) -> None:
    if isinstance(node, pikepdf.Array):
        for one in node:
            _grow(above, one, page, pieces)
    elif isinstance(node, int):
        above.kids.append(pieces.get((page, node), ""))
    elif isinstance(node, pikepdf.Dictionary):
        here = node.Pg.objgen[0] if "/Pg" in node else page
        if node.get("/Type") == "/MCR":
            above.kids.append(pieces.get((here, int(node.MCID)), ""))
        elif node.get("/Type") != "/OBJR":
            element = Element(
                str(node.S).removeprefix("/"),
                _attributes(node),
                str(node.Alt) if "/Alt" in node else None,
                str(node.Lang) if "/Lang" in node else None,
            )
            above.kids.append(element)
            if "/K" in node:
                _grow(element, node.K, here, pieces)


def _attributes(node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    given = node.get("/A", pikepdf.Array())
    for one in given if isinstance(given, pikepdf.Array) else [given]:
        found |= {str(key).removeprefix("/"): value for key, value in one.items()}
    return found


# Text of a page ------------------------------------------------------------------------------------------------------


def _pieces(document: pikepdf.Pdf) -> tuple[dict[tuple[int, int], str], list[str]]:
    """The text of each marked piece by page and number, and what is painted outside of any."""
    pieces: dict[tuple[int, int], str] = {}
    outside: list[str] = []
    for page in document.pages:
        fonts = {str(name): _signs(font) for name, font in page.Resources.get("/Font", {}).items()}
        open_ones: list[tuple[str, Any]] = []
        signs: Mapping[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in {"BDC", "BMC"}:
                _open(pieces, page, open_ones, operands)
            elif name == "EMC":
                open_ones.pop()
            elif name == "Tf":
                signs = fonts[str(operands[0])]
            elif name in PAINTS and not any(tag == "/Artifact" or "/MCID" in more for tag, more in open_ones):
                outside.append(f"{name} on page {page.index + 1}")
            elif name in {"Tj", "TJ"}:
                _add(pieces, page, open_ones, _said(operands[0], signs))
    return pieces, outside


def _open(pieces: dict[tuple[int, int], str], page: Any, open_ones: list[tuple[str, Any]], operands: Any) -> None:
    more = operands[1] if len(operands) > 1 else {}
    if isinstance(more, pikepdf.Name):
        more = page.Resources.Properties[more]
    open_ones.append((str(operands[0]), more))
    if "/ActualText" in more:
        _add(pieces, page, open_ones, str(more.ActualText), instead=True)


def _add(
    pieces: dict[tuple[int, int], str], page: Any, open_ones: list[tuple[str, Any]], text: str, *, instead: bool = False
) -> None:
    if not instead and any("/ActualText" in more for _tag, more in open_ones):
        return
    number = next((int(more.MCID) for _tag, more in reversed(open_ones) if "/MCID" in more), None)
    if number is not None:
        key = (page.objgen[0], number)
        pieces[key] = pieces.get(key, "") + text


def _said(shown: Any, signs: Mapping[int, str]) -> str:
    strings = [one for one in shown if isinstance(one, pikepdf.String)] if isinstance(shown, pikepdf.Array) else [shown]
    codes = b"".join(bytes(one) for one in strings)
    pairs = (int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2))
    return "".join(signs.get(code, "\ufffd") for code in pairs)


def _signs(font: Any) -> dict[int, str]:
    """What each code of a font means, by its own table."""
    if "/ToUnicode" not in font:
        return {}
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {int(code, 16): _text(said) for code, said in re.findall(r"<(\w+)>\s*<(\w*)>", block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, said in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(ord(_text(said)) + step)
    return found


def _text(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")
