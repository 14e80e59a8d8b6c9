"""What people say stands nowhere in the clear: not in the database or its log, the instance folder, a log or a mail."""

import io
import json
import logging
import tempfile

import pytest
from werkzeug import formparser

from app.core.database import db
from app.core.logs import AllowListFormatter
from app.notifications import service as notifications
from app.reports import dialogue
from app.wiring import demo
from tests.support.houses import MARKERS, House, answers
from tests.support.leaks import leaks, photograph
from tests.support.mail import mail_server
from tests.support.walks import receipt_in, send


@pytest.fixture
def house(own_app):
    with mail_server() as mailbox:
        house = House(own_app(smtp_url=mailbox.address, log_level="DEBUG"), mailbox)
        handler = next(one for one in logging.root.handlers if isinstance(one.formatter, AllowListFormatter))
        handler.setStream(house.log)
        yield house


def live(house):
    """A whole life of a report; gives its receipt and number."""
    answer = send(house.resident, answers())
    assert answer.status_code == 200
    receipt = receipt_in(answer)
    number = house.number_of(receipt)
    written = house.resident.post("/de/receipt/write", data={"receipt": receipt, "message": MARKERS["addition"]})
    assert written.status_code == 200
    desk = house.staff("reader:ads")
    assert MARKERS["text"] in desk.case(number).get_data(as_text=True)
    desk.do(number, "take")
    desk.do(number, "note", text=MARKERS["note"])
    desk.do(number, "reply", text=MARKERS["reply"], then="answered")
    desk.do(number, "offer", office="gleichstellung", reason=MARKERS["reason"])
    with house.app.app_context():
        assert notifications.deliver() > 0
    return receipt, number


def test_nothing_that_was_said_is_left_in_the_clear(house, capfd):
    receipt, number = live(house)
    printed = capfd.readouterr()
    found = house.left_behind() | {"log": house.log.getvalue().encode(), "printed": "".join(printed).encode()}
    # The search looks in the right places: what may be there is found.
    assert any(number.encode() in content for name, content in found.items() if name.startswith(("base", "main", "gw")))
    assert any(name.startswith("mail") and number.encode() in content for name, content in found.items())
    assert b'"endpoint": "reports.step"' in found["log"]
    words = [*MARKERS.values(), receipt, " ".join(receipt[at : at + 5] for at in range(0, 30, 5)), demo.PASSWORD]
    assert leaks(words, found) == []


def test_the_bodies_that_are_involved_are_not_named_beside_the_report(house):
    receipt = receipt_in(send(house.resident, answers()))
    with house.app.app_context():
        opened = dialogue.open_by_receipt(receipt)
        assert opened.content.involved == ("jenawohnen",)
        tables = [table for table in db.metadata.sorted_tables if table.name.startswith(("report", "triage", "notif"))]
        rows = [row for table in tables for row in db.session.execute(table.select())]
        assert len(rows) > 5
        assert "jenawohnen" not in json.dumps([list(row) for row in rows], default=str)
        organisation = next(c for c in demo.directory.organisations().values() if c.key == "jenawohnen")
        offices = {value for table in tables for row in db.session.execute(table.select())
                   for name, value in row._mapping.items() if "office" in name}  # fmt: skip
        assert organisation.id not in offices
        db.session.rollback()


def test_no_address_on_any_page_carries_the_receipt(house):
    answer = send(house.resident, answers())
    receipt = receipt_in(answer)
    opened = house.resident.post("/de/receipt", data={"receipt": receipt})
    for page in (answer, opened):
        html = page.get_data(as_text=True)
        for name in ("href", "action", "src", "formaction"):
            for part in html.split(f'{name}="')[1:]:
                assert receipt not in part.split('"', 1)[0].replace(" ", "").replace("-", "")


def test_what_is_uploaded_touches_no_disk(house, monkeypatch):
    def refuse(*args, **kwargs):
        message = "a temporary file was opened"
        raise AssertionError(message)

    big = {**answers(), "files": [(io.BytesIO(photograph(MARKERS["photograph"]) + b"\0" * 2_000_000), "photo.jpg")]}
    for name in ("NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    # The framework's parser has a name of its own for it; the test client may use what it likes.
    monkeypatch.setattr(formparser, "SpooledTemporaryFile", refuse)
    answer = send(house.resident, big)
    assert answer.status_code == 200
    assert receipt_in(answer)


def test_once_erased_not_even_the_ciphertext_is_left(house):
    receipt = receipt_in(send(house.resident, answers()))
    house.resident.post("/de/receipt/write", data={"receipt": receipt, "message": MARKERS["addition"]})
    with house.app.app_context():
        opened = dialogue.open_by_receipt(receipt)
        boxes = [opened.report.box_id, opened.report.staff_box_id]
        assert all(boxes)
        db.session.rollback()
    erased = house.resident.post("/de/receipt/erase", data={"receipt": receipt, "confirm": "yes"})
    assert erased.status_code == 200
    with house.app.app_context():
        for table in ("privacy_sealed", "privacy_grant", "privacy_receipt"):
            kept = db.session.execute(db.metadata.tables[table].select()).all()
            assert [row for row in kept if row._mapping["box_id"] in boxes] == []
        db.session.rollback()
