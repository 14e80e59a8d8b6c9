"""``flask places indicators``: numbers about areas, in every dress of an office."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.revisions import mark
from app.places.indicators import queries

OPTIONS = ("--level", "ortsteil", "--key", "probe", "--name", "Probe", "--unit", "Haushalte", "--source", "Stadt")
LAST = date(2016, 12, 31)


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8", name="table.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def the_one():
    [card] = queries.indicators()
    return card


def test_households_of_the_districts_in_eleven_years(geodata, places):
    file = geodata / "jena/statbez.geojson"
    result = places("import", file, "--level", "bezirk", "--key", "gid", "--name", "statbez_name", "--yes")
    assert result.exit_code == 0, result.output
    options = ("--level", "bezirk", "--key", "households", "--name", "Private Haushalte", "--source", "Stadt Jena")
    result = places("indicators", geodata / "jena/hh_priv.csv", *options)
    assert result.exit_code == 1, "a total and a row for no area need a word"
    assert "looks like a total" in result.output or "There is no area “0”" in result.output
    result = places("indicators", geodata / "jena/hh_priv.csv", *options, "--total", "0", "--total", "999")
    assert result.exit_code == 0, result.output
    card = the_one()
    assert (card.level, str(card.name), card.source) == ("bezirk", "Private Haushalte", "Stadt Jena")
    assert list(card.days) == [date(year, 12, 31) for year in range(2006, 2017)]
    assert {len(values) for values in card.days.values()} == {41}
    assert (card.days[LAST]["90"], card.days[LAST]["11"]) == (6483, 205)
    assert sum(card.days[LAST].values()) == pytest.approx(61012, abs=200)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Nr;31.12.2016\n1;1.234,5\n18;7\n", "utf-8"),
        ("Nr;31.12.2016\n1;1.234,5\n18;7\n", "cp1252"),
        ("Nr\t2016\n1\t1234,5\n18\t7\n", "utf-16"),
        ('"Nr","2016-12-31"\n"1","1234.5"\n"18","7"\n', "utf-8-sig"),
        ("Haushalte in Jena\n\nGebiet;2016\nAmmerbach;1 234,5\nWinzerla;7\n\nQuelle: Stadt;\n", "utf-8"),
        ("Nr;2016;Bemerkung\n01;1.234,5;x\n18;7;\n25;-;\n", "utf-8"),
    ],
)
def test_every_dress_gives_the_same_numbers(places, table, text, encoding):
    result = places("indicators", table(text, encoding), *OPTIONS)
    assert result.exit_code == 0, result.output
    assert dict(the_one().days) == {LAST: {"1": 1234.5, "18": 7}}


def test_columns_that_are_no_days_are_indicators_of_their_own(places, table):
    file = table("Ortsteil;Anzahl;davon allein\nWinzerla;10;4\nAmmerbach;5;\n")
    assert "say the day" in places("indicators", file, *OPTIONS, "--column", "Anzahl").output
    more = ("--date", "2016-12-31", "--column", "Anzahl", "--column", "davon allein")
    assert places("indicators", file, *OPTIONS, *more).exit_code == 0
    first, second = queries.indicators()
    assert (first.key, str(first.name), first.days[LAST]) == ("probe-anzahl", "Probe: Anzahl", {"1": 5, "18": 10})
    assert (second.key, second.days[LAST]) == ("probe-davon-allein", {"18": 4})


def test_a_later_day_joins_the_earlier_ones_and_the_same_one_is_replaced(places, table):
    places("indicators", table("Nr;2015;2016\n1;3;4\n18;5;6\n"), *OPTIONS)
    before = mark("places")
    assert "Nothing to change." in places("indicators", table("Nr;2016\n1;4\n18;6\n"), *OPTIONS).output
    assert mark("places") == before
    places("indicators", table("Nr;2016;2017\n1;9;8\n"), *OPTIONS)
    assert [values for _day, values in sorted(the_one().days.items())] == [{"1": 3, "18": 5}, {"1": 9}, {"1": 8}]
    assert places("indicators", "--remove", "probe").exit_code == 0
    assert queries.indicators() == ()
    assert "there is no indicator probe" in places("indicators", "--remove", "probe").output


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        ("Nr;2016\n1;4\n77;6\n", 3, "There is no area “77” on this level."),
        ("Gebiet;2016\nWinzerla;4\nJena (gesamt);6\n", 3, "“Jena (gesamt)” looks like a total."),
        ("Nr;2016\n1;4\n18;viele\n", 3, "viele"),
        ("Nr;2016\n1;4\n18;=A1\n", 3, "“=A1” is not a number"),
        ("Nr;2016\n1;4\n01;5\n", 3, "This area stands in row 2, too."),
        ("x;2016\nMond;4\n", None, "No column holds keys or names of areas"),
        ("Nr;2016\n1;-\n18;-\n", None, "The table holds no values."),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_written(places, table, text, row, reason):
    result = places("indicators", table(text), *OPTIONS)
    assert (result.exit_code, reason in result.output) == (1, True), result.output
    assert row is None or f"  {row}    " in result.output
    assert queries.indicators() == ()


def test_an_indicator_stays_with_its_level(places, table):
    places("indicators", table("Nr;2016\n1;4\n18;6\n"), *OPTIONS)
    file = table("Gebiet;2016\nwinzerla;4\n")
    result = places("indicators", file, *OPTIONS[2:], "--level", "planungsraum")
    assert "is about areas of another level" in result.output
    assert "there is no level kiez" in places("indicators", file, *OPTIONS[2:], "--level", "kiez").output
    assert "there is no such file" in places("indicators", "nowhere.csv", *OPTIONS).output
    assert "say --level, --key" in places("indicators", file, "--key", "probe").output
