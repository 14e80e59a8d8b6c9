"""The texts of mails to staff: that something is new, how much there is, and where to sign in. Never what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MOST_ATTEMPTS = 8

QUIET = timedelta(hours=1)
"""Nobody gets more than one mail about a case in this time."""

ALARM = "danger"
"""The kind that never waits."""


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and body with the placeholders ``{number}`` and ``{address}``; ``page`` is where that leads."""

    subject: str
    body: str
    page: str = "account/"


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
    "asked": {
        "de": MailText("Teilhabekarte: Frage zu {number}", "Ein Amt bittet Sie, mitzuarbeiten.\n\n{address}\n"),
        "en": MailText("Teilhabekarte: question about {number}", "An office asks you to work along.\n\n{address}\n"),
    },
    "overdue": {
        "de": MailText(
            "Teilhabekarte: {number} ist überfällig",
            "Die Frist einer Meldung ist abgelaufen. Bitte sehen Sie nach, was fehlt.\n\n{address}\n",
        ),
        "en": MailText(
            "Teilhabekarte: {number} is overdue",
            "The time for a report has passed. Please look what is missing.\n\n{address}\n",
        ),
    },
    "unanswered": {
        "de": MailText(
            "Teilhabekarte: keine Antwort zu {number}",
            "Ein Amt wurde zu einer Meldung gefragt und hat seit einem Arbeitstag nicht geantwortet.\n\n{address}\n",
        ),
        "en": MailText(
            "Teilhabekarte: no answer about {number}",
            "An office was asked about a report and has not answered for a working day.\n\n{address}\n",
        ),
    },
    ALARM: {
        "de": MailText(
            "Teilhabekarte: bitte sofort nach {number} sehen",
            "Eine Meldung ist dringend. Bitte melden Sie sich jetzt an.\n\n{address}\n",
        ),
        "en": MailText(
            "Teilhabekarte: please look at {number} at once",
            "A report is urgent. Please sign in now.\n\n{address}\n",
        ),
    },
    "digest": {
        "de": MailText(
            "Teilhabekarte: Ihre Woche",
            "Offene Meldungen Ihrer Ämter: {open}\nDavon überfällig: {overdue}\nAnfragen, die auf Ihre Antwort warten:"
            " {waiting}\n\n{address}\n\nUnter „Mein Konto“ können Sie diese Mail abbestellen.\n",
        ),
        "en": MailText(
            "Teilhabekarte: your week",
            "Open reports of your offices: {open}\nOverdue among them: {overdue}\nRequests that wait for your answer:"
            " {waiting}\n\n{address}\n\nYou can stop this mail under “My account”.\n",
        ),
    },
    "services_due": {
        "de": MailText(
            "Teilhabekarte: Stimmt das noch?",
            "Bitte sehen Sie Ihre Angebote einmal im Jahr durch. Angebote, die darauf warten: {due}\n\n{address}\n\n"
            "Unter „Mein Konto“ können Sie diese Mail abbestellen.\n",
            "partner/services/",
        ),
        "en": MailText(
            "Teilhabekarte: is this still right?",
            "Please look through your services once a year. Services that wait for it: {due}\n\n{address}\n\n"
            "You can stop this mail under “My account”.\n",
            "partner/services/",
        ),
    },
    "needs_grown": {
        "de": MailText(
            "Teilhabekarte: Es gibt Neues zum Bedarf",
            "Neue Zahlen sind veröffentlicht. Etwas, dem Sie folgen, ist gewachsen.\n\n{address}\n\n"
            "Unter „Mein Konto“ können Sie diese Mail abbestellen.\n",
            "partner/following/",
        ),
        "en": MailText(
            "Teilhabekarte: something new about needs",
            "New numbers are published. Something that you follow has grown.\n\n{address}\n\n"
            "You can stop this mail under “My account”.\n",
            "partner/following/",
        ),
    },
    "proposed": {
        "de": MailText(
            "Teilhabekarte: neuer Vorschlag",
            "Eine Partnerorganisation schlägt der Stadt eine Maßnahme vor.\n\n{address}\n",
            "proposals/",
        ),
        "en": MailText(
            "Teilhabekarte: new proposal",
            "A partner organisation proposes a measure to the city.\n\n{address}\n",
            "proposals/",
        ),
    },
    "proposal_answered": {
        "de": MailText(
            "Teilhabekarte: Antwort auf Ihren Vorschlag",
            "Die Stadt hat auf einen Vorschlag Ihrer Organisation geantwortet.\n\n{address}\n",
            "partner/proposals/",
        ),
        "en": MailText(
            "Teilhabekarte: an answer to your proposal",
            "The city has answered a proposal of your organisation.\n\n{address}\n",
            "partner/proposals/",
        ),
    },
    "newcomer": {
        "de": MailText(
            "Teilhabekarte: Jemand wartet auf Zugang",
            "Jemand wartet auf den Schlüssel Ihres Amtes. Bitte sehen Sie nach dem Anmelden unter „Schlüssel“ nach."
            "\n\n{address}\n",
        ),
        "en": MailText(
            "Teilhabekarte: somebody waits to be let in",
            "Somebody waits for the key of your office. Please sign in and look under “Keys”.\n\n{address}\n",
        ),
    },
    "invited": {
        "de": MailText(
            "Teilhabekarte: Ihre Einladung",
            "Sie sind eingeladen, mit der Teilhabekarte zu arbeiten. Bitte wählen Sie auf dieser Seite ein Passwort:"
            "\n\n{address}\n\nDer Link gilt sieben Tage und nur einmal. Bitte geben Sie ihn nicht weiter.\n",
        ),
        "en": MailText(
            "Teilhabekarte: your invitation",
            "You are invited to work with the Teilhabekarte. Please choose a password on this page:"
            "\n\n{address}\n\nThe link holds for seven days and works once. Please do not pass it on.\n",
        ),
    },
    "new_password": {
        "de": MailText(
            "Teilhabekarte: neues Passwort",
            "Auf dieser Seite können Sie ein neues Passwort wählen:"
            "\n\n{address}\n\nDer Link gilt sieben Tage und nur einmal. Haben Sie kein neues Passwort gewünscht? Dann"
            " öffnen Sie ihn bitte nicht, und sagen Sie es Ihrer Administration.\n",
        ),
        "en": MailText(
            "Teilhabekarte: new password",
            "You can choose a new password on this page:"
            "\n\n{address}\n\nThe link holds for seven days and works once. Did you not ask for a new password? Then"
            " please do not open it, and tell your administrator.\n",
        ),
    },
    "audit_head": {
        "de": MailText(
            "Teilhabekarte: Prüfsumme des Protokolls vom {date}",
            "Prüfsumme des Protokolls vom {date}:\n\n{head}\n\n"
            "Einträge seit der letzten Prüfsumme, die Sie lesen können: {entries}\n\n"
            "Bitte bewahren Sie diese Mail außerhalb des Servers auf. Mit ihr zeigt sich, ob später etwas entfernt oder"
            " geändert wurde:\nflask --app wsgi privacy verify-audit --head {head}\n\n{address}\n",
        ),
        "en": MailText(
            "Teilhabekarte: checksum of the audit trail, {date}",
            "Checksum of the audit trail of {date}:\n\n{head}\n\n"
            "Entries since the last checksum that you can read: {entries}\n\n"
            "Please keep this mail outside the server. It shows whether anything was removed or changed later:\n"
            "flask --app wsgi privacy verify-audit --head {head}\n\n{address}\n",
        ),
    },
}


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: one minute, doubling, at most six hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=6))
