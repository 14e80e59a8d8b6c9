"""Outlines from a file: ring order is repaired, everything else that is wrong is refused with row and reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from app.places.importing import outlines
from app.places.reading import FileRefused, read

EXTENT = (11.50, 50.86, 11.67, 50.99)
CLOCKWISE = [[11.58, 50.92], [11.58, 50.94], [11.60, 50.94], [11.60, 50.92], [11.58, 50.92]]
HOLE = [[11.585, 50.925], [11.595, 50.925], [11.595, 50.935], [11.585, 50.935], [11.585, 50.925]]
BOWTIE = [[11.58, 50.92], [11.60, 50.94], [11.60, 50.92], [11.58, 50.94], [11.58, 50.92]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.fixture
def look(tmp_path: Path):
    """``look((geometry, properties), …)`` reads the outlines of a file made of these rows."""

    def look(*rows, key="key", name="name", extent=EXTENT):
        features = [{"type": "Feature", "geometry": shape, "properties": values} for shape, values in rows]
        path = tmp_path / "made.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return outlines(read(str(path)), key, name, extent)

    return look


def faults(look, *rows, **options):
    with pytest.raises(FileRefused) as caught:
        look(*rows, **options)
    return [(fault.row, fault.reason) for fault in caught.value.faults]


GOOD = (polygon(CLOCKWISE), {"key": "1", "name": "Süd"})


def test_rings_are_put_in_order(look):
    [found] = look((polygon(CLOCKWISE, HOLE), {"key": "1", "name": "Süd"}))
    [part] = found.shape.geoms
    assert shapely.is_ccw(part.exterior)
    assert not shapely.is_ccw(part.interiors[0])
    assert (found.row, found.key, found.name) == (1, "1", "Süd")


def test_a_polygon_of_several_parts_stays_whole(look):
    apart = [[11.62, 50.92], [11.64, 50.92], [11.64, 50.94], [11.62, 50.92]]
    [found] = look(({"type": "MultiPolygon", "coordinates": [[CLOCKWISE], [apart]]}, {"key": "1", "name": "x"}))
    assert len(found.shape.geoms) == 2


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "no geometry"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Point", "coordinates": [11.58, 50.92]}, "a Point is no area"),
        ({"type": "LineString", "coordinates": CLOCKWISE}, "a LineString is no area"),
        ({"type": "GeometryCollection", "geometries": [polygon(CLOCKWISE)]}, "a GeometryCollection is no area"),
        (polygon(BOWTIE), "invalid geometry: Self-intersection"),
        (polygon([*CLOCKWISE[:2], CLOCKWISE[0], CLOCKWISE[0]]), "invalid geometry"),
        (polygon(CLOCKWISE, BOWTIE), "invalid geometry"),
        (polygon([[y, x] for x, y in CLOCKWISE]), "are longitude and latitude swapped?"),
        (polygon([[x + 2, y] for x, y in CLOCKWISE]), "lies far from the city"),
        (polygon([[x * 1e5, y * 1e5] for x, y in CLOCKWISE]), "lies far from the city"),
    ],
)
def test_a_row_that_is_no_area_is_refused_with_its_number(look, geometry, reason):
    [(row, said)] = faults(look, GOOD, (geometry, {"key": "2", "name": "Nord"}))
    assert row == 2
    assert reason in said


def test_every_faulty_row_is_named_at_once(look):
    found = faults(
        look, (None, {"key": "1"}), GOOD, (polygon(BOWTIE), {"key": None}), (polygon(CLOCKWISE), {"key": "4"})
    )
    assert [row for row, _reason in found] == [1, 1, 2, 3, 3]
    assert (3, "no value for key") in found
    assert (2, "key 1 stands in several rows") in found


def test_keys_and_names_must_be_there(look):
    assert faults(look, GOOD, key="nr") == [(None, "made.geojson has no property nr (--key); it has: key, name")]
    assert faults(look, GOOD, name="titel") == [
        (None, "made.geojson has no property titel (--name); it has: key, name")
    ]
    assert "--key, --name, or both" in faults(look, GOOD, key=None, name=None)[0][1]
    assert faults(look, (polygon(CLOCKWISE), {"key": "1", "name": " "}), key=None) == [(1, "no value for name")]


def test_numbers_and_texts_are_the_same_key(look):
    shape = polygon(CLOCKWISE)
    assert [
        row for row, _ in faults(look, (shape, {"key": "7", "name": "a"}), (shape, {"key": "7 ", "name": "b"}))
    ] == [1, 2]


def test_a_city_without_extent_takes_any_place_on_earth(look):
    far = polygon([[x + 40, y] for x, y in CLOCKWISE])
    assert len(look((far, {"key": "1", "name": "x"}), extent=None)) == 1
    assert faults(look, (polygon([[x + 400, y] for x, y in CLOCKWISE]), {"key": "1", "name": "x"}), extent=None)
