"""A platform with people at both ends who say words that can be found again, and everything it leaves behind."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask

from app.core.database import db
from app.reports import dialogue
from tests.conftest import account_of
from tests.support.arrivals import come_in
from tests.support.desks import Desk
from tests.support.leaks import document, files_below, photograph, stored
from tests.support.mail import Mailbox
from tests.support.walks import DISCRIMINATION

MARKERS = {
    "text": "Zitronenfalter im Treppenhaus über Nacht",
    "contact": "nachtigall.4711@post.example",
    "involved_person": "Herr Distelfink vom Erdgeschoß",
    "place_detail": "hinter der blauen Türe links",
    "street": "Wasserläuferstraße",
    "addition": "Kornblumen standen früher am Zaun",
    "reply": "Pfauenauge antwortet Ihnen am Dienstag",
    "note": "Schwalbenschwanz ist schon öfter aufgefallen",
    "reason": "Ordensband gehört wohl woanders hin",
    "photograph": "Admiral-im-Lichtbild",
    "document": "Trauermantel-im-Schriftstück",
}
LONG = 40


class House:
    """An app with real commits, its people, and everything it leaves behind."""

    def __init__(self, app: Flask, mailbox: Mailbox) -> None:
        """Nobody has said anything yet."""
        self.app, self.mailbox, self.log = app, mailbox, io.StringIO()
        self.resident = app.test_client()

    def staff(self, who: str) -> Desk:
        """Somebody of an office, signed in."""
        with self.app.app_context():
            email = account_of(who)
            db.session.rollback()
        client = self.app.test_client()
        return Desk(come_in(client, email))

    def left_behind(self) -> dict[str, bytes]:
        """The instance folder, the database and its logs, the mails."""
        found = {f"instance/{name}": content for name, content in files_below(self.instance).items()}
        with self.app.app_context():
            found |= stored(self.app.config["SQLALCHEMY_DATABASE_URI"])
            db.session.rollback()
        return found | {f"mail {number}": raw for number, raw in enumerate(self.mailbox.raw)}

    @property
    def instance(self) -> Any:
        """The folder of the installation."""
        return self.app.config["SETTINGS"].instance_dir

    def number_of(self, receipt: str) -> str:
        """The case number of a report."""
        with self.app.app_context():
            number = dialogue.open_by_receipt(receipt).report.number
            db.session.rollback()
        return number


def answers() -> dict[str, Any]:
    """Every field of a report says one of the markers."""
    return {
        **DISCRIMINATION,
        # Long enough to be compressed, if anybody compressed it.
        "text": " ".join([MARKERS["text"]] * LONG),
        "where": "street",
        "street": MARKERS["street"],
        "area": "18",
        "place_detail": MARKERS["place_detail"],
        "involved": ["jenawohnen"],
        "involved_person": MARKERS["involved_person"],
        "contact": MARKERS["contact"],
        "consents": ["reading", "contact", "handover", "statistics"],
        "files": [
            (io.BytesIO(photograph(MARKERS["photograph"])), f"{MARKERS['photograph']}.jpg"),
            (io.BytesIO(document(MARKERS["document"])), f"{MARKERS['document']}.pdf"),
        ],
    }
