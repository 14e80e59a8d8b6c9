"""Areas of the bundled content: verbs, reads, and where a point lies."""

from __future__ import annotations

import pytest
import shapely

from app.core.revisions import mark
from app.core.texts import Localized
from app.places import geometry, queries, service
from app.places.domain import OutsideCity, Unknown
from app.places.schematic import SchematicError

WINZERLA = (11.575, 50.890)


def area(key, level="ortsteil"):
    card = queries.area_by_key(level, key)
    assert card is not None
    return card


def outlines(level):
    return {one.card.key: one.outline for one in queries.drawn_areas() if one.card.level == level}


def test_the_bundled_areas_tile_the_city(session):
    parts, groups = outlines("ortsteil"), outlines("planungsraum")
    assert (len(parts), len(groups)) == (30, 6)
    assert all(card.schematic for card in queries.areas("ortsteil"))
    assert shapely.coverage_is_valid(list(parts.values()))
    assert shapely.coverage_is_valid(list(groups.values()))
    whole = shapely.union_all(list(parts.values()))
    assert shapely.union_all(list(groups.values())).symmetric_difference(whole).area < 1e-12
    assert sum(part.area for part in parts.values()) == pytest.approx(whole.area, rel=1e-9)


def test_areas_come_in_order_with_a_point_inside(session, jena):
    cards = queries.areas("ortsteil")
    assert [card.key for card in cards] == [str(number) for number in range(1, 31)]
    drawn = outlines("ortsteil")
    assert all(drawn[card.key].contains(shapely.Point(card.longitude, card.latitude)) for card in cards)
    assert queries.area_by_id(jena.area("18").id) == jena.area("18")
    assert queries.area_by_key("ortsteil", "99") is None
    assert queries.areas("nowhere") == ()


def test_a_point_lies_in_an_area_of_each_level(session, jena):
    found = geometry.areas_at(*WINZERLA)
    assert [(card.level, card.key) for card in found] == [("ortsteil", "18"), ("planungsraum", "winzerla")]
    assert geometry.coarse(found[0]) == found[1]
    assert geometry.coarse(found[1]) == found[1]


def test_a_point_a_little_outside_belongs_to_the_nearest_area(session):
    west, _, _, _ = geometry.outline_degrees().bounds
    edge = shapely.union_all(list(outlines("ortsteil").values()))
    touching = next(point for point in shapely.get_coordinates(edge) if point[0] == west)
    near = geometry.areas_at(touching[0] - 0.004, touching[1])
    assert [card.level for card in near] == ["ortsteil", "planungsraum"]
    with pytest.raises(OutsideCity):
        geometry.areas_at(touching[0] - 0.012, touching[1])


@pytest.mark.parametrize(
    "point",
    [(11.33, 50.98), (50.89, 11.575), (float("nan"), 50.9), (float("inf"), 0), (11.5, 90.0), (1e9, 50.9), (180, -89.9)],
)
def test_a_point_elsewhere_is_told_so(session, point):
    with pytest.raises(OutsideCity):
        geometry.areas_at(*point)


def test_where_a_point_lies_is_never_asked_of_the_database(session, app, count_statements):
    geometry.areas_at(*WINZERLA)
    with app.test_request_context("/de/"), count_statements() as said:
        geometry.areas_at(11.5861234, 50.9271234)
    assert len(said) <= 2, "only the marks of the content"
    assert not any("11.586" in statement for statement in said)


def test_putting_the_same_again_changes_no_mark(session):
    city, [level, *_] = queries.city(), queries.levels()
    card = queries.areas("ortsteil")[0]
    group = area("winzerla", "planungsraum")
    assert group.id == card.parent_id
    before = mark("places")
    service.put_city(city.key, city.name, dict(city.facts))
    service.put_level(level.key, level.name, level.position, level.unconfirmed)
    service.put_area(
        "ortsteil", card.key, card.name, card.position,
        parent_key=group.key, residents=card.residents, year=card.residents_year,
    )  # fmt: skip
    service.draw_schematic("ortsteil", {})
    assert mark("places") == before
    service.put_level(level.key, Localized(de="Stadtteil"), level.position, level.unconfirmed)
    assert mark("places") != before
    assert str(queries.levels()[0].name) == "Stadtteil"


def test_another_city_takes_the_place_of_the_old_one(session):
    service.put_city("anderswo", Localized(de="Anderswo"), {"outside_buffer_m": 10})
    assert [row.key for row in queries.city_rows()] == ["anderswo"]
    assert queries.city().buffer_metres == 10


def test_unknown_levels_groups_and_areas_are_named(session):
    with pytest.raises(Unknown, match="there is no level kiez; there are: ortsteil, planungsraum, bezirk"):
        service.put_area("kiez", "1", Localized(de="x"), 1)
    with pytest.raises(Unknown, match="names the group mond"):
        service.put_area("ortsteil", "1", Localized(de="x"), 1, parent_key="mond")
    with pytest.raises(Unknown, match="no ortsteil with the key 77"):
        service.draw_schematic("ortsteil", {"77": (11.58, 50.92)})
    with pytest.raises(SchematicError, match="outside the city's extent"):
        service.draw_schematic("ortsteil", {"1": (50.9, 11.5)})


def test_surveyed_outlines_survive_a_new_drawing(session):
    centre = (11.60, 50.92)
    square = shapely.MultiPolygon([shapely.box(11.59, 50.91, 11.61, 50.93)])
    card = area("30")
    service.replace_outlines("ortsteil", [service.Surveyed("30", "x", card.id, square)])
    centres = {
        one.key: (one.longitude or 0.0, one.latitude or 0.0) for one in queries.areas("ortsteil") if one.key != "30"
    }
    centres["30"] = centre
    service.draw_schematic("ortsteil", centres)
    drawn = outlines("ortsteil")
    assert drawn["30"].equals(square)
    assert not area("30").schematic
    assert all(outline.intersection(square).area < 1e-10 for key, outline in drawn.items() if key != "30")


def test_names_are_found_in_any_language(session):
    assert [card.key for card in queries.found_areas("loebst")] == ["21"]
    assert [card.key for card in queries.found_areas("jena")] == ["17", "25", "27", "28", "29", "24"], (
        "Wenigenjena last"
    )
    assert queries.found_areas("North")[0].level == "planungsraum"
    assert queries.found_areas(" - ") == ()
    assert len(queries.found_areas("e", limit=3)) == 3
