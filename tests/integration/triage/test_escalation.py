"""What is late is told in steps, once, on working days, and to nobody who must not know of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from app.accounts.models import Membership, User
from app.core.codes import Purpose, State
from app.core.database import db
from app.reports import dialogue, readers
from app.reports import queries as reports
from app.reports.models import Report
from app.triage.models import Handover
from app.triage.overdue import service as escalation
from tests.conftest import account_of
from tests.factories import sent
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup

BERLIN = ZoneInfo("Europe/Berlin")
AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})


def local(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def monday(clock, session):
    """Monday, 23 November 2026, at ten: a gap that comes now is due on Wednesday, 2 December."""
    clock.stop_at(local(11, 23, 10))
    return clock


@pytest.fixture
def late(monday, session):
    """A case whose deadline passed a moment ago; the mails about its arrival have gone long since."""
    number = sent(consents=AGREED).number
    monday.stop_at(local(12, 3, 0) + timedelta(minutes=20))
    return number


@pytest.fixture
def mails(outbox):
    """``mails("overdue")`` names the people who are told of something, by address."""

    def told(kind):
        users = {user.id: user.email for user in db.session.scalars(select(User).order_by(User.id))}
        return sorted(users[mail.user_id] for mail in outbox() if mail.kind == kind)

    return told


def sent_long_ago(outbox, moment):
    for mail in outbox():
        mail.sent_at = moment


def make_deputy(who, office):
    user = db.session.scalars(select(User).where(User.email == account_of(who))).one()
    db.session.execute(
        update(Membership)
        .where(Membership.user_id == user.id, Membership.organisation_id == office)
        .values(deputy=True)
    )
    db.session.expire_all()
    return user.email


def everybody_at(number):
    report = report_of(number)
    return sorted(user.email for _membership, user in readers.at_office(report, report.office_id))


def level(number):
    return report_of(number).escalation


# In steps ------------------------------------------------------------------------------------------------------------


def test_in_time_nobody_is_told(monday, mails, outbox):
    number = sent().number
    monday.stop_at(local(12, 2, 23))
    assert escalation.escalate_due() == 0
    assert mails("overdue") == []
    assert level(number) == 0


def test_first_the_deputies_are_told(late, mails, outbox, monday):
    sent_long_ago(outbox, local(11, 23, 11))
    deputy = make_deputy(f"reader:{LEAD}", report_of(late).office_id)
    assert escalation.escalate_due() == 1
    assert mails("overdue") == [deputy]
    assert level(late) == 1


def test_without_a_deputy_everybody_is_told_who_can_open_the_case(late, mails, outbox):
    sent_long_ago(outbox, local(11, 23, 11))
    escalation.escalate_due()
    assert mails("overdue") == everybody_at(late) != []


def test_told_once_nobody_is_told_again(late, mails, outbox, monday):
    sent_long_ago(outbox, local(11, 23, 11))
    escalation.escalate_due()
    before = mails("overdue")
    for _hour in range(5):
        monday.forward(hours=1)
        assert escalation.escalate_due() == 0
    assert mails("overdue") == before


def test_a_working_day_later_the_coordination_is_told(late, mails, outbox, monday):
    escalation.escalate_due()
    sent_long_ago(outbox, local(12, 3, 1))
    monday.stop_at(local(12, 3, 23))
    assert escalation.escalate_due() == 0
    monday.stop_at(local(12, 4, 1))
    assert escalation.escalate_due() == 1
    assert account_of("coordinator") in mails("overdue")
    assert level(late) == 2
    monday.forward(days=7)
    assert escalation.escalate_due() == 0


def test_where_nobody_at_the_office_can_be_told_the_coordination_is_at_once(late, mails, session):
    for email in everybody_at(late):
        session.scalars(select(User).where(User.email == email)).one().active = False
    session.flush()
    assert escalation.escalate_due() == 1
    assert level(late) == 2
    assert account_of("coordinator") in mails("overdue")


# Over days off -------------------------------------------------------------------------------------------------------


def test_over_a_weekend_nobody_is_told(monday, mails, outbox):
    number = sent().number
    # Due on Friday, 4 December: sent three days later.
    report_of(number).due_at = local(12, 5)
    sent_long_ago(outbox, local(11, 23, 11))
    for moment in (local(12, 5, 1), local(12, 5, 12), local(12, 6, 12)):
        monday.stop_at(moment)
        assert escalation.escalate_due() == 0
    monday.stop_at(local(12, 7, 1))
    assert escalation.escalate_due() == 1
    monday.stop_at(local(12, 7, 23))
    assert escalation.escalate_due() == 0
    monday.stop_at(local(12, 8, 1))
    assert escalation.escalate_due() == 1
    assert level(number) == 2


def test_over_christmas_nobody_is_told(monday, outbox):
    number = sent().number
    # Due on Wednesday, 23 December. The 25th is a holiday, then comes a weekend.
    report_of(number).due_at = local(12, 24)
    steps = []
    for day in range(24, 32):
        monday.stop_at(local(12, day, 9))
        escalation.escalate_due()
        steps.append(level(number))
    assert steps == [1, 1, 1, 1, 2, 2, 2, 2]


# What is not late any more -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["answer", "question", "close"])
def test_what_the_office_does_in_time_stops_it(monday, desk, action, mails):
    number = sent(consents=AGREED).number
    ours = desk(LEAD)
    ours.do(number, "take")
    if action == "close":
        ours.do(number, "close", outcome="documented")
    else:
        ours.do(number, "reply", text="Guten Tag", then="waiting" if action == "question" else "answered")
    monday.stop_at(local(12, 3, 9))
    assert escalation.escalate_due() == 0
    assert mails("overdue") == []


def test_a_case_that_is_late_for_its_end_escalates_anew(late, monday, desk, session):
    escalation.escalate_due()
    report = report_of(late)
    dialogue_of = desk(LEAD)
    dialogue_of.do(late, "reply", text="Guten Tag", then="answered")
    session.expire_all()
    assert (report.escalation, report.due_at) == (0, report.conclude_by)
    monday.stop_at(report.conclude_by + timedelta(hours=9))
    assert escalation.escalate_due() == 1


def test_a_withdrawn_report_bothers_nobody(monday, mails):
    receipt = sent()
    dialogue.withdraw(dialogue.open_by_receipt(receipt.receipt))
    monday.stop_at(local(12, 3, 9))
    assert escalation.escalate_due() == 0


# Who may know --------------------------------------------------------------------------------------------------------


def test_of_a_restricted_report_no_coordinator_hears_who_may_not_know_of_it(monday, mails, outbox, session, jena):
    number = sent(involved=("gesundheit",)).number
    assert report_of(number).restricted
    monday.stop_at(local(12, 3, 9))
    escalation.escalate_due()
    monday.stop_at(local(12, 4, 9))
    escalation.escalate_due()
    assert level(number) == 2
    assert account_of("coordinator") not in mails("overdue")
    assert reports.events(report_of(number).id)[-1].reason == "office"


def test_an_office_that_cannot_open_a_case_hears_nothing(late, mails, jena):
    escalation.escalate_due()
    assert account_of("reader:gesundheit") not in mails("overdue")


# Requests ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(monday, desk, session):
    number = sent(consents=AGREED).number
    desk(LEAD).do(number, "offer", office="gesundheit", reason="Pflege")
    offer = session.scalars(select(Handover).order_by(Handover.id)).one()
    assert offer.due_at == local(11, 25)
    return number, offer


def test_an_offer_that_nobody_answers_is_told_to_the_coordination_once(offered, monday, mails):
    _number, offer = offered
    monday.stop_at(local(11, 24, 23))
    assert escalation.escalate_due() == 0
    monday.stop_at(local(11, 25, 1))
    assert escalation.escalate_due() == 1
    assert offer.escalated_at is not None
    assert mails("unanswered") == [account_of("coordinator")]
    monday.forward(days=1)
    escalation.escalate_due()
    assert mails("unanswered") == [account_of("coordinator")]


def test_an_answered_offer_is_told_to_nobody(offered, monday, desk, mails):
    number, _offer = offered
    desk("gesundheit").do(number, "accept")
    monday.stop_at(local(11, 25, 1))
    assert escalation.escalate_due() == 0
    assert mails("unanswered") == []


# What people see -----------------------------------------------------------------------------------------------------


def test_the_coordination_sees_what_is_late_and_what_nobody_answers(offered, late, monday, sign_in):
    number, _offer = offered
    escalation.escalate_due()
    page = sign_in("coordinator", "en").get("/en/coordination/")
    rows = [row.get_text(" ", strip=True) for row in soup(page).select("#overdue tbody tr")]
    assert [row.split()[0] for row in rows] == [number, late]
    assert all("12/2/26" in row and row.endswith("the office") for row in rows)
    assert element(page, "#late").get_text() == "2 reports are overdue"
    [request] = [row.get_text(" ", strip=True) for row in soup(page).select("#requests tbody tr")]
    assert number in request
    assert "11/24/26" in request
    facts = sign_in("coordinator", "en").get(f"/en/coordination/{late}")
    assert "12/2/26 overdue" in element(facts, "main").get_text(" ", strip=True)


def test_the_coordination_sees_no_late_report_that_it_may_not_know_of(monday, sign_in):
    number = sent(involved=("gesundheit",)).number
    monday.stop_at(local(12, 3, 9))
    page = sign_in("coordinator", "en").get("/en/coordination/")
    assert number not in page.text
    assert not soup(page).select("#late")


def test_the_reporter_reads_in_plain_words_that_others_were_told(monday, client, outbox):
    receipt = sent()
    for moment in (local(12, 3, 9), local(12, 4, 9)):
        monday.stop_at(moment)
        escalation.escalate_due()
    said = soup(client.post("/en/receipt", data={"receipt": receipt.receipt})).main.get_text()
    assert "It takes longer than usual. The office has been reminded of your report" in said
    assert "The coordination of the offices has been told; it cannot read your words" in said


def test_the_office_reads_who_was_told(late, desk):
    escalation.escalate_due()
    said = element(desk(LEAD).case(late), "main").get_text(" ", strip=True)
    assert "Overdue: others have been told" in said


# At the same moment --------------------------------------------------------------------------------------------------


def test_a_case_that_changes_at_the_same_moment_waits_and_holds_up_no_other(late, monday, session, monkeypatch):
    other = sent().number
    db.session.execute(update(Report).where(Report.number == other).values(due_at=report_of(late).due_at))
    session.commit()
    real = escalation._tell

    def quicker(report, *rest):
        if report.number == late:
            raise StaleDataError
        real(report, *rest)

    monkeypatch.setattr(escalation, "_tell", quicker)
    assert escalation.escalate_due() == 1
    assert (level(late), level(other)) == (0, 1)
    monkeypatch.setattr(escalation, "_tell", real)
    assert escalation.escalate_due() == 1


def test_an_alarm_is_no_reason_to_forget_a_deadline(late, session):
    report_of(late).state = State.DANGER
    session.flush()
    assert escalation.escalate_due() == 1
