from datetime import UTC, date, datetime

import pytest

from app.core import clock
from app.core.codes import LABELS, Code
from app.core.texts import Localized, Shown


@pytest.mark.parametrize(
    ("texts", "language", "shown"),
    [
        ({"de": "Rat", "ar": "مشورة"}, "ar", Shown("مشورة", "ar")),
        ({"de": "Rat", "en": "Advice"}, "ar", Shown("Rat", "de")),
        ({"de": "Rat", "en": "Advice"}, "de-simple", Shown("Rat", "de")),
        ({"de": "Rat", "de-simple": "Hilfe"}, "de-simple", Shown("Hilfe", "de-simple")),
        ({"en": "Advice"}, "de", Shown("Advice", "en")),
        ({"de": "", "en": "Advice"}, "de", Shown("Advice", "en")),
        ({"uk": "Порада"}, "de", Shown("Порада", "uk")),
        ({}, "de", Shown("", "de")),
    ],
)
def test_a_missing_text_falls_back_and_says_in_which_language(texts, language, shown):
    assert Localized(texts).shown(language) == shown


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2026, 1, 1), "2026-Q1"), (date(2026, 3, 31), "2026-Q1"), (date(2026, 4, 1), "2026-Q2"),
     (date(2026, 12, 31), "2026-Q4")],
)  # fmt: skip
def test_quarters(day, quarter):
    assert clock.quarter(day) == quarter


def test_the_day_is_that_of_the_city(clock):
    from app.core.clock import now, today

    clock.stop_at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert today() == date(2027, 1, 1)
    clock.forward(hours=-2)
    assert today() == date(2026, 12, 31)
    assert now() == datetime(2026, 12, 31, 21, 30, tzinfo=UTC)


def test_every_key_of_every_code_list_has_words():
    lists = {each for each in Code.__subclasses__() if each.__module__.startswith("app.")}
    assert lists == set(LABELS)
    for each in lists:
        assert set(LABELS[each]) == set(each)
        words = [str(key.label) for key in each]
        assert len(set(words)) == len(words)
        assert all(words)
