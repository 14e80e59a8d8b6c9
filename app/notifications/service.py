"""The outbox: written in the transaction of the cause, delivered by the worker after the commit, at least once."""

from __future__ import annotations

import logging
import smtplib
from contextlib import AbstractContextManager
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.clock import now
from app.core.database import db, write
from app.core.settings import Settings
from app.notifications import queries
from app.notifications.domain import MOST_ATTEMPTS, TEXTS, wait_after
from app.notifications.models import OutboxMail

log = logging.getLogger(__name__)
BATCH = 50
TURN = timedelta(minutes=1)
"""After this a turn begins no further mail."""

TIMEOUT_SECONDS = 20


def tell_office(kind: str, organisation_id: int, number: str) -> None:
    """Put a notice for every active member of an office into the outbox."""
    domain = _settings().mail_from.rsplit("@", 1)[-1]
    write(
        OutboxMail,
        *(
            {"message_id": make_msgid(domain=domain), "kind": kind, "user_id": user_id, "subject_number": number}
            for user_id in accounts.member_ids(organisation_id)
        ),
    )


def deliver() -> int:
    """Send what is due; gives how many mails were accepted. Without a mail server the outbox just waits.

    Commits mail by mail: a crash between sending and commit sends that one mail again, with the same Message-ID.
    A server that is slow or away ends the turn early, for the worker has more to do.
    """
    address = _settings().smtp_url.get_secret_value()
    if not address:
        return 0
    sent, begun = 0, now()
    for _ in range(BATCH):
        mail = queries.next_due(begun)
        if mail is None or now() - begun > TURN:
            break
        sent += _send(mail, address)
        db.session.commit()
    return sent


def _send(mail: OutboxMail, address: str) -> bool:
    mail.attempts += 1
    # Until this time the mail is nobody else's to send.
    mail.next_attempt_at = now() + wait_after(mail.attempts)
    try:
        message = _message(mail)
        # While a mail server takes its time nothing may be locked: on SQLite no report could be sent meanwhile.
        db.session.commit()
        with _connection(address) as smtp:
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        mail.last_error = type(error).__name__
        mail.dead = mail.attempts >= MOST_ATTEMPTS
        mail.next_attempt_at = now() + wait_after(mail.attempts)
        log.warning("mail not delivered", extra={"attempt": mail.attempts, "reason": mail.last_error})
        return False
    mail.sent_at = now()
    return True


def _message(mail: OutboxMail) -> EmailMessage:
    user = db.session.get_one(User, mail.user_id)
    text = TEXTS[mail.kind].get(user.language) or TEXTS[mail.kind]["de"]
    values = {"number": mail.subject_number, "address": f"{_settings().public_address}/{user.language}/account/"}
    message = EmailMessage()
    message["From"] = _settings().mail_from
    message["To"] = user.email
    message["Subject"] = text.subject.format(**values)
    message["Message-ID"] = mail.message_id
    message.set_content(text.body.format(**values))
    return message


def _connection(address: str) -> AbstractContextManager[smtplib.SMTP]:
    parts = urlsplit(address)
    make = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    smtp = make(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_SECONDS)
    smtp.ehlo()
    if parts.scheme == "smtp" and smtp.has_extn("starttls"):
        smtp.starttls()
    if parts.username:
        smtp.login(unquote(parts.username), unquote(parts.password or ""))
    return smtp


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
