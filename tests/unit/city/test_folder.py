"""A city's folder: what is read from it, and that every fault is told in one line with file, entry and field."""

import pytest

from app.city.folder import BrokenCity, read
from app.core.settings import REPOSITORY
from tests.support.cities import text, write
from tests.support.photographs import photograph


@pytest.mark.parametrize("folder", sorted(path.parent for path in (REPOSITORY / "cities").glob("*/city.yaml")), ids=str)
def test_every_bundled_city_is_without_fault(folder):
    read(folder)


def test_a_city_with_other_languages_and_levels(tmp_path):
    content = read(write(tmp_path / "kleinstadt"))
    assert content.city.languages == ("de", "en", "uk")
    assert content.services[0].name == {"de": "Wohnrat (de)", "en": "Wohnrat (en)", "uk": "Wohnrat (uk)"}
    assert content.parents["viertel", "a"].key == "sued"
    assert content.name_of(content.areas[0]) == {"de": "Altes Viertel"}
    assert content.rules.rules[0].conditions == {"kind": {"gap"}, "area": {"haelfte:sued"}}
    assert content.history == ()


def history(**changes):
    """What makes a file with one place of history."""
    place = {
        "key": "mauer", "name": text("Mauer"), "story": text("Es war"), "address": None, "area": "a", "lat": None,
        "lon": None, "sources": [{"text": text("Akte"), "url": "https://archiv.example/"}],
    }  # fmt: skip
    return lambda files: files.update({"history.yaml": [place | changes]})


PICTURE = {"file": "mauer.jpg", "alt": text("Eine Mauer"), "author": "Archiv", "rights": "CC0"}


def test_a_place_of_history_brings_its_pictures_along(tmp_path):
    folder = write(tmp_path / "k", history(pictures=[PICTURE]))
    (folder / "pictures").mkdir()
    (folder / "pictures/mauer.jpg").write_bytes(photograph())
    content = read(folder)
    assert content.history[0].pictures[0].author == "Archiv"
    assert content.pictures["mauer.jpg"].large_size == (1200, 800)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (None, "history.yaml: mauer: pictures: there is no file pictures/mauer.jpg"),
        (b"words", "pictures/mauer.jpg: is neither JPEG, PNG, WebP nor GIF"),
        (photograph()[:700], "pictures/mauer.jpg: is damaged and cannot be read"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_named(tmp_path, file, fault):
    folder = write(tmp_path / "k", history(pictures=[PICTURE]))
    (folder / "pictures").mkdir()
    if file is not None:
        (folder / "pictures/mauer.jpg").write_bytes(file)
    with pytest.raises(BrokenCity) as broken:
        read(folder)
    assert str(broken.value) == fault


def test_further_facts_of_the_city_are_kept(tmp_path):
    content = read(write(tmp_path / "k", lambda f: f["city.yaml"].update(oversight={"name": "Aufsicht"})))
    assert content.city.model_dump(mode="json")["oversight"] == {"name": "Aufsicht"}


FAULTS = {
    "history.yaml: mauer: pictures.0.rights: Field required": history(
        pictures=[{name: value for name, value in PICTURE.items() if name != "rights"}]
    ),
    "history.yaml: mauer: pictures.0.alt: the text in the language 'uk' is missing": history(
        pictures=[PICTURE | {"alt": {"de": "Eine Mauer", "en": "A wall"}}]
    ),
    "history.yaml: mauer: pictures.0.file: String should match": history(pictures=[PICTURE | {"file": "../x.jpg"}]),
    "history.yaml: mauer: sources: Tuple should have at least 1 item": history(sources=[]),
    "history.yaml: mauer: partners: there is no organisation 'x'": history(
        partners=[{"kind": "museum", "organisation": "x"}]
    ),
    "history.yaml: mauer: partners.0: a partner has an organisation or a name": history(partners=[{"kind": "museum"}]),
    "services.yaml: wohnrat: name: the text in the language 'uk' is missing": lambda f: f["services.yaml"][0][
        "name"
    ].pop("uk"),
    "services.yaml: wohnrat: topics.0: Input should be": lambda f: f["services.yaml"][0].update(topics=["cooking"]),
    "services.yaml: wohnrat: organisation: there is no organisation 'x'": lambda f: f["services.yaml"][0].update(
        organisation="x"
    ),
    "services.yaml: wohnrat: areas: there is no area 'z'": lambda f: f["services.yaml"][0].update(areas=["z"]),
    "services.yaml: wohnrat: lat, lon: lies outside the extent": lambda f: f["services.yaml"][0].update(lat=50.0),
    "services.yaml: wohnrat: lat and lon belong together": lambda f: f["services.yaml"][0].update(lat=None),
    "services.yaml: wohnrat: url: must start with https://": lambda f: f["services.yaml"][0].update(
        url="javascript:alert(1)"
    ),
    "services.yaml: wohnrat: nmae: Extra inputs": lambda f: f["services.yaml"][0].update(nmae="typo"),
    "services.yaml: entry 2: key: Field required": lambda f: f["services.yaml"].append({"name": "x"}),
    "services.yaml: wohnrat: the key is used twice": lambda f: f["services.yaml"].append(f["services.yaml"][0]),
    "measures.yaml: mietlotse: fields: there is no field 'x'": lambda f: f["measures.yaml"][0].update(fields=["x"]),
    "measures.yaml: mietlotse: 'to' lies before 'from'": lambda f: f["measures.yaml"][0].update(to=2000),
    "measures.yaml: mietlotse: state: Input should be": lambda f: f["measures.yaml"][0].update(state="begun"),
    "organisations.yaml: verein: an independent organisation receives reports only": lambda f: f["organisations.yaml"][
        2
    ].update(receives=True, confirmed_on=None),
    "organisations.yaml: verein: an independent organisation does not stand": lambda f: f["organisations.yaml"][
        2
    ].update(parent="sozialamt"),
    "organisations.yaml: sozialamt: parent: there is no office 'verein'": lambda f: f["organisations.yaml"][0].update(
        parent="verein"
    ),
    "organisations.yaml: sozialamt: parent: the line upwards comes back": lambda f: f["organisations.yaml"][1].update(
        parent="sozialamt"
    ),
    "areas.yaml: sued: members: there is no area 'c'": lambda f: f["areas.yaml"]["groups"][0].update(members=["c"]),
    "city.yaml: needs_level: areas.yaml has no such level": lambda f: f["city.yaml"].update(needs_level="bezirk"),
    "city.yaml: extent: west must be less": lambda f: f["city.yaml"]["extent"].update(west=14.0),
    "areas.csv: line 2: lat: Input should be a valid number": lambda f: f.update(
        {"areas.csv": f["areas.csv"].replace("52.03", "52,03")}
    ),
    "areas.csv: line 2: residents and residents_year": lambda f: f.update(
        {"areas.csv": f["areas.csv"].replace("1200;2024", "1200;")}
    ),
    "areas.csv: line 1: must be level;key;name": lambda f: f.update({"areas.csv": "key;name\n"}),
    "routing.yaml: rule 'wohnen': there is no office 'verein'": lambda f: f["routing.yaml"]["rules"][0]["then"].update(
        office="verein"
    ),
    "routing.yaml: rule 'wohnen': field 'x' does not belong": lambda f: f["routing.yaml"]["rules"][0]["then"].update(
        field="x"
    ),
    "routing.yaml: rule 'wohnen': area has no value 'z'": lambda f: f["routing.yaml"]["rules"][0]["when"].update(
        area=["z"]
    ),
    "routing.yaml: wohnen: when.weather: Extra inputs": lambda f: f["routing.yaml"]["rules"][0]["when"].update(
        weather=["rain"]
    ),
    "routing.yaml: fallback: there is no office 'x'": lambda f: f["routing.yaml"].update(fallback="x"),
    "plans.yaml: line 3: ": lambda f: f.update({"plans.yaml": "- key: a\n  b: [\n"}),
    "plans.yaml: line 1: 'key' stands twice": lambda f: f.update({"plans.yaml": "- key: a\n  key: b\n"}),
    "templates.yaml: gruss: text: the text in the language 'de' has {name}": lambda f: f.update(
        {"templates.yaml": [{"key": "gruss", "name": text("Gruß"), "text": text("Hallo {name}, Fall {number}")}]}
    ),
    "labels.yaml: eilig: name: the text in the language 'uk' is missing": lambda f: f.update(
        {"labels.yaml": [{"key": "eilig", "name": {"de": "eilig", "en": "urgent"}}]}
    ),
    "plans.yaml: must hold a list": lambda f: f.update({"plans.yaml": {"a": 1}}),
    "plans.yaml: holds no plan": lambda f: f.update({"plans.yaml": ""}),
}


@pytest.mark.parametrize(("told", "change"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_told_in_one_line(tmp_path, told, change):
    with pytest.raises(BrokenCity) as caught:
        read(write(tmp_path / "kleinstadt", change))
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    folder = write(tmp_path / "kleinstadt")
    (folder / "measures.yaml").unlink()
    with pytest.raises(BrokenCity, match=r"^measures.yaml: is missing$"):
        read(folder)
