"""The public pages, as somebody without JavaScript reads them."""

import re

import pytest
from bs4 import BeautifulSoup

from app.city.service import load
from app.core.languages import LANGUAGES
from app.directory import service as directory_service
from tests.support.cities import write

PATHS = (
    "/", "/map", "/plans", "/plans/poverty", "/plans/integration", "/plans/antiracism", "/measures/colonial-history",
    "/services/ads-beratung", "/areas/ortsteil/18", "/areas/planungsraum/lobeda", "/history/ernst-haeckel-haus",
    "/history/jena-declaration", "/about", "/imprint", "/privacy", "/accessibility", "/languages",
)  # fmt: skip
KEPT = ("/", "/map", "/plans", "/plans/poverty", "/about", "/privacy")


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def listed(answer):
    return [entry["data-key"] for entry in soup(answer).select("[data-key]")]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_in_every_language(client, code):
    for path in PATHS:
        answer = client.get(f"/{code}{path}")
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/plans/x", "/measures/x", "/services/x", "/areas/ortsteil/99", "/areas/x/1", "/history/x"]
)
def test_what_there_is_not(client, path):
    assert client.get(f"/de{path}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "code"), [("ar,en;q=0.5", "ar"), ("fr", "de"), ("de-DE", "de"), ("en-GB,en", "en"), (None, "de")]
)
def test_the_first_visit(client, asked, code):
    answer = client.get("/", headers={"Accept-Language": asked} if asked else {})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{code}/"
    assert "Accept-Language" in answer.headers["Vary"]


# Kept pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", KEPT)
def test_a_kept_page_costs_one_question_and_is_not_sent_twice(client, count_statements, path):
    first = client.get(f"/de{path}")
    with count_statements() as said:
        again = client.get(f"/de{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert len(said) == 1, said
    assert "nonce" not in first.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in first.headers


def test_a_kept_page_follows_the_content(client, session):
    before = client.get("/en/").headers["ETag"]
    directory_service.end_service("ads-beratung")
    after = client.get("/en/")
    assert after.headers["ETag"] != before
    assert "service/ads-beratung" not in listed(client.get("/en/map"))


def test_pages_are_sent_compressed(client):
    answer = client.head("/de/map", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert int(answer.headers["Content-Length"]) < 30_000


# Home ----------------------------------------------------------------------------------------------------------------


def test_home_shows_three_ways_and_three_plans(client):
    page = soup(client.get("/de/"))
    ways = [link["href"] for link in page.select(".tk-way a")]
    assert ways == ["/de/map", "/de/report", "/de/receipt"]
    assert [mark["class"][-1] for mark in page.select(".tk-plan-card .tk-mark")] == [
        "tk-mark--circle", "tk-mark--square", "tk-mark--triangle",
    ]  # fmt: skip
    assert page.select_one('a[href="tel:110"]') is not None
    assert page.select_one('form[action="/de/map"] input[name="q"]') is not None
    assert len(page.select('a[href^="/de/areas/ortsteil/"]')) == 30


# Map and list --------------------------------------------------------------------------------------------------------


def test_the_list_says_what_the_map_shows(client):
    entries = listed(client.get("/de/map"))
    on_the_map = {
        feature["id"]
        for kind in ("services", "measures", "history")
        for feature in client.get(f"/de/data/{kind}.geojson").json["features"]
    }
    assert set(entries) == on_the_map
    assert len(entries) == len(set(entries))


def test_the_list_is_sorted_by_name(client):
    page = soup(client.get("/de/map"))
    for group in page.select(".tk-entries"):
        names = [" ".join(link.get_text().split()).lower().replace("ä", "a") for link in group.select("h3 a")]
        assert names[0][0] <= names[-1][0]


@pytest.mark.parametrize(
    ("asked", "some", "none"),
    [
        ("topic=housing", "service/jenawohnen-wohnungssuche", "service/awo-jugendtreff-nord"),
        ("kind=history", "history/ernst-haeckel-haus", "service/ads-beratung"),
        ("kind=measure&plan=antiracism", "measure/anti-discrimination-office", "history/ernst-haeckel-haus"),
        ("language=es", "service/iberoamerica-sprachcafe", "service/ads-beratung"),
        ("target=older_people", "service/seniorenbeirat-digital", "service/awo-jugendtreff-nord"),
        ("q=sprachcafe", "service/iberoamerica-sprachcafe", "service/ads-beratung"),
        ("q=Winzerla", "service/awo-familientreff-winzerla", "service/ads-beratung"),
        ("q=WINZERLA&topic=leisure", "service/awo-familientreff-winzerla", "service/jenawohnen-wohnungssuche"),
    ],
)
def test_filters(client, asked, some, none):
    answer = client.get(f"/de/map?{asked}")
    entries = listed(answer)
    assert some in entries
    assert none not in entries
    assert f": {len(entries)}" in soup(answer).select_one("[data-map-count]").get_text()


def test_a_group_of_parts_of_town_finds_what_lies_in_its_members(client):
    assert "service/ads-sprechzeit-lobeda" in listed(client.get("/de/map?q=Lobeda"))


def test_german_names_are_found_in_every_language(client):
    assert "service/iberoamerica-sprachcafe" in listed(client.get("/ar/map?q=Sprachcaf%C3%A9"))


def test_the_form_shows_what_was_asked(client):
    page = soup(client.get("/de/map?q=%22%3Cb%3E&topic=work&language=de"))
    assert page.select_one("#q")["value"] == '"<b>'
    assert page.select_one("#topic option[selected]")["value"] == "work"
    assert page.select_one("#language option[selected]")["value"] == "de"
    assert page.select_one("details.tk-filter__more").has_attr("open")


def test_nothing_found(client):
    page = soup(client.get("/de/map?q=qqqqqq"))
    assert not page.select_one("[data-map-none]").has_attr("hidden")
    assert page.select_one('[data-map-none] a[href="/de/report"]') is not None


@pytest.mark.parametrize("asked", ["topic=x", "plan=%00", "q=%FF%FE", "kind=service&kind=x", "q=" + "a" * 5000, "x=1"])
def test_an_odd_address_is_no_fault(client, asked):
    assert client.get(f"/de/map?{asked}").status_code == 200


def test_streets_lead_to_their_part_of_town(client, session, jena):
    from app.places.domain import folded
    from app.places.models import Street
    from app.places.service import replace_streets

    name = "Testgasse"
    area = jena.area("18")
    replace_streets([Street(name=name, folded=folded(name), area_id=area.id, longitude=11.57, latitude=50.89)])
    answer = client.get("/de/map?q=testgasse")
    assert "Testgasse" in soup(answer).select_one(".tk-places").get_text()
    assert "service/awo-familientreff-winzerla" in listed(answer)


# Entries -------------------------------------------------------------------------------------------------------------


def test_a_service_says_how_sure_it_is(client, session):
    page = soup(client.get("/en/services/ads-sprechzeit-lobeda"))
    assert page.select_one(".kern-badge--warning") is not None
    directory_service.confirm_service("ads-sprechzeit-lobeda")
    confirmed = soup(client.get("/en/services/ads-sprechzeit-lobeda"))
    assert confirmed.select_one(".kern-badge--success") is not None
    assert confirmed.select_one(".kern-badge--warning") is None


@pytest.mark.parametrize(("path", "subject"), [
    ("/services/ads-beratung", "service:ads-beratung"), ("/measures/colonial-history", "measure:colonial-history"),
])  # fmt: skip
def test_praise_correction_and_idea_are_posted(client, path, subject):
    form = soup(client.get(f"/ar{path}")).select_one(".tk-say form")
    assert (form["method"], form["action"]) == ("post", "/ar/report/about")
    assert form.select_one('input[name="subject"]')["value"] == subject
    assert [button["value"] for button in form.select("button")] == ["praise", "correction", "idea"]
    answer = client.post("/ar/report/about", data={"subject": subject, "kind": "idea"})
    assert answer.status_code == 200


def test_languages_spoken_have_names(client):
    assert "الإسبانية" in client.get("/ar/services/iberoamerica-sprachcafe").text
    assert "Spanisch" in client.get("/de-simple/services/iberoamerica-sprachcafe").text


def test_an_area_tells_residents_with_their_year_and_its_neighbours(client, jena):
    page = soup(client.get("/de/areas/ortsteil/18"))
    assert re.search(r"10[.\u202f]855", page.get_text())
    assert "2020" in page.get_text()
    beside = [link["href"] for link in page.select("dd a")]
    assert "/de/areas/planungsraum/winzerla" in beside
    assert any(address.startswith("/de/areas/ortsteil/") and not address.endswith("/18") for address in beside)
    assert "service/awo-familientreff-winzerla" in [entry["data-key"] for entry in page.select("[data-key]")]


def test_examples_are_marked(client):
    page = soup(client.get("/de/map"))
    marked = {entry["data-key"] for entry in page.select("[data-key]") if entry.select_one("h3 .tk-badge--neutral")}
    assert "service/ads-sprechzeit-lobeda" in marked
    assert "measure/colonial-history" not in marked
    assert len([key for key in marked if key.startswith("measure/")]) >= 30


def test_another_city_has_the_same_pages(client, session, tmp_path):
    load(write(tmp_path / "kleinstadt"))
    home = soup(client.get("/de/"))
    assert "Kleinstadt" in home.select_one("title").get_text()
    assert home.select_one('a[href="tel:112"]') is not None
    assert "Altes Viertel" in home.get_text()
    assert client.get("/de/areas/viertel/a").status_code == 200
    assert client.get("/ar/services/wohnrat").status_code == 200
    assert listed(client.get("/de/map?q=altes+viertel")) == ["service/wohnrat", "measure/mietlotse"]
