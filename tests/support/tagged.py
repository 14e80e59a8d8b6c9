"""What a tagged PDF says to somebody who hears it: read back from its structure tree, with the order of reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name


@dataclass(frozen=True)
class Tag:
    """An element of the structure tree. ``text`` is all that stands inside it, in the order of reading."""

    kind: str
    text: str
    alternative: str | None
    inside: tuple[Tag, ...]

    def walk(self) -> Iterator[Tag]:
        """The element and everything inside it."""
        yield self
        for tag in self.inside:
            yield from tag.walk()

    def all(self, kind: str) -> list[Tag]:
        """Everything of one kind inside it."""
        return [tag for tag in self.walk() if tag.kind == kind]


@dataclass(frozen=True)
class TaggedPDF:
    """A document with what PDF/UA asks of it."""

    root: Tag
    language: str
    title: str
    marked: bool
    shows_title: bool
    part: int | None


def read_tagged(content: bytes) -> TaggedPDF:
    """Read a PDF's tags."""
    with pikepdf.Pdf.open(BytesIO(content)) as pdf:
        texts = {page.obj.objgen: _marked_texts(page) for page in pdf.pages}
        tree = pdf.Root.StructTreeRoot
        with pdf.open_metadata() as metadata:
            part = metadata.get("{http://www.aiim.org/pdfua/ns/id/}part")
            title = str(metadata.get("dc:title") or "")
        return TaggedPDF(
            _tag(tree, None, texts, dict(tree.get("/RoleMap", {}))),
            str(pdf.Root.Lang),
            title,
            bool(pdf.Root.MarkInfo.Marked),
            bool(pdf.Root.ViewerPreferences.DisplayDocTitle),
            int(str(part)) if part is not None else None,
        )


def _tag(element: Any, page: Any, texts: dict[Any, dict[int, str]], roles: dict[str, Any]) -> Tag:
    page = element.get("/Pg", page)
    said, inside = [], []
    for kid in _kids(element):
        if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR:
            continue
        if isinstance(kid, Dictionary) and "/MCID" not in kid:
            inside.append(_tag(kid, page, texts, roles))
            said.append(inside[-1].text)
        else:
            here = kid.get("/Pg", page) if isinstance(kid, Dictionary) else page
            number = int(kid.MCID if isinstance(kid, Dictionary) else kid)
            said.append(texts[here.objgen].get(number, ""))
    kind = str(element.get("/S", "/Root"))
    kind = str(roles.get(kind, kind)).removeprefix("/")
    alternative = element.get("/Alt")
    text = re.sub(r"\s+", " ", " ".join(one for one in said if one)).strip()
    return Tag(kind, text, None if alternative is None else str(alternative), tuple(inside))


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _marked_texts(page: Any) -> dict[int, str]:
    """The text of each piece of marked content of a page."""
    fonts = {name: _letters(font) for name, font in page.obj.Resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    letters: dict[int, str] = {}
    open_marks: list[int | None] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        what = str(operator)
        if what in {"BDC", "BMC"}:
            properties = operands[1] if len(operands) > 1 else None
            open_marks.append(
                int(properties.MCID) if isinstance(properties, Dictionary) and "/MCID" in properties else None
            )
        elif what == "EMC":
            open_marks.pop()
        elif what == "Tf":
            letters = fonts[str(operands[0])]
        elif what in {"Tj", "TJ"}:
            mark = next((one for one in reversed(open_marks) if one is not None), None)
            if mark is not None:
                found[mark] = found.get(mark, "") + _said(operands[0], letters)
        elif what in {"Td", "TD", "T*", "Tm"}:
            mark = next((one for one in reversed(open_marks) if one is not None), None)
            if mark is not None and found.get(mark, "") and not found[mark].endswith(" "):
                found[mark] += "\n"
    return found


def _said(operand: Any, letters: dict[int, str]) -> str:
    pieces = [operand] if not isinstance(operand, Array) else list(operand)
    said = ""
    for piece in pieces:
        if isinstance(piece, pikepdf.String):
            codes = bytes(piece)
            said += "".join(letters.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2))
    return said


def _letters(font: Any) -> dict[int, str]:
    """What each code of a font stands for, from its /ToUnicode."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int(letters, 16)
            for code in range(int(first, 16), int(last, 16) + 1):
                found[code] = chr(start + code - int(first, 16))
    return found
