"""``flask backup``: what an operator does so that nothing is lost."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click
from flask import current_app
from flask.cli import AppGroup

from app.backup import service
from app.backup.container import Container, Tell
from app.backup.domain import BackupError, in_words
from app.privacy.domain import Mistyped, read_recovery_code

P = ParamSpec("P")

cli = AppGroup("backup", help="Make, check and restore backups, encrypted to the recovery key.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN_SECONDS = 0.2


def in_one_line(command: Callable[P, None]) -> Callable[P, None]:
    """Say what went wrong in one line; clean up when the machine wants the process to end."""

    @wraps(command)
    def said(*args: P.args, **kwargs: P.kwargs) -> None:
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        try:
            command(*args, **kwargs)
        except BackupError as error:
            raise click.ClickException(str(error)) from None
        finally:
            signal.signal(signal.SIGTERM, before)

    return said


@cli.command("create")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder; else BACKUP_DIR.")
@in_one_line
def create(folder: Path | None) -> None:
    """Back the running platform up into a new file, and remove files older than BACKUP_DAYS."""
    with progress() as tell:
        made = service.create(folder, tell)
    click.echo(f"{made.written.path}  {in_words(made.written.size)}")
    click.echo(f"SHA-256 {made.written.digest}")
    for path in made.expired:
        click.echo(f"Removed {path.name}, which was older than {current_app.config['SETTINGS'].backup_days} days.")


@cli.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", "with_key", is_flag=True, help="Ask for the recovery key, and look at the database inside.")
@in_one_line
def verify(file: Path, *, with_key: bool) -> None:
    """Check that a backup is whole. Without the key: its hash. With it: everything inside."""
    backup = _checked(file)
    if not with_key:
        click.echo("Whole. Whether it opens, only --key can tell.")
        return
    private_key = ask_key()
    with progress() as tell:
        rows = service.look_into(backup, private_key, tell)
    click.echo(f"Whole, and it opens: {rows['report']} reports, {rows['privacy_receipt']} receipts, "
               f"{rows['account_user']} accounts.")  # fmt: skip


@cli.command("restore")
@click.argument("file", type=FILE)
@click.option("--without-ledger", is_flag=True, help="Go on although there is no erasure ledger.")
@in_one_line
def restore(file: Path, *, without_ledger: bool) -> None:
    """Bring a backup back into an empty installation."""
    backup = Container(file)
    service.check_target(backup, without_ledger=without_ledger)
    backup = _checked(file)
    private_key = ask_key()
    with progress() as tell:
        restored = service.restore(backup, private_key, tell)
    counts, day = restored.counts, _moment(restored.made_at)
    click.echo(f"Restored as of {day}: {counts['reports']} reports, {counts['accounts']} accounts, "
               f"{counts['entries']} entries in the audit trail.")  # fmt: skip
    if restored.forgotten is None:
        click.echo(f"WITHOUT the erasure ledger: what was erased after {day} is back.")
    else:
        click.echo(f"Done again from the erasure ledger: {restored.forgotten} erasures and withdrawals.")
    if restored.trail.broken is None:
        click.echo("The audit trail is whole.")
    else:
        click.echo("THE AUDIT TRAIL IS BROKEN; flask --app wsgi privacy verify-audit tells where.")
    click.echo("What happens next:")
    click.echo("- flask --app wsgi serve    serves again; everybody has to sign in anew.")
    click.echo(f"- Accounts are as of {day}: end again those that were ended since.")
    click.echo("- Mails that waited then are sent now; some may arrive a second time.")


def ask_key() -> bytes:
    """The recovery key, typed from its paper and not shown. Never an argument: those are visible to everybody."""
    for _attempt in range(3):
        typed = click.prompt("Recovery key", hide_input=True)
        try:
            return read_recovery_code(typed)
        except Mistyped:
            click.echo("That is no recovery key; please look for a slip.", err=True)
    raise BackupError("Nothing was changed.")


@contextmanager
def progress() -> Iterator[Tell]:
    """Tells on a terminal how far the work is; says nothing into files and pipes."""
    if not sys.stderr.isatty():
        yield lambda _step, _count: None
        return
    done: dict[str, int] = {}
    last = 0.0

    def tell(step: str, count: int) -> None:
        nonlocal last
        done[step] = done.get(step, 0) + count
        if time.monotonic() - last >= SHOWN_SECONDS:
            last = time.monotonic()
            click.echo(f"\r\033[K{step}: {in_words(done[step])}", nl=False, err=True)

    try:
        yield tell
    finally:
        click.echo("\r\033[K", nl=False, err=True)


def _checked(file: Path) -> Container:
    """A backup whose hash is right, after a line about it."""
    backup = Container(file)
    header = backup.header
    with progress() as tell:
        digest = backup.check(tell)
    click.echo(f"{file.name}: made {_moment(header.made_at)}, {header.database}, schema {header.revision}, "
               f"{in_words(backup.size)}")  # fmt: skip
    click.echo(f"SHA-256 {digest}")
    return backup


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
