"""Places of history in the browser: written as a draft, looked at, published, hidden, put in order; with pictures."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.city.service import load
from app.core.database import may_write
from app.core.settings import REPOSITORY
from app.planning.history import forms
from app.plans.history import queries
from app.plans.history.models import HistoryPicture
from app.plans.history.service import made_anew
from app.privacy.models import AuditEntry
from tests.support.desks import element
from tests.support.forms import fill_form, soup
from tests.support.hostile import MARK
from tests.support.photographs import photograph

pytestmark = pytest.mark.usefixtures("session")

BASE = "/en/account/history"
HOUSE = "ernst-haeckel-haus"
BOMB = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x00\x86\xd6\x99\x9e"
"""A picture that says it has four thousand million pixels."""

DESCRIBED = {
    "alt_de": "Ein Haus mit Garten", "alt_de_simple": "Ein Haus", "alt_en": "A house with a garden", "alt_ar": "بيت",
    "author": "Stadtarchiv", "rights": "CC BY 4.0", "rights_url": "https://creativecommons.org/licenses/by/4.0/",
}  # fmt: skip


class Editor:
    """Somebody of social planning at work on the places."""

    def __init__(self, client):
        self.client = client

    def get(self, path=""):
        page = self.client.get(f"{BASE}{path}")
        assert page.status_code == 200, page.status
        return page

    def post(self, path, action=None, **fields):
        """Send the form of a page, by default that of the same address, with changes."""
        page = self.get(path)
        address = f"{BASE}{action or path}"
        return self.client.post(address, data=fill_form(page, address, **fields))

    def do(self, path, action=None, **fields):
        """The same, and it has to work; gives the page that follows."""
        answer = self.post(path, action, **fields)
        assert answer.status_code == 303, text(answer)[:800]
        return self.client.get(answer.location)

    def publish(self, key):
        return self.do(f"/{key}/preview", f"/{key}/publish")

    def picture(self, key, content=None, name="photo.jpg", **changes):
        """Send a picture with what is told of it."""
        values = fill_form(self.get(f"/{key}/pictures/new"), f"{BASE}/{key}/pictures/new", **DESCRIBED | changes)
        file = {} if content is None else {"file": (BytesIO(content), name)}
        return self.client.post(f"{BASE}/{key}/pictures/new", data=values.to_dict() | file)


@pytest.fixture
def editor(sign_in):
    return Editor(sign_in("planner", "en"))


def text(page, selector="main"):
    return element(page, selector).get_text(" ", strip=True)


def noted(session, key):
    return session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"history:{key}").order_by(AuditEntry.id)
    ).all()


def test_a_new_place_is_seen_once_it_is_published(editor, client, session):
    page = editor.do(
        "/new", name_de="Denkmal am Fluss", story_de="Hier stand es.", latitude="50,93", longitude="11.59", area="28"
    )
    key = page.request.path.rpartition("/")[2]
    assert "not published yet" in text(page)
    assert client.get(f"/en/history/{key}").status_code == 404
    assert "Denkmal" not in client.get("/de/map").get_data(as_text=True)
    editor.do(f"/{key}/sections/new", title_de="Wie es kam", text_de="So.\n\nUnd so.")
    editor.do(f"/{key}/partners/new", kind="museum", name_de="Stadtmuseum", url="https://museum.example/")
    editor.do(f"/{key}/partners/new", kind="other", organisation="ads")
    editor.do(f"/{key}/sources/new", text_de="Akte 7", url="https://archiv.example/7")
    preview = editor.get(f"/{key}/preview")
    assert [part["lang"] for part in soup(preview).select(".tk-panel > div:first-of-type")] == [
        "de",
        "de-simple",
        "en",
        "ar",
    ]
    assert "5 texts are missing" not in text(preview, "#in-de")
    assert "published" in text(editor.publish(key))
    shown = client.get(f"/de/history/{key}")
    assert shown.status_code == 200
    for words in ("Denkmal am Fluss", "Wie es kam", "Stadtmuseum", "Antidiskriminierungsstelle", "Akte 7"):
        assert words in text(shown)
    assert soup(shown).select_one('a[href="https://archiv.example/7"]') is not None
    feature = next(one for one in client.get("/de/data/history.geojson").json["features"] if one["id"].endswith(key))
    assert feature["geometry"]["coordinates"] == [11.59, 50.93]
    assert noted(session, key) == ["history_drafted"] * 5 + ["history_published"]


def test_a_change_is_seen_only_after_the_preview_was_confirmed(editor, client):
    page = editor.do(f"/{HOUSE}/basics", story_en="Told anew.")
    assert "has a draft" in text(page)
    assert "Told anew." not in text(client.get(f"/en/history/{HOUSE}"))
    assert "Told anew." in text(editor.get(f"/{HOUSE}/preview"))
    editor.publish(HOUSE)
    assert "Told anew." in text(client.get(f"/en/history/{HOUSE}"))


def test_a_draft_can_be_given_up(editor, client, session):
    editor.do(f"/{HOUSE}/basics", story_en="Never mind.")
    assert "The draft is gone" in editor.do(f"/{HOUSE}", f"/{HOUSE}/discard").get_data(as_text=True)
    assert "Never mind." not in text(editor.get(f"/{HOUSE}/preview"))
    new = editor.do("/new", name_de="Versuch", story_de="Nichts.").request.path.rpartition("/")[2]
    assert editor.do(f"/{new}", f"/{new}/discard").request.path == BASE
    assert editor.client.get(f"{BASE}/{new}").status_code == 404
    assert noted(session, new) == ["history_drafted", "history_discarded"]


def test_only_what_was_looked_at_is_published(editor, sign_in, client):
    other = Editor(sign_in("coordinator", "en"))
    editor.do(f"/{HOUSE}/basics", story_en="First.")
    seen = fill_form(editor.get(f"/{HOUSE}/preview"))
    late = fill_form(editor.get(f"/{HOUSE}/basics"), story_en="Late.")
    other.do(f"/{HOUSE}/basics", story_en="Second.")
    answer = editor.client.post(f"{BASE}/{HOUSE}/publish", data=seen)
    assert answer.location.endswith("/preview")
    assert "Somebody else changed this meanwhile" in editor.client.get(answer.location).get_data(as_text=True)
    refused = editor.client.post(f"{BASE}/{HOUSE}/basics", data=late)
    assert refused.status_code == 422
    assert "Late." in refused.get_data(as_text=True)
    assert "Second." not in text(client.get(f"/en/history/{HOUSE}"))


def test_hiding_holds_at_once_and_publishing_brings_back(editor, client, session):
    page = editor.do(f"/{HOUSE}", f"/{HOUSE}/hide")
    assert "hidden" in text(page)
    assert client.get(f"/en/history/{HOUSE}").status_code == 404
    assert HOUSE not in client.get("/en/history").get_data(as_text=True)
    editor.publish(HOUSE)
    assert client.get(f"/en/history/{HOUSE}").status_code == 200
    assert noted(session, HOUSE) == ["history_hidden", "history_published"]


def test_the_order_is_the_citys(editor, client):
    def order():
        return [link["href"].rpartition("/")[2] for link in soup(client.get("/en/history")).select("h3 a")]

    def up(key):
        address = f"{BASE}/{key}/move"
        assert editor.client.post(address, data=fill_form(editor.get(), address, to="up")).status_code == 303

    first, second, third = order()
    up(second)
    assert order() == [second, first, third]
    # At the edge there is nowhere to go.
    up(second)
    assert order() == [second, first, third]


def test_parts_are_changed_put_in_order_and_removed(editor):
    for title in ("A", "B"):
        editor.do(f"/{HOUSE}/sections/new", title_de=title, text_de="Text")
    editor.do(f"/{HOUSE}/sections/2", title_de="B neu")
    editor.do(f"/{HOUSE}", f"/{HOUSE}/sections/2/up")
    found = queries.edited_place(HOUSE)
    assert [one.title["de"] for one in found.newest.sections] == ["B neu", "A"]
    editor.do(f"/{HOUSE}", f"/{HOUSE}/sections/1/remove")
    assert [one.title["de"] for one in queries.edited_place(HOUSE).newest.sections] == ["A"]
    assert editor.client.get(f"{BASE}/{HOUSE}/sections/2").status_code == 404


def test_what_the_city_has_changed_stays_when_its_folder_is_loaded_again(editor):
    editor.do(f"/{HOUSE}/basics", story_de="Unser Text.")
    editor.publish(HOUSE)
    load(REPOSITORY / "cities/jena")
    assert queries.history_place(HOUSE).content.story["de"] == "Unser Text."


# Pictures ------------------------------------------------------------------------------------------------------------


def test_nobody_waits_for_a_picture_that_is_made_anew(editor, session, monkeypatch):
    held = []

    def watched(content):
        held.append(may_write())
        return made_anew(content)

    monkeypatch.setattr(forms, "made_anew", watched)
    assert editor.picture(HOUSE, photograph(200, 150)).status_code == 303
    assert held == [False]
    assert queries.edited_place(HOUSE).newest.pictures


def test_a_picture_is_shown_with_its_rights_and_without_its_secrets(editor, client, session):
    assert editor.picture(HOUSE, photograph(2000, 1500)).status_code == 303
    found = queries.edited_place(HOUSE).newest.pictures[0]
    hidden = f"/history/pictures/{HOUSE}/{found.digest}-small.jpg"
    assert client.get(hidden).status_code == 404, "nobody has confirmed it yet"
    assert editor.client.get(f"{BASE}/{HOUSE}/pictures/{found.digest}-small.jpg").status_code == 200
    editor.publish(HOUSE)
    page = soup(client.get(f"/ar/history/{HOUSE}"))
    image = page.select_one("main figure img")
    assert image["alt"] == "بيت"
    assert (image["width"], image["height"]) == ("640", "480")
    caption = page.select_one("main figcaption")
    assert "Stadtarchiv" in caption.get_text()
    assert caption.select_one("a")["href"] == "https://creativecommons.org/licenses/by/4.0/"
    for address in (image["src"], page.select_one("main figure a")["href"]):
        answer = client.get(address)
        assert answer.mimetype == "image/jpeg"
        assert MARK.encode() not in answer.data
        with Image.open(BytesIO(answer.data)) as picture:
            assert not picture.getexif()
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    listed = soup(client.get("/en/history")).select_one("main li img")
    assert listed["alt"] == "A house with a garden"
    # Taken out again, its pixels go, too.
    editor.do(f"/{HOUSE}", f"/{HOUSE}/pictures/1/remove")
    assert client.get(hidden).status_code == 200
    editor.publish(HOUSE)
    assert client.get(hidden).status_code == 404
    assert session.scalar(select(func.count()).select_from(HistoryPicture)) == 0


def test_what_is_told_of_a_picture_can_be_put_right(editor):
    editor.picture(HOUSE, photograph())
    page = editor.do(f"/{HOUSE}/pictures/1", author="Museum", caption_de="1905")
    assert "Museum" in text(page, "main")
    found = queries.edited_place(HOUSE).newest.pictures[0]
    assert (found.author, found.caption) == ("Museum", {"de": "1905"})
    assert queries.pixels(HOUSE, found.digest, large=True)


@pytest.mark.parametrize("lacking", ["alt_de", "alt_de_simple", "alt_en", "alt_ar", "author", "rights"])
def test_no_picture_without_rights_and_a_text_in_each_language(editor, lacking):
    answer = editor.picture(HOUSE, photograph(), **{lacking: " "})
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#{lacking}-error") is not None
    assert "Stadtarchiv" in str(answer.data, "utf-8") or lacking == "author"
    assert queries.edited_place(HOUSE).draft is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "choose a picture file"),
        (b"", "no picture"),
        (b"%PDF-1.7 and so on", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no picture"),
        (b"\xff\xd8\xff\xe0 not really", "damaged"),
        (photograph()[:900], "damaged"),
        (BOMB, "damaged"),
        (b"\xff\xd8\xff" + bytes(17 * 1024 * 1024), "too large"),
    ],
    ids=["none", "empty", "pdf", "svg", "torn", "cut", "bomb", "heavy"],
)  # fmt: skip
def test_a_hostile_file_gets_a_clear_word(editor, content, words):
    answer = editor.picture(HOUSE, content)
    assert answer.status_code == 422
    assert words in soup(answer).select_one("#file-error").get_text()
    assert queries.edited_place(HOUSE).draft is None


# Bad input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("/new", {"name_de": "", "story_de": "x"}, "name_de"),
        ("/new", {"name_de": "x", "story_de": "y" * 2001}, "story_de"),
        ("/new", {"name_de": "x", "story_de": "y", "latitude": "50.93"}, "longitude"),
        ("/new", {"name_de": "x", "story_de": "y", "latitude": "north", "longitude": "11"}, "latitude"),
        ("/new", {"name_de": "x", "story_de": "y", "latitude": "nan", "longitude": "11"}, "latitude"),
        ("/new", {"name_de": "x", "story_de": "y", "latitude": "52.5", "longitude": "13.4"}, "longitude"),
        (f"/{HOUSE}/sources/new", {"text_de": "x", "url": "javascript:alert(1)"}, "url"),
        (f"/{HOUSE}/partners/new", {"kind": "museum"}, "organisation"),
        (f"/{HOUSE}/partners/new", {"kind": "museum", "organisation": "ads", "name_de": "x"}, "organisation"),
        (f"/{HOUSE}/partners/new", {"kind": "circus", "name_de": "x"}, "kind"),
        (f"/{HOUSE}/sections/new", {"title_de": "x", "text_de": ""}, "text_de"),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field_and_stays(editor, path, fields, field):
    answer = editor.post(path, **fields)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#{field}-error") is not None
    typed = next((value for name, value in fields.items() if name.endswith("_de") and value), "")
    assert typed[:20] in answer.get_data(as_text=True)


def test_others_may_not(sign_in, client):
    assert client.get(BASE).status_code in {302, 401, 403}
    assert sign_in("reader:ads", "en").get(BASE).status_code == 403
