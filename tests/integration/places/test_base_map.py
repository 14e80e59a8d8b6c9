"""``flask places backdrop``, ``streets`` and ``list``."""

from __future__ import annotations

import gzip
import json

import shapely
from shapely.geometry import mapping

from app.places import queries

LAYERS = ("built", "green", "roads", "transit", "water", "waterways")


def area_of(street):
    card = queries.area_by_id(street.area_id) if street.area_id else None
    assert card is not None
    return card


def test_the_real_layers_become_a_small_base_map(geodata, places, client):
    files = [geodata / f"osm-jena-2014/{name}.geojson" for name in LAYERS]
    result = places("backdrop", *files)
    assert result.exit_code == 0, result.output
    cards = queries.backdrops()
    assert [card.key for card in cards] == ["green", "built", "water", "waterways", "roads", "transit"]
    assert all(card.attribution.startswith("© OpenStreetMap contributors") for card in cards)
    bodies = [body for card in cards if (body := queries.backdrop_geojson(card.key))]
    assert len(bodies) == len(LAYERS)
    assert sum(len(gzip.compress(body)) for body in bodies) < 200_000
    for body in bodies:
        for feature in json.loads(body)["features"]:
            assert set(feature["properties"]) == {"class"}
            shape = shapely.geometry.shape(feature["geometry"])
            assert shape.is_valid


def test_a_layer_is_served_compressed(places, made, client):
    road = (
        {"type": "LineString", "coordinates": [[11.5 + n / 1000, 50.92 + n % 7 / 900] for n in range(90)]},
        {"highway": "primary"},
    )
    places("backdrop", made("My Roads.geojson", road, attribution="© me"))
    answer = client.get("/data/backdrop/my-roads.geojson", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data))["features"][0]["properties"] == {"class": "road-large"}
    again = client.get("/data/backdrop/my-roads.geojson", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    places("backdrop", "--remove", "my-roads")
    assert client.get("/data/backdrop/my-roads.geojson").status_code == 404


def test_a_layer_needs_an_attribution_and_something_to_draw(places, made, geodata):
    road = ({"type": "LineString", "coordinates": [[11.58, 50.92], [11.6, 50.93]]}, {"highway": "primary"})
    result = places("backdrop", made("a.geojson", road, attribution="© me"), made("b.geojson", road))
    assert result.exit_code == 1
    assert "add --attribution" in result.output
    assert queries.backdrops() == (), "all or nothing"
    assert "nothing to draw" in places("backdrop", geodata / "osm-jena-2014/pois.geojson").output
    assert places("backdrop", made("b.geojson", road), "--attribution", "© me").exit_code == 0
    assert places("backdrop").exit_code == 2
    assert "there is no backdrop x" in places("backdrop", "--remove", "x").output


def test_the_real_streets(geodata, places):
    result = places("streets", geodata / "osm-jena-2014/roads.geojson")
    assert result.exit_code == 0, result.output
    assert len(queries.all_streets()) > 300
    [found] = queries.streets("loebdergrab")
    assert found.name == "Löbdergraben"
    assert area_of(found).level == "ortsteil"
    assert queries.street_by_id(found.id) == found
    before = len(queries.all_streets())
    places("streets", geodata / "osm-jena-2014/roads.geojson")
    assert len(queries.all_streets()) == before


def line(*points):
    return mapping(shapely.LineString(points))


def test_pieces_are_merged_by_name_and_place(places, made):
    rows = [
        (line((11.570, 50.890), (11.575, 50.890)), {"name": "Hauptstraße"}),
        (line((11.575, 50.890), (11.578, 50.890)), {"name": "Hauptstr."}),
        (line((11.615, 50.965), (11.616, 50.965)), {"name": "Hauptstraße"}),
        (mapping(shapely.Point(11.61, 50.885)), {"name": "Am  Markt"}),
        (line((11.60, 50.92), (11.61, 50.92)), {"name": None}),
        (line((11.60, 50.92), (11.61, 50.92)), {"name": " 42 "}),
        (line((13.40, 52.50), (13.41, 52.50)), {"name": "Unter den Linden"}),
    ]
    result = places("streets", made("a.geojson", *rows))
    assert "3 streets; 2 rows without a name, 1 outside the city." in result.output
    found = [(one.name, area_of(one).key) for one in queries.all_streets()]
    assert sorted(found) == [("Am Markt", "4"), ("Hauptstraße", "18"), ("Hauptstraße", "23")]
    main = next(one for one in queries.all_streets() if area_of(one).key == "18")
    assert (main.longitude, main.latitude) == (11.574, 50.89)
    assert len(queries.streets("haupt")) == 2
    assert queries.streets("") == ()


def test_street_lists_without_streets_are_refused(places, made):
    row = (line((11.60, 50.92), (11.61, 50.92)), {"titel": "Weg"})
    assert "has no property name" in places("streets", made("a.geojson", row)).output
    assert places("streets", made("a.geojson", row), "--name-property", "titel").exit_code == 0
    far = (line((13.40, 52.50), (13.41, 52.50)), {"name": "Weg"})
    assert "no named street in the city" in places("streets", made("b.geojson", far)).output
    assert [one.name for one in queries.all_streets()] == ["Weg"]


def test_the_list_says_what_there_is(places):
    output = places("list").output
    assert "City: Jena (jena)" in output
    assert "ortsteil" in output
    assert "107559" in output
    assert "Streets: 0" in output


def test_a_layer_that_does_not_exist_is_not_even_looked_for(client, count_statements):
    client.get("/data/backdrop/none.geojson")
    with count_statements() as said:
        for key in ("a%00b", "x", "y"):
            assert client.get(f"/data/backdrop/{key}.geojson").status_code == 404
    assert not [one for one in said if "backdrop" in one]
