"""``flask needs …``: publish the district needs."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.database import db
from app.needs import service

cli = AppGroup("needs", help="District needs.")


@cli.command("rebuild")
def rebuild_command() -> None:
    """Count again and publish a new snapshot; the old ones are kept."""
    snapshot = service.rebuild()
    db.session.commit()
    click.echo(f"Published: {snapshot.from_day} to {snapshot.to_day}, counts below {snapshot.threshold} hidden.")
