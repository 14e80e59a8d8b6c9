"""Nobody gets more than one mail about a case within an hour, nothing is lost by that, and the alarm never waits."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.accounts.models import User
from app.core.clock import now
from app.notifications import service
from tests.support.mail import mail_server

NUMBER = "T-7K3M-9QXF"


@pytest.fixture
def mailbox(app, monkeypatch, session):
    with mail_server() as found:
        settings = app.config["SETTINGS"].model_copy(update={"smtp_url": SecretStr(found.address)})
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield found


@pytest.fixture
def people(session):
    return [user.id for user in session.scalars(select(User).order_by(User.id).limit(2)).unique()]


def test_what_comes_while_a_mail_waits_is_told_by_that_mail(session, outbox, people):
    service.tell_people("new", people, NUMBER)
    service.tell_people("answer", people, NUMBER)
    assert [mail.kind for mail in outbox()] == ["new", "new"]


def test_what_comes_within_the_hour_waits_for_its_end(session, mailbox, people, clock):
    service.tell_people("answer", people[:1], NUMBER)
    assert service.deliver() == 1
    clock.forward(minutes=20)
    service.tell_people("overdue", people[:1], NUMBER)
    service.tell_people("offered", people[:1], NUMBER)
    assert service.deliver() == 0
    clock.forward(minutes=41)
    assert service.deliver() == 1
    assert len(mailbox.mails) == 2
    assert "Frist einer Meldung" in mailbox.mails[1].get_payload(decode=True).decode()


def test_after_the_hour_a_mail_goes_at_once(session, mailbox, people, clock):
    service.tell_people("answer", people[:1], NUMBER)
    service.deliver()
    clock.forward(minutes=61)
    service.tell_people("answer", people[:1], NUMBER)
    assert service.deliver() == 1


def test_other_people_and_other_cases_do_not_wait(session, mailbox, people):
    service.tell_people("answer", people[:1], NUMBER)
    service.deliver()
    service.tell_people("answer", people, NUMBER)
    service.tell_people("answer", people, "T-AAAA-BBBB")
    assert service.deliver() == 3


def test_the_alarm_never_waits(session, mailbox, people):
    service.tell_people("answer", people[:1], NUMBER)
    service.tell_people("danger", people[:1], NUMBER)
    service.deliver()
    service.tell_people("danger", people[:1], NUMBER)
    assert service.deliver() == 1
    assert len(mailbox.mails) == 3


def test_what_was_given_up_has_told_nobody_anything(session, outbox, people):
    service.tell_people("answer", people[:1], NUMBER)
    [mail] = outbox()
    mail.dead = True
    session.flush()
    service.tell_people("answer", people[:1], NUMBER)
    assert len(outbox()) == 2


def test_mails_about_no_case_do_not_wait_for_one_another(session, outbox, people):
    service.tell_people("newcomer", people, None)
    service.tell_people("newcomer", people, None)
    assert len(outbox()) == 4


def test_over_a_day_of_events_nobody_gets_two_mails_within_an_hour(session, mailbox, outbox, people, clock):
    for _turn in range(60):
        service.tell_people("answer", people, NUMBER)
        service.deliver()
        clock.forward(minutes=7)
    clock.forward(hours=2)
    service.deliver()
    for person in people:
        times = sorted(mail.sent_at for mail in outbox() if mail.user_id == person)
        assert len(times) >= 7
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(times))
        assert now() - times[-1] <= timedelta(hours=3)
