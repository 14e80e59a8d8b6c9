from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.core.revisions import touch
from app.directory import queries as directory
from app.directory import service as directory_service
from app.directory.domain import ServiceEntry
from app.needs.snapshot import queries as kept_snapshots
from app.needs.snapshot import service as snapshots
from tests.support.forms import soup
from tests.support.published import YEAR, counted, known_snapshot


@pytest.fixture
def partner(sign_in):
    return sign_in("partner")


@pytest.fixture
def reported(session, jena):
    known_snapshot()


@pytest.fixture
def snapshot(session, jena):
    return snapshots.take()


def parsed(answer: Any) -> Any:
    return soup(answer)


def rows(page, table="needs-table"):
    """The numbers of each row by the name in front."""
    return {
        " ".join(row.th.get_text(" ").split()): {
            cell["data-column"]: cell.get_text(strip=True) for cell in row.select("[data-column]")
        }
        for row in parsed(page).select(f"#{table} tbody tr, #{table} tfoot tr")
    }


# The map and the list ------------------------------------------------------------------------------------------------


def test_the_list_shows_what_may_be_shown(reported, partner):
    table = rows(partner.get("/en/needs/"))
    assert table["Neulobeda"]["reports"] == "18"
    assert table["Neulobeda"]["reports_per_1000"] == "0.8"
    assert table["Ammerbach"]["reports"] == table["Ammerbach"]["reports_per_1000"] == "not shown"
    assert table["Ammerbach"]["mismatch"] == "too few to tell"
    assert rows(partner.get("/de/needs/"))["Neulobeda"]["reports_per_1000"] == "0,8"


def test_one_area_of_life_is_told_by_planning_area_and_the_page_says_so(reported, partner):
    page = parsed(partner.get("/en/needs/?topic=housing"))
    lines = page.select('[data-map-classes="map_needs"] [data-map-area]')
    assert {line["data-map-area"] for line in lines} == {
        "nord", "ost", "west-zentrum", "lobeda", "winzerla", "ortschaften",
    }  # fmt: skip
    assert "planungsraum" in page.select_one("script[src*='map.js'][src*='level=']")["src"]
    assert "is told by planning area" in page.get_text()
    supply = parsed(partner.get("/en/needs/?topic=housing&show=share_far"))
    assert len(supply.select("[data-map-area]")) == 30


def test_all_areas_of_life_are_told_by_part_of_town(reported, partner):
    page = parsed(partner.get("/en/needs/?show=reports_per_1000"))
    lines = page.select('[data-map-classes="map_needs"] [data-map-area]')
    assert {line["data-map-area"] for line in lines} == {str(number) for number in range(1, 31)}
    classes = {line["data-map-area"]: line["data-map-class"] for line in lines}
    assert classes["4"] == "2"
    assert classes["1"] == "hidden"
    assert page.select_one("#map_needs") is not None
    swatches = {swatch["data-map-swatch"] for swatch in page.select("[data-map-swatch]")}
    assert swatches == {"hidden", "0", "1", "2", "3", "4", "5"}


def test_the_classes_of_the_index_have_words_and_patterns(reported, partner):
    page = parsed(partner.get("/en/needs/"))
    swatches = {swatch["data-map-swatch"] for swatch in page.select("[data-map-swatch]")}
    assert swatches == {"need-2", "need-1", "even", "supply-1", "supply-2", "hidden", "0"}
    assert {line["data-map-class"] for line in page.select("[data-map-area]")} <= swatches
    assert "log" in page.select_one(".tk-needs__formula").get_text()


def test_rates_are_grouped_by_the_year_of_residents(reported, partner):
    page = parsed(partner.get("/en/needs/?sort=reports_per_1000&order=descending"))
    groups = [heading.get_text() for heading in page.select('th[scope="rowgroup"]')]
    assert groups == ["Residents counted in 2020", "Residents counted in 2010", "Residents counted in 2017"]


def test_columns_are_sorted_by_link_and_say_so(reported, partner):
    page = parsed(partner.get("/en/needs/"))
    link = next(link for link in page.select("th a.tk-sort") if link.get_text(strip=True) == "Gap reports")
    page = parsed(partner.get(link["href"].partition("#")[0]))
    cells = [cell.get_text(strip=True) for cell in page.select("#needs-table tbody [data-column=reports]")]
    shown = [int(text) for text in cells if text != "not shown"]
    assert shown == sorted(shown, reverse=True)
    assert cells[: len(shown)] == list(map(str, shown))
    assert [head["aria-sort"] for head in page.select("th[aria-sort]")] == ["descending"]


def test_areas_are_picked_without_a_script(reported, partner):
    page = parsed(partner.get("/en/needs/"))
    assert len(page.select("#needs-pick [name=area]")) == 30
    one = partner.get("/en/needs/pick?level=ortsteil&area=18")
    assert one.location == "/en/needs/areas/ortsteil/18"
    two = partner.get("/en/needs/pick?level=ortsteil&area=18&area=4")
    assert two.location == "/en/needs/compare?area=18&area=4"
    for wrong in ("", "&area=1&area=2&area=3", "&area=nowhere"):
        refused = partner.get(f"/en/needs/pick?level=ortsteil{wrong}")
        assert refused.status_code == 422
        assert "Please choose one area for its profile, or two to compare." in refused.get_data(as_text=True)
    kept = parsed(partner.get("/en/needs/pick?level=ortsteil&area=1&area=2&area=3"))
    assert [box["value"] for box in kept.select("[name=area][checked]")] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "query",
    ["topic=nonsense", "sort=%00", "order=sideways", "topic=" + "x" * 3000, "topic=a&topic=b", "level=nowhere",
     "show=residents", "area=18&area=18", "year=0&target=", "show=indicator:none"],
)  # fmt: skip
def test_nonsense_in_the_address_shows_the_usual_page(reported, partner, query):
    for path in ("", "matrix", "time", "compare", "city", "areas/ortsteil/18"):
        assert partner.get(f"/de/needs/{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["areas/ortsteil/99", "areas/nowhere/1", "areas/city/city", "?snapshot=123456789abc", "files/none.csv",
     "charts/none.svg", "files/profile.pdf", "files/profile.csv", "files/areas.ods", "map.js?level=nowhere"],
)  # fmt: skip
def test_what_is_unknown_is_not_found(reported, partner, path):
    assert partner.get(f"/en/needs/{path}").status_code == 404


# The other pages -----------------------------------------------------------------------------------------------------


def test_the_matrix_tells_need_by_planning_area_and_area_of_life(reported, partner):
    page = parsed(partner.get("/en/needs/matrix?show=reports_per_1000"))
    heads = [head["data-topic"] for head in page.select("#needs-matrix thead [data-topic]")]
    told = {row["data-area"]: [cell.get_text(strip=True) for cell in row.select("[data-column]")]
            for row in page.select("#needs-matrix tbody tr")}  # fmt: skip
    assert len(told) == 6
    assert heads[:2] == ["housing", "authority"]
    assert told["lobeda"][0] not in {"not shown", ""}
    assert told["lobeda"][2] == "not shown"
    for cell in page.select("#needs-matrix td.tk-heat"):
        assert cell.select_one(".tk-heat__sign").get_text(strip=True)


def test_supply_in_the_matrix_is_told_by_part_of_town(snapshot, partner):
    page = parsed(partner.get("/en/needs/matrix?show=average_far"))
    assert len(page.select("#needs-matrix tbody tr")) == 30


def test_the_city_is_told_by_quarter(reported, partner):
    page = parsed(partner.get("/en/needs/time"))
    heads = [cell.get_text(strip=True) for cell in page.select("#needs-quarters thead th")]
    assert heads[:4] == ["Area of life", f"{YEAR} Q2", f"{YEAR} Q3", f"{YEAR} Q4"]
    first = page.select_one("#needs-quarters tbody tr")
    said = [cell.get_text(strip=True) for cell in first.select("th, td")]
    assert said[:4] == ["Housing", "66", "not shown", "not shown"]


def test_years_are_picked_where_there_are_several(reported, partner, publish):
    assert parsed(partner.get("/en/needs/")).select_one("#needs-year") is None
    counted(6, on=datetime(YEAR + 1, 2, 3, tzinfo=UTC))
    publish(date(YEAR + 1, 4, 8))
    page = parsed(partner.get("/en/needs/"))
    assert [option["value"] for option in page.select("#needs-year option")] == [str(YEAR + 1), str(YEAR)]
    assert page.select_one("#needs-year option[selected]")["value"] == str(YEAR)
    begun = partner.get(f"/en/needs/?year={YEAR + 1}").get_data(as_text=True)
    assert f"The numbers of {YEAR + 1} by area are not out yet." in begun


def test_a_profile_tells_everything_of_one_area(reported, partner):
    page = parsed(partner.get("/en/needs/areas/ortsteil/4"))
    assert page.h1.get_text(strip=True) == "Neulobeda"
    facts = {row.td["data-column"]: row.td.get_text(strip=True) for row in page.select("#needs-facts tbody tr")}
    assert facts["reports"] == "18"
    assert facts["residents"] == "21,647"
    assert page.select_one('a[href="/en/needs/areas/planungsraum/lobeda"]') is not None
    assert page.select_one('a[href="/en/areas/ortsteil/4"]') is not None
    assert "No indicators have been imported" in page.get_text()
    compared = page.select_one('a[href*="compare"][href*="area=4"][href*="area=3"]')
    assert partner.get(compared["href"]).status_code == 200


def test_only_a_partner_takes_up_the_need_of_an_area(reported, partner, sign_in):
    answer = 'a[href="/en/partner/take-up?level=ortsteil&area=4&topic=all"]'
    taken_up = parsed(partner.get("/en/needs/areas/ortsteil/4")).select_one(answer)
    assert partner.get(taken_up["href"]).status_code == 200
    planner = sign_in("planner", "en")
    assert parsed(planner.get("/en/needs/areas/ortsteil/4")).select_one(answer) is None


def test_two_areas_stand_side_by_side(reported, partner):
    page = parsed(partner.get("/en/needs/compare?area=4&area=25"))
    told = {row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")]
            for row in page.select("#needs-compare tbody tr")}  # fmt: skip
    assert told["Gap reports"] == ["18", "18"]
    assert told["Residents"][0] == "21,647"
    assert page.select_one("#needs-compare-topics") is not None
    assert parsed(partner.get("/en/needs/compare")).select_one("#needs-compare") is None


def test_the_whole_city_tells_who_is_concerned(reported, partner):
    page = parsed(partner.get("/en/needs/city"))
    first = page.select_one("#needs-targets tbody tr")
    said = [cell.get_text(strip=True) for cell in first.select("th, td")]
    assert said[0] == "Families"
    assert said[-1] == "132"
    assert "They stand on no map." in page.get_text()
    assert page.select_one("#needs-languages") is not None


# What is said at the foot --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "matrix", "time", "compare?area=4&area=25", "city", "areas/ortsteil/18"])
def test_each_page_says_its_snapshot_and_what_is_left_out(reported, partner, path):
    page = parsed(partner.get(f"/en/needs/{path}"))
    text = page.get_text(" ")
    digits = kept_snapshots.latest().hash[:12]
    assert digits in text
    for words in ("A number below 5 is never shown", "as the crow flies", "Few reports do not mean little need",
                  "Where people live", "has not confirmed yet"):  # fmt: skip
        assert words in text
    assert page.select_one(f'a[href*="snapshot={digits}"]') is not None


def test_an_older_snapshot_stays_as_it_was(reported, partner, jena):
    older = kept_snapshots.latest()
    before = rows(partner.get("/en/needs/?sort=services_within"))["Winzerla"]
    card = next(one for one in directory.services() if one.area_id == jena.area("18").id)
    entry = ServiceEntry(card.key, card.organisation, card.name, card.description, card.topics, card.targets,
                         card.languages, card.area_id)  # fmt: skip
    directory_service.keep_service(entry)
    directory_service.end_service(entry.key)
    assert rows(partner.get("/en/needs/?sort=services_within"))["Winzerla"] == before
    newer = snapshots.take()
    assert newer.hash != older.hash
    now = partner.get("/en/needs/areas/ortsteil/18")
    assert newer.hash[:12] in now.get_data(as_text=True)
    then = partner.get(f"/en/needs/areas/ortsteil/18?snapshot={older.hash[:12]}")
    assert "This is an earlier snapshot" in then.get_data(as_text=True)
    told = [
        int(parsed(page).select_one("#needs-facts [data-column=services_within]").get_text()) for page in (then, now)
    ]
    assert told[0] == told[1] + 1


def test_before_the_first_snapshot_there_is_a_word_and_no_number(session, jena, partner):
    for one in kept_snapshots.older_than(datetime(2100, 1, 1, tzinfo=UTC)):
        session.delete(one)
    session.flush()
    touch("snapshots")
    for path in ("", "matrix", "time", "compare", "city", "areas/ortsteil/18"):
        assert "There is nothing to show yet." in partner.get(f"/en/needs/{path}").get_data(as_text=True)
    assert partner.get("/en/needs/files/areas.csv").status_code == 404


def test_before_the_first_publication_there_is_supply(snapshot, partner):
    page = partner.get("/en/needs/")
    assert "No numbers of reports have been published yet." in page.get_data(as_text=True)
    table = rows(page)
    assert {line["reports"] for line in table.values()} == {"not published yet"}
    assert table["Winzerla"]["share_far"].isdigit()
    assert "No quarter is out yet." in partner.get("/en/needs/time").get_data(as_text=True)
    with_csv = partner.get("/en/needs/needs.csv")
    assert list(csv.DictReader(io.StringIO(with_csv.get_data().decode("utf-8-sig")))) == []


# Who sees it, and how often the database is asked --------------------------------------------------------------------

ADDRESSES = (
    "/de/needs/", "/de/needs/matrix", "/de/needs/time", "/de/needs/city", "/de/needs/compare",
    "/de/needs/areas/ortsteil/18", "/de/needs/needs.csv", "/de/needs/files/areas.csv", "/de/needs/files/matrix.xlsx",
    "/de/needs/files/areas.geojson", "/de/needs/charts/areas.svg?show=share_far", "/de/needs/files/profile.pdf?area=18",
)  # fmt: skip


def test_only_those_who_may_see_needs_do(snapshot, client, sign_in):
    administrator = sign_in("administrator")
    for address in ADDRESSES:
        assert client.get(address).status_code == 302
        assert administrator.get(address).status_code == 403


def test_numbers_are_kept_by_nobody_in_between(reported, partner):
    for address in ADDRESSES:
        answer = partner.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["", "matrix", "time", "city", "compare?area=4&area=25", "areas/ortsteil/18", "?topic=housing",
             "files/areas.geojson", "files/profile.pdf?area=18", "charts/areas.svg?show=share_far"],
)  # fmt: skip
def test_a_second_look_asks_the_database_next_to_nothing(reported, partner, count_statements, path):
    partner.get(f"/de/needs/{path}")
    with count_statements() as said:
        partner.get(f"/de/needs/{path}")
    ours = [one for one in said if any(word in one for word in ("needs_", "core_revision", "place_", "plan_"))]
    assert len(ours) == 1
    assert len(said) <= 6


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
    assert client.get("/de/needs/map.js?level=nowhere").status_code == 404
