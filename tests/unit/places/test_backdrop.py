"""What stays of a file as a layer of the base map."""

from __future__ import annotations

import gzip
import json

import pytest
import shapely
from shapely import LineString, Point, box

from app.places.backdrop import CLASSES, backdrop_layer, class_of
from app.places.reading import FileRefused, Row, Source

CITY = box(11.5, 50.86, 11.67, 50.99)


def source(*rows, attribution="© somebody"):
    made = tuple(Row(number, values, shape, shape) for number, (shape, values) in enumerate(rows, 1))
    return Source("made.geojson", tuple({name for row in made for name in row.values}), made, attribution)


def content(layer):
    return json.loads(gzip.decompress(layer.geojson))["features"]


ROAD = LineString([(11.40, 50.93), (11.60, 50.93)])


def test_only_shapes_and_classes_are_kept():
    rows = [
        (ROAD, {"highway": "primary", "name": "Secret Street", "operator": "somebody"}),
        (box(11.55, 50.9, 11.56, 50.91), {"natural": "water", "name": "Pond"}),
        (Point(11.58, 50.92), {"railway": "tram_stop"}),
        (Point(11.58, 50.92), {"amenity": "pharmacy"}),
    ]
    features = content(backdrop_layer(source(*rows), CITY))
    assert [feature["properties"] for feature in features] == [
        {"class": "water"}, {"class": "road-large"}, {"class": "stop"},
    ]  # fmt: skip


def test_layers_are_clipped_to_the_city_and_rounded():
    [road] = content(backdrop_layer(source((ROAD, {"highway": "residential"})), CITY))
    west, _, east, _ = shapely.geometry.shape(road["geometry"]).bounds
    assert (west, east) == pytest.approx((11.5, 11.6), abs=1e-4)
    digits = [
        str(value).partition(".")[2] for value in shapely.get_coordinates(shapely.geometry.shape(road["geometry"])).flat
    ]
    assert max(map(len, digits)) <= 5


def test_faulty_ground_is_mended_and_specks_are_left_out():
    bowtie = shapely.Polygon([(11.58, 50.92), (11.60, 50.94), (11.60, 50.92), (11.58, 50.94)])
    speck = box(11.60, 50.90, 11.60001, 50.90001)
    layer = backdrop_layer(source((bowtie, {"landuse": "forest"}), (speck, {"natural": "water"})), CITY)
    assert dict(layer.counts) == {"wood": 2}
    assert layer.position == CLASSES.index("wood")


def test_a_class_can_be_given_for_files_without_tags():
    plain = source((box(11.55, 50.9, 11.56, 50.91), {"id": 1}))
    assert dict(backdrop_layer(plain, CITY, only_class="water").counts) == {"water": 1}
    with pytest.raises(FileRefused, match="--class"):
        backdrop_layer(plain, CITY)
    with pytest.raises(FileRefused, match="there is no class sea"):
        backdrop_layer(plain, CITY, only_class="sea")


def test_data_without_attribution_is_refused():
    road = (ROAD, {"highway": "residential"})
    with pytest.raises(FileRefused, match="--attribution"):
        backdrop_layer(source(road, attribution=""), CITY)
    assert backdrop_layer(source(road, attribution=""), CITY, attribution="© me").attribution == "© me"
    assert backdrop_layer(source(road), CITY, attribution="© me").attribution == "© me"


def test_what_lies_elsewhere_is_nothing_to_draw():
    with pytest.raises(FileRefused, match="nothing to draw"):
        backdrop_layer(source((LineString([(13, 52), (13.1, 52)]), {"highway": "primary"})), CITY)


def test_the_same_file_makes_the_same_bytes():
    made = source((ROAD, {"highway": "primary"}))
    assert backdrop_layer(made, CITY).geojson == backdrop_layer(made, CITY).geojson


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "motorway_link"}, "road-large"),
        ({"highway": "nonsense", "waterway": "river"}, "river"),
        ({"route": "tram", "ref": "3"}, "tram"),
        ({"name": "x"}, None),
    ],
)
def test_tags_become_classes(tags, kind):
    assert class_of(Row(1, tags, None, None)) == kind
