"""GeoJSON for the browser."""

from __future__ import annotations

import json

import numpy as np
import shapely
from shapely import Point, Polygon, box

from app.places.geojson import collection, feature, point_feature, rounded, simplified


def test_a_feature_is_rounded_and_counter_clockwise():
    shape = Polygon([(11.5800004, 50.92), (11.58, 50.94), (11.60, 50.9400049), (11.60, 50.92)])
    made = json.loads(feature(shape, {"name": 'Süd "<'}, "ortsteil/1"))
    assert made["id"] == "ortsteil/1"
    assert made["properties"] == {"name": 'Süd "<'}
    ring = made["geometry"]["coordinates"][0]
    assert shapely.is_ccw(shapely.linearrings(ring))
    assert [11.58, 50.92] in ring
    assert [11.6, 50.94] in ring


def test_a_collection_is_geojson():
    made = json.loads(collection([point_feature(11.586004, 50.927, {"kind": "service"})], "© Stadt"))
    assert made["type"] == "FeatureCollection"
    assert made["attribution"] == "© Stadt"
    assert made["features"][0]["geometry"] == {"type": "Point", "coordinates": [11.586, 50.927]}


def test_what_collapses_by_rounding_is_left_out():
    needle = Polygon([(11.58, 50.92), (11.6, 50.920001), (11.6, 50.92)])
    both = shapely.multipolygons([needle, box(11.5, 50.9, 11.51, 50.91)])
    assert rounded(both).is_valid
    assert shapely.get_num_geometries(rounded(both)) == 1
    assert rounded(Point(11.5800001, 50.9)).equals(Point(11.58, 50.9))


def test_neighbours_stay_neighbours_when_simplified():
    # A border that wriggles by a few metres, shared by two areas.
    border = [(11.58 + 0.00003 * np.sin(n), 50.90 + n * 0.0001) for n in range(400)]
    west = Polygon([(11.55, 50.90), *border, (11.55, 50.94)])
    east = Polygon([(11.61, 50.90), *border, (11.61, 50.94)])
    simple = [rounded(shape) for shape in simplified([west, east])]
    assert shapely.coverage_is_valid(simple)
    assert shapely.get_num_coordinates(simple).sum() < 400, "of 804"
    assert all(shape.is_valid for shape in simple)
    assert simplified([]) == []


def test_overlapping_outlines_are_simplified_too():
    shapes = [box(11.5, 50.9, 11.55, 50.95), box(11.54, 50.9, 11.6, 50.95)]
    assert all(shape.is_valid and not shape.is_empty for shape in simplified(shapes))
