"""The points of the map as GeoJSON."""

import pytest

from app.directory import service as directory_service
from app.directory.domain import ServiceEntry
from tests.factories import localized

KINDS = ("services", "measures", "history")


@pytest.mark.parametrize("kind", KINDS)
def test_every_feature_is_whole(client, kind):
    answer = client.get(f"/ar/data/{kind}.geojson")
    assert answer.content_type == "application/geo+json"
    found = answer.json
    assert found["type"] == "FeatureCollection"
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        properties = feature["properties"]
        assert feature["id"] == f"{properties['kind']}/{properties['href'].rsplit('/', 1)[1]}"
        assert properties["name"]
        if feature["geometry"] is not None:
            longitude, latitude = feature["geometry"]["coordinates"]
            assert 11.4 < longitude < 11.8
            assert 50.8 < latitude < 51.1


def test_a_service_carries_what_the_filters_ask(client):
    features = {one["id"]: one for one in client.get("/de/data/services.geojson").json["features"]}
    properties = features["service/iberoamerica-sprachcafe"]["properties"]
    assert properties["language"] == ["de", "es"]
    assert properties["topic"] == ["leisure", "education"]
    assert properties["target"] == ["newcomers", "families"]
    assert properties["rough"] is True
    assert properties["href"] == "/de/services/iberoamerica-sprachcafe"
    assert len(features["service/ads-beratung"]["properties"]["target"]) == 8, "everyone is each of them"


def test_a_measure_stands_in_each_of_its_areas_or_nowhere(client, jena):
    features = client.get("/de/data/measures.geojson").json["features"]
    whole_city = [one for one in features if one["id"] == "measure/anti-discrimination-office"]
    assert [one["geometry"] for one in whole_city] == [None]
    local = [one for one in features if one["geometry"] is not None]
    assert all(one["properties"]["shape"] in {"circle", "square", "triangle"} for one in local)
    several = [one for one in local if len(one["properties"]["area"]) > 1]
    assert several
    same = [one for one in local if one["id"] == several[0]["id"]]
    assert len(same) == len(several[0]["properties"]["area"])


def test_points_lead_to_their_pages(client):
    for kind in KINDS:
        feature = client.get(f"/de/data/{kind}.geojson").json["features"][0]
        assert client.get(feature["properties"]["href"]).status_code == 200


def test_one_entry(client):
    found = client.get("/de/data/service/ads-beratung.geojson").json
    assert [one["id"] for one in found["features"]] == ["service/ads-beratung"]
    assert client.get("/de/data/service/x.geojson").status_code == 404
    assert client.get("/de/data/measure/ads-beratung.geojson").status_code == 404


@pytest.mark.parametrize("path", ["/de/data/services.geojson", "/de/data/map.js"])
def test_kept_bytes_cost_one_question(client, count_statements, path):
    first = client.get(path)
    with count_statements() as said:
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert len(said) == 1, said
    assert client.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def test_data_follows_the_content(client, session, jena):
    before = client.get("/de/data/services.geojson")
    directory_service.put_service(
        ServiceEntry(
            "probe", "awo", localized("Probe"), localized("Zur Probe."), ("work",), ("everyone",), ("de",),
            area_id=jena.area("18").id,
        )
    )  # fmt: skip
    after = client.get("/de/data/services.geojson")
    assert after.headers["ETag"] != before.headers["ETag"]
    added = next(one for one in after.json["features"] if one["id"] == "service/probe")
    area = jena.area("18")
    assert added["geometry"]["coordinates"] == [area.longitude, area.latitude]
    assert added["properties"]["rough"] is True


def test_nothing_of_the_page_is_built_inline(client):
    page = client.get("/de/map").text
    assert "<script nonce" not in page
    assert "/de/data/map.js?v=" in page
    script = client.get("/de/data/map.js")
    assert script.mimetype == "text/javascript"
    assert "services.geojson" in script.text
