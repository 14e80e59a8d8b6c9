"""``flask needs …``: publish the district needs, take a snapshot of everything their pages show."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.database import db
from app.needs import service
from app.needs.snapshot import service as snapshots

cli = AppGroup("needs", help="District needs.")


@cli.command("publish")
def publish_command() -> None:
    """Publish each closed period whose waiting time is over; what has been published stays. Takes a snapshot, too."""
    periods = service.publish_due()
    snapshots.take()
    db.session.commit()
    names = ", ".join(period.name for period in periods)
    click.echo(f"Published: {names}." if names else "Nothing is due.")


@cli.command("snapshot")
def snapshot_command() -> None:
    """Take a snapshot of needs, supply and effort, unless the last one says the same; print its hash."""
    found = snapshots.take()
    db.session.commit()
    click.echo(found.hash)
