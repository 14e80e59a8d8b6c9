"""The charts as pictures (SVG), drawn here by Altair and vl-convert: no browser, no network, no script in the page.

Every number stands in the picture as text as well, so that nothing is told by colour or length alone. What a chart is
made of is a list of :class:`Mark`; what it shows is said in a sentence by :mod:`app.needs.pages.alternatives`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

INK, BAR, SOFT = "#1b2f66", "#5f87d3", "#5e5c64"
"""Apart from each other for everybody, and in print."""

FILLS: Mapping[str, str] = {
    "need-2": "#e8955a",
    "need-1": "#f6cfae",
    "even": "#f4f1ea",
    "supply-1": "#cbe5e0",
    "supply-2": "#7dbbb1",
    "hidden": "#eceaf0",
    "0": "#ffffff",
    "1": "#e6eefb",
    "2": "#c3d6f5",
    "3": "#94b4ea",
    "4": "#7ba0e0",
    "5": "#6a93dc",
}
"""The fill of a class; light enough for dark letters on each."""

WIDTH, LINE, CELL = 520, 24, 78
PANEL = 150


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, a point or a cell: its row, its column or series, its number and how that is written."""

    row: str
    column: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    code: str = "0"


def bars(marks: Sequence[Mark], title: str) -> bytes:
    """A bar for each row; beside each other where there are several columns."""
    altair = import_module("altair")
    several = len({mark.column for mark in marks}) > 1
    base = _base(altair, marks, height=LINE * max(len(marks), 2)).encode(
        y=altair.Y("row:N", sort=None, title=None, axis=altair.Axis(labelLimit=260)),
        x=altair.X("value:Q", title=title, scale=altair.Scale(domainMin=0), axis=altair.Axis(tickCount=5)),
    )
    colour = altair.value(BAR)
    if several:
        base = base.encode(yOffset=altair.YOffset("column:N", sort=None))
        colour = altair.Color(
            "column:N",
            sort=None,
            title=None,
            legend=altair.Legend(orient="top", labelLimit=400),
            scale=altair.Scale(range=[BAR, "#e8955a"]),
        )
    text = base.mark_text(align="left", dx=4, color=INK).encode(text="text:N")
    return _svg(base.mark_bar(stroke=INK, strokeWidth=0.5).encode(color=colour) + text)


def intervals(marks: Sequence[Mark], title: str) -> bytes:
    """A point with its interval for each row, around a line at nought."""
    altair = import_module("altair")
    base = _base(altair, marks, height=LINE * max(len(marks), 2)).encode(
        y=altair.Y("row:N", sort=None, title=None, axis=altair.Axis(labelLimit=260, grid=True, gridColor="#e4e2e8"))
    )
    ends = altair.X("low:Q", title=title, axis=altair.Axis(tickCount=5))
    nought = altair.Chart(altair.Data(values=[{"at": 0}])).mark_rule(color=INK, strokeDash=[4, 3]).encode(x="at:Q")
    arms = base.mark_rule(color=SOFT, strokeWidth=3).encode(x=ends, x2="high:Q")
    points = base.mark_point(filled=True, size=90, color=BAR, stroke=INK, opacity=1).encode(x=altair.X("value:Q"))
    text = base.mark_text(align="left", dx=7, color=INK).encode(x="high:Q", text="text:N")
    return _svg(nought + arms + points + text)


def heat(marks: Sequence[Mark], wide: int = CELL) -> bytes:
    """A cell for each row and column in the fill of its class, with its number."""
    altair = import_module("altair")
    columns = dict.fromkeys(mark.column for mark in marks)
    rows = dict.fromkeys(mark.row for mark in marks)
    base = _base(altair, marks, height=34 * len(rows), width=wide * len(columns)).encode(
        x=altair.X(
            "column:N", sort=list(columns), title=None, axis=altair.Axis(orient="top", labelAngle=-45, labelLimit=220)
        ),
        y=altair.Y("row:N", sort=list(rows), title=None, axis=altair.Axis(labelLimit=220)),
    )
    cells = base.mark_rect(stroke=SOFT, strokeWidth=0.5).encode(
        color=altair.Color("code:N", legend=None, scale=altair.Scale(domain=list(FILLS), range=list(FILLS.values())))
    )
    return _svg(cells + base.mark_text(color="#14161c", fontSize=11).encode(text="text:N"))


def panels(marks: Sequence[Mark], title: str) -> bytes:
    """A small panel of bars over time for each row. What is not shown is a gap with a sign, never a nought."""
    altair = import_module("altair")
    rows, columns = dict.fromkeys(mark.row for mark in marks), dict.fromkeys(mark.column for mark in marks)
    alone = len(rows) == 1
    base = (
        _base(altair, marks, height=220 if alone else 90, width=WIDTH if alone else PANEL + 20 * len(columns))
        .encode(
            x=altair.X("column:N", sort=list(columns), title=None, axis=altair.Axis(labelAngle=-45)),
            y=altair.Y("height:Q", title=title if alone else None, axis=altair.Axis(tickCount=3)),
        )
        .transform_calculate(height="datum.value === null ? 0 : datum.value")
    )
    drawn = base.mark_bar(color=BAR, stroke=INK, strokeWidth=0.5) + base.mark_text(dy=-6, color=INK).encode(
        text="text:N"
    )
    if alone:
        return _svg(drawn)
    facet = altair.Facet("row:N", sort=list(rows), title=None, header=altair.Header(labelLimit=240, labelFontSize=12))
    return _svg(drawn.facet(facet=facet, columns=2))


def _base(altair: Any, marks: Sequence[Mark], height: int, width: int = WIDTH) -> Any:  # noqa: ANN401
    return altair.Chart(altair.Data(values=[asdict(mark) for mark in marks]), width=width, height=height)


def _svg(chart: Any) -> bytes:  # noqa: ANN401
    converter = import_module("vl_convert")
    drawing: str = converter.vegalite_to_svg(
        chart.configure(font="Noto Sans, sans-serif", background="white", padding=12)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
        .to_dict()
    )
    return drawing.encode()
