"""The outbox: written in the transaction of the cause, delivered by the worker after the commit, at least once."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import delete, select

from app.accounts import invitations
from app.accounts import queries as accounts
from app.accounts.models import Invitation, User
from app.core.clock import now
from app.core.database import db, write
from app.core.settings import Settings, is_loopback
from app.notifications import queries
from app.notifications.domain import ALARM, MOST_ATTEMPTS, QUIET, TEXTS, wait_after
from app.notifications.models import OutboxMail

log = logging.getLogger(__name__)
BATCH = 50
TURN = timedelta(minutes=1)
"""After this a turn begins no further mail."""

TIMEOUT_SECONDS = 20


def tell_office(kind: str, organisation_id: int, number: str) -> None:
    """Put a notice of a case that nobody has heard of yet into the outbox, for every active reader of an office."""
    _put(kind, dict.fromkeys(accounts.member_ids(organisation_id), now()), number)


def tell_people(kind: str, user_ids: Iterable[int], number: str | None, facts: Mapping[str, Any] | None = None) -> None:
    """Put a notice for each of these people into the outbox. ``facts`` fill in the text; they are no secret.

    Nobody gets more than one mail about a case within an hour: what comes sooner waits for the hour's end, and for
    whom one waits already there is no second. The alarm goes at once.
    """
    times = dict.fromkeys(user_ids, now())
    if number is not None and kind != ALARM:
        for user_id, sent_at in queries.told(number, times, now() - QUIET).items():
            if sent_at is None:
                del times[user_id]
            else:
                times[user_id] = sent_at + QUIET
    _put(kind, times, number, facts)


def _put(kind: str, times: Mapping[int, datetime], number: str | None, facts: Mapping[str, Any] | None = None) -> None:
    """Write a mail for each person, to be sent when it is their time."""
    domain = _settings().mail_from.rsplit("@", 1)[-1]
    mail = {"kind": kind, "subject_number": number} | ({} if facts is None else {"facts": dict(facts)})
    write(
        OutboxMail,
        *(
            {"message_id": make_msgid(domain=domain), "user_id": user_id, "next_attempt_at": moment, **mail}
            for user_id, moment in times.items()
        ),
    )


def tell_invited(invitation: Invitation) -> None:
    """Put the mail with the link of an invitation into the outbox; the link itself is made when it is sent."""
    known = accounts.user_by_email(invitation.email) is not None
    write(
        OutboxMail,
        {
            "message_id": make_msgid(domain=_settings().mail_from.rsplit("@", 1)[-1]),
            "kind": "new_password" if known else "invited",
            "invitation_id": invitation.id,
        },
    )


def tell_somebody_waits(office_id: int) -> None:
    """Tell the readers of an office that somebody waits to be let in."""
    tell_people("newcomer", accounts.member_ids(office_id), None)


def try_again(mails: Iterable[OutboxMail]) -> None:
    """Let mails that were given up be sent once more, from the first attempt on."""
    for mail in mails:
        mail.dead, mail.attempts, mail.last_error, mail.next_attempt_at = False, 0, None, now()
    db.session.flush()


def drop(mails: Iterable[OutboxMail]) -> None:
    """Give mails up for good."""
    for mail in mails:
        db.session.delete(mail)
    db.session.flush()


def deliver() -> int:
    """Send what is due; gives how many mails were accepted. Without a mail server the outbox just waits.

    Commits mail by mail: a crash between sending and commit sends that one mail again, with the same Message-ID.
    A server that is slow or away ends the turn early, for the worker has more to do.
    """
    address = _settings().smtp_url.get_secret_value()
    if not address:
        return 0
    _forget_ended()
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
        mail.last_error = _reason(error)
        mail.dead = mail.attempts >= MOST_ATTEMPTS
        mail.next_attempt_at = now() + wait_after(mail.attempts)
        log.warning("mail not delivered", extra={"attempt": mail.attempts, "reason": type(error).__name__})
        return False
    mail.sent_at = now()
    return True


def _forget_ended() -> None:
    """Nobody is told anything any more whose account has ended."""
    ended = select(User.id).where(~User.active)
    db.session.execute(delete(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.user_id.in_(ended)))
    db.session.commit()


def _message(mail: OutboxMail) -> EmailMessage:
    person: User | Invitation
    if mail.invitation_id is None:
        person = db.session.get_one(User, mail.user_id)
    else:
        person = db.session.get_one(Invitation, mail.invitation_id)
    text = TEXTS[mail.kind].get(person.language) or TEXTS[mail.kind]["de"]
    if isinstance(person, Invitation):
        address = invitations.address(person)
    else:
        address = f"{_settings().public_address}/{person.language}/{text.page}"
    values = (mail.facts or {}) | {"number": mail.subject_number, "address": address}
    message = EmailMessage()
    message["From"] = _settings().mail_from
    message["To"] = person.email
    message["Subject"] = text.subject.format(**values)
    message["Message-ID"] = mail.message_id
    message.set_content(text.body.format(**values))
    return message


def _connection(address: str) -> AbstractContextManager[smtplib.SMTP]:
    """A connection to the mail server, encrypted and to the right one unless it stays on this machine.

    Raises:
        OSError, smtplib.SMTPException: there is none, or none that can be trusted.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "localhost", parts.port or 0
    trusted = ssl.create_default_context(cafile=_settings().smtp_ca_file)
    if parts.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=trusted)
    else:
        smtp = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        smtp.ehlo()
        if parts.scheme == "smtp" and (parts.username or not is_loopback(host)):
            # Refuses where the server offers no encryption: who would listen could have taken the offer away.
            smtp.starttls(context=trusted)
        if parts.username:
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


def _reason(error: Exception) -> str:
    """What went wrong, for the administrator; never what a server says about a person."""
    name = type(error).__name__
    return f"{name}: {error.verify_message}" if isinstance(error, ssl.SSLCertVerificationError) else name


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
