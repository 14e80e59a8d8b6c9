"""Schematic outlines tile the city."""

from __future__ import annotations

import csv
import itertools

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import Point, box

from app.core.settings import REPOSITORY
from app.places.plane import Plane
from app.places.schematic import GRID_DEGREES, SchematicError, cut, joined, tiling

EXTENT = (11.50, 50.86, 11.67, 50.99)


def rough_centres():
    with (REPOSITORY / "cities/jena/areas.csv").open(encoding="utf-8") as file:
        return {row["key"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file, delimiter=";")}


def assert_tiles(cells, centres, extent=EXTENT):
    assert cells.keys() == centres.keys()
    shapes = list(cells.values())
    whole = shapely.union_all(shapes)
    plane = Plane.around(shapes)
    metres = [plane.to_metres(shape) for shape in shapes]
    total = plane.to_metres(whole).area
    assert whole.geom_type == "Polygon"
    assert not whole.interiors, "a gap inside the city"
    assert sum(shape.area for shape in metres) == pytest.approx(total, rel=1e-9)
    assert shapely.coverage_is_valid(shapes), "neighbours do not share their corners"
    for one, other in itertools.combinations(metres, 2):
        assert one.intersection(other).area < 1e-3
    if extent:
        # To the last digit of the grid.
        assert box(*extent).buffer(GRID_DEGREES).covers(whole)
    for key, (longitude, latitude) in centres.items():
        assert cells[key].buffer(GRID_DEGREES).covers(Point(longitude, latitude))
        assert all(shapely.is_ccw(part.exterior) for part in shapely.get_parts(cells[key]))


def test_the_bundled_centres_tile_the_city():
    centres = rough_centres()
    cells = tiling(centres, EXTENT)
    assert_tiles(cells, centres)
    assert all(cell.geom_type == "Polygon" for cell in cells.values())
    whole = Plane.around(list(cells.values())).to_metres(shapely.union_all(list(cells.values())))
    # 114.8 km² in truth; a schematic city of the same order is plausible.
    assert 90e6 < whole.area < 160e6


positions = st.tuples(
    st.integers(11_505, 11_665).map(lambda n: n / 1000), st.integers(50_865, 50_985).map(lambda n: n / 1000)
)


@settings(max_examples=60)
@given(st.lists(positions, min_size=1, max_size=25, unique=True))
def test_any_rough_centres_tile_the_city(found):
    centres = {str(number): position for number, position in enumerate(found)}
    assert_tiles(tiling(centres, EXTENT), centres)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(11.5, 11.67), st.floats(50.86, 50.99)),
        min_size=2,
        max_size=12,
    )
)
def test_exact_centres_tile_the_city_or_are_refused(found):
    centres = {str(number): position for number, position in enumerate(found)}
    try:
        cells = tiling(centres, EXTENT)
    except SchematicError:
        assume(False)
        raise
    assert_tiles(cells, centres)


def test_the_same_centres_give_the_same_outlines():
    centres = rough_centres()
    first, second = tiling(centres, EXTENT), tiling(centres, EXTENT)
    assert all(first[key].equals_exact(second[key], 0) for key in centres)


def test_centres_in_a_row_and_a_single_one_work():
    for centres in ({"a": (11.6, 50.9)}, {"a": (11.58, 50.9), "b": (11.60, 50.9), "c": (11.62, 50.9)}):
        assert_tiles(tiling(centres, None), centres, None)
    assert tiling({}, EXTENT) == {}


@pytest.mark.parametrize(
    ("centres", "word"),
    [
        ({"a": (11.6, 50.9), "b": (11.6, 50.9)}, "same place"),
        ({"a": (11.6, 50.9), "b": (50.9, 11.6)}, "outside the city's extent"),
        ({"a": (float("nan"), 50.9)}, "no usable centre"),
    ],
)
def test_useless_centres_are_refused_by_name(centres, word):
    with pytest.raises(SchematicError, match=word):
        tiling(centres, EXTENT)


def test_groups_are_the_union_of_their_members():
    cells = tiling(rough_centres(), EXTENT)
    members = [cells[key] for key in ("18", "26", "2")]
    group = joined(members)
    assert group.area == pytest.approx(sum(member.area for member in members), rel=1e-9)
    assert group.geom_type == "MultiPolygon"


def test_groups_lose_slits_but_keep_real_holes():
    outer = box(11.50, 50.90, 11.56, 50.94)
    slit = box(11.52, 50.91, 11.52002, 50.92)
    hole = box(11.53, 50.91, 11.54, 50.92)
    group = joined([outer.difference(slit).difference(hole)])
    assert [len(part.interiors) for part in group.geoms] == [1]


def test_schematic_outlines_give_way_to_surveyed_neighbours():
    schematic, surveyed = box(11.50, 50.90, 11.56, 50.94), box(11.54, 50.90, 11.60, 50.94)
    rest = cut(schematic, [surveyed])
    assert rest.intersection(surveyed).area == 0
    assert rest.area == pytest.approx(schematic.area * 2 / 3)
    assert cut(schematic, [box(12, 51, 12.1, 51.1)]) is schematic


def test_an_area_never_vanishes():
    schematic = box(11.52, 50.91, 11.54, 50.92)
    assert cut(schematic, [box(11.50, 50.90, 11.56, 50.94)]) is schematic
