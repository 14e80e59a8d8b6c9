"""Two people at one case: the slower one overwrites nothing and loses nothing typed."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.core.codes import State
from app.reports import dialogue
from app.reports import queries as reports
from app.reports.models import Report
from app.triage import service
from tests.factories import sent
from tests.support.desks import LEAD, element, report_of


def _told(answer):
    assert answer.status_code == 409
    return element(answer, "#changed[role=alert]").get_text(" ", strip=True)


def test_a_stale_page_shows_what_changed_and_keeps_what_was_typed(session, desk):
    number = sent().number
    slow, quick = desk(LEAD), desk("sozialplanung")
    page = slow.case(number)
    quick.do(number, "note", text="Ich rufe an.")
    answer = slow.send(number, "reply", page=page, text="Meine lange Antwort", then="answered")
    assert "Ich rufe an." in _told(answer)
    assert element(answer, "#reply-text").get_text().strip() == "Meine lange Antwort"
    assert [event.kind for event in reports.events(report_of(number).id)] == ["received", "note"]
    # Sent again from this page, it goes through.
    assert slow.send(number, "reply", page=answer, then="answered").status_code == 303
    assert report_of(number).state == State.ANSWERED


def test_the_reporter_is_somebody_else_too(session, desk):
    answer = sent()
    slow = desk(LEAD)
    page = slow.case(answer.number)
    dialogue.write(dialogue.open_by_receipt(answer.receipt), "Das hat sich erledigt.")
    late = slow.send(answer.number, "reply", page=page, text="Wann?", then="waiting")
    assert "The person who reported" in _told(late)
    assert "Das hat sich erledigt." in late.text


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("take", {}),
        ("note", {"text": "Mein Text"}),
        ("danger", {"reason": "Mein Text"}),
        ("link", {"measure": "anti-discrimination-office"}),
    ],
)
def test_no_form_passes_over_a_change(session, desk, action, fields):
    number = sent().number
    slow = desk(LEAD)
    page = slow.case(number)
    desk("sozialplanung").do(number, "note", text="Zuerst")
    answer = slow.send(number, action, page=page, **fields)
    _told(answer)
    assert len(reports.events(report_of(number).id)) == 2
    if "Mein Text" in fields.values():
        assert "Mein Text" in answer.text


def test_a_change_between_looking_and_writing_is_noticed(session, desk, monkeypatch):
    number = sent().number
    person = desk(LEAD)
    claim = service.claim

    def overtaken(case):
        # Somebody else commits after this request has read the case.
        session.execute(
            update(Report)
            .where(Report.id == case.report.id)
            .values(version=Report.version + 1)
            .execution_options(synchronize_session=False)
        )
        claim(case)

    page = person.case(number)
    monkeypatch.setattr(service, "claim", overtaken)
    answer = person.send(number, "note", page=page, text="Mein Text")
    _told(answer)
    assert "Mein Text" in answer.text
    assert [event.kind for event in reports.events(report_of(number).id)] == ["received"]


def test_a_case_that_was_given_away_meanwhile(session, desk):
    from app.core.codes import Purpose
    from app.reports import service as intake
    from tests.factories import draft

    number = intake.submit(draft(consents=frozenset({Purpose.READING, Purpose.HANDOVER}))).number
    slow = desk(LEAD)
    page = slow.case(number)
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    desk("gesundheit").do(number, "accept")
    assert slow.send(number, "note", page=page, text="zu spät").status_code == 404
