"""``flask privacy purge`` and ``flask privacy forget-again``: what goes by rule, and what goes once more."""

from __future__ import annotations

from collections import Counter

import click

from app.core.codes import Kind
from app.core.database import db
from app.privacy import ledger
from app.privacy.cli import cli
from app.reports import retention


@cli.command("purge")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
def purge(*, dry_run: bool) -> None:
    """Destroy what was said in reports whose time has run out (RETENTION_MONTHS)."""
    gone = retention.due() if dry_run else retention.purge_due()
    for due in gone:
        click.echo(due.number)
    numbers = Counter(due.kind for due in gone)
    click.echo("Would purge:" if dry_run else "Purged:")
    for kind in Kind:
        click.echo(f"  {kind}: {numbers[kind]} (kept {retention.months_kept(kind)} months after closing)")
    click.echo(f"  together: {numbers.total()}")
    if not dry_run:
        ledger.drop_expired()


@cli.command("forget-again")
def forget_again() -> None:
    """Apply the erasure ledger to the database in use; do this after restoring a backup by hand."""
    changed = retention.forget_again()
    db.session.commit()
    click.echo(f"Reports that had been erased, purged or withdrawn since: {changed}")
