"""Editions through files and back, and what is said about files that do not fit."""

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given

from app.core.languages import OFFICE_LANGUAGES
from app.planning.exchange import yaml_text
from app.plans.document import About, Edition, told
from tests.support.written import editions


@pytest.fixture(autouse=True)
def _babel():
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


SOUND = """\
key: "2025"
name: {de: Strategie}
from: 2025
source: {de: Stadtrat}
plans:
  - key: poverty
    name: {de: Armut}
    short: {de: Armut}
    summary: {de: Armut.}
    since: null
    updated: null
    source: {de: Stadtrat}
    shape: circle
    fields:
      - key: housing
        name: {de: Wohnen}
        summary: {de: Wohnen.}
measures:
  - key: benches
    name: {de: Bänke}
    summary: {de: Bänke.}
    example: false
    state: planned
    plans: [poverty]
    fields: [housing]
    topics: [housing]
    targets: [everyone]
    areas: ["18"]
    office: null
    from: 2026
    to: null
    source: null
    indicators:
      - key: number
        name: {de: Zahl}
        unit: {de: Stück}
        values:
          - on: 2026-06-30
            value: 7.5
"""


@given(editions())
def test_an_edition_comes_back_from_yaml_as_it_was(edition):
    found = yaml_text.said(yaml_text.to_yaml(edition))
    assert [str(one.reason) for one in found.faults] == []
    assert found.edition == edition


def test_a_day_and_the_name_on_need_no_quotation_marks():
    edition = yaml_text.said(SOUND).edition
    assert edition is not None
    assert str(edition.measures[0].indicators[0].values[0].on) == "2026-06-30"


def told_of(text):
    return [(one.row, str(one.reason)) for one in yaml_text.said(text).faults]


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("state: planned", "state: soon", 23, "“soon” is not known here. Known are: planned, under_way"),
        ("    example: false\n", "", 19, "“Example” is missing."),
        ("office: null", "offise: null", 29, "has no meaning here."),
        ("from: 2026", "from: two", 30, "Please write a whole number here."),
        ("from: 2026", "from: 1800", 30, "Please write a year between 1900 and 2100 here."),
        ("topics: [housing]", "topics: []", 26, "At least one is needed here."),
        ("topics: [housing]", "topics: [housing, housing]", 26, "Something stands here twice."),
        ("topics: [housing]", "topics: housing", 26, "Please write a list here."),
        ('areas: ["18"]', "areas: [18]", 28, "Please write a text here, between quotation marks."),
        ("key: benches", "key: Bänke", 19, "“Bänke” is no short name"),
        ("name: {de: Bänke}", "name: Bänke", 20, "Please write the text under the code of each language"),
        ("name: {de: Bänke}", "name: {de: ''}", 20, "The text is missing."),
        ("on: 2026-06-30", "on: 2026-06-31", 38, "Please write a day here, such as 2027-03-31."),
        ("value: 7.5", "value: .inf", 39, "Please write a number here."),
        ("value: 7.5", "value: 7.1234567", 39, "This number has more than nine digits"),
        ("to: null", "to: 2025", 19, "The last year is before the first."),
        ("state: planned", "state: planned\n    state: done", 24, "“state” stands here twice."),
        ("example: false", "example: perhaps", 22, "Please write true or false here."),
        ("office: null", "office: *all", 29, "references are not read here"),
        ("key: benches", "key: [", 0, "This is no YAML"),
    ],
)
def test_a_fault_names_the_line_and_the_reason(before, after, line, words):
    assert before in SOUND
    faults = told_of(SOUND.replace(before, after))
    assert any((line in {0, one}) and words in why for one, why in faults), faults


def test_a_fault_names_the_entry():
    assert told_of(SOUND.replace("state: planned", "state: soon"))[0][1].startswith("measures: benches: state: ")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "[" * 60, "a: b: c", "\t- x", "key: 1\n? [a]\n: b"])
def test_what_is_no_edition_is_refused_in_words(text):
    faults = told_of(text)
    assert faults
    assert all(line >= 1 and why for line, why in faults)


def test_a_flaw_is_placed_at_its_line():
    found = yaml_text.said(SOUND)
    assert found.placed(About.MEASURE, "benches", "areas", "x").row == 28
    assert found.placed(About.FIELD, "housing", "key", "x").row == 15
    assert found.placed(About.FIELD, "gone", "key", "x").row == 1


def test_the_office_speaks_the_languages_that_heads_are_written_in():
    assert OFFICE_LANGUAGES == ("de", "en")


def test_told_and_validated_are_the_same():
    edition = yaml_text.said(SOUND).edition
    assert edition is not None
    assert Edition.model_validate(told(edition)) == edition
