"""The administrator's list of mails that did not arrive."""

from __future__ import annotations

import pytest

from app.accounts import invitations, people, queries
from app.accounts.domain import RoleName
from app.core.clock import now
from app.notifications import service
from app.notifications.models import OutboxMail
from tests.conftest import account_of
from tests.support.forms import form_of, soup, values_of

PATH = "/en/account/undelivered"


@pytest.fixture
def admin(sign_in):
    return sign_in("administrator", "en")


@pytest.fixture
def mails(session):
    """Three mails that were given up, one that waits and one that was sent."""
    user = queries.user_by_email("ads@demo.example")
    administrator = queries.user_by_email(account_of("administrator"))
    invitation = invitations.invite(administrator, "neu@stadt.example", "Neu", [RoleName.COORDINATOR], [], "de")
    session.flush()
    mails = [
        OutboxMail(message_id="<1@x>", kind="new", user_id=user.id, subject_number="T-2345-6789", attempts=8,
                   dead=True, last_error="SMTPServerDisconnected"),
        OutboxMail(message_id="<2@x>", kind="answer", user_id=user.id, subject_number="T-2345-6789", attempts=8,
                   dead=True, last_error="TimeoutError"),
        OutboxMail(message_id="<3@x>", kind="invited", invitation_id=invitation.id, attempts=8, dead=True,
                   last_error="SMTPRecipientsRefused"),
        OutboxMail(message_id="<4@x>", kind="new", user_id=user.id, subject_number="T-WAIT-WAIT"),
        OutboxMail(message_id="<5@x>", kind="new", user_id=user.id, subject_number="T-SENT-SENT", sent_at=now()),
    ]  # fmt: skip
    session.add_all(mails)
    session.commit()
    return mails


def rows(page):
    return [row.get_text(" ", strip=True) for row in soup(page).select("#undelivered tbody tr")]


def send(admin, page, action, position=-1):
    return admin.post(action, data=values_of(form_of(page, action, position)))


def test_the_list_names_recipient_kind_and_reason_and_no_case(session, admin, mails):
    page = admin.get(PATH)
    newest, middle, oldest = rows(page)
    assert "neu@stadt.example" in newest
    assert "Invitation" in newest
    assert "SMTPRecipientsRefused" in newest
    for part in ("ads@demo.example", "New message", "TimeoutError"):
        assert part in middle
    assert "New report" in oldest
    for number in ("T-2345-6789", "T-WAIT", "T-SENT"):
        assert number not in page.text


def test_one_is_sent_once_more(session, admin, mails):
    answer = send(admin, admin.get(PATH), f"{PATH}/again", 1)
    assert answer.status_code == 303
    page = admin.get(PATH)
    assert len(rows(page)) == 2
    assert "1 mail will be sent again" in page.text
    session.expire_all()
    again = next(mail for mail in mails if mail.message_id == "<3@x>")
    assert (again.dead, again.attempts, again.last_error, again.sent_at) == (False, 0, None, None)


def test_all_are_sent_once_more(session, admin, mails):
    send(admin, admin.get(PATH), f"{PATH}/again", 0)
    page = admin.get(PATH)
    assert "Every mail has arrived so far" in page.text
    assert "3 mails will be sent again" in page.text


def test_one_is_dropped(session, admin, mails):
    oldest = mails[0].id
    send(admin, admin.get(PATH), f"{PATH}/drop")
    assert len(rows(admin.get(PATH))) == 2
    session.expire_all()
    assert session.get(OutboxMail, oldest) is None


def test_only_mails_that_were_given_up_can_be_dropped(session, admin, mails):
    waiting = mails[3].id
    values = values_of(form_of(admin.get(PATH), f"{PATH}/drop"))
    for number in (str(waiting), "", "99999", "x"):
        values["mail"] = number
        assert admin.post(f"{PATH}/drop", data=values).status_code == 303
    session.expire_all()
    assert session.get(OutboxMail, waiting) is not None
    assert len(rows(admin.get(PATH))) == 3


def test_a_forged_form_does_nothing(session, admin, mails):
    for action in ("again", "drop"):
        admin.post(f"{PATH}/{action}", data={"mail": str(mails[0].id)})
    assert len(rows(admin.get(PATH))) == 3


@pytest.mark.parametrize("who", ["reader:ads", "coordinator", "partner:awo"])
def test_nobody_else_sees_the_list(session, sign_in, who):
    client = sign_in(who, "en")
    assert client.get(PATH).status_code == 403
    assert client.post(f"{PATH}/again").status_code == 403


def test_an_ended_account_is_told_nothing_more(app, session, mails, monkeypatch, outbox):
    from pydantic import SecretStr

    from tests.support.mail import mail_server

    people.end(queries.user_by_email(account_of("administrator")), queries.user_by_email("ads@demo.example"))
    with mail_server() as mailbox:
        settings = app.config["SETTINGS"].model_copy(update={"smtp_url": SecretStr(mailbox.address)})
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        service.deliver()
        assert [mail["To"] for mail in mailbox.mails] == ["neu@stadt.example"]
    assert {mail.message_id for mail in outbox()} >= {"<5@x>"}
    assert not {mail.message_id for mail in outbox()} & {"<1@x>", "<2@x>", "<4@x>"}
