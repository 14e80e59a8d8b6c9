"""The figures as pictures (SVG), drawn here by Altair and vl-convert: no browser, no network, no script in the page."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from flask_babel import gettext as _

from app.figures.domain import Figures, Part
from app.figures.labels import CHARTS, label, series

BLUE, ORANGE, GREY = "#1a5fb4", "#c64600", "#5e5c64"
"""Apart from each other for everybody, and in print; a legend or a label names each."""

WIDTH, HEIGHT, LINE = 560, 220, 26


def drawn(figures: Figures, name: str) -> bytes:
    """A chart as SVG. Hidden numbers are a gap with a sign, never a nought.

    Raises:
        KeyError: there is no such chart.
    """
    # Slow to import, and few look at charts: no other page waits for them.
    altair, converter = import_module("altair"), import_module("vl_convert")
    parts = CHARTS[name]
    rows = [row for part in parts for row in _rows(figures, part)]
    chart = _months(altair, rows) if Part.IN in parts else _bars(altair, rows)
    drawing: str = converter.vegalite_to_svg(
        chart.configure(font="sans-serif", background="white").configure_view(stroke=None).to_dict()
    )
    return drawing.encode()


def _rows(figures: Figures, part: Part) -> Sequence[dict[str, Any]]:
    return [
        {
            "key": label(part, key),
            "series": series(part),
            "number": number or 0,
            "text": str(number) if number is not None else "?",
        }
        for key, number in figures.of(part)
    ]


def _months(altair: Any, rows: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401
    return (
        altair.Chart(altair.Data(values=list(rows)), width=WIDTH, height=HEIGHT)
        .mark_bar()
        .encode(
            x=altair.X("key:N", sort=None, title=None),
            xOffset="series:N",
            y=altair.Y(
                "number:Q", title=_("Reports"), axis=altair.Axis(tickMinStep=1), scale=altair.Scale(domainMin=0)
            ),
            color=altair.Color(
                "series:N", title=None, legend=altair.Legend(orient="top"), scale=altair.Scale(range=[BLUE, ORANGE])
            ),
        )
    )


def _bars(altair: Any, rows: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401
    base = altair.Chart(altair.Data(values=list(rows)), width=WIDTH, height=LINE * len(rows)).encode(
        y=altair.Y("key:N", sort=None, title=None, axis=altair.Axis(labelLimit=240)),
        x=altair.X("number:Q", title=_("Reports"), axis=altair.Axis(tickMinStep=1), scale=altair.Scale(domainMin=0)),
    )
    return base.mark_bar(color=BLUE) + base.mark_text(align="left", dx=4, color=GREY).encode(text="text:N")
