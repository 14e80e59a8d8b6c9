from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.accounts.models import User
from app.core.clock import now
from app.core.database import db
from app.directory import queries as directory
from app.notifications import queries, service
from app.notifications.domain import MOST_ATTEMPTS
from app.notifications.models import OutboxMail
from tests import factories
from tests.support.mail import free_port, mail_server


@pytest.fixture
def use_server(app, monkeypatch):
    def use(address):
        settings = app.config["SETTINGS"]
        monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"smtp_url": SecretStr(address)}))

    return use


@pytest.fixture
def mailbox(use_server):
    with mail_server() as found:
        use_server(found.address)
        yield found


@pytest.fixture
def mail(session, jena, outbox):
    """One mail in the outbox, to a reader of the anti-discrimination office."""
    service.tell_office("new", jena.organisation("ads").id, "T-7K3M-9QXF")
    session.flush()
    first, *others = outbox()
    for other in others:
        session.delete(other)
    session.flush()
    return first


def test_a_mail_is_delivered_once(session, mailbox, mail):
    assert service.deliver() == 1
    assert service.deliver() == 0
    (received,) = mailbox.mails
    user = session.get(User, mail.user_id)
    assert received["To"] == user.email
    assert received["Message-ID"] == mail.message_id
    assert mail.sent_at is not None
    assert (mail.attempts, mail.dead) == (1, False)


def test_a_mail_says_that_something_is_new_and_never_what(session, jena, mailbox, outbox):
    draft = factories.discrimination(
        text="Zitronenfalter", contact="nachtigall@post.example", involved_person="Distelfink", street="Wasserstraße"
    )
    sent = factories.reports.submit(draft)
    assert service.deliver() == len(outbox()) > 0
    told = (
        b"Zitronenfalter", b"nachtigall", b"Distelfink", b"Wasserstra", b"Winzerla", b"racis", b"Rassis",
        b"discrimination", b"insult", sent.receipt.encode(), sent.receipt[:5].encode(),
    )  # fmt: skip
    for raw, received in zip(mailbox.raw, mailbox.mails, strict=True):
        assert sent.number in received["Subject"]
        body = received.get_payload(decode=True).decode()
        assert "http://localhost/de/account/" in body
        assert [word for word in told if word in raw or word in body.encode()] == []


@pytest.mark.parametrize(("language", "words"), [("de", "neue Meldung"), ("en", "new report"), ("fr", "neue Meldung")])
def test_a_mail_is_in_the_language_of_the_person(session, mailbox, mail, language, words):
    session.get(User, mail.user_id).language = language
    service.deliver()
    assert words in mailbox.mails[0]["Subject"]


def test_without_a_server_the_outbox_waits(use_server, mail):
    use_server("")
    assert service.deliver() == 0
    assert (mail.attempts, mail.sent_at) == (0, None)


def test_a_refused_mail_is_tried_again_later_and_later(session, mailbox, mail, clock):
    mailbox.refusal = "451 try again later"
    assert service.deliver() == 0
    assert (mail.attempts, mail.dead, mail.last_error) == (1, False, "SMTPRecipientsRefused")
    wait = mail.next_attempt_at - now()
    assert timedelta(seconds=50) < wait <= timedelta(minutes=1)
    mailbox.refusal = ""
    assert service.deliver() == 0
    clock.forward(minutes=1)
    assert service.deliver() == 1
    assert mail.attempts == 2
    assert mailbox.mails[0]["Message-ID"] == mail.message_id


def test_a_mail_that_is_always_refused_is_given_up(session, mailbox, mail, clock):
    mailbox.refusal = "550 no such person"
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert not mail.dead
        service.deliver()
        assert mail.attempts == attempt
        clock.forward(hours=6)
    assert mail.dead
    assert queries.dead() == [(mail, session.get(User, mail.user_id).email)]
    mailbox.refusal = ""
    assert service.deliver() == 0
    assert mailbox.raw == []


def test_a_server_that_is_away_is_no_fault(use_server, mail, clock):
    use_server(f"smtp://127.0.0.1:{free_port()}")
    assert service.deliver() == 0
    assert (mail.attempts, mail.last_error) == (1, "ConnectionRefusedError")
    with mail_server() as found:
        use_server(found.address)
        clock.forward(minutes=2)
        assert service.deliver() == 1


def test_one_refusal_does_not_hold_up_the_others(session, jena, mailbox, outbox, monkeypatch):
    service.tell_office("new", jena.organisation("ads").id, "T-AAAA-BBBB")
    session.flush()
    unlucky = session.get(User, outbox()[0].user_id).email

    async def refuse_one(_server, _session, envelope, address, _options):
        if address == unlucky:
            return "550 no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(mailbox, "handle_RCPT", refuse_one)
    assert service.deliver() == len(outbox()) - 1 > 0
    assert {received["To"] for received in mailbox.mails}.isdisjoint({unlucky})


def test_only_active_members_are_told(session, jena, outbox):
    users = session.scalars(select(User).order_by(User.id)).unique().all()
    office = jena.organisation("ads").id
    members = [user for user in users if office in {membership.organisation_id for membership in user.memberships}]
    assert len(members) > 1
    members[0].active = False
    session.flush()
    service.tell_office("answer", office, "T-AAAA-BBBB")
    session.flush()
    assert {mail.user_id for mail in outbox()} == {user.id for user in members[1:]}


def test_what_was_sent_stays_sent_when_a_later_mail_breaks_the_worker(own_app, monkeypatch):
    with mail_server() as found:
        app = own_app(smtp_url=found.address)
        with app.app_context():
            identity = directory.organisations()["ads"].id
            service.tell_office("new", identity, "T-AAAA-BBBB")
            db.session.commit()
            send, sent = service._send, []

            def break_on_the_second(mail, address):
                if sent:
                    raise RuntimeError
                sent.append(mail)
                return send(mail, address)

            monkeypatch.setattr(service, "_send", break_on_the_second)
            with pytest.raises(RuntimeError):
                service.deliver()
            db.session.rollback()
            delivered = db.session.scalars(select(OutboxMail).where(OutboxMail.sent_at.is_not(None))).all()
            assert len(delivered) == len(found.raw) == 1


def test_nothing_is_locked_while_the_mail_server_takes_its_time(session, mailbox, mail, monkeypatch):
    connect, looked = service._connection, []

    def look(address):
        looked.append((session().in_transaction(), queries.next_due(now())))
        session.commit()
        return connect(address)

    monkeypatch.setattr(service, "_connection", look)
    assert service.deliver() == 1
    assert looked == [(False, None)], "and another worker would not find the mail"


def test_a_slow_server_does_not_keep_the_worker_from_the_rest(session, jena, mailbox, mail, outbox, clock, monkeypatch):
    service.tell_office("new", jena.organisation("ads").id, "T-AAAA-BBBB")
    connect = service._connection

    def slowly(address):
        clock.forward(minutes=2)
        return connect(address)

    monkeypatch.setattr(service, "_connection", slowly)
    assert service.deliver() == 1
    assert len(outbox()) > 1


def test_a_mail_that_cannot_be_written_holds_up_no_other(session, jena, mailbox, mail, outbox):
    session.get(User, mail.user_id).email = "broken\n@demo.example"
    session.flush()
    other = next(one for one in session.scalars(select(User).order_by(User.id)).unique() if one.id != mail.user_id)
    session.add(OutboxMail(message_id="<other@localhost>", kind="new", user_id=other.id, subject_number="T-A"))
    session.flush()
    assert service.deliver() == 1
    assert (mail.attempts, mail.last_error, mail.sent_at) == (1, "ValueError", None)
