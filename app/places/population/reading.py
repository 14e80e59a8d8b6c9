"""The census's 100 m grid, as the statistical offices publish it: one CSV for all of Germany, read row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.places.geometry import index
from app.places.population.raster import CELL_METRES, MIDDLE, Cells, cells_around, midpoints
from app.places.reading import Fault, FileRefused

COLUMNS = ("GITTER_ID_100m", "x_mp_100m", "y_mp_100m", "Einwohner")
MARGIN_METRES = 2000.0
"""Cells up to this far beyond the city's outline are kept: outlines change more often than a census comes."""

UNINHABITED = frozenset({"0", "-1", "-", "–"})
"""What stands where nobody lives, or where the offices do not tell."""

RESIDENTS_MAX = 100_000
"""No hundred metres hold more; whoever reads more has taken the wrong column."""

FAULTS_MAX = 200
"""After so many the rest of a file is not looked at."""

Values = tuple[str, ...]

IDENTITY = re.compile(r"(?:CRS3035RES100m)?(?:100m)?N(\d+)E(\d+)")
"""The south-western corner of a cell, in metres (2022) or hundreds of metres (2011)."""


def read_grid(path: Path) -> Cells:
    """The inhabited cells in and around the city: rows of x, y and residents, from the south-west.

    Raises:
        FileRefused: with each faulty row, or when no cell of the file lies here.
        NoCity: while no area has an outline.
    """
    present = index()
    around = present.outline.buffer(MARGIN_METRES)
    near = cells_around(around, present.plane)
    box = (*near.min(axis=0).tolist(), *near.max(axis=0).tolist())
    found: dict[tuple[int, int], int] = {}
    faults: list[Fault] = []
    for number, row in _rows(path):
        try:
            cell = _cell(row)
            if _inside(cell, box):
                _take(found, cell, row)
        except ValueError as fault:
            faults.append(Fault(number, str(fault)))
            if len(faults) == FAULTS_MAX:
                break
    if faults:
        raise FileRefused(*faults)
    cells = np.asarray([(*cell, residents) for cell, residents in sorted(found.items())], dtype=np.int64).reshape(-1, 3)
    kept: Cells = cells[_within(cells, around)]
    if not len(kept):
        raise FileRefused.whole(f"{path.name}: no inhabited cell lies in the city")
    return kept


def _rows(path: Path) -> Iterator[tuple[int, Values]]:
    """The rows with their numbers, the heading being row 1; the values in the order of ``COLUMNS``."""
    if not path.is_file():
        raise FileRefused.whole(f"{path}: there is no such file")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        heading = lines.readline().strip()
        names = heading.replace('"', "").split(";")
        if missing := [name for name in COLUMNS if name not in names]:
            raise FileRefused.whole(
                f"{path.name} has no column {', '.join(missing)}; its first line is: {heading[:100]!r}; "
                f"columns stand apart by semicolons"
            )
        places = [names.index(name) for name in COLUMNS]
        rows = enumerate(csv.reader(lines, delimiter=";"), start=2)
        try:
            for number, values in rows:
                if values:
                    padded = values + [""] * (len(names) - len(values))
                    yield number, tuple(padded[place].strip() for place in places)
        except csv.Error as error:
            raise FileRefused.whole(f"{path.name} is no table: {error}") from None


def _cell(row: Values) -> tuple[int, int]:
    """The number of a cell.

    Raises:
        ValueError: with what is wrong.
    """
    if missing := [name for name, value in zip(COLUMNS, row, strict=True) if not value]:
        raise ValueError(f"no value for {', '.join(missing)}")
    _identity, x, y, _residents = row
    corner = _whole(x, COLUMNS[1]) - MIDDLE, _whole(y, COLUMNS[2]) - MIDDLE
    if corner[0] % CELL_METRES or corner[1] % CELL_METRES:
        raise ValueError(f"{x}, {y} is not the middle of a cell in EPSG:3035")
    return corner[0] // CELL_METRES, corner[1] // CELL_METRES


def _take(found: dict[tuple[int, int], int], cell: tuple[int, int], row: Values) -> None:
    """Keep a cell, if anybody lives there.

    Raises:
        ValueError: with what is wrong.
    """
    identity, x, y, residents = row
    known = IDENTITY.fullmatch(identity)
    if known is None:
        raise ValueError(f"{identity} names no cell of 100 m")
    scale = 1 if len(known[1]) < len(y) else CELL_METRES
    if (int(known[2]), int(known[1])) != (cell[0] * scale, cell[1] * scale):
        raise ValueError(f"{identity} lies elsewhere than {x}, {y}")
    if cell in found:
        raise ValueError(f"the cell {identity} stands in several rows")
    people = 0 if residents in UNINHABITED else _whole(residents, COLUMNS[3])
    if not 0 <= people <= RESIDENTS_MAX:
        raise ValueError(f"{COLUMNS[3]}: {residents} cannot be the residents of a hundred metres")
    if people:
        found[cell] = people


def _whole(value: str, name: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{name}: {value} is no whole number") from None


def _inside(cell: tuple[int, int], box: tuple[int, int, int, int]) -> bool:
    return box[0] <= cell[0] <= box[2] and box[1] <= cell[1] <= box[3]


def _within(cells: Cells, around: BaseGeometry) -> np.ndarray:
    shapely.prepare(around)
    inside: np.ndarray = shapely.contains_xy(around, *midpoints(cells[:, :2], index().plane).T)
    return inside
