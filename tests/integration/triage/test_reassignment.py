"""The coordination decides on facts; somebody with a key carries it out, or it is refused without a reason."""

from __future__ import annotations

import pytest

from app.accounts import queries as accounts
from app.accounts.models import Membership
from app.core.codes import Purpose, State
from app.core.revisions import touch
from app.directory import queries as directory
from app.reports import dialogue, service
from app.reports import queries as reports
from app.triage import queries
from app.triage.models import Handover, Reassignment
from tests.conftest import account_of
from tests.factories import draft
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import fill_form, soup
from tests.support.mail import all_sent

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})


@pytest.fixture
def coordinator(sign_in):
    return sign_in("coordinator", "en")


@pytest.fixture
def sent(session):
    return service.submit(draft(consents=AGREED))


def ask(coordinator, number, office="gesundheit"):
    page = coordinator.get(f"/en/coordination/{number}")
    return coordinator.post(f"/en/coordination/{number}", data=fill_form(page, office=office))


def tasks(session):
    return session.query(Reassignment).order_by(Reassignment.id).all()


def row_of(coordinator):
    return element(coordinator.get("/en/coordination/"), "#reports tbody tr").get_text(" ", strip=True)


def test_a_task_is_carried_out_when_somebody_signs_in(session, sent, coordinator, desk, client, outbox):
    all_sent(outbox())
    assert ask(coordinator, sent.number).status_code == 303
    [task] = tasks(session)
    assert (task.due_at - task.decided_at).days == 2
    assert "to be handed over" in row_of(coordinator)
    assert {mail.kind for mail in outbox()[-2:]} == {"answer"}
    assert queries.open_handover(report_of(sent.number).id) is None
    timeline = soup(client.post("/en/receipt", data={"receipt": sent.receipt})).main.get_text()
    assert "The coordination asks that" in timeline
    desk(LEAD)
    session.expire_all()
    assert [(one.outcome, one.ended_at is not None) for one in tasks(session)] == [("done", True)]
    assert queries.open_handover(report_of(sent.number).id) is not None
    assert "handover offered" in row_of(coordinator)
    receiver = desk("gesundheit")
    receiver.do(sent.number, "accept")
    kinds = [event.kind for event in reports.events(report_of(sent.number).id)]
    assert kinds == ["received", "reassigned", "offered", "accepted"]


def test_it_is_carried_out_from_the_queue_as_well(session, sent, coordinator, desk):
    person = desk(LEAD)
    ask(coordinator, sent.number)
    page = person.queue()
    assert "The coordination asks you to hand cases over" in page.text
    assert "to be handed over" in page.text
    assert "The coordination asks that" in person.case(sent.number).text
    form = element(page, "form[action$='/desk/tasks']")
    values = {field["name"]: field["value"] for field in form.select("input")}
    assert person.client.post("/en/desk/tasks", data=values).status_code == 303
    assert [task.outcome for task in tasks(session)] == ["done"]
    assert "The coordination asks you" not in person.queue().text


def test_a_person_without_a_way_in_carries_nothing_out(session, sent, coordinator, desk):
    ask(coordinator, sent.number)
    person = desk("ads")
    assert "The coordination asks you" not in person.queue().text
    assert [task.outcome for task in tasks(session)] == [None]


def test_without_consent_it_is_refused_and_nobody_learns_why(session, coordinator, desk):
    sent = service.submit(draft())
    ask(coordinator, sent.number)
    desk(LEAD)
    assert [task.outcome for task in tasks(session)] == ["refused"]
    assert session.query(Handover).count() == 0
    page = coordinator.get(f"/en/coordination/{sent.number}")
    assert "could not be carried out" in page.text
    assert "consent" not in element(page, "main").get_text()


def test_an_involved_office_is_refused_in_the_same_words(session, sign_in, desk):
    sent = service.submit(draft(consents=AGREED, involved=("jugendhilfe",)))
    coordination = accounts.user_by_email(account_of("coordinator"))
    session.add(Membership(user_id=coordination.id, organisation_id=directory.organisations()[LEAD].id))
    session.flush()
    session.expire_all()
    touch("accounts")
    coordinator = sign_in("coordinator", "en")
    ask(coordinator, sent.number, "jugendhilfe")
    desk(LEAD)
    assert [task.outcome for task in tasks(session)] == ["refused"]
    assert session.query(Handover).count() == 0
    page = element(coordinator.get(f"/en/coordination/{sent.number}"), "main").get_text()
    assert "could not be carried out" in page
    assert "involved" not in page


def test_a_restricted_report_exists_only_for_a_coordinator_of_an_office_that_reads_it(session, coordinator, sign_in):
    offices = directory.organisations()
    service.submit(draft())
    number = service.submit(draft(involved=("jugendhilfe",))).number
    assert report_of(number).restricted
    user = accounts.user_by_email(account_of("coordinator"))

    def sees(*keys):
        session.query(Membership).filter_by(user_id=user.id).delete()
        session.add_all([Membership(user_id=user.id, organisation_id=offices[key].id) for key in keys])
        session.flush()
        session.expire_all()
        touch("accounts")
        page = coordinator.get("/en/coordination/?state=all")
        total = element(page, "#offices tbody tr td:last-child").get_text(strip=True)
        found = coordinator.get(f"/en/coordination/{number}").status_code == 200
        assert found == (number in page.text) == (total == "2")
        return found

    assert not sees()
    assert sees(LEAD)
    assert sees(LEAD, "sozialplanung")
    assert not sees("gesundheit")
    assert not sees("jugendhilfe")
    # Somebody who belongs to the office that it is about learns nothing by belonging to the other one too.
    assert not sees(LEAD, "jugendhilfe")


def test_it_can_be_taken_back(session, sent, coordinator, desk):
    ask(coordinator, sent.number)
    assert ask(coordinator, sent.number).status_code == 303
    assert len(tasks(session)) == 1
    page = coordinator.get(f"/en/coordination/{sent.number}")
    form = element(page, "form[action$='/cancel']")
    values = {field["name"]: field["value"] for field in form.select("input")}
    assert coordinator.post(f"/en/coordination/{sent.number}/cancel", data=values).status_code == 303
    desk(LEAD)
    assert [task.outcome for task in tasks(session)] == ["cancelled"]
    assert session.query(Handover).count() == 0
    assert ask(coordinator, sent.number).status_code == 303


def test_a_late_task_is_marked(sent, coordinator, sign_in, clock):
    ask(coordinator, sent.number)
    clock.forward(days=2, minutes=-1)
    assert "to be handed over" in row_of(sign_in("coordinator", "en"))
    clock.forward(minutes=2)
    assert "overdue" in row_of(sign_in("coordinator", "en"))


@pytest.mark.parametrize("office", ["", "nobody", "ezra", LEAD, "auslaenderbehoerde"])
def test_only_an_open_office_can_be_asked(session, sent, coordinator, office):
    assert ask(coordinator, sent.number, office).status_code == 422
    assert tasks(session) == []


def test_what_was_asked_ends_when_the_report_leaves(session, sent, coordinator, desk):
    person = desk(LEAD)
    person.do(sent.number, "offer", office="ads", reason="x")
    other = service.submit(draft(consents=AGREED))
    ask(coordinator, other.number)
    dialogue.withdraw(dialogue.open_by_receipt(sent.receipt))
    dialogue.erase(dialogue.open_by_receipt(other.receipt))
    session.expire_all()
    assert [offer.outcome for offer in session.query(Handover)] == ["returned"]
    assert [task.outcome for task in tasks(session)] == ["cancelled"]
    assert report_of(sent.number).state == State.WITHDRAWN
    text = coordinator.get("/en/coordination/?state=all").text
    assert sent.number not in text
    assert other.number not in text
