"""The audit trail: appended only, chained, whole after a crowd has written at once, and silent about residents."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core.database import db, intent
from app.core.settings import REPOSITORY
from app.privacy import audit, queries
from app.privacy.models import AuditEntry
from tests.factories import sent
from tests.support.notes import EACH, THREADS
from tests.support.statements import statements
from tests.support.walks import receipt_in, send

PROCESSES = 3


def entries():
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def actions():
    return [entry.action for entry in entries()]


def tampered(statement):
    """Change the trail behind the app's back, as somebody with the database's own rights could."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE privacy_audit DISABLE TRIGGER ALL"))
    else:
        for name in ("no_update", "no_delete", "no_replace"):
            db.session.execute(text(f"DROP TRIGGER privacy_audit_{name}"))
    db.session.execute(text(statement))
    db.session.commit()


def leave(*names, actor="somebody"):
    for name in names:
        audit.note(name, actor=actor, subject="T-2345-6789", office_id=1)
        db.session.commit()


def verify(app, *words):
    return app.test_cli_runner().invoke(args=["privacy", "verify-audit", *words])


def test_each_entry_follows_from_the_one_before(session):
    leave("case_note", "case_reply", "case_close")
    verdict = audit.verify()
    assert (verdict.entries, verdict.broken) == (3, None)
    assert verdict.head == entries()[-1].digest == queries.audit_head()
    assert len({entry.digest for entry in entries()}) == 3


def test_an_empty_trail_is_whole(session, app):
    assert audit.verify() == audit.Verdict(0, b"")
    assert verify(app).exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_audit SET actor = NULL WHERE id = {id}",
        "DELETE FROM privacy_audit WHERE id = {id}",
        "DELETE FROM privacy_audit",
        "INSERT OR REPLACE INTO privacy_audit (id, at, action, digest) VALUES ({id}, '2026-01-01', 'x', 'x')",
        "TRUNCATE privacy_audit",
    ],
)
def test_the_database_refuses_to_change_an_entry(session, statement):
    postgresql = db.engine.dialect.name == "postgresql"
    if ("REPLACE" in statement and postgresql) or ("TRUNCATE" in statement and not postgresql):
        pytest.skip("this database has no such statement")
    leave("case_note")
    with pytest.raises(DBAPIError, match="the audit trail is append-only"):
        session.execute(text(statement.format(id=entries()[0].id)))
    session.rollback()
    assert actions() == ["case_note"]


@pytest.mark.parametrize(
    ("statement", "broken", "before"),
    [
        ("UPDATE privacy_audit SET actor = 'another' WHERE action = 'case_reply'", "case_reply", 1),
        ("UPDATE privacy_audit SET subject = NULL WHERE action = 'case_note'", "case_note", 0),
        ("UPDATE privacy_audit SET office_id = 2 WHERE action = 'case_close'", "case_close", 2),
        ("DELETE FROM privacy_audit WHERE action = 'case_reply'", "case_close", 1),
        ("DELETE FROM privacy_audit WHERE action = 'case_note'", "case_reply", 0),
    ],
)
def test_the_first_entry_that_is_wrong_is_named(session, app, statement, broken, before):
    leave("case_note", "case_reply", "case_close")
    identity = next(entry.id for entry in entries() if entry.action == broken)
    tampered(statement)
    told = verify(app)
    assert told.exit_code == 1
    assert f"BROKEN: entry {identity} " in told.stderr
    assert f"{before} entries before it" in told.stderr


def test_a_trail_that_was_cut_off_is_whole_but_without_the_head_that_was_sent(session, app):
    leave("case_note", "case_reply", "case_close")
    heads = [entry.digest.hex() for entry in entries()]
    for head in heads:
        assert verify(app, "--head", head).exit_code == 0
    tampered("DELETE FROM privacy_audit WHERE action = 'case_close'")
    assert verify(app).exit_code == 0
    assert verify(app, "--head", heads[1]).exit_code == 0
    told = verify(app, "--head", heads[2])
    assert told.exit_code == 3
    assert "MISSING" in told.stderr


@pytest.mark.parametrize("head", ["", "xyz", "00", "00" * 33])
def test_a_head_that_is_none_is_a_wrong_call(session, app, head):
    assert verify(app, "--head", head).exit_code == 2


def test_to_verify_locks_nobody_out_and_writes_nothing(session, app):
    leave("case_note")
    with statements(app) as said:
        verify(app)
    assert [statement.split()[0] for statement in said] == ["SELECT"]


def test_a_deed_that_was_undone_leaves_no_entry(session):
    audit.note("case_note", actor="somebody")
    session.rollback()
    session.commit()
    with session.begin_nested() as inner:
        audit.note("case_reply", actor="somebody")
        inner.rollback()
    with session.begin_nested():
        audit.note("case_close", actor="somebody")
    assert actions() == []
    with session.begin_nested() as inner:
        inner.rollback()
    session.commit()
    assert actions() == ["case_close"]


def test_the_same_within_the_hour_is_one_entry(session, clock):
    def look(actor, subject):
        audit.note(audit.OPENED, actor=actor, subject=subject, once_in=audit.HOUR)
        session.commit()

    for _ in range(3):
        look("one", "T-2345-6789")
        clock.forward(minutes=25)
    look("other", "T-2345-6789")
    look("one", "T-9876-5432")
    assert [(entry.actor, entry.subject) for entry in entries()] == [
        ("one", "T-2345-6789"),
        ("other", "T-2345-6789"),
        ("one", "T-9876-5432"),
    ]
    clock.forward(minutes=25)
    look("one", "T-2345-6789")
    assert len(entries()) == 4


def test_whoever_only_reads_cannot_lose_an_entry_unseen(session):
    with intent(writes=False), pytest.raises(RuntimeError):
        audit.note("case_note", actor="somebody")


def test_a_crowd_that_writes_at_once_leaves_one_chain(own_app, tmp_path):
    app = own_app()
    address = app.config["SETTINGS"].database
    crowd = [
        subprocess.Popen([sys.executable, "-m", "tests.support.notes", address, tmp_path / "crowd"], cwd=REPOSITORY)
        for _ in range(PROCESSES)
    ]
    assert [one.wait(timeout=120) for one in crowd] == [0] * PROCESSES
    with app.app_context():
        verdict = audit.verify()
        moments = [entry.at for entry in entries()]
    assert (verdict.entries, verdict.broken) == (PROCESSES * THREADS * EACH, None)
    assert moments == sorted(moments)


def test_residents_leave_no_entry(session, client):
    receipt = receipt_in(send(client))
    for path, more in (
        ("receipt", {}),
        ("receipt/write", {"message": "Gibt es etwas Neues?"}),
        ("receipt/consent", {"purpose": "statistics", "confirm": "yes"}),
        ("receipt/withdraw", {"confirm": "yes"}),
        ("receipt/erase", {"confirm": "yes"}),
    ):
        assert client.post(f"/de/{path}", data={"receipt": receipt, **more}).status_code == 200, path
    assert actions() == []


def test_offices_that_opened_a_report_are_told_once_a_day(session, desk_of, clock):
    number = sent().number
    one, two = desk_of("soziales"), desk_of("soziales", 1)
    for _day in range(2):
        for person in (one, two, one):
            person(number)
        clock.forward(hours=26)
    found = audit.openings(number)
    assert len(found) == 2
    assert len({opening.office_id for opening in found}) == 1
    assert found[0].at < found[1].at


@pytest.fixture
def desk_of(session):
    """``desk_of("soziales", 1)`` opens a case as the second reader of an office."""
    from app.accounts import queries as accounts
    from app.directory import queries as directory

    def desk(office, which=0):
        identity = directory.organisations()[office].id
        person = accounts.members(identity)[which].principal_id

        def look(number):
            audit.note(audit.OPENED, actor=person, subject=number, office_id=identity, once_in=audit.HOUR)
            session.commit()

        return look

    return desk


def test_the_trail_has_room_for_codes_only():
    """No column could take a text, and every action is a literal that stands in the list of words."""
    assert {column.name for column in AuditEntry.__table__.columns} == {
        "id", "at", "actor", "action", "subject", "office_id", "digest",
    }  # fmt: skip


def test_every_action_in_the_code_has_words():
    from app.audit.labels import ACTIONS
    from app.triage.views import ACTIONS as CASE_ACTIONS

    noted = {f"case_{name}" for name in CASE_ACTIONS} | {audit.OPENED, audit.HEAD}
    for file in (REPOSITORY / "app").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        names = {"audit.note", "note" if "from app.privacy.audit import note" in source else "audit.note"}
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in names:
                continue
            action = node.args[0]
            if isinstance(action, ast.Constant):
                noted.add(action.value)
            elif isinstance(action, ast.Name) and action.id.isupper():
                module = ".".join(file.relative_to(REPOSITORY).with_suffix("").parts)
                noted.add(getattr(importlib.import_module(module), action.id))
    assert noted - set(ACTIONS) == set()
    assert len(noted) > 15
