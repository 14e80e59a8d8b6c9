"""A known year, two editions, and a report on them."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.clock import now
from app.core.languages import speaking
from app.core.revisions import touch
from app.core.texts import Localized
from app.needs import service as needs
from app.needs.snapshot import service as snapshots
from app.plans import editions, queries
from app.strategy.domain import FOREWORD, Format, Months, Wanted
from app.strategy.material import material
from app.strategy.printing import printed
from app.strategy.writing import paper
from tests.support.published import known_year
from tests.support.strategies import earlier, later

PERIOD = "2025-01/2026-12"


def put(document):
    """An edition with a published version, not in force."""
    row = editions._add_edition(document)
    version = editions._begin(row, document, None, None)
    version.state, version.published_at = "published", now()
    touch("plans")
    return row


@pytest.fixture
def two_editions(session, jena):
    """The editions of the made-up strategy, under keys of their own: that of the city stays in force."""
    put(earlier(key="before"))
    put(later(key="after"))
    assert queries.edition_in_force().key == "2025"


@pytest.fixture
def year(session, jena):
    """A year in which some numbers are shown, and most are not."""
    known_year()
    needs.publish_due()


_MADE = {}
"""What was made once on each kind of database: it is values only, and making it takes seconds."""


@pytest.fixture
def found(request, session, database):
    """What a report with everything in it is made of."""
    key = (type(database), "found")
    if key not in _MADE:
        request.getfixturevalue("two_editions")
        request.getfixturevalue("year")
        texts = {FOREWORD: Localized(de="Liebe Leserin,\n\ndanke.", en="Dear reader,\n\nthank you & all the best.")}
        taken = snapshots.take(date(2026, 11, 20))
        _MADE[key] = material(Wanted("after", Months.named(PERIOD), "before"), taken, texts)
    return _MADE[key]


@pytest.fixture
def files(found, database):
    """The report in English, and its files."""
    key = (type(database), "files")
    if key not in _MADE:
        with speaking("en"):
            made = paper(found)
            _MADE[key] = made, {wanted: printed(made, wanted) for wanted in Format}
    return _MADE[key]
