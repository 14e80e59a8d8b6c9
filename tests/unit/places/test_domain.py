"""How names are compared by the search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.texts import Localized
from app.places.domain import CityCard, folded


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("goethestr", "Goethestraße"),
        ("Göthestr.", "Goethe-Straße"),
        ("lobdergraben", "Löbdergraben"),
        ("loebdergraben", "Löbdergraben"),
        ("Ernst Abbe Pl", "Ernst-Abbe-Platz"),
        ("WINZERLA", "Winzerla"),
        ("وينزرلا", "وينزرلا"),
    ],
)
def test_spellings_of_one_name_agree(typed, written):
    assert folded(written).startswith(folded(typed))


@pytest.mark.parametrize("text", ["", "  ", "-.,", "\u0301"])
def test_nothing_to_look_for(text):
    assert folded(text) == ""


@given(st.text(max_size=40))
def test_folding_holds_only_letters_and_digits(text):
    assert all(sign.isalnum() for sign in folded(text))


def test_a_city_without_facts_still_answers():
    city = CityCard("x", Localized(de="X"), {})
    assert (city.centre, city.extent, city.buffer_metres, city.needs_level, city.coarse_level) == (
        None, None, 0.0, None, None,
    )  # fmt: skip
