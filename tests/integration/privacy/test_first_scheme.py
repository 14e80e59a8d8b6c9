"""What the first released version has sealed opens after the upgrade: rows that it made itself, kept in a file."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, insert, update
from sqlalchemy.types import DateTime, LargeBinary

from app.core.database import db
from app.core.settings import REPOSITORY
from app.directory.models import Organisation
from app.privacy import queries, rotation
from app.privacy import service as privacy
from app.reports import dialogue
from app.reports import queries as reports

ROWS = json.loads((Path(__file__).parent / "first_scheme.json").read_text(encoding="utf-8"))
FOLDER = str(REPOSITORY / "migrations")
TABLES = (
    "privacy_principal", "privacy_vault", "privacy_holding", "privacy_box", "privacy_grant", "privacy_receipt",
    "privacy_sealed", "report", "report_consent", "report_event", "report_decision",
)  # fmt: skip
"""In the order in which rows refer to one another."""


def value(column, given):
    if given is None:
        return None
    if isinstance(column.type, LargeBinary):
        return bytes.fromhex(given)
    return datetime.fromisoformat(given) if isinstance(column.type, DateTime) else given


@pytest.fixture
def upgraded(own_app):
    """An app on a database that the first version has used, brought up to date."""
    app = own_app(demo=True)
    with app.app_context():
        downgrade(FOLDER, revision="0001")
        offices = {key: directory_id(key) for key in (ROWS["office"], ROWS["fallback"])}
        with db.engine.begin() as connection:
            for name in TABLES:
                table = Table(name, MetaData(), autoload_with=connection)
                for row in ROWS[name]:
                    known = {key: value(table.c[key], given) for key, given in row.items()}
                    if name == "report":
                        known |= {"office_id": offices[ROWS["office"]], "fallback_office_id": offices[ROWS["fallback"]]}
                        known["coarse_area_id"] = None
                    if name == "report_decision":
                        known["office_id"] = offices[ROWS["office"]]
                    connection.execute(insert(table).values(known))
            organisation = Organisation.__table__
            connection.execute(
                update(organisation).where(organisation.c.key == ROWS["office"]).values(principal_id=ROWS["mailbox"])
            )
        upgrade(FOLDER)
        yield app
        db.session.rollback()


def directory_id(key):
    table = Organisation.__table__
    with db.engine.connect() as connection:
        return connection.execute(db.select(table.c.id).where(table.c.key == key)).scalar_one()


def test_by_receipt(upgraded):
    found = dialogue.open_by_receipt(ROWS["receipt"])
    assert found.report.number == ROWS["number"]
    assert found.content.text == "Ich wurde in der Straßenbahn beleidigt."
    assert (found.content.contact, found.content.street) == ("Anruf abends", "Wasserstraße")
    assert [message.text for message in found.messages] == ["Danke für Ihren Bericht."]


def test_by_the_office_with_its_password_before_and_after_its_key_was_changed(upgraded):
    report = reports.by_number(ROWS["number"])

    def words():
        ring = privacy.keyring(ROWS["reader"], privacy.unlock(ROWS["reader"], ROWS["password"]))
        box = privacy.open_with_keys(ring, report.box_id)
        staff_box = privacy.open_with_keys(ring, report.staff_box_id)
        note = next(iter(privacy.take_all(staff_box, "note").values()))[1]
        return dialogue.read(box).content.text, json.loads(note)["text"], ring

    text, note, ring = words()
    assert (text, note) == ("Ich wurde in der Straßenbahn beleidigt.", "Rückruf am Montag.")
    fresh = rotation.rotate(ROWS["mailbox"], {ROWS["reader"]})
    ring = words()[2]
    assert rotation.reseal(ring, 100) == 2
    assert rotation.reseal(ring, 100) == 0
    assert words()[:2] == (text, note)
    assert fresh in queries.granted_to(report.box_id)
    assert ROWS["mailbox"] not in queries.granted_to(report.box_id)
