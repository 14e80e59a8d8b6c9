"""Mails go to the right server only, and encrypted unless they stay on this machine."""

import socket

import pytest
from pydantic import SecretStr, ValidationError

from app.core.settings import Settings
from app.notifications import service
from app.notifications.models import OutboxMail
from tests.support.certificates import Authority
from tests.support.mail import mail_server

HERE, HOST = "127.0.0.1", "post.example"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def deliver(app, session, jena, outbox, monkeypatch):
    """Deliver one mail to a server; gives how many were accepted, and the mail."""

    def deliver(address, **settings):
        chosen = {"smtp_url": SecretStr(address), **settings}
        monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=chosen))
        service.tell_office("new", jena.organisation("ads").id, "T-7K3M-9QXF")
        session.flush()
        first, *others = outbox()
        for other in others:
            session.delete(other)
        session.flush()
        return service.deliver(), session.get_one(OutboxMail, first.id)

    return deliver


@pytest.fixture
def far_away(monkeypatch):
    """The machine of the tests, under a name that is not its own."""
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **rest: look_up(HERE if host == HOST else host, *more, **rest)
    )


def with_login(address):
    return address.replace("://", "://mail%40city:p%3Ass@")


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "TLS at once"])
def test_a_server_whose_authority_is_named_gets_the_mail(deliver, authority, at_once):
    with mail_server(authority.server(HERE), at_once=at_once) as mailbox:
        address = mailbox.address if at_once else with_login(mailbox.address)
        accepted, mail = deliver(address, smtp_ca_file=authority.file)
        assert (accepted, mail.last_error, len(mailbox.raw)) == (1, None, 1)
        assert at_once or mailbox.signed_in == [b"mail@city", b"p:ss"]


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "TLS at once"])
@pytest.mark.parametrize("trusted", ["nobody", "another"])
def test_a_server_that_nobody_vouches_for_gets_nothing(deliver, authority, tmp_path, at_once, trusted):
    another = Authority(tmp_path, "Another authority").file if trusted == "another" else None
    with mail_server(authority.server(HERE), at_once=at_once) as mailbox:
        address = mailbox.address if at_once else with_login(mailbox.address)
        accepted, mail = deliver(address, smtp_ca_file=another)
        assert (accepted, mailbox.raw, mailbox.signed_in) == (0, [], [])
        assert mail.last_error.startswith("SSLCertVerificationError: ")
        assert "certificate" in mail.last_error


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "TLS at once"])
def test_a_server_with_a_name_of_another_gets_nothing(deliver, authority, at_once):
    with mail_server(authority.server(HOST), at_once=at_once) as mailbox:
        address = mailbox.address if at_once else with_login(mailbox.address)
        accepted, mail = deliver(address, smtp_ca_file=authority.file)
        assert (accepted, mailbox.raw, mailbox.signed_in) == (0, [], [])
        assert "mismatch" in mail.last_error


def test_a_password_is_never_said_aloud(deliver):
    with mail_server() as mailbox:
        accepted, mail = deliver(with_login(mailbox.address))
        assert (accepted, mailbox.raw) == (0, [])
        assert mail.last_error == "SMTPNotSupportedError"


def test_nothing_leaves_the_machine_unencrypted(deliver, far_away):
    with mail_server() as mailbox:
        accepted, mail = deliver(mailbox.address.replace(HERE, HOST))
        assert (accepted, mailbox.raw, mail.last_error) == (0, [], "SMTPNotSupportedError")


def test_another_machine_is_reached_where_it_can_be_trusted(deliver, far_away, authority):
    with mail_server(authority.server(HOST)) as mailbox:
        accepted, _mail = deliver(mailbox.address.replace(HERE, HOST), smtp_ca_file=authority.file)
        assert (accepted, len(mailbox.raw)) == (1, 1)


def test_a_setting_that_names_no_certificates_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="PEM"):
        Settings(smtp_ca_file=tmp_path / "nothing.pem")
