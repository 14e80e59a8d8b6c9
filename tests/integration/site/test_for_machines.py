"""What search engines and browsers ask for."""

from xml.etree import ElementTree as ET

import pytest

from app.core.languages import LANGUAGES

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_the_sitemap_names_every_public_page_in_every_language(client):
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    root = ET.fromstring(answer.data)  # noqa: S314 - our own text
    pages = root.findall("s:url", SPACES)
    places = [page.findtext("s:loc", namespaces=SPACES) or "" for page in pages]
    assert len(places) == len(set(places))
    assert "http://localhost/ar/services/ads-beratung" in places
    assert not [place for place in places if "/report" in place or "/account" in place]
    for page in pages[:8]:
        codes = [link.get("hreflang") for link in page.findall("x:link", SPACES)]
        assert codes == [*LANGUAGES, "x-default"]


@pytest.mark.parametrize("number", range(0, 60, 7))
def test_what_the_sitemap_names_is_there(client, number):
    root = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own text
    address = root.findall("s:url", SPACES)[number * 8].findtext("s:loc", namespaces=SPACES) or ""
    assert client.get(address.removeprefix("http://localhost")).status_code == 200


def test_robots_keep_out_of_reports_and_offices(client):
    text = client.get("/robots.txt").text
    for code in LANGUAGES:
        for path in ("report", "receipt", "account", "desk", "needs"):
            assert f"Disallow: /{code}/{path}" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_the_small_picture(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(".svg")
