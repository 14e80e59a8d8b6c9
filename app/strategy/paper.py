"""What a report consists of, whatever it is printed as: sections of paragraphs, lists, tables and charts. Values only.

Page, PDF and workbook are made from the same paper, so they cannot tell different numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from app.core.texts import Shown

Said: TypeAlias = str | Shown
"""A text in the report's own language, or one that says which language it is in."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: as it is said, and as a workbook counts with it where it is a number or a day."""

    said: Said
    value: float | date | None = None

    @property
    def numeric(self) -> bool:
        """Whether it stands at the end of its column."""
        return isinstance(self.value, int | float)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    said: Said


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A paragraph that stands out: something is not confirmed, or was left out."""

    said: Said


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row names the row.

    ``sheet`` is the sheet of the workbook that its rows go to. Tables that share one have the same ``heads``; what
    tells their rows apart there stands in ``about`` with the names of these columns in ``about_heads``.
    """

    key: str
    caption: Said
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sheet: str
    about_heads: tuple[str, ...] = ()
    about: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing (SVG) with the text that stands for it; the table after it has the same numbers."""

    key: str
    caption: str
    svg: bytes
    alternative: str


Block: TypeAlias = Paragraph | Points | Remark | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report with its sections."""

    key: str
    title: Said
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report in one language. ``front`` are the lines of its title page: what, and what it is."""

    language: str
    title: str
    front: tuple[tuple[str, Said], ...]
    sections: tuple[Section, ...]

    def blocks(self) -> Iterator[Block]:
        """Every block in the order of reading."""
        for section in self.sections:
            yield from _blocks(section)

    def tables(self) -> Iterator[Table]:
        """Every table in the order of reading."""
        return (block for block in self.blocks() if isinstance(block, Table))

    def charts(self) -> Iterator[Chart]:
        """Every chart in the order of reading."""
        return (block for block in self.blocks() if isinstance(block, Chart))


def _blocks(section: Section) -> Iterator[Block]:
    yield from section.blocks
    for one in section.sections:
        yield from _blocks(one)
