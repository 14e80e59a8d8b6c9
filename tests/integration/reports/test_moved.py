"""Reporters hear by receipt of what their report has moved, and nobody else learns that they do."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.core.codes import MeasureState, State
from app.core.texts import Localized
from app.plans.document import Milestone
from app.reports import dialogue
from app.reports.models import Event, Report
from tests import factories
from tests.support.desks import LEAD, Desk
from tests.support.editions import publish, with_values
from tests.support.forms import soup

KEY = "colonial-history"
NAME = "Working through the colonial past"
NEWS = "There is news about a measure that your report belongs to."


@pytest.fixture
def linked(session, sign_in, clock):
    """A report that its office has linked to a measure."""
    answer = factories.sent()
    person = Desk(sign_in(f"reader:{LEAD}", "en"))
    person.do(answer.number, "link", measure=KEY)
    clock.forward(minutes=5)
    return answer, person


def page_of(client, receipt, language="en"):
    return client.post(f"/{language}/receipt", data={"receipt": receipt})


def words(response, selector="main"):
    return soup(response).select_one(selector).get_text(" ", strip=True)


def section(response, name=NAME):
    return next(
        (one.get_text(" ", strip=True) for one in soup(response).select(".tk-moved") if name in one.h3.get_text()), None
    )


def test_a_link_is_told_and_that_nothing_has_happened_yet(client, linked):
    page = page_of(client, linked[0].receipt)
    assert "Nothing new has been published since" in section(page)
    assert NEWS not in words(page)
    assert "You get no mail about this." in words(page)


def test_progress_is_told_by_receipt(client, linked):
    milestone = Milestone.model_validate({"key": "print", "name": {"en": "Printed"}, "reached_on": "2026-03-01"})
    publish(with_values(
        KEY, state=MeasureState.DONE, reason=Localized(en="All flats have it."), milestones=(milestone,)
    ))  # fmt: skip
    page = page_of(client, linked[0].receipt)
    assert NEWS in words(page)
    told = section(page)
    assert "How far it is: done." in told
    assert "New state: done." in told
    assert "Reached on March 1, 2026: Printed." in told
    moments = [one.get_text(" ", strip=True) for one in soup(page).select(".tk-moments .tk-moment")]
    assert any("News about the measure" in one and "All flats have it." in one for one in moments)
    assert "Listed here" not in told, "that was before the link"


def test_a_link_that_is_gone_tells_nothing(client, linked):
    answer, person = linked
    publish(with_values(KEY, state=MeasureState.DONE))
    person.do(answer.number, "unlink", measure=KEY)
    page = page_of(client, answer.receipt)
    assert section(page) is None
    assert NEWS not in words(page)


def test_a_measure_that_left_the_plans_says_so(client, linked):
    publish(lambda one: None if one.key == KEY else one)
    assert "It is no longer part of the plans." in section(page_of(client, linked[0].receipt))


def test_what_is_taken_away_hears_nothing(client, linked):
    answer, _person = linked
    publish(with_values(KEY, state=MeasureState.DONE))
    opened = dialogue.open_by_receipt(answer.receipt)
    opened.report.state = State.WITHDRAWN
    assert section(page_of(client, answer.receipt)) is None


def test_news_disturb_no_office_and_leave_no_trace(client, session, linked):
    answer, person = linked

    def state():
        row = session.scalars(select(Report).where(Report.number == answer.number)).one()
        events = session.scalar(select(func.count()).select_from(Event).where(Event.report_id == row.id))
        return row.unread, row.changed_at, row.version, row.due_at, events, person.numbers()

    before = state()
    publish(with_values(KEY, state=MeasureState.DONE))
    page_of(client, answer.receipt)
    assert state() == before


def test_news_are_told_in_the_language_of_the_page(client, linked):
    publish(with_values(KEY, state=MeasureState.DONE, reason=Localized(de="Fertig.", ar="انتهى.")))
    page = soup(page_of(client, linked[0].receipt, "ar"))
    assert "انتهى." in page.select_one("main").get_text()
