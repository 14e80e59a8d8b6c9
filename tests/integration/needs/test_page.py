from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from sqlalchemy import delete

from app.core.revisions import touch
from app.needs import queries, service
from app.needs.domain import ALL, TOPICS
from app.needs.models import Snapshot
from tests import factories
from tests.support.forms import soup


@pytest.fixture
def partner(sign_in):
    return sign_in("partner")


@pytest.fixture
def reported(session, jena):
    """Winzerla: 7 in housing, 2 in education. Neulobeda: 12 in education. Zwätzen (residents of 2010): 30 in work."""
    for number, changes in ((7, {}), (2, {"topic": "education"}), (12, {"topic": "education", "area": "4"}),
                            (30, {"topic": "work", "area": "23"})):  # fmt: skip
        for _ in range(number):
            factories.sent(**changes)
    service.rebuild()
    return queries.published()


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
    table = rows(partner.get("/en/needs/?topic=housing"))
    assert table["Winzerla"][3:5] == ["7", "0.6"]
    assert table["Neulobeda"][3:5] == ["under 5", "– not shown"]
    assert "30" not in [line[3] for line in table.values()]
    assert rows(partner.get("/de/needs/?topic=housing"))["Winzerla"][3:5] == ["7", "0,6"]


def test_a_count_of_two_stands_nowhere(reported, partner):
    for address in ("/de/needs/?topic=education", "/en/needs/", "/de/needs/needs.geojson?topic=education"):
        text = partner.get(address).get_data(as_text=True)
        assert '"gap_reports":2' not in text
    assert rows(partner.get("/en/needs/?topic=education"))["Winzerla"][3] == "under 5"


def test_every_area_has_a_row_that_the_map_reads(reported, partner):
    page = parsed(partner.get("/en/needs/?topic=housing"))
    lines = page.select('[data-map-classes="map_needs"] [data-map-area]')
    assert {line["data-map-area"] for line in lines} == {str(number) for number in range(1, 31)}
    classes = {line["data-map-area"]: line["data-map-class"] for line in lines}
    assert classes["18"] == "2"
    assert classes["4"] == "hidden"
    assert page.select_one("#map_needs") is not None
    swatches = {swatch["data-map-swatch"] for swatch in page.select("[data-map-swatch]")}
    assert swatches == {"hidden", "0", "1", "2", "3", "4", "5"}


def test_residents_of_another_year_are_not_compared(reported, partner):
    page = parsed(partner.get("/en/needs/?topic=work&sort=rate&order=descending"))
    zwaetzen = page.select_one('[data-map-area="23"]')
    assert zwaetzen["data-map-class"] == "0"
    groups = [heading.get_text() for heading in page.select('th[scope="rowgroup"]')]
    assert groups == ["Residents counted in 2020", "Residents counted in 2010", "Residents counted in 2017"]
    first = page.select_one("tbody [data-map-area]")
    assert first["data-map-area"] != "23"


def test_columns_are_sorted_by_link_and_say_so(reported, partner):
    page = parsed(partner.get("/en/needs/?topic=education"))
    link = next(link for link in page.select("th a.tk-sort") if link.get_text(strip=True) == "Gap reports")
    page = parsed(partner.get(link["href"].partition("#")[0]))
    assert page.select_one("[data-map-area]")["data-map-area"] == "4"
    assert [head["aria-sort"] for head in page.select("th[aria-sort]")] == ["descending"]
    assert page.select_one("select#topic option[selected]")["value"] == "education"


@pytest.mark.parametrize(
    "query", ["topic=nonsense", "sort=%00", "order=sideways", "topic=" + "x" * 3000, "topic=a&topic=b"]
)
def test_nonsense_in_the_address_shows_the_usual_page(reported, partner, query):
    assert partner.get(f"/de/needs/?{query}").status_code == 200


def test_the_page_says_what_is_left_out(reported, partner):
    text = parsed(partner.get("/en/needs/")).get_text(" ")
    assert "Experiences of racism and discrimination never appear here" in text
    assert "A count below 5 is never shown" in text
    assert "schematic" in text


def test_before_the_first_snapshot_the_page_says_so(session, jena, partner):
    session.execute(delete(Snapshot))
    touch("needs")
    session.flush()
    page = partner.get("/de/needs/")
    assert page.status_code == 200
    assert parsed(page).select_one(".tk-empty") is not None
    assert partner.get("/de/needs/needs.csv").status_code == 404
    assert partner.get("/de/needs/needs.geojson").status_code == 404


def test_page_csv_and_geojson_say_the_same(reported, partner):
    lines = read_csv(partner.get("/en/needs/needs.csv"))
    assert len(lines) == 31 * (len(TOPICS) + 1)
    for topic in (ALL, *TOPICS):
        layer = json.loads(partner.get(f"/en/needs/needs.geojson?topic={topic}").get_data())
        table = rows(partner.get(f"/en/needs/?topic={topic}"))
        here = {line["Key of the area"]: line for line in lines if line["Key of the area of life"] == topic}
        assert len(layer["features"]) == 30
        for feature in layer["features"]:
            one = feature["properties"]
            line, row = here[one["key"]], table[one["name"]]
            assert number(line["Gap reports"]) == one["gap_reports"]
            assert int(line["Gap reports, at least"]) == one["gap_reports_at_least"]
            assert int(line["Gap reports, at most"]) == one["gap_reports_at_most"]
            assert line["Gap reports, as shown"] == row[3]
            assert number(line["Services"]) == one["services"] == int(row[0])
            assert number(line["Measures in the area"]) == one["measures"] == int(row[1])
            rate = line["Gap reports per 1,000 residents"]
            assert (float(rate) if rate else None) == one["gap_reports_per_1000"]
            assert row[4] == (f"{float(rate):g}" if rate else "– not shown")
        city = layer["needs"]["city"]
        assert number(here[""]["Gap reports"]) == city["gap_reports"]
        assert here[""]["Gap reports, as shown"] == table["Whole city"][3]


def read_csv(answer, delimiter=","):
    body = answer.get_data()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=delimiter))


def number(text):
    return int(text) if text else None


def test_german_spreadsheets_get_semicolons_and_decimal_commas(reported, partner):
    answer = partner.get("/de/needs/needs.csv")
    assert re.fullmatch(r'attachment; filename="needs-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"])
    lines = read_csv(answer, ";")
    rates = [list(line.values())[11] for line in lines]
    assert "0,6" in rates
    assert not any("." in rate for rate in rates)


def test_the_layer_is_a_feature_collection_with_outlines(reported, partner):
    answer = partner.get("/de/needs/needs.geojson")
    assert answer.content_type == "application/geo+json"
    layer = json.loads(answer.get_data())
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
            assert (f"/{language}/needs/services/" in links) == who.startswith("partner")
            assert page.html["lang"] == language
            title = page.select_one(".tk-desk__title").get_text()
            assert ("Koordination" in title) == (who == "coordinator")
            assert ("Caritas" in title) == (who == "partner:caritas")


def test_the_script_of_the_map_carries_no_numbers(reported, client):
    answer = client.get("/de/needs/map.js")
    assert answer.mimetype == "text/javascript"
    assert "map_needs" in answer.get_data(as_text=True)
    assert "data-map-class" not in answer.get_data(as_text=True)
