from datetime import timedelta

import pytest

from app.core.languages import OFFICE_LANGUAGES
from app.notifications.domain import MOST_ATTEMPTS, TEXTS, wait_after

ABOUT_A_REPORT = {"new", "answer", "offered", "asked", "overdue", "unanswered", "danger"}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("language", OFFICE_LANGUAGES)
def test_every_mail_exists_in_every_language_of_the_offices(kind, language):
    text = TEXTS[kind][language]
    assert ("{number}" in text.subject) is (kind in ABOUT_A_REPORT)
    values = {"number": "T-1", "address": "a", "date": "2026-11-22", "entries": 3, "head": "ab"}
    values |= {"open": 3, "overdue": 1, "waiting": 0, "due": 2}
    assert "{" not in text.subject.format(**values) + text.body.format(**values)
    assert ("{address}" in text.body) or kind == "audit_head"


def test_waiting_doubles_and_ends_at_six_hours():
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 4)]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
