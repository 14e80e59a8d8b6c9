"""Places of colonial history as residents see them."""

import json

from app.core.languages import LANGUAGES
from app.core.texts import Localized
from app.plans.history import service
from app.plans.history.domain import Content, Picture, Section
from tests.support.forms import soup
from tests.support.photographs import photograph


def with_picture(key="probe", **changes):
    pixels = service.made_anew(photograph())
    picture = Picture(
        digest=pixels.digest, large=pixels.large_size, small=pixels.small_size, alt=Localized(de="Eine Mauer"),
        author="Archiv", rights="gemeinfrei",
    )  # fmt: skip
    values = {
        "name": Localized(de="Probe", en="Sample"), "story": Localized(de="Es war.", en="It was."),
        "sections": (Section(title=Localized(de="Später"), text=Localized(de="Danach.")),), "pictures": (picture,),
    }  # fmt: skip
    service.put(key, 9, Content(**values | changes), [pixels])
    return pixels


def test_the_overview_lists_what_the_map_shows(client):
    for code in LANGUAGES:
        page = soup(client.get(f"/{code}/history"))
        assert len(page.select("main h3 a")) == 3
        assert page.select_one("main .tk-map") is not None
    assert soup(client.get("/en/about")).select_one('a[href="/en/history"]') is not None
    assert soup(client.get("/en/plans")).select_one('a[href="/en/history"]') is not None
    assert "/de/history<" in client.get("/sitemap.xml").get_data(as_text=True)


def test_each_place_leads_to_its_neighbours(client):
    first = soup(client.get("/en/history/ernst-haeckel-haus"))
    assert first.select_one("a[rel=prev]") is None
    assert first.select_one("a[rel=next]")["href"] == "/en/history/phyletisches-museum"
    last = soup(client.get("/en/history/jena-declaration"))
    assert last.select_one("a[rel=next]") is None
    assert "This is a subject, not a place" in last.get_text()


def test_a_text_that_is_missing_says_which_language_it_is_in(client, session):
    with_picture()
    page = soup(client.get("/ar/history/probe"))
    assert page.select_one("main h1 [lang]")["lang"] == "de"
    assert page.select_one(".tk-story h2 [lang]")["lang"] == "de"
    image = page.select_one("main img")
    assert (image["alt"], image["lang"]) == ("Eine Mauer", "de")


def test_the_download_says_all_that_the_pages_say(client, session):
    pixels = with_picture()
    answer = client.get("/en/history/places.geojson")
    assert answer.mimetype == "application/geo+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    found = {feature["id"]: feature for feature in json.loads(answer.data)["features"]}
    assert len(found) == 4
    house = found["ernst-haeckel-haus"]
    assert house["geometry"] == {"type": "Point", "coordinates": [11.582, 50.925]}
    assert house["properties"]["partners"] == [{"name": "Friedrich Schiller University Jena", "url": None}]
    assert house["properties"]["address"] == "Berggasse 7"
    probe = found["probe"]
    assert probe["geometry"] is None
    assert probe["properties"]["sections"] == [{"title": "Später", "text": "Danach."}]
    [picture] = probe["properties"]["pictures"]
    assert (picture["author"], picture["rights"], picture["alt"]) == ("Archiv", "gemeinfrei", "Eine Mauer")
    path = picture["url"].partition("/history/")[2]
    assert client.get(f"/history/{path}").data == pixels.large


def test_a_search_finds_what_stands_in_a_section(client, session):
    with_picture()
    assert "history/probe" in client.get("/de/map?q=danach").get_data(as_text=True)


def test_the_same_folder_twice_changes_nothing(session):
    with_picture()
    pixels = service.made_anew(photograph())
    content = Content(name=Localized(de="Probe"), story=Localized(de="Es war."))
    assert service.put("probe", 9, content, [pixels])
    assert not service.put("probe", 9, content, [])
