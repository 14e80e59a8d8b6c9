"""A mail server of the tests' own."""

from __future__ import annotations

import email
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from app.core.clock import now
from app.notifications.models import OutboxMail


class Mailbox:
    """What a mail server has accepted; ``refusal`` is what it answers instead, such as ``550 no such person``."""

    def __init__(self) -> None:
        """Begin empty and willing."""
        self.raw: list[bytes] = []
        self.refusal = ""
        self.address = ""
        self.signed_in: list[bytes] = []

    @property
    def mails(self) -> list[Message]:
        """The mails, oldest first."""
        return [email.message_from_bytes(raw) for raw in self.raw]

    def sign_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
        """Let somebody in who gives a name and a password."""
        self.signed_in += [said.login, said.password]
        return AuthResult(success=True)

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse."""
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        self.raw.append(envelope.original_content)
        return "250 OK"


def all_sent(mails: Iterable[OutboxMail]) -> None:
    """Let the mails in the outbox have gone a day ago: while one waits, nobody gets a second about the same case."""
    for mail in mails:
        mail.sent_at = now() - timedelta(days=1)


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def mail_server(encrypted: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Mailbox]:
    """A running server; ``mailbox.address`` is the SMTP_URL to reach it.

    With ``encrypted`` it offers STARTTLS, or speaks TLS ``at_once``; whoever signs in then is let in.
    """
    mailbox, port = Mailbox(), free_port()
    mailbox.address = f"smtp{'s' if at_once else ''}://127.0.0.1:{port}"
    offers: dict[str, Any] = {}
    if encrypted and not at_once:
        offers = {"tls_context": encrypted, "authenticator": mailbox.sign_in}
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=port, ssl_context=encrypted if at_once else None, **offers
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
