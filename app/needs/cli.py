"""``flask needs …``: publish the district needs."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.database import db
from app.needs import service

cli = AppGroup("needs", help="District needs.")


@cli.command("publish")
def publish_command() -> None:
    """Publish each closed period whose waiting time is over; what has been published stays as it is."""
    periods = service.publish_due()
    db.session.commit()
    names = ", ".join(period.name for period in periods)
    click.echo(f"Published: {names}." if names else "Nothing is due.")
