"""The daily head: to every administrator, once a day, and found again in the trail."""

from __future__ import annotations

import re

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from app.accounts import queries as accounts
from app.audit import service
from app.core.clock import today
from app.core.database import db
from app.privacy import audit, queries
from app.reports.models import Report
from tests.factories import sent
from tests.support.mail import mail_server


def work(*actions, number="T-2345-6789"):
    for action in actions:
        audit.note(action, actor="somebody", subject=number, office_id=1)
    db.session.commit()


def heads(outbox):
    return [mail for mail in outbox() if mail.kind == "audit_head"]


def test_each_administrator_gets_it_once_a_day(session, outbox, clock):
    work("case_note", "case_reply")
    for _restart in range(3):
        service.send_head()
        session.commit()
    found = heads(outbox)
    assert [mail.user_id for mail in found] == [user.id for user in accounts.administrators()]
    assert found[0].facts == {"date": today().isoformat(), "entries": 2, "head": queries.audit_head().hex()}
    assert found[0].subject_number is None
    clock.forward(days=1)
    service.send_head()
    session.commit()
    assert len(heads(outbox)) == 2 * len(found)
    assert heads(outbox)[-1].facts["entries"] == 0
    assert heads(outbox)[-1].facts["head"] != found[0].facts["head"]


def test_the_head_from_the_mail_is_in_the_trail(session, app, outbox):
    work("case_note")
    service.send_head()
    session.commit()
    work("case_reply")
    head = heads(outbox)[0].facts["head"]
    told = app.test_cli_runner().invoke(args=["privacy", "verify-audit", "--head", head])
    assert (told.exit_code, "is among them" in told.output) == (0, True)


def test_a_closed_account_gets_none(session, outbox):
    for person in accounts.administrators():
        person.active = False
    assert service.send_head() == 0
    session.commit()
    assert heads(outbox) == []


def test_the_number_counts_what_this_administrator_may_know(session, outbox):
    number = sent().number
    session.execute(update(Report).where(Report.number == number).values(restricted=True))
    work("case_note", number=number)
    work("case_note")
    service.send_head()
    session.commit()
    assert heads(outbox)[0].facts["entries"] == 1


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_mail_says_day_number_and_head_and_nothing_else(session, app, outbox, monkeypatch, language):
    from app.notifications import service as notifications

    work("case_note")
    accounts.administrators()[0].language = language
    service.send_head()
    session.commit()
    with mail_server() as server:
        settings = app.config["SETTINGS"].model_copy(update={"smtp_url": SecretStr(server.address)})
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        notifications.deliver()
    message = server.mails[0]
    text = message.get_payload(decode=True).decode()
    assert heads(outbox)[0].facts["head"] in text
    assert today().isoformat() in str(message["Subject"])
    assert not re.search(r"T-[0-9A-Z]{4}-", text)
    assert "somebody" not in text
