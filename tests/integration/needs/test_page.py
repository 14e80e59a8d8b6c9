from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.directory import queries as directory
from app.directory import service as directory_service
from app.places import queries as places
from app.plans import queries as plans
from tests.support.forms import soup
from tests.support.published import YEAR, known_year


@pytest.fixture
def partner(sign_in):
    return sign_in("partner")


@pytest.fixture
def reported(session, jena, publish):
    known_year()
    return publish()


def parsed(answer: Any) -> Any:
    return soup(answer)


def rows(page):
    """The text of each cell by the first one's."""
    return {
        line[0]: line[1:]
        for row in parsed(page).select("#needs-table tr")
        if (line := [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")])
    }


def test_the_table_shows_what_may_be_shown(reported, partner):
    table = rows(partner.get("/en/needs/"))
    assert table["Neulobeda"][3:5] == ["18", "0.8"]
    assert table["Ammerbach"][3:5] == ["not shown", "– not shown"]
    assert rows(partner.get("/de/needs/"))["Neulobeda"][4] == "0,8"


def test_one_area_of_life_is_told_by_planning_area(reported, partner):
    page = parsed(partner.get("/en/needs/?topic=housing"))
    lines = page.select('[data-map-classes="map_needs"] [data-map-area]')
    assert {line["data-map-area"] for line in lines} == {
        "nord",
        "ost",
        "west-zentrum",
        "lobeda",
        "winzerla",
        "ortschaften",
    }
    assert "planungsraum" in page.select_one("script[src*='map.js'][src*='level=']")["src"]


def test_all_areas_of_life_are_told_by_part_of_town(reported, partner):
    page = parsed(partner.get("/en/needs/"))
    lines = page.select('[data-map-classes="map_needs"] [data-map-area]')
    assert {line["data-map-area"] for line in lines} == {str(number) for number in range(1, 31)}
    classes = {line["data-map-area"]: line["data-map-class"] for line in lines}
    assert classes["4"] == "2"
    assert classes["1"] == "hidden"
    assert page.select_one("#map_needs") is not None
    swatches = {swatch["data-map-swatch"] for swatch in page.select("[data-map-swatch]")}
    assert swatches == {"hidden", "0", "1", "2", "3", "4", "5"}


def test_rates_are_grouped_by_the_year_of_residents(reported, partner):
    page = parsed(partner.get("/en/needs/?sort=rate&order=descending"))
    groups = [heading.get_text() for heading in page.select('th[scope="rowgroup"]')]
    assert groups == ["Residents counted in 2020", "Residents counted in 2010", "Residents counted in 2017"]


def test_the_city_is_told_by_quarter(reported, partner):
    page = parsed(partner.get("/en/needs/"))
    heads = [cell.get_text(strip=True) for cell in page.select("#needs-quarters thead th")]
    assert heads == ["Area of life", "Quarter 2", "Quarter 3", "Quarter 4", "Whole year"]
    first = page.select_one("#needs-quarters tbody tr")
    said = [cell.get_text(strip=True) for cell in first.select("th, td")]
    assert said == ["Housing", "66", "not shown", "not shown", "at least 66"]


def test_years_are_picked_where_there_are_several(reported, partner, publish):
    assert parsed(partner.get("/en/needs/")).select_one("#year") is None
    publish(date(YEAR + 1, 4, 8))
    page = parsed(partner.get("/en/needs/"))
    assert [option["value"] for option in page.select("#year option")] == [str(YEAR + 1), str(YEAR)]
    assert page.select_one("#year option[selected]")["value"] == str(YEAR)
    begun = partner.get(f"/en/needs/?year={YEAR + 1}").get_data(as_text=True)
    assert f"The numbers of {YEAR + 1} by area are not out yet." in begun


def test_columns_are_sorted_by_link_and_say_so(reported, partner):
    page = parsed(partner.get("/en/needs/?year=2025"))
    link = next(link for link in page.select("th a.tk-sort") if link.get_text(strip=True) == "Gap reports")
    page = parsed(partner.get(link["href"].partition("#")[0]))
    cells = [row.select("td")[3].get_text(strip=True) for row in page.select("#needs-table tbody tr")]
    shown = [int(text) for text in cells if text != "not shown"]
    assert shown == sorted(shown, reverse=True)
    assert cells[: len(shown)] == list(map(str, shown))
    assert [head["aria-sort"] for head in page.select("th[aria-sort]")] == ["descending"]


@pytest.mark.parametrize(
    "query", ["topic=nonsense", "sort=%00", "order=sideways", "topic=" + "x" * 3000, "topic=a&topic=b"]
)
def test_nonsense_in_the_address_shows_the_usual_page(reported, partner, query):
    assert partner.get(f"/de/needs/?{query}").status_code == 200


def test_the_page_says_what_is_left_out(reported, partner):
    text = parsed(partner.get("/en/needs/")).get_text(" ")
    assert "They stand on no map." in text
    assert "A number below 5 is never shown" in text
    assert "schematic" in text


def test_before_the_first_publication_there_is_supply_and_a_day(session, jena, partner, clock):
    clock.stop_at(datetime(2026, 11, 22, 12, tzinfo=UTC))
    page = partner.get("/en/needs/")
    assert "The first can appear on January 8, 2027" in page.get_data(as_text=True)
    table = rows(page)
    assert int(table["Whole city"][0]) == len(directory.services()) >= 40
    assert {line[3] for line in table.values() if len(line) > 3 and line[3] != "Gap reports"} == {"not shown"}
    assert {line["Key of the table"] for line in read_csv(partner.get("/en/needs/needs.csv"))} == {
        "services",
        "measures",
    }
    layer = json.loads(partner.get("/en/needs/needs.geojson").get_data())
    assert {feature["properties"]["gap_reports"] for feature in layer["features"]} == {None}


def test_services_are_counted_where_they_are(session, jena, partner):
    lines = read_csv(partner.get("/en/needs/needs.csv"))
    told = {
        (line["Key of the area"], line[TOPIC]): int(line["How many"])
        for line in lines
        if line["Key of the table"] == "services"
    }
    for part in places.areas("ortsteil"):
        there = [one for one in directory.services() if one.area_id == part.id]
        assert told[part.key, "all"] == len(there)
        assert told[part.key, "housing"] == sum("housing" in one.topics for one in there)
    assert told["", "all"] == len(directory.services())


def test_measures_are_counted_where_they_are_and_for_the_whole_city(session, jena, partner):
    lines = read_csv(partner.get("/en/needs/needs.csv"))
    told = {
        (line["Key of the area"], line[TOPIC]): int(line["How many"])
        for line in lines
        if line["Key of the table"] == "measures"
    }
    measures = plans.measures()
    for part in places.areas("ortsteil"):
        assert told[part.key, "all"] == sum(part.id in one.area_ids for one in measures)
    assert told["", "all"] == len(measures)
    citywide = sum(not one.area_ids for one in measures)
    assert citywide > 0
    assert rows(partner.get("/en/needs/"))["Whole city"][2] == str(citywide)


TOPIC = "Key of what is counted"


def test_a_service_that_ended_is_no_longer_counted(session, jena, partner):
    before = int(rows(partner.get("/en/needs/"))["Winzerla"][0])
    card = next(one for one in directory.services() if one.area_id == jena.area("18").id)
    directory_service.end_service(card.key)
    assert int(rows(partner.get("/en/needs/"))["Winzerla"][0]) == before - 1


def read_csv(answer, delimiter=","):
    body = answer.get_data()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=delimiter))


def test_german_spreadsheets_get_semicolons(reported, partner):
    answer = partner.get("/de/needs/needs.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="needs.csv"'
    assert len(read_csv(answer, ";")) > 269


def test_the_layer_is_a_feature_collection_with_outlines(reported, partner):
    answer = partner.get("/de/needs/needs.geojson")
    assert answer.content_type == "application/geo+json"
    layer = json.loads(answer.get_data())
    assert len(layer["features"]) == 30
    assert str(YEAR) in layer["needs"]["periods"]
    assert layer["type"] == "FeatureCollection"
    assert {feature["geometry"]["type"] for feature in layer["features"]} <= {"Polygon", "MultiPolygon"}
    assert layer["needs"]["hidden_below"] == 5


def test_only_those_who_may_see_needs_do(app, client, sign_in):
    for address in ("/de/needs/", "/de/needs/needs.csv", "/de/needs/needs.geojson"):
        assert client.get(address).status_code == 302
        assert sign_in("administrator").get(address).status_code == 403


def test_numbers_are_kept_by_nobody_in_between(reported, partner):
    for address in ("/de/needs/", "/de/needs/needs.csv", "/de/needs/needs.geojson"):
        assert partner.get(address).headers["Cache-Control"] == "no-store"


def test_a_second_look_asks_the_database_next_to_nothing(reported, partner, count_statements):
    partner.get("/de/needs/")
    with count_statements() as said:
        partner.get("/de/needs/")
    ours = [statement for statement in said if "needs_" in statement or "core_revision" in statement]
    assert len(ours) == 1


def test_a_page_that_is_kept_shows_each_person_their_own_desk(reported, sign_in):
    for language in ("de", "en"):
        for who in ("partner:awo", "coordinator", "partner:caritas"):
            page = parsed(sign_in(who, language).get(f"/{language}/needs/"))
            links = {link["href"] for link in page.select(".tk-desk__nav a")}
            assert (f"/{language}/partner/services/" in links) == who.startswith("partner")
            assert page.html["lang"] == language
            title = page.select_one(".tk-desk__title").get_text()
            assert ("Koordination" in title) == (who == "coordinator")
            assert ("Caritas" in title) == (who == "partner:caritas")


def test_the_script_of_the_map_carries_no_numbers(reported, client):
    answer = client.get("/de/needs/map.js?level=planungsraum")
    assert answer.mimetype == "text/javascript"
    assert "map_needs" in answer.get_data(as_text=True)
    assert "data-map-class" not in answer.get_data(as_text=True)
    assert client.get("/de/needs/map.js?level=bezirk").status_code == 404
