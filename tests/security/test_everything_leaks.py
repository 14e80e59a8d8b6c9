"""Somebody takes everything: database, write-ahead log, backups, instance folder, logs, settings, mails.

The reports come in through a really running server, the mails go to a real mail server, the backups are made by the
operator's command; then every byte is searched for what people said.
"""

import logging
import re
import struct
from pathlib import Path

import pytest

from app.core.database import db
from app.core.logs import AllowListFormatter
from app.notifications import service as notifications
from tests.support import postgres
from tests.support.backups import Machine, with_recovery_key
from tests.support.databases import close, make_app
from tests.support.houses import MARKERS, House, answers
from tests.support.leaks import document, files_below, leaks, photograph, unpacked
from tests.support.mail import mail_server
from tests.support.senders import Form
from tests.support.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000), pytest.mark.xdist_group("leaks")]

POINT = ("11.586789012", "50.927123456")
EVERY = 3
"""Of so many reports staff work on one."""


class City:
    """A running server, an app on the same database for staff, a mail server and a recovery key."""

    def __init__(self, address, tmp_path, mailbox):
        self.server = Server(address, tmp_path / "instance", tmp_path / "server.log")
        self.server.environment |= {"SMTP_URL": mailbox.address, "LOG_LEVEL": "DEBUG"}
        settings = {"smtp_url": mailbox.address, "log_level": "DEBUG", "demo": True}
        self.app = make_app(address, tmp_path / "instance", **settings)
        self.house = House(self.app, mailbox)
        handler = next(one for one in logging.root.handlers if isinstance(one.formatter, AllowListFormatter))
        handler.setStream(self.house.log)
        self.code = with_recovery_key(self.app)
        self.machine = Machine(tmp_path / "instance", address, **self.server.environment)


@pytest.fixture
def city(database, tmp_path):
    from tests.support.clients import CheckingClient

    address = database.copy()
    with mail_server() as mailbox:
        city = City(address, tmp_path, mailbox)
        city.app.test_client_class = CheckingClient
        city.house.resident = city.app.test_client()
        yield city
        close(city.app)
    database.drop(address)


def forms(city):
    """The last pages of two walks: with a street, and with a point on the map."""
    files = [
        (photograph(MARKERS["photograph"]), f"{MARKERS['photograph']}.jpg"),
        (document(MARKERS["document"]), f"{MARKERS['document']}.pdf"),
    ]
    said = {name: value for name, value in answers().items() if name != "files"}
    by_street = Form.of(city.app, said, files)
    by_point = Form.of(city.app, said | {"where": "area"}, files)
    by_point.values["where"], by_point.values["longitude"], by_point.values["latitude"] = "point", *POINT
    return by_street, by_point


def intake(city, count):
    """Reports of people, each with words of its own around the markers."""
    kinds = forms(city)
    receipts = []
    for number in range(count):
        words = {name: f"{MARKERS[name]} {number:03d}" for name in ("contact", "involved_person", "place_detail")}
        text = f"Nr. {number:03d}. " + f"{MARKERS['text']}. " * 30
        sent = kinds[number % 2].send(city.server.port, text=text, **words)
        assert sent.receipt, f"{sent.status} {sent.fault}"
        receipts.append(sent.receipt)
    return receipts


def a_day_of_work(house, receipts):
    """Notes, replies, hand-overs, closings, and what reporters do meanwhile."""
    ask = house.resident.post
    desk, administrator = house.staff("reader:ads"), house.staff("administrator")
    for number, receipt in enumerate(receipts):
        ask("/de/receipt/write", data={"receipt": receipt, "message": f"{MARKERS['addition']} {number}"})
        for kind in ("pdf", "json"):
            assert ask("/de/receipt/copy", data={"receipt": receipt, "kind": kind}).status_code == 200
        assert ask("/de/receipt/card", data={"receipt": receipt}).status_code == 200
        case = house.number_of(receipt)
        assert MARKERS["text"] in desk.case(case).get_data(as_text=True)
        for position in (0, 1):
            assert desk.client.get(f"/de/desk/{case}/files/{position}").status_code == 200
        desk.do(case, "take")
        desk.do(case, "note", text=f"{MARKERS['note']} {number}")
        desk.do(case, "reply", text=f"{MARKERS['reply']} {number}", then="answered")
        if number % 2:
            desk.do(case, "offer", office="gleichstellung", reason=f"{MARKERS['reason']} {number}")
        else:
            desk.do(case, "close", outcome="documented", words=f"{MARKERS['reason']} {number}")
    for path in ("/de/account/audit/trail.csv", "/de/needs/needs.csv", "/de/needs/files/areas.geojson"):
        administrator.client.get(path)
    with house.app.app_context():
        while notifications.deliver():
            pass


def everything(city, database):
    """Every file that somebody could take, and what is packed in it."""
    house, log = city.house, city.server.log
    found = house.left_behind() | {"log of the app": house.log.getvalue().encode(), "log of the server": log}
    found["settings"] = "\n".join(f"{name}={value}" for name, value in city.server.environment.items()).encode()
    if database.name == "postgis":
        found |= rest_of_the_cluster(city.app)
    return found | unpacked(found)


def rest_of_the_cluster(app):
    """The data folder of PostgreSQL but for the tables of other databases."""
    with app.app_context():
        folder = Path(str(db.engine.url.query["host"]))
    contents = files_below(postgres.Cluster(folder).data)
    return {name: content for name, content in contents.items() if not re.match(r"base/\d+/", name)}


def test_nothing_that_anybody_said_can_be_read(city, database, much, figure):
    count = much(12, 200)
    with city.server.running():
        receipts = intake(city, count)
        city.machine.does("backup", "create")
        a_day_of_work(city.house, receipts[::EVERY])
        city.machine.does("backup", "create")
        newest = city.machine.backups()[-1]
        opened = city.machine.does("backup", "verify", "--key", str(newest), typed=f"{city.code}\n")
        assert f"{count} receipts" in opened
        found = everything(city, database)
    # The search looks in the right places: what may be there is found.
    numbers = [city.house.number_of(receipt).encode() for receipt in receipts[:4]]
    assert all(any(number in content for content in found.values()) for number in numbers)
    assert any(name.startswith("mail") and numbers[0] in content for name, content in found.items())
    assert any(name.startswith("instance/backups/") for name in found)
    assert b'"endpoint": "reports.step"' in found["log of the server"]
    words = [*MARKERS.values(), *POINT, *receipts[:20], city.code]
    assert leaks(words, found) == []
    doubles = [struct.pack(order, float(number)) for number in POINT for order in ("<d", ">d")]
    assert not [name for name, content in found.items() if any(double in content for double in doubles)]
    size = sum(len(content) for content in found.values()) / 1_000_000
    figure(
        f"{database.name}: {count} reports, {len(receipts[::EVERY])} of them worked on, {len(city.house.mailbox.raw)} "
        f"mails, 2 backups; {len(words)} markers in {size:.0f} MB of {len(found)} contents: 0 found"
    )
