"""What is known of where people live. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt


class Basis(StrEnum):
    """What says where people live, and so from where a walk begins."""

    GRID = "grid"
    """The census's 100 m grid: each inhabited cell counts with its residents."""

    SETTLED = "settled"
    """The area's settled surface: each part of it counts alike."""

    OUTLINE = "outline"
    """The whole area, while neither is known."""


@dataclass(frozen=True, slots=True)
class GridCard:
    """Whose count the grid is from, of which day, and how much of it lies here."""

    source: str
    day: date | None
    cells: int
    residents: int


@dataclass(frozen=True, slots=True)
class Homes:
    """Where people live: ``points`` is (n, 2) in the metres of the city's plane, ``residents`` how many live there.

    Where nobody has counted, each point stands for one. ``source`` names whose knowledge this is.
    """

    basis: Basis
    source: str
    day: date | None
    points: npt.NDArray[np.float64]
    residents: npt.NDArray[np.float64]
