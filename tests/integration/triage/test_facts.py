"""What a coordinator sees: every report, no words, no key."""

from __future__ import annotations

import pytest

from app.core.codes import Kind, Purpose, State
from app.reports import service as reports
from app.triage import queries
from tests.factories import discrimination, draft, sent
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup


@pytest.fixture
def coordinator(sign_in):
    return sign_in("coordinator", "en")


def _rows(answer, table="reports"):
    return [row.get_text(" ", strip=True) for row in soup(answer).select(f"#{table} tbody tr")]


def test_the_facts_and_the_rule_without_a_word_of_the_person(session, coordinator):
    number = sent(text="Geheimer Satz", contact="0151 000", month="2026-10").number
    answer = coordinator.get("/en/coordination/")
    [row] = _rows(answer)
    for expected in (number, "Something is missing", "Housing", "Winzerla", "New", "housing (2026-11)"):
        assert expected in row
    for kept_back in ("Geheimer Satz", "0151 000", "2026-10"):
        assert kept_back not in answer.text


def test_discrimination_shows_no_exact_area(session, coordinator):
    reports.submit(discrimination(area="6"))
    [row] = _rows(coordinator.get("/en/coordination/"))
    assert "Drackendorf" not in row
    assert "Lobeda" in row
    assert "Racism, ethnic origin" in row


def test_a_coordinator_opens_nothing(session, coordinator):
    number = sent().number
    assert coordinator.get(f"/en/desk/{number}").status_code == 403
    assert coordinator.get("/en/desk/").status_code == 403
    assert not soup(coordinator.get("/en/coordination/")).select(f"a[href*='desk/{number}']")


def test_a_reader_does_not_coordinate(session, desk):
    assert desk(LEAD).client.get("/en/coordination/").status_code == 403


def test_counts_by_office(session, coordinator, desk):
    open_one, danger, closed = (sent(consents=frozenset({Purpose.READING, Purpose.HANDOVER})).number for _ in range(3))
    desk(LEAD).do(open_one, "offer", office="gesundheit", reason="Pflege")
    report_of(danger).state = State.DANGER
    report_of(closed).state = State.SPAM
    [row] = _rows(coordinator.get("/en/coordination/"), "offices")
    assert row.endswith("2 1 1 3")


def test_filters_and_pages(session, coordinator, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    gaps = [sent().number for _ in range(3)]
    found = reports.submit(discrimination()).number
    report_of(gaps[0]).state = State.CLOSED
    ads = report_of(found).office_id
    assert len(_rows(coordinator.get("/en/coordination/?kind=discrimination"))) == 1
    assert found in _rows(coordinator.get(f"/en/coordination/?office={ads}"))[0]
    first = coordinator.get("/en/coordination/?state=all&sort=oldest")
    assert [row.split()[0] for row in _rows(first)] == gaps[:2]
    second = coordinator.get(element(first, "a[rel=next]")["href"])
    assert [row.split()[0] for row in _rows(second)] == [gaps[2], found]
    assert soup(second).select_one("a[rel=next]") is None


@pytest.mark.parametrize("query", ["office=999999", "office=x", "kind=x", "after=x", "state=%00"])
def test_a_forged_filter_is_told(session, coordinator, query):
    sent()
    assert coordinator.get(f"/en/coordination/?{query}").status_code == 422


def test_a_report_that_no_rule_fits_says_so(session, coordinator):
    reports.submit(draft(kind=Kind.CORRECTION, topic="leisure", missing=(), targets=()))
    [row] = _rows(coordinator.get("/en/coordination/"))
    assert "(2026-11)" in row


def test_the_number_of_queries_does_not_grow(session, coordinator, count_statements):
    sent()
    coordinator.get("/en/coordination/")
    with count_statements() as few:
        coordinator.get("/en/coordination/")
    for _ in range(6):
        sent()
    with count_statements() as many:
        coordinator.get("/en/coordination/")
    assert len(few) == len(many) <= 10
