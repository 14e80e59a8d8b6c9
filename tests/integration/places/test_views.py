"""Map data for everybody."""

from __future__ import annotations

import json

import pytest
import shapely

from app.core.revisions import mark
from app.places.maps import MapKind, base_map


@pytest.mark.parametrize("level", ["ortsteil", "planungsraum"])
def test_areas_are_valid_geojson(client, level):
    answer = client.get(f"/de/data/areas/{level}.geojson")
    assert answer.content_type == "application/geo+json"
    features = json.loads(answer.data)["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    assert all(shape.is_valid for shape in shapes)
    assert shapely.coverage_is_valid(shapes)
    assert all(shapely.is_ccw(part.exterior) for shape in shapes for part in shape.geoms)
    assert all(
        shape.contains(shapely.Point(f["properties"]["label"])) for f, shape in zip(features, shapes, strict=True)
    )
    assert len(answer.data) < 40_000


def test_areas_say_what_they_are(client):
    found = {
        f["id"]: f["properties"] for f in json.loads(client.get("/en/data/areas/ortsteil.geojson").data)["features"]
    }
    winzerla = found["ortsteil/18"]
    assert {name: winzerla[name] for name in ("key", "group", "residents", "year", "schematic")} == {
        "key": "18", "group": "winzerla", "residents": 10855, "year": 2020, "schematic": True,
    }  # fmt: skip


def test_names_come_in_the_language_of_the_page(client):
    german, arabic = (
        {
            f["properties"]["key"]: f["properties"]
            for f in json.loads(client.get(f"/{code}/data/areas/planungsraum.geojson").data)["features"]
        }
        for code in ("de", "ar")
    )
    assert german["nord"]["name"] == "Nord"
    assert arabic["nord"]["name"] == "الشمال"
    assert "lang" not in arabic["nord"]


def test_answers_are_public_and_kept(client, session):
    answer = client.get("/de/data/areas/ortsteil.geojson", headers={"Accept-Encoding": "br"})
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.headers["Content-Encoding"] == "br"
    assert "Set-Cookie" not in answer.headers
    assert (
        client.get("/de/data/areas/ortsteil.geojson", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )
    kept = client.get(f"/de/data/areas/ortsteil.geojson?v={mark('places')}")
    assert "max-age=86400" in kept.headers["Cache-Control"]


def test_one_small_question_to_the_database(client, count_statements):
    client.get("/de/data/areas/ortsteil.geojson")
    with count_statements() as said:
        client.get("/de/data/areas/ortsteil.geojson")
    assert len([one for one in said if one.upper().startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    "address", ["/de/data/areas/mond.geojson", "/data/backdrop/mond.geojson", "/xx/data/areas/ortsteil.geojson"]
)
def test_what_is_not_there_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("text", ["", "%", "' OR 1=1 --", "\x00", "x" * 5000, "💥"])
def test_any_search_gets_an_answer(client, text):
    answer = client.get("/de/data/places", query_string={"q": text})
    assert answer.status_code == 200
    assert set(answer.get_json()) == {"areas", "streets"}


def test_the_search_finds_areas(client):
    [found] = client.get("/ar/data/places?q=winz").get_json()["areas"][:1]
    assert (found["key"], found["name"]) == ("18", "Winzerla")
    assert client.get("/de/data/streets.json").get_json() == {"streets": []}


@pytest.mark.parametrize("kind", MapKind)
def test_maps_come_from_folium_without_anything_foreign(app, session, kind):
    with app.test_request_context("/de/"):
        parts = base_map(kind, 'Karte <"von"> Jena')
        again = base_map(kind, 'Karte <"von"> Jena')
    assert parts is again
    assert 'id="map_city"' in parts.html
    assert "&lt;" in parts.html
    for foreign in ("http", "jQuery", "$(", "style=", "<style", "cdn", "bindPopup"):
        assert foreign not in parts.html + parts.script
    assert parts.script.count("L.map(") == 1
    assert "/de/data/areas/ortsteil.geojson?v=" in parts.script
    assert parts.scripts[0] == "map.js"


def test_maps_speak_the_language_of_the_page(app, session):
    with app.test_request_context("/ar/"):
        from flask import g

        g.language = "ar"
        parts = base_map(MapKind.CITY, "x", points=("/ar/data/services.geojson?v=1",))
    assert "/ar/data/areas/ortsteil.geojson" in parts.script
    assert "/ar/data/services.geojson?v=1" in parts.script


def test_an_answer_is_never_kept_in_a_map(app, session):
    with app.test_request_context("/de/"), pytest.raises(ValueError, match="stays in the form"):
        base_map(MapKind.PICK, "x", chosen="18")
