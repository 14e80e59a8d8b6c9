import pytest

from app.core.languages import LANGUAGES, OFFICE_LANGUAGES
from app.core.revisions import touch
from tests.support.forms import soup

PAGES = ["", "map", "plans", "about", "imprint", "privacy", "accessibility", "languages", "report", "receipt"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ar", "ar"),
        ("ar-SY,ar;q=0.9,en;q=0.5", "ar"),
        ("en-GB,en;q=0.8", "en"),
        ("de-DE", "de"),
        ("uk,ru;q=0.8", "de"),
        ("fr,en;q=0.3", "en"),
        ("", "de"),
    ],
)
def test_the_first_address_leads_to_the_language_the_browser_asks_for(client, asked, given):
    answer = client.get("/", headers={"Accept-Language": asked} if asked else {})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{given}/"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_public_page_exists_in_every_language(client, language, page):
    answer = client.get(f"/{language.code}/{page}")
    assert answer.status_code == 200
    html = soup(answer).html
    assert (html["lang"], html["dir"]) == (language.code, language.direction)


@pytest.mark.parametrize("page", PAGES)
def test_twins_name_one_another(client, page):
    """Each language's page names the same twins, itself among them: search engines believe it only then."""
    named = {}
    for code in LANGUAGES:
        links = soup(client.get(f"/{code}/{page}")).select("link[rel=alternate][hreflang]")
        named[code] = {link["hreflang"]: link["href"] for link in links}
    expected = {code: f"http://localhost/{code}/{page}" for code in LANGUAGES}
    for twins in named.values():
        assert {code: twins[code] for code in LANGUAGES} == expected
        assert twins["x-default"] == expected["de"]


@pytest.mark.parametrize("page", PAGES)
def test_the_switch_leads_to_the_same_page(client, page):
    for code in ("de", "ar"):
        links = soup(client.get(f"/{code}/{page}")).select("header a[hreflang]")
        assert {link["hreflang"]: link["href"] for link in links} == {other: f"/{other}/{page}" for other in LANGUAGES}


def test_the_switch_of_the_offices_offers_their_languages(sign_in):
    page = soup(sign_in("reader:ads").get("/de/desk/"))
    assert {link["hreflang"] for link in page.select("a[hreflang]")} == set(OFFICE_LANGUAGES)


def test_the_switch_keeps_what_was_searched_for(client):
    links = soup(client.get("/de/map?topic=housing")).select("a[hreflang=ar]")
    assert links[0]["href"] == "/ar/map?topic=housing"


@pytest.mark.parametrize("path", ["/de/", "/de/map", "/de/plans", "/de/plans/poverty", "/de/about", "/de/privacy"])
def test_a_page_in_memory_keeps_nothing_of_who_asked_for_it_first(client, session, path):
    for body in ("places", "plans", "directory"):
        touch(body)
    session.commit()
    client.head(f"{path}")
    client.get(f"{path}?Zitronenfalter=1&topic=%00")
    page = client.get(path).get_data(as_text=True)
    assert "Zitronenfalter" not in page
    assert "topic=%00" not in page
    assert page.count("hreflang") >= 2 * len(LANGUAGES)


def test_an_unknown_language_is_an_unknown_page(client):
    assert client.get("/fr/").status_code == 404
    assert client.get("/de-x/").status_code == 404


def test_a_text_that_is_missing_in_a_language_says_in_which_it_is(app, session):
    from app.core.languages import shown
    from app.core.texts import Localized

    with app.test_request_context("/ar/"):
        app.preprocess_request()
        assert shown(Localized(de="Rat <b>", en="Advice")) == '<span lang="de" dir="ltr">Rat &lt;b&gt;</span>'
        assert shown(Localized(ar="مشورة", de="Rat")) == "مشورة"
        assert shown(None) == ""


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_pages_are_translated(client, code):
    """Not a single sentence of the home page is the English one."""
    english = {text for text in soup(client.get("/en/")).main.stripped_strings if len(text.split()) > 2}
    other = set(soup(client.get(f"/{code}/")).main.stripped_strings)
    assert len(english) > 5
    assert english & other == set()


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_external", "_anchor", "_method", "self", "lang", "key", "x"])
def test_whatever_an_address_asks_for_the_switch_keeps_it_and_follows_none_of_it(client, name):
    answer = client.get("/de/plans", query_string=[(name, "javascript"), (name, "ä&b")])
    assert answer.status_code == 200
    links = {link["hreflang"]: link["href"] for link in soup(answer).select("header a[hreflang]")}
    assert links == {code: f"/{code}/plans?{name}=javascript&{name}=%C3%A4%26b" for code in LANGUAGES}


def test_an_error_page_follows_nothing_in_the_address_either(client):
    assert client.get("/de/services/none?endpoint=x&_scheme=y").status_code == 404
