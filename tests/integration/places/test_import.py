"""``flask places import``: on real files and on made ones."""

from __future__ import annotations

import json

import pytest
import shapely
from shapely.geometry import mapping

from app.core.revisions import mark
from app.core.texts import Localized
from app.places import geometry, queries, service

SQUARE = shapely.box(11.57, 50.88, 11.59, 50.90)


def attribution(level):
    card = queries.level(level)
    assert card is not None
    return card.attribution


def outlines(level):
    return {one.card.key: one.outline for one in queries.drawn_areas() if one.card.level == level}


def test_the_official_parts_of_town(geodata, places):
    file = geodata / "jena/ortsteile.geojson"
    result = places("import", file, "--level", "ortsteil", "--key", "gid", "--name", "name", "--yes")
    assert result.exit_code == 0, result.output
    assert "matched by key" in result.output
    assert "0 new, 30 replaced, 0 unchanged, 0 missing from file." in result.output
    cards = queries.areas("ortsteil")
    assert not any(card.schematic for card in (*cards, *queries.areas("planungsraum")))
    assert sum(geometry.area_of(card) for card in cards) == pytest.approx(114.8, abs=0.2)
    assert all(shapely.is_ccw(part.exterior) for shape in outlines("ortsteil").values() for part in shape.geoms)
    members = shapely.union_all(list(outlines("ortsteil").values()))
    assert shapely.union_all(list(outlines("planungsraum").values())).symmetric_difference(members).area < 1e-8
    assert [card.key for card in geometry.areas_at(11.575, 50.890)] == ["18", "winzerla"]
    assert geometry.areas_at(11.5875, 50.9285)[0].key == "28"


def test_a_second_import_has_nothing_to_change(geodata, places):
    file = geodata / "jena/ortsteile.geojson"
    places("import", file, "--level", "ortsteil", "--key", "gid", "--yes")
    before = mark("places")
    result = places("import", file, "--level", "ortsteil", "--key", "gid")
    assert (result.exit_code, "Nothing to change." in result.output) == (0, True), result.output
    assert mark("places") == before


def test_names_are_used_where_keys_are_unknown_or_misleading(geodata, places, made):
    file = geodata / "jena/ortsteile.geojson"
    assert (
        "matched by name, because rows have no key"
        in places("import", file, "--level", "ortsteil", "--name", "name", answer="n").output
    )
    content = json.loads(file.read_text(encoding="utf-8"))
    for shift, why in ((100, "no key in the file is that of an area"), (1, "the file's keys belong to other names")):
        rows = [
            (one["geometry"], {"nr": one["properties"]["gid"] + shift, "name": one["properties"]["name"]})
            for one in content["features"]
        ]
        result = places(
            "import", made("a.geojson", *rows), "--level", "ortsteil", "--key", "nr", "--name", "name", "--yes"
        )
        assert result.exit_code == 0, result.output
        assert f"matched by name, because {why}" in result.output
        assert [card.key for card in geometry.areas_at(11.575, 50.890)] == ["18", "winzerla"]


def test_the_statistical_districts_are_new_areas(geodata, places):
    file = geodata / "jena/statbez.geojson"
    result = places(
        "import",
        file,
        "--level",
        "bezirk",
        "--key",
        "gid",
        "--name",
        "statbez_name",
        "--attribution",
        "© Stadt",
        "--yes",
    )
    assert result.exit_code == 0, result.output
    assert "41 new" in result.output
    cards = queries.areas("bezirk")
    assert [card.key for card in cards[:4]] == ["11", "12", "21", "22"]
    assert (str(cards[-1].name), cards[-1].schematic, cards[-1].parent_id) == ("Wogau", False, None)
    assert attribution("bezirk") == "© Stadt"
    assert {card.level for card in geometry.areas_at(11.575, 50.890)} == {"ortsteil", "planungsraum", "bezirk"}


def test_berlin_in_metres(geodata, places):
    facts = {
        "centre": {"lat": 52.52, "lon": 13.405},
        "extent": {"west": 13.08, "south": 52.33, "east": 13.77, "north": 52.68},
        "outside_buffer_m": 300,
        "needs_level": "prognoseraum",
    }
    service.put_city("berlin", Localized(de="Berlin"), facts)
    service.put_level("prognoseraum", Localized(de="Prognoseraum"), 1)
    file = geodata / "berlin/lor_prognoseraeume_2021.geojson"
    result = places("import", file, "--level", "prognoseraum", "--key", "PGR_ID", "--name", "PGR_NAME", "--yes")
    assert result.exit_code == 0, result.output
    assert "58 new" in result.output
    cards = queries.areas("prognoseraum")
    assert sum(geometry.area_of(card) for card in cards) == pytest.approx(891, abs=2)
    [card] = [card for card in geometry.areas_at(13.4127, 52.5219) if card.level == "prognoseraum"]
    assert str(card.name) == "Zentrum"


def test_a_file_of_another_city_is_refused(geodata, places):
    file = geodata / "berlin/lor_prognoseraeume_2021.geojson"
    before = mark("places")
    result = places("import", file, "--level", "bezirk", "--key", "PGR_ID", "--name", "PGR_NAME", "--yes")
    assert result.exit_code == 1
    assert "lies far from the city" in result.output
    assert "and 8 more" in result.output
    assert (mark("places"), queries.areas("bezirk")) == (before, ())


def test_one_faulty_row_keeps_everything_out(places, made):
    bowtie = {
        "type": "Polygon",
        "coordinates": [[[11.58, 50.92], [11.60, 50.94], [11.60, 50.92], [11.58, 50.94], [11.58, 50.92]]],
    }
    file = made("a.geojson", (mapping(SQUARE), {"key": "18"}), (bowtie, {"key": "4"}))
    before = mark("places")
    result = places("import", file, "--level", "ortsteil", "--key", "key", "--yes")
    assert result.exit_code == 1
    assert "nothing was written" in result.output
    assert "2    invalid geometry: Self-intersection" in result.output
    assert mark("places") == before


def test_the_operator_may_say_no(places, made):
    file = made("a.geojson", (mapping(SQUARE), {"key": "18"}))
    before = mark("places")
    result = places("import", file, "--level", "ortsteil", "--key", "key", answer="n\n")
    assert result.exit_code == 1
    assert "Nothing was written." in result.output
    assert mark("places") == before
    assert places("import", file, "--level", "ortsteil", "--key", "key", answer="y\n").exit_code == 0
    assert outlines("ortsteil")["18"].equals(SQUARE)


def test_neighbours_and_groups_follow(places, made):
    old = outlines("ortsteil")
    result = places(
        "import", made("a.geojson", (mapping(SQUARE), {"key": "18"})), "--level", "ortsteil", "--key", "key", "--yes"
    )
    assert "1 replaced, 0 unchanged, 29 missing from file." in result.output
    new = outlines("ortsteil")
    assert new.keys() == old.keys()
    assert new["1"].equals(old["1"].difference(SQUARE))
    group = queries.area_by_key("planungsraum", "winzerla")
    assert group is not None
    assert group.schematic, "some of its members still are"
    assert outlines("planungsraum")["winzerla"].buffer(1e-9).covers(SQUARE)


def test_attribution_comes_from_the_file_or_the_operator(places, made):
    row = (mapping(SQUARE), {"key": "18"})
    places("import", made("a.geojson", row, attribution="© file"), "--level", "ortsteil", "--key", "key", "--yes")
    assert attribution("ortsteil") == "© file"
    places("import", made("a.geojson", row), "--level", "ortsteil", "--key", "key", "--yes", "--attribution", "© me")
    assert attribution("ortsteil") == "© me"


@pytest.mark.parametrize(
    ("rows", "options", "reason"),
    [
        (
            [{"key": "x", "name": "y"}],
            ["--key", "key", "--name", "name"],
            "no key and no name in the file is that of an area",
        ),
        ([{"name": "Winzerla"}, {"name": "Mond"}], ["--name", "name"], "2    no area is called Mond"),
        ([{"key": "18"}, {"key": "31"}], ["--key", "key"], "2    a new area needs a name (--name)"),
        ([{"key": "18"}], ["--key", "nr"], "has no property nr (--key); it has: key"),
        ([{"key": "18"}], [], "--key, --name, or both"),
    ],
)
def test_rows_that_fit_no_area_are_refused(places, made, rows, options, reason):
    shapes = [shapely.box(11.57 + n / 50, 50.88, 11.585 + n / 50, 50.90) for n in range(len(rows))]
    file = made("a.geojson", *((mapping(shape), row) for shape, row in zip(shapes, rows, strict=True)))
    result = places("import", file, "--level", "ortsteil", "--yes", *options)
    assert result.exit_code == 1
    assert reason in result.output


def test_new_areas_need_keys_and_names(places, made):
    file = made("a.geojson", (mapping(SQUARE), {"key": "1", "name": "Eins"}))
    assert "new ones need a key" in places("import", file, "--level", "bezirk", "--name", "name").output
    assert "needs a name" in places("import", file, "--level", "bezirk", "--key", "key").output


def test_groups_and_unknown_levels_take_no_outlines(places, made):
    file = made("a.geojson", (mapping(SQUARE), {"key": "nord"}))
    assert (
        "unions of their members" in places("import", file, "--level", "planungsraum", "--key", "key", "--yes").output
    )
    assert "there is no level kiez" in places("import", file, "--level", "kiez", "--key", "key", "--yes").output


def test_overlaps_are_mentioned(places, made):
    file = made("a.geojson", (mapping(SQUARE), {"key": "18"}), (mapping(SQUARE), {"key": "4"}))
    result = places("import", file, "--level", "ortsteil", "--key", "key", answer="n")
    assert "Note: outlines overlap by 3.1" in result.output
