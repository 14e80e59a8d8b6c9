"""Web server and worker are killed without a word, again and again, while people send reports and mails go out.

What ``kill -9`` can show is that nothing depends on an orderly end. A machine without power is another matter: there
the full sync of the database counts (``tests/integration/core/test_database.py``).
"""

import itertools
import os
import random
import signal
import threading
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta

import pytest
from huey import SqliteHuey
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.database import db
from app.notifications.models import OutboxMail
from app.reports.models import Report
from app.wiring import worker
from tests.support.databases import close, make_app
from tests.support.mail import mail_server
from tests.support.senders import Crowd, Form, opened, until
from tests.support.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(5400), pytest.mark.xdist_group("crash")]

PEOPLE = 4
VICTIMS = ("everything", "queue worker", "web process", "web server")
DELIVERY_SECONDS = 240


class House:
    """A running platform, its mail server, and an app on the same database to look with."""

    def __init__(self, address, tmp_path, mailbox):
        self.mailbox = mailbox
        self.server = Server(address, tmp_path / "instance", tmp_path / "log")
        self.server.environment |= {"SMTP_URL": mailbox.address, "LOG_LEVEL": "WARNING"}
        self.app = make_app(address, tmp_path / "other")
        self.server.instance_dir.mkdir(mode=0o700)
        self.queue = SqliteHuey("teilhabekarte", filename=str(tmp_path / "instance" / "queue.sqlite"), results=False)
        self.queue._registry = worker.huey._registry

    def deliver_soon(self):
        """What the clock does once a minute."""
        self.queue.enqueue(worker.every_minute.s())

    def look(self, statement):
        with self.app.app_context():
            found = db.session.execute(statement).all()
            db.session.rollback()
        return found

    def waiting(self):
        return self.look(select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None)))[0][0]

    def forget_waiting_times(self):
        """Mails that were under way when the worker was killed are not tried again before some minutes have passed."""
        with self.app.app_context():
            later = now() - timedelta(seconds=1)
            db.session.execute(update(OutboxMail).where(OutboxMail.sent_at.is_(None)).values(next_attempt_at=later))
            db.session.commit()


@pytest.fixture
def house(database, tmp_path):
    address = database.copy()
    with mail_server() as mailbox:
        house = House(address, tmp_path, mailbox)
        yield house
        with suppress(AttributeError):
            house.server.kill()
        close(house.app)
    database.drop(address)


def kill(victim, server, chance):
    """Everything at once, or one of the processes; then everything has to go, for the next round."""
    if victim != "everything":
        pid = {
            "web process": lambda: chance.choice(server.web_processes),
            "web server": lambda: server.web_server,
            "queue worker": lambda: server.queue_worker,
        }[victim]()
        os.kill(pid, signal.SIGKILL)
        threading.Event().wait(chance.uniform(0, 0.5))
    server.kill()


def test_nothing_acknowledged_is_lost_and_nothing_comes_twice(house, much, figure, database):
    rounds, chance = much(5, 100), random.Random(7)  # noqa: S311 - the same in every run
    form = Form.of(house.app)
    acknowledged, texts, attempts = defaultdict(set), {}, 0
    victims = Counter()
    for victim in itertools.islice(itertools.cycle(VICTIMS), rounds):
        house.server.start()
        crowd = Crowd(house.server.port, form, PEOPLE)
        crowd.begin()
        until(crowd.somebody_arrived, 60, "nobody gets a receipt")
        for _ in range(chance.randint(2, 6)):
            house.deliver_soon()
            threading.Event().wait(chance.uniform(0.1, 0.4))
        kill(victim, house.server, chance)
        victims[victim] += 1
        for one in crowd.end():
            attempts += 1
            assert one.status in {0, 200}, one.fault
            if one.receipt:
                acknowledged[one.nonce].add(one.receipt)
        texts |= crowd.texts
    house.server.start()
    told = len(acknowledged)
    # Whoever never got an answer sends the form once more.
    for nonce in [nonce for nonce in texts if nonce not in acknowledged]:
        again = form.send(house.server.port, nonce, text=texts[nonce])
        assert again.status == 200, again.fault
        acknowledged[nonce].add(again.receipt)
    # Every receipt opens, and what it opens is what was written.
    for nonce, receipts in acknowledged.items():
        (receipt,) = receipts
        assert texts[nonce] in opened(house.server.port, receipt)
    assert told > rounds
    # No report twice: as many as there were forms, each with its own number.
    assert house.look(select(func.count()).select_from(Report)) == [(len(texts),)]
    doubled = mails_arrive(house, len(texts), kills=rounds)
    figure(
        f"{database.name}: {rounds} kills ({', '.join(f'{n} {v}' for v, n in sorted(victims.items()))}), "
        f"{attempts} sendings of {len(texts)} reports, {told} receipts shown before the end, 0 lost, 0 twice; "
        f"{len(house.mailbox.raw)} mails, 0 lost, {doubled} sent again under the same Message-ID"
    )


def mails_arrive(house, reports, kills):
    """Every mail of the outbox arrives, none but these, and at most one again for each kill; gives how many again."""

    def all_sent():
        if house.waiting():
            house.forget_waiting_times()
            house.deliver_soon()
            threading.Event().wait(1)
            return False
        return True

    # Each turn of the worker sends a number of them.
    until(all_sent, DELIVERY_SECONDS + reports, "mails still wait")
    rows = house.look(select(OutboxMail.message_id, OutboxMail.user_id, OutboxMail.subject_number, OutboxMail.dead))
    written = {message_id for message_id, *_ in rows}
    assert len({(user, number) for _id, user, number, _dead in rows}) == len(rows) >= reports
    assert not any(dead for *_, dead in rows)
    received = Counter(str(mail["Message-ID"]) for mail in house.mailbox.mails)
    assert set(received) == written
    doubled = sum(count - 1 for count in received.values())
    assert doubled <= kills
    return doubled
