"""The same done to several cases at once: each for itself, told in words, and taken back if nothing happened since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.codes import Purpose, State
from app.core.revisions import touch
from app.core.texts import Localized
from app.privacy import queries as privacy
from app.privacy import service as sealing
from app.reports import dialogue
from app.reports.models import Event
from app.triage import queries
from app.triage.models import BulkAct, CaseLabel, Consultation, Label
from tests.factories import sent
from tests.integration.triage.test_queue import ALL_CONSENTS, one_of
from tests.support.desks import LEAD, Desk, element, report_of
from tests.support.forms import soup, values_of


def do(person, deed, *numbers, **fields):
    """Tick cases on the page and press a button."""
    values = values_of(element(person.queue(), "#several"))
    return send(person, values, deed, numbers, **fields)


def send(person, values, deed, numbers, **fields):
    values.setlist("case", numbers)
    for name, value in ({"deed": deed} | fields).items():
        values.setlist(name, [value])
    return person.client.post("/en/desk/several", data=values)


def undo(person):
    form = soup(person.queue()).select_one(".tk-undo")
    assert form is not None, "the page offers no way back"
    return person.client.post("/en/desk/undo", data=values_of(form))


def messages(person, answer):
    assert answer.status_code == 303, element(answer, "main").get_text(" ", strip=True)[:500]
    page = soup(person.client.get(answer.location))
    return [one.get_text(" ", strip=True) for one in page.select("[role=status] .kern-title")]


@pytest.fixture
def label(session):
    one = Label(key="visit", name=Localized(de="Besuch", en="Visit"))
    session.add(one)
    touch("wordings")
    session.flush()
    return one


def test_cases_are_taken_on_and_assigned(session, desk):
    numbers = [sent().number for _ in range(3)]
    person = desk(LEAD)
    assert messages(person, do(person, "take", *numbers[:2])) == ["You have taken on 2 cases."]
    me = one_of(LEAD).id
    rows = [(one.state, one.assignee_id, one.unread) for one in map(report_of, numbers)]
    assert rows == [(State.IN_REVIEW, me, False)] * 2 + [(State.RECEIVED, None, True)]


def test_what_was_taken_on_is_as_it_was_before(session, desk):
    numbers = [sent().number for _ in range(2)]
    person = desk(LEAD)
    do(person, "take", *numbers)
    assert messages(person, undo(person)) == ["2 cases are as they were before."]
    for report in map(report_of, numbers):
        assert (report.state, report.assignee_id, report.unread) == (State.RECEIVED, None, True)
        last = session.scalars(select(Event).where(Event.report_id == report.id).order_by(Event.id.desc())).first()
        assert (last.kind, last.state) == ("state", State.RECEIVED)
    assert soup(person.queue()).select_one(".tk-undo") is None, "it is undone once"


def test_one_that_cannot_be_changed_holds_up_no_other(session, desk):
    first, busy, foreign = sent().number, sent().number, sent().number
    person = desk(LEAD)
    person.do(busy, "take")
    report = report_of(foreign)
    page = person.queue()
    for box in (report.box_id, report.staff_box_id):
        sealing.take_away_all(box)
    values = values_of(element(page, "#several"))
    answer = send(person, values, "take", [first, busy, foreign, "T-0000-0000"])
    assert messages(person, answer) == [
        "You have taken on 1 case.",
        f"Not changed: {busy}. The case is in work already.",
        f"Not changed: {foreign}, T-0000-0000. You cannot open the case.",
    ]
    assert report_of(first).state == State.IN_REVIEW
    assert report_of(foreign).state == State.RECEIVED


def test_where_something_happened_since_nothing_is_undone(session, desk):
    quiet, busy = sent(), sent()
    person = desk(LEAD)
    do(person, "take", quiet.number, busy.number)
    dialogue.write(dialogue.open_by_receipt(busy.receipt), "Noch etwas.")
    assert messages(person, undo(person)) == [
        "1 case is as it was before.",
        f"Not changed: {busy.number}. Something else has happened in the case since.",
    ]
    assert report_of(busy.number).state == State.IN_REVIEW


def test_there_is_half_an_hour_to_undo(session, desk):
    number = sent().number
    person = desk(LEAD)
    do(person, "take", number)
    form = values_of(element(person.queue(), ".tk-undo"))
    act = session.scalars(select(BulkAct)).one()
    act.at -= timedelta(minutes=31)
    assert soup(person.queue()).select_one(".tk-undo") is None
    answer = person.client.post("/en/desk/undo", data=form)
    assert messages(person, answer) == ["This can no longer be undone."]
    assert report_of(number).state == State.IN_REVIEW


def test_nobody_undoes_what_somebody_else_has_done(session, desk):
    number = sent().number
    person, other = desk(LEAD), desk("sozialplanung")
    do(person, "take", number)
    form = values_of(element(person.queue(), ".tk-undo"))
    do(other, "assign", number)
    mine = values_of(element(other.queue(), ".tk-undo"))
    mine["act"] = form["act"]
    assert messages(other, other.client.post("/en/desk/undo", data=mine)) == ["This can no longer be undone."]


def test_labels_are_put_and_removed_and_both_undone(session, desk, label):
    numbers = [sent().number for _ in range(2)]
    person = desk(LEAD)

    def labelled():
        return session.scalars(select(CaseLabel.report_id).order_by(CaseLabel.report_id)).all()

    ids = [report_of(number).id for number in numbers]
    assert messages(person, do(person, "label", *numbers, put=str(label.id))) == ["2 cases got the label."]
    assert labelled() == ids
    assert "Visit" in element(person.queue(), "#reports tbody tr").get_text()
    undo(person)
    assert labelled() == []
    do(person, "label", *numbers, put=str(label.id))
    assert messages(person, do(person, "unlabel", numbers[0], put=str(label.id))) == ["The label was taken off 1 case."]
    assert labelled() == ids[1:]
    undo(person)
    assert labelled() == ids


def test_a_label_has_to_be_chosen_and_a_case_ticked(session, desk, label):
    number = sent().number
    person = desk(LEAD)
    for deed, numbers, told in (
        ("label", [number], "Please choose a label."),
        ("explode", [number], "Please choose what to do with the cases."),
    ):
        answer = do(person, deed, *numbers)
        assert answer.status_code == 422
        assert told in element(answer, "[role=alert]").get_text()
    ticked = do(person, "label", number)
    assert element(ticked, "input[name=case]").has_attr("checked"), "what was ticked stays ticked"
    assert do(person, "take").status_code == 303
    assert "Please tick at least one case first." in element(person.queue(), "main [role=status]").get_text()


@pytest.fixture
def offered(session, desk):
    """A case on offer, with its giver and its receiver."""
    number = sent(consents=ALL_CONSENTS).number
    giver, receiver = desk(LEAD), desk("gesundheit")
    giver.do(number, "offer", office="gesundheit", reason="Zuständig.")
    return number, giver, receiver


def test_an_accepted_offer_is_on_offer_again(session, offered):
    number, giver, receiver = offered
    report = report_of(number)
    before = (report.office_id, report.fallback_office_id, privacy.granted_to(report.box_id))
    assert messages(receiver, do(receiver, "accept", number)) == ["Your office leads 1 more case now."]
    assert giver.numbers() == []
    assert messages(receiver, undo(receiver)) == ["1 case is as it was before."]
    report = report_of(number)
    assert (report.office_id, report.fallback_office_id, privacy.granted_to(report.box_id)) == before
    assert privacy.granted_to(report.staff_box_id) == before[2]
    assert queries.open_handover(report.id) is not None
    assert giver.case(number).status_code == 200
    receiver.do(number, "return", reason="Doch nicht.")
    assert receiver.numbers() == []


def test_working_along_goes_on_when_an_acceptance_is_undone(session, offered):
    number, _giver, receiver = offered
    report = report_of(number)
    to = queries.open_handover(report.id).to_office_id
    question = Consultation(
        report_id=report.id, office_id=to, asked_by_id=report.office_id, due_at=report.received_at, outcome=None
    )
    session.add(question)
    do(receiver, "accept", number)
    assert question.ended_at is not None
    undo(receiver)
    session.refresh(question)
    assert (question.ended_at, question.outcome, question.answered_at) == (None, None, None)


def test_nothing_is_given_back_once_the_consent_is_gone(session, desk):
    report = sent(consents=ALL_CONSENTS)
    number = report.number
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Zuständig.")
    receiver = desk("gesundheit")
    do(receiver, "accept", number)
    dialogue.withdraw_consent(dialogue.open_by_receipt(report.receipt), Purpose.HANDOVER)
    said = messages(receiver, undo(receiver))
    assert len(said) == 1
    assert said[0].startswith(f"Not changed: {number}.")
    assert queries.open_handover(report_of(number).id) is None


def test_the_list_stands_where_it_was(session, desk):
    numbers = [sent().number for _ in range(2)]
    person: Desk = desk(LEAD)
    values = values_of(element(person.queue(kind="gap", sort="oldest"), "#several"))
    answer = send(person, values, "assign", numbers[:1])
    assert answer.location == "/en/desk/?kind=gap&sort=oldest"
