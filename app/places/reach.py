"""How many services people have within a walk of where they live. Distances are as the crow flies, in metres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

NONE = -1
"""In place of the number of an area: in none of them."""

WORD_BITS = 64


@dataclass(frozen=True, slots=True)
class Origins:
    """Where walks begin: ``points`` is (n, 2) in metres, ``residents`` how many people each stands for, more than 0.

    ``areas`` is (n, levels): the number of the area that a walk from there counts for on each level, or ``NONE``.
    """

    points: Floats
    residents: Floats
    areas: Numbers


@dataclass(frozen=True, slots=True)
class Reached:
    """Who reaches what within one distance.

    ``services`` is (areas, services): whether somebody in the area reaches the service. ``share`` and ``average`` are
    (areas, groups of services): the share of residents who reach at least one of the group, and how many of it an
    average resident reaches; NaN where nobody lives.
    """

    services: Flags
    share: Floats
    average: Floats


def located(points: Floats, shapes: Sequence[BaseGeometry]) -> Numbers:
    """The number of the shape that each point lies in; on a common border the first one, beyond all ``NONE``."""
    found = np.full(len(points), NONE, dtype=np.int64)
    x, y = points.T
    for number, shape in enumerate(shapes):
        west, south, east, north = shape.bounds
        boxed = np.flatnonzero((found == NONE) & (x >= west) & (x <= east) & (y >= south) & (y <= north))
        # A prepared shape answers many points quickly; a tree of shapes would look at each anew.
        shapely.prepare(shape)
        found[boxed[shapely.intersects_xy(shape, x[boxed], y[boxed])]] = number
    return found


def reached(
    origins: Origins, areas: int, services: Floats, groups: Flags, distances: Sequence[float]
) -> tuple[Reached, ...]:
    """For each distance, in their order: who reaches what.

    ``areas`` is how many there are on all levels together, ``services`` is (n, 2) in metres, ``groups`` is
    (services, groups): which groups each service belongs to. A service may belong to several groups, or to none.
    """
    people = [np.zeros((areas, len(services))) for _ in distances]
    having = [np.zeros((areas, groups.shape[1])) for _ in distances]
    words = _packed(groups)
    for here, there in _neighbours(origins.points, services, max(distances)):
        apart = ((origins.points[here, None, :] - services[None, there, :]) ** 2).sum(axis=2)
        weights = _weights(origins, here)
        for number, metres in enumerate(distances):
            near = apart <= metres**2
            some = _unpacked(np.bitwise_or.reduce(np.where(near[..., None], words[there], 0), axis=1), groups.shape[1])
            for area, weight in weights:
                people[number][area, there] += weight @ near
                having[number][area] += weight @ some
    inhabited = residents(origins, areas)
    return tuple(_result(*pair, inhabited, groups) for pair in zip(people, having, strict=True))


def residents(origins: Origins, areas: int) -> Floats:
    """How many people live in each area, as far as ``origins`` say."""
    found = np.zeros(areas)
    for level in origins.areas.T:
        inside = level != NONE
        np.add.at(found, level[inside], origins.residents[inside])
    return found


def _result(people: Floats, having: Floats, inhabited: Floats, groups: Flags) -> Reached:
    total = np.where(inhabited > 0, inhabited, np.nan)[:, None]
    return Reached(people > 0, having / total, (people @ groups.astype(np.float64)) / total)


def _neighbours(origins: Floats, services: Floats, metres: float) -> Iterator[tuple[Numbers, Numbers]]:
    """Origins tile by tile, each with the services that can be near enough: no list of all pairs ever exists."""
    if not len(origins) or not len(services):
        return
    tiles = np.floor(origins / metres).astype(np.int64)
    order = np.lexsort((tiles[:, 1], tiles[:, 0]))
    starts = np.flatnonzero(np.any(np.diff(tiles[order], axis=0, prepend=tiles[order[:1]] - 1), axis=1))
    for here in np.split(order, starts[1:]):
        low, high = origins[here].min(axis=0) - metres, origins[here].max(axis=0) + metres
        there = np.flatnonzero(np.all((services >= low) & (services <= high), axis=1))
        if len(there):
            yield here, there


def _weights(origins: Origins, here: Numbers) -> list[tuple[int, Floats]]:
    """The areas that some origins count for, each with the residents there; 0 for origins in other areas."""
    areas, people = origins.areas[here], origins.residents[here]
    return [
        (int(area), np.where(level == area, people, 0.0))
        for level in areas.T
        for area in np.unique(level)
        if area != NONE
    ]


def _packed(groups: Flags) -> npt.NDArray[np.uint64]:
    """The groups of each service as bits of a few words."""
    width = -(-groups.shape[1] // WORD_BITS) * WORD_BITS
    padded = np.zeros((len(groups), width), dtype=np.bool_)
    padded[:, : groups.shape[1]] = groups
    return np.packbits(padded, axis=1).view(np.uint64)


def _unpacked(words: npt.NDArray[np.uint64], width: int) -> Flags:
    return np.unpackbits(words.view(np.uint8), axis=1, count=width).astype(np.bool_)
