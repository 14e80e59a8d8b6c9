"""The verbs: make a backup of the running platform, look at one, bring one back into an empty installation."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from pydantic import SecretStr
from sqlalchemy import delete

from app.accounts.models import VaultSession
from app.backup import container, databases, queries
from app.backup.container import FORGOTTEN_SECONDS, Container, Tell, Written
from app.backup.databases import FOLDER, Engine
from app.backup.domain import BackupError, Header, Secrets
from app.core.clock import now
from app.core.database import db
from app.core.settings import REPOSITORY, Settings
from app.privacy import audit
from app.privacy import queries as privacy
from app.privacy.audit import Verdict
from app.reports import retention

MIGRATIONS = str(REPOSITORY / "migrations")
MADE, RESTORED = "backup_made", "backup_restored"
"""Entries of the audit trail."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new backup, and the old ones that were removed."""

    written: Written
    expired: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; ``revision`` is the schema's in the backup.

    ``forgotten`` counts what was erased again; None where there is no erasure ledger.
    """

    made_at: datetime
    revision: str
    counts: Mapping[str, int]
    forgotten: int | None
    trail: Verdict


def create(folder: Path | None, tell: Tell) -> Made:
    """Write a backup, encrypted to the recovery key, and remove those that are older than ``BACKUP_DAYS``.

    Raises:
        BackupError: there is no recovery key, a tool is missing, or the folder cannot be used.
    """
    settings = _settings()
    folder = folder or settings.backups
    engine = _engine()
    engine.check_tools()
    if engine.is_empty():
        raise BackupError("There is no database to back up yet.")
    _tidy(settings.instance_dir)
    recovery = privacy.recovery_key()
    if recovery is None:
        raise BackupError("There is no recovery key to encrypt to yet; please run: flask --app wsgi privacy init")
    key, sealed_key = container.seal(recovery.public_key)
    header = Header(now(), queries.revision(), engine.name, recovery.public_key, sealed_key)
    # A long dump must not hold a transaction of ours open.
    db.session.remove()
    with closing(_content(engine, settings, tell)) as content:
        written = container.write(folder, header, key, content, tell)
    audit.note(MADE, actor=None)
    db.session.commit()
    expired = container.remove_expired(folder, now(), settings.backup_days)
    return Made(written, tuple(expired))


def _content(engine: Engine, settings: Settings, tell: Tell) -> Generator[bytes, None, None]:
    yield Secrets(settings.secret_key.get_secret_value(), settings.receipt_pepper.get_secret_value()).to_line()
    yield from engine.dump(tell)


def look_into(backup: Container, private_key: bytes, tell: Tell) -> dict[str, int]:
    """Open a backup and read all of it; gives the rows of some tables.

    Raises:
        BackupError: the key does not fit, or what is inside is damaged.
    """
    engine = _engine_for(backup)
    engine.check_tools()
    _secrets, content = backup.open(private_key, tell)
    return engine.look_into(content)


def check_target(backup: Container, *, without_ledger: bool) -> None:
    """Whether a backup can be brought back here, before anybody is asked for a key.

    Raises:
        BackupError: it cannot, with what to do.
    """
    engine = _engine()
    if backup.header.database != engine.name:
        raise BackupError(f"The backup is of a {backup.header.database} database, DATABASE_URL names another kind.")
    known = {script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()}
    if backup.header.revision not in known:
        raise BackupError("The backup is of a later version than this one; please install that version first.")
    engine.check_tools()
    if not engine.is_empty():
        raise BackupError("There is something in the database already; a backup is restored into an empty one only.")
    ledger = _settings().erasures
    if not (without_ledger or ledger.exists()):
        raise BackupError(
            f"There is no erasure ledger at {ledger}: what was erased after the backup would come back. "
            "Put the ledger there, or add --without-ledger if nothing was erased since."
        )


def restore(backup: Container, private_key: bytes, tell: Tell) -> Restored:
    """Bring a backup back: secrets, database, newest schema; then everybody signed out, and erasures done again.

    Raises:
        BackupError: it cannot be done. The database is still empty then, unless the sentence says otherwise.
    """
    found, content = backup.open(private_key, tell)
    _keep("secret_key", found.secret_key)
    _keep("pepper", found.receipt_pepper)
    _use(found)
    _engine().load(content)
    revision = queries.revision()
    db.session.remove()
    upgrade(MIGRATIONS)
    # Signed-in sessions of that day would open again for whoever still has their cookies.
    db.session.execute(delete(VaultSession))
    forgotten = retention.forget_again() if _settings().erasures.exists() else None
    audit.note(RESTORED, actor=None)
    db.session.commit()
    return Restored(backup.header.made_at, revision, queries.counts(), forgotten, audit.verify())


def _keep(name: str, secret: str) -> None:
    """Put a secret into the instance folder.

    Raises:
        BackupError: the environment names another one.
    """
    settings = _settings()
    setting = {"secret_key": "SECRET_KEY", "pepper": "RECEIPT_PEPPER"}[name]
    present = {"secret_key": settings.secret_key, "pepper": settings.receipt_pepper}[name].get_secret_value()
    file = settings.instance_dir / name
    if present == secret:
        return
    if not file.exists() or file.read_text(encoding="ascii").strip() != present:
        raise BackupError(f"{setting} in the environment is not the one of the backup; please take it out, and again.")
    fresh = file.with_name(f".{name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secret, encoding="ascii")
    fresh.replace(file)


def _use(found: Secrets) -> None:
    """Go on with the secrets of the backup, not with those this process was started with."""
    update = {"secret_key": SecretStr(found.secret_key), "receipt_pepper": SecretStr(found.receipt_pepper)}
    current_app.config["SETTINGS"] = _settings().model_copy(update=update)


def _tidy(folder: Path) -> None:
    """Remove copies that a machine without power has left behind."""
    for forgotten in folder.glob(f"{FOLDER}*"):
        if time.time() - forgotten.stat().st_mtime > FORGOTTEN_SECONDS:
            shutil.rmtree(forgotten, ignore_errors=True)


def _engine() -> Engine:
    return databases.engine_of(db.engine.url, _settings().instance_dir)


def _engine_for(backup: Container) -> Engine:
    """The kind of database in a backup, wherever it is looked at."""
    return databases.reader_of(backup.header.database, _settings().instance_dir)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
