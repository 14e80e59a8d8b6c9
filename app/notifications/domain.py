"""The texts of mails to staff: that something is new, and where to sign in. Never what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and body with the placeholders ``{number}`` and ``{address}``."""

    subject: str
    body: str


TEXTS: dict[str, dict[str, MailText]] = {
    "new": {
        "de": MailText("Teilhabekarte: neue Meldung {number}", "Eine neue Meldung wartet auf Ihr Amt.\n\n{address}\n"),
        "en": MailText("Teilhabekarte: new report {number}", "A new report is waiting for your office.\n\n{address}\n"),
    },
    "answer": {
        "de": MailText("Teilhabekarte: neue Nachricht zu {number}", "Zu einer Meldung ist etwas neu.\n\n{address}\n"),
        "en": MailText("Teilhabekarte: new message on {number}", "There is something new on a report.\n\n{address}\n"),
    },
    "offered": {
        "de": MailText("Teilhabekarte: Übergabe von {number}", "Ein Amt bietet Ihnen eine Meldung an.\n\n{address}\n"),
        "en": MailText("Teilhabekarte: handover of {number}", "An office offers you a report.\n\n{address}\n"),
    },
}


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: one minute, doubling, at most six hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=6))
