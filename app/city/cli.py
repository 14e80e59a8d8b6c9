"""Commands for a city's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.city.folder import BrokenCity, read
from app.city.service import load
from app.core.database import db
from app.core.revisions import marks

cli = AppGroup("city", help="The content of the city: areas, plans, organisations, services, measures, rules.")


@cli.command("load")
@click.option("--replace", is_flag=True, help="Read the folder again although content is there.")
def load_command(replace: bool) -> None:  # noqa: FBT001
    """Bring the city's folder into the database; with --replace once more, keeping what others have confirmed."""
    folder: Path = current_app.config["SETTINGS"].city_dir
    before = marks()
    if before and not replace:
        click.echo("Content is loaded already; --replace reads it again.")
        return
    try:
        counts = load(folder)
    except BrokenCity as error:
        raise click.ClickException(str(error)) from None
    changed = sorted(name for name, mark in marks().items() if before.get(name) != mark)
    db.session.commit()
    click.echo(f"Read {_told(counts)}. " + (f"Changed: {', '.join(changed)}." if changed else "Nothing has changed."))


@cli.command("check")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_command(folder: Path) -> None:
    """Look for faults in a city's folder, without touching the database."""
    try:
        content = read(folder)
    except BrokenCity as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"No fault found in {content.city.key}: "
        + _told(
            {
                "areas": len(content.areas),
                "organisations": len(content.organisations),
                "services": len(content.services),
                "measures": len(content.measures),
                "places of history": len(content.history),
                "pictures": len(content.pictures),
                "rules": len(content.rules.rules),
            }
        )
        + "."
    )


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())
