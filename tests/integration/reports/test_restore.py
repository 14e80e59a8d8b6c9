"""What was erased stays erased when a backup comes back; a reply at the last moment saves a report. Real commits."""

from __future__ import annotations

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from app.core.clock import now
from app.core.codes import Purpose, State
from app.core.database import db
from app.privacy import ledger
from app.privacy.domain import CannotOpen, Spent
from app.privacy.models import Box, Grant
from app.reports import dialogue, queries, retention
from tests import factories
from tests.support.databases import PostGIS, close


class Backups:
    """Copies of a whole database, as an operator makes and restores them."""

    def __init__(self, database, app):
        self.database, self.app = database, app
        self.address = app.config["SQLALCHEMY_DATABASE_URI"]

    def _copy(self, source, target):
        close(self.app)
        if isinstance(self.database, PostGIS):
            names = [address.split("@/", 1)[1].split("?", 1)[0] for address in (source, target)]
            self.database.cluster.execute(f"DROP DATABASE IF EXISTS {names[1]} WITH (FORCE)")
            self.database.cluster.execute(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]} STRATEGY FILE_COPY")
            return
        files = [Path(address.removeprefix("sqlite:///")) for address in (source, target)]
        for end in ("-wal", "-shm"):
            Path(f"{files[1]}{end}").unlink(missing_ok=True)
        shutil.copyfile(*files)

    def create(self):
        self.kept = self.database.empty()
        self._copy(self.address, self.kept)

    def restore(self):
        self._copy(self.kept, self.address)
        self.database.drop(self.kept)


@pytest.fixture
def app(own_app):
    return own_app()


@pytest.fixture
def backups(database, app):
    return Backups(database, app)


def rested(sent):
    report = queries.by_number(sent.number)
    report.state, report.changed_at = State.CLOSED, now() - timedelta(days=400)


def in_turn(app, *deeds):
    """Each deed in a transaction of its own, as requests do it."""
    for deed in deeds:
        with app.app_context():
            deed()
            db.session.commit()


def opened(sent):
    return dialogue.open_by_receipt(sent.receipt)


def test_a_backup_brings_nothing_back(app, backups):
    with app.app_context():
        names = ("erased", "withdrawn", "uncounted", "recounted", "purged", "answered", "left alone")
        sent = {name: factories.sent(text=f"Wort {name}") for name in names}
        for name in ("purged", "answered"):
            rested(sent[name])
        db.session.commit()
        boxes = {name: queries.by_number(one.number).box_id for name, one in sent.items()}
        db.session.rollback()
    backups.create()
    in_turn(
        app,
        lambda: dialogue.erase(opened(sent["erased"])),
        lambda: dialogue.withdraw(opened(sent["withdrawn"])),
        lambda: dialogue.withdraw_consent(opened(sent["uncounted"]), Purpose.STATISTICS),
        lambda: dialogue.withdraw_consent(opened(sent["recounted"]), Purpose.STATISTICS),
        lambda: dialogue.give_consent(opened(sent["recounted"]), Purpose.STATISTICS),
        lambda: dialogue.write(opened(sent["answered"]), "Es ist noch nicht gut."),
        retention.purge_due,
    )
    with app.app_context():
        assert [due.number for due in retention.due()] == []
        db.session.rollback()
    backups.restore()
    with app.app_context():
        # The danger is real: all of it is back.
        assert opened(sent["erased"]).content.text == "Wort erased"
        assert opened(sent["purged"]).content.text == "Wort purged"
        assert retention.forget_again() == 4
        db.session.commit()
    with app.app_context():
        for name in ("erased", "purged"):
            with pytest.raises(Spent):
                opened(sent[name])
            assert db.session.get(Box, boxes[name]) is None
        assert opened(sent["withdrawn"]).report.state == State.WITHDRAWN
        granted = select(func.count()).select_from(Grant).where(Grant.box_id == boxes["withdrawn"])
        assert db.session.scalar(granted) == 0
        counted = {
            name: queries.allows(opened(sent[name]).report.id, Purpose.STATISTICS)
            for name in ("uncounted", "recounted", "left alone")
        }
        assert counted == {"uncounted": False, "recounted": True, "left alone": True}
        assert opened(sent["left alone"]).content.text == "Wort left alone"
        # The restored backup does not know the reply; the ledger does not say that this one was purged.
        assert opened(sent["answered"]).content.text == "Wort answered"
        assert queries.by_number(sent["purged"].number).topic == "housing"
        assert queries.by_number(sent["erased"].number).topic is None
        assert retention.forget_again() == 0
        db.session.rollback()


def test_the_command_says_how_many(app, backups):
    with app.app_context():
        sent = factories.sent()
        db.session.commit()
    backups.create()
    in_turn(app, lambda: dialogue.erase(opened(sent)))
    backups.restore()
    told = app.test_cli_runner().invoke(args=["privacy", "forget-again"])
    assert told.exit_code == 0
    assert ": 1" in told.output
    with app.app_context(), pytest.raises(Spent):
        opened(sent)


def test_the_line_is_there_even_if_the_commit_fails(app):
    with app.app_context():
        sent = factories.sent()
        db.session.commit()
        box_id = opened(sent).box.box_id
        dialogue.erase(opened(sent))
        db.session.rollback()
        assert [line.digest for line in ledger.lines()] == [ledger.digest_of(box_id)]
        # What the person wished happens at the latest after the next restore.
        assert opened(sent).content.text
        assert retention.forget_again() == 1
        db.session.rollback()


# At the same moment --------------------------------------------------------------------------------------------------


def while_held(app, first, second):
    """Do the second deed while the first one is done and not committed; gives what the second one raised."""
    caught = []
    begun = threading.Event()

    def later():
        with app.app_context():
            begun.set()
            try:
                caught.append(second())
                db.session.commit()
            except (StaleDataError, CannotOpen) as error:
                db.session.rollback()
                caught.append(error)

    with app.app_context():
        first()
        other = threading.Thread(target=later)
        other.start()
        begun.wait(10)
        other.join(0.5)
        db.session.commit()
    other.join(30)
    assert not other.is_alive()
    return caught[0]


def test_a_reply_at_the_same_moment_saves_the_report(app):
    with app.app_context():
        sent = factories.sent()
        rested(sent)
        db.session.commit()
    gone = while_held(app, lambda: dialogue.write(opened(sent), "Halt, noch etwas."), retention.purge_due)
    assert gone == []
    with app.app_context():
        assert [message.text for message in opened(sent).messages] == ["Halt, noch etwas."]
        assert ledger.lines() == []
        assert retention.due() == ()
        db.session.rollback()


def test_a_reply_that_comes_too_late_is_told_so(app):
    with app.app_context():
        sent = factories.sent()
        rested(sent)
        db.session.commit()
        report_id = queries.by_number(sent.number).id
        db.session.rollback()
    late = while_held(
        app, lambda: retention.purge(report_id), lambda: dialogue.write(opened(sent), "Halt, noch etwas.")
    )
    assert isinstance(late, (StaleDataError, Spent))
    with app.app_context(), pytest.raises(Spent):
        opened(sent)


def test_of_two_corrections_at_once_one_stands(app):
    from dataclasses import replace

    from app.reports.dialogue import Correction

    with app.app_context():
        sent = factories.sent()
        db.session.commit()
        seen = opened(sent).version
        db.session.rollback()

    def correct(text):
        one = opened(sent)
        dialogue.correct(one, replace(Correction.of(one), text=text), seen)

    def second():
        try:
            correct("Zwei.")
        except dialogue.NotAllowed as refusal:
            raise StaleDataError from refusal

    assert isinstance(while_held(app, lambda: correct("Eins."), second), StaleDataError)
    with app.app_context():
        assert opened(sent).content.text == "Eins."
        db.session.rollback()
