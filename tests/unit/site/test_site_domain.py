"""What a filter leaves of the map, and which plans a service helps with."""

from typing import Any

import pytest

from app.core.texts import Localized
from app.places.domain import folded
from app.site.domain import Entry, Filters, Kind, plans_of_service, read_filters


def entry(**changes):
    values: dict[str, Any] = {
        "kind": Kind.SERVICE,
        "key": "rat",
        "name": Localized(de="Straßenrat"),
        "summary": Localized(de="Rat"),
        "organisation": None,
        "topics": ("housing", "work"),
        "targets": ("families",),
        "languages": ("de", "uk"),
        "plans": ("poverty",),
        "area_ids": (18,),
        "places": ((11.5, 50.9),),
        "rough": True,
        "example": False,
        "words": " ".join(folded(text) for text in ("Straßenrat", "Rat zum Wohnen", "Göthestraße 3")),
    }
    return Entry(**values | changes)


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        (Filters(), True),
        (Filters(kind="service"), True),
        (Filters(kind="measure"), False),
        (Filters(plan="poverty"), True),
        (Filters(plan="integration"), False),
        (Filters(topic="work"), True),
        (Filters(topic="education"), False),
        (Filters(target="families"), True),
        (Filters(target="children"), False),
        (Filters(language="uk"), True),
        (Filters(language="ar"), False),
        (Filters(text="strassenrat"), True),
        (Filters(text="  WOHNEN   rat "), True),
        (Filters(text="Goethestr."), True),
        (Filters(text="wohnen arzt"), False),
        (Filters(text="?!"), True),
        (Filters(text="rat", topic="education"), False),
    ],
)
def test_filters(filters, fits):
    assert filters.fits(entry()) is fits


def test_what_is_for_everyone_is_for_families():
    assert Filters(target="families").fits(entry(targets=("everyone",)))


def test_a_text_may_name_the_part_of_town_instead():
    assert Filters(text="winzerla").fits(entry(), areas={18})
    assert not Filters(text="winzerla").fits(entry(), areas={4})
    assert not Filters(text="winzerla", topic="education").fits(entry(), areas={18})


def test_an_address_may_ask_for_nothing_that_there_is():
    asked = {
        "topic": "cooking",
        "plan": "\0",
        "kind": "service",
        "language": "xx",
        "target": "",
        "q": " a  b" + "x" * 99,
    }
    filters = read_filters(asked, ["poverty"], ["de"])
    assert filters == Filters(kind="service", text=filters.text)
    assert filters.text.startswith("a b")
    assert len(filters.text) <= 80


def test_a_text_of_signs_only_asks_for_nothing():
    assert not Filters(text="  – !")
    assert Filters(text="a")


def test_a_service_helps_with_the_plans_that_act_in_its_field_for_its_people():
    measures = [
        (("poverty", "integration"), ("housing",), ("families", "newcomers")),
        (("antiracism",), ("work", "housing"), ("families",)),
    ]
    assert plans_of_service(("housing", "work"), ("families",), measures) == {"poverty", "integration"}
    assert plans_of_service(("housing",), ("older_people",), measures) == frozenset()
    assert plans_of_service(("leisure",), ("families",), measures) == frozenset()
