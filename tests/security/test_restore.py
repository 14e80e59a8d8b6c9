"""The drill: the machine is gone, a backup and the paper with the recovery key are there."""

import os
import urllib.request

import pytest
from flask_migrate import downgrade
from sqlalchemy import func, select, text

from app.accounts.models import User, VaultSession
from app.backup import container, databases
from app.backup.container import Container
from app.backup.domain import Header, Secrets
from app.core.clock import now
from app.core.codes import Purpose
from app.core.database import db
from app.core.settings import REPOSITORY
from app.directory import queries as directory
from app.needs.snapshot import service as snapshots
from app.privacy import audit, domain
from app.privacy import service as privacy
from app.privacy.domain import Spent
from app.reports import dialogue, retention
from app.reports.domain import CleanFile
from app.reports.models import Consent
from app.wiring import demo
from tests import factories
from tests.conftest import account_of
from tests.support.backups import SECRETS, Machine, with_recovery_key
from tests.support.databases import PEPPER, SECRET, close, make_app, migrate
from tests.support.senders import opened
from tests.support.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FILE = os.urandom(300_000)
TEXT = "Was nach dem Brand noch da sein muss."


def silent(_step, _count):
    """Nobody looks."""


@pytest.fixture
def new_machine(database, tmp_path):
    address = database.empty()
    yield Machine(tmp_path / "new", address)
    database.drop(address)


@pytest.fixture
def restored_app(new_machine):
    """``restored_app()`` is an app on the new machine, with nothing but what the restore has put there."""
    made = []

    def make():
        secrets = {
            "secret_key": (new_machine.instance / "secret_key").read_text(encoding="ascii"),
            "receipt_pepper": (new_machine.instance / "pepper").read_text(encoding="ascii"),
        }
        made.append(make_app(new_machine.address, new_machine.instance, **secrets))
        return made[-1]

    yield make
    for app in made:
        close(app)


def send(**changes):
    sent = factories.sent(**changes)
    db.session.commit()
    return sent.receipt


def opens(app, receipt):
    with app.app_context():
        found = dialogue.open_by_receipt(receipt).content.text
        db.session.rollback()
    return found


def test_an_empty_machine_has_everything_again_but_what_was_erased(
    own_app, new_machine, restored_app, database, figure
):
    old = own_app()
    code = with_recovery_key(old)
    with old.app_context():
        kept = send(text=TEXT, files=(CleanFile("image/jpeg", FILE),))
        erased, withdrawn, uncounted = send(), send(), send()
        somebody = db.session.scalars(select(User.id).limit(1)).one()
        db.session.add(VaultSession(id="stolen-cookie", user_id=somebody, wrapped_key=b"-"))
        shown = snapshots.take()
        db.session.commit()
    settings = old.config["SETTINGS"]
    machine = Machine(settings.instance_dir, settings.database, **SECRETS)
    machine.does("backup", "create")
    (file,) = machine.backups()
    with old.app_context():
        retention.erase(dialogue.open_by_receipt(erased).report)
        retention.take_away(dialogue.open_by_receipt(withdrawn).report)
        retention.withdraw_consent(dialogue.open_by_receipt(uncounted).report, Purpose.STATISTICS)
        db.session.commit()
    # What a city keeps outside its backups.
    new_machine.instance.mkdir(mode=0o700)
    (new_machine.instance / "erasures").write_bytes(settings.erasures.read_bytes())

    said = new_machine.does("backup", "restore", str(file), typed=f"{code}\n")

    assert "4 reports" in said
    assert "Done again from the erasure ledger: 3 " in said
    assert "The audit trail is whole." in said
    app = restored_app()
    assert opens(app, kept) == TEXT
    with app.app_context():
        with pytest.raises(Spent):
            privacy.open_with_receipt(erased)
        assert dialogue.open_by_receipt(withdrawn).report.state == "withdrawn"
        report = dialogue.open_by_receipt(uncounted).report
        assert db.session.get_one(Consent, (report.id, Purpose.STATISTICS)).withdrawn_at is not None
        box = privacy.open_with_receipt(kept)
        assert [raw for label, raw in privacy.take_all(box, "file").values()] == [FILE]
        assert db.session.scalar(select(func.count()).select_from(VaultSession)) == 0
        assert audit.verify().broken is None
        assert snapshots.queries.latest() == shown
        assert snapshots.take().hash == shown.hash
        read_by_office(kept)
        db.session.rollback()
    assert [path.name for path in new_machine.instance.iterdir() if path.name.startswith(".")] == []
    # It serves again, with its own secrets from the instance folder.
    close(app)
    server = Server(new_machine.address, new_machine.instance, new_machine.instance.parent / "log")
    del server.environment["SECRET_KEY"], server.environment["RECEIPT_PEPPER"]
    with server.running():
        assert TEXT in opened(server.port, kept)
        with urllib.request.urlopen(f"{server.origin}/healthz", timeout=10) as answer:  # noqa: S310
            assert answer.status == 200
    figure(f"{database.name}: restored into an empty machine; 3 of 3 erasures done again, 0 receipts lost")


def read_by_office(receipt):
    """A reader of the office opens the report with their password alone."""
    report = dialogue.open_by_receipt(receipt).report
    card = directory.organisation_by_id(report.office_id)
    email = account_of(f"reader:{card.key}")
    user = db.session.scalars(select(User).where(User.email == email)).one()
    keyring = privacy.keyring(user.principal_id, privacy.unlock(user.principal_id, demo.PASSWORD))
    assert privacy.open_with_keys(keyring, report.box_id).secret == privacy.open_with_receipt(receipt).secret


def test_a_backup_of_the_previous_version_comes_up_to_date(own_app, new_machine, restored_app, tmp_path, database):
    """The first version had no recovery key in its database; everything else is as it was then."""
    old = own_app()
    private_key, public_key = domain.new_key_pair()
    with old.app_context():
        receipt = send(text=TEXT)
        downgrade(str(REPOSITORY / "migrations"), revision="0001")
        assert db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0001"
        db.session.remove()
        engine = databases.engine_of(db.engine.url, tmp_path)
        key, sealed = container.seal(public_key)
        header = Header(now(), "0001", engine.name, public_key, sealed)

        def content():
            yield Secrets(SECRET, PEPPER).to_line()
            yield from engine.dump(silent)

        file = container.write(tmp_path / "backups", header, key, content(), silent).path
    assert Container(file).header.revision == "0001"
    code = domain.recovery_code(private_key)
    said = new_machine.does("backup", "restore", "--without-ledger", str(file), typed=f"{code}\n")
    assert "schema 0001" in said
    assert "1 reports" in said
    app = restored_app()
    assert opens(app, receipt) == TEXT
    migrate(app)
    assert opens(app, receipt) == TEXT
