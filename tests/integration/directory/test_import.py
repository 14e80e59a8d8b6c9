"""``flask directory import``: services from files of points."""

from __future__ import annotations

import json

import pytest

from app.core.clock import today
from app.core.revisions import mark
from app.directory import queries, service

WINZERLA, ZENTRUM = (11.575, 50.890), (11.5875, 50.9285)
OPTIONS = ("--organisation", "awo", "--topic", "education", "--target", "children", "--yes")


@pytest.fixture
def directory(app, session):
    """``directory("import", file, …)`` runs ``flask directory import`` on what has been written so far."""

    def run(*arguments, answer=None):
        session.commit()
        return app.test_cli_runner().invoke(args=["directory", *map(str, arguments)], input=answer)

    return run


@pytest.fixture
def points(tmp_path):
    """``points((position or geometry, properties), …)`` writes a file and gives its path."""

    def write(*rows, name="Kitas.geojson", **members):
        features = [
            {
                "type": "Feature",
                "geometry": where
                if where is None or isinstance(where, dict)
                else {"type": "Point", "coordinates": where},
                "properties": values,
            }
            for where, values in rows
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
        return path

    return write


def imported(collection="kitas"):
    return [card for card in queries.services() if card.key.startswith(f"{collection}.")]


def test_points_become_services_that_nobody_has_confirmed(directory, points):
    file = points(
        (WINZERLA, {"Name": "Kita  Sonne", "STR": "Weg", "HNR": "3", "FREI": 1, "WWW": "www.example.org"}),
        ({"type": "MultiPoint", "coordinates": [ZENTRUM]}, {"Name": "Kita Mond", "STR": "Gasse", "FREI": None}),
    )
    more = ("--address-property", "STR", "--address-property", "HNR", "--url-property", "WWW")
    result = directory(
        "import", file, *OPTIONS, *more, "--barrier-free-property", "FREI", "--language", "de", "--language", "uk"
    )
    assert result.exit_code == 0, result.output
    assert "2 new, 0 changed, 0 unchanged" in result.output
    moon, sun = imported()
    assert (str(sun.name), sun.address, sun.url) == ("Kita Sonne", "Weg, 3", "https://www.example.org")
    assert (sun.topics, sun.targets, sun.languages) == (("education",), ("children",), ("de", "uk"))
    assert (sun.confirmed_on, sun.example, sun.barrier_free, moon.barrier_free) == (None, False, True, None)
    assert (sun.longitude, sun.latitude) == pytest.approx(WINZERLA)
    assert sun.precision == "address"


def test_a_second_import_changes_nothing(directory, points):
    file = points((WINZERLA, {"name": "Sonne"}), (ZENTRUM, {"name": "Mond"}))
    directory("import", file, *OPTIONS)
    before = mark("directory")
    result = directory("import", file, *OPTIONS)
    assert (result.exit_code, "Nothing to change." in result.output) == (0, True), result.output
    assert mark("directory") == before


def test_the_same_name_at_two_places_is_two_services(directory, points):
    directory("import", points((WINZERLA, {"name": "Kita"}), (ZENTRUM, {"name": "Kita"})), *OPTIONS)
    assert len({card.key for card in imported()}) == 2


def test_what_is_gone_is_told_and_ends_only_on_request(directory, points):
    both = (WINZERLA, {"name": "Sonne"}), (ZENTRUM, {"name": "Mond"})
    directory("import", points(*both), *OPTIONS)
    result = directory("import", points(both[0]), *OPTIONS)
    assert "1 gone from the file" in result.output
    assert "They stay on offer" in result.output
    assert len(imported()) == 2
    directory("import", points(both[0]), *OPTIONS, "--end-gone")
    assert [str(card.name) for card in imported()] == ["Sonne"]
    result = directory("import", points(*both), *OPTIONS)
    assert "1 changed" in result.output
    assert len(imported()) == 2, "what comes back is on offer again"


def test_what_a_provider_has_confirmed_stays_theirs(directory, points):
    directory("import", points((WINZERLA, {"name": "Sonne", "id": 7})), *OPTIONS, "--key-property", "id")
    service.confirm_service("kitas.7")
    result = directory("import", points((ZENTRUM, {"name": "Mond", "id": 7})), *OPTIONS, "--key-property", "id")
    assert "1 confirmed by the provider" in result.output
    [card] = imported()
    assert (str(card.name), card.confirmed_on) == ("Sonne", today())


def test_another_file_of_the_same_organisation_is_no_gap_in_this_one(directory, points):
    directory("import", points((WINZERLA, {"name": "Sonne"})), *OPTIONS)
    result = directory("import", points((ZENTRUM, {"name": "Mond"}), name="kitas-frei.geojson"), *OPTIONS)
    assert "0 gone" in result.output
    assert directory("import", points((WINZERLA, {"name": "Sonne"})), *OPTIONS).output.count("0 gone") == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((WINZERLA, {"name": "  "}), "no name: nothing stands in name"),
        ((WINZERLA, {"name": "x" * 201}), "the name is longer than 200 characters"),
        ((WINZERLA, {"name": "Sonne"}), "Sonne stands in several rows"),
        (((13.4, 52.5), {"name": "Berlin"}), "Berlin lies outside the city (13.4000 E, 52.5000 N)"),
        ((None, {"name": "Nirgends"}), "no geometry, or one that cannot be read"),
        (({"type": "MultiPoint", "coordinates": [WINZERLA, ZENTRUM]}, {"name": "Zwei"}), "lies at 2 points"),
        (
            ({"type": "LineString", "coordinates": [WINZERLA, ZENTRUM]}, {"name": "Weg"}),
            "a LineString is no place to go",
        ),
    ],
)
def test_rows_that_cannot_be_taken_are_named_and_left_out_only_on_request(directory, points, row, reason):
    file = points((WINZERLA, {"name": "Sonne"}), row)
    result = directory("import", file, *OPTIONS)
    assert (result.exit_code, f"2    {reason}" in result.output) == (1, True), result.output
    assert imported() == []
    result = directory("import", file, *OPTIONS, "--skip")
    assert (result.exit_code, f"2    {reason}" in result.output) == (0, True), result.output
    assert [str(card.name) for card in imported()] == ["Sonne"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--name-property", "nom"), "has no property nom (--name-property); it has: titre"),
        (("--organisation", "nobody"), "there is no organisation nobody"),
        ((), "say which property holds the name (--name-property); it has: titre"),
    ],
)
def test_what_the_options_name_has_to_be_there(directory, points, options, reason):
    result = directory("import", points((WINZERLA, {"titre": "Soleil"})), *OPTIONS, *options)
    assert (result.exit_code, reason in result.output) == (1, True), result.output


def test_the_operator_may_say_no(directory, points):
    result = directory("import", points((WINZERLA, {"name": "Sonne"})), *OPTIONS[:-1], answer="n\n")
    assert (result.exit_code, "Nothing was written." in result.output) == (1, True), result.output
    assert imported() == []
