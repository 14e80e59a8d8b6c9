"""``flask places population``: where people live, from the census's grid."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.core.database import db, intent
from app.places.cli import cli, refusals
from app.places.population import queries, service
from app.places.population.homes import homes
from app.places.population.reading import read_grid


@cli.command("population")
@click.argument("file", required=False)
@click.option("--source", help="Whose count it is, as it shall stand on pages.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the count, such as 2022-05-15.")
@click.option("--remove", is_flag=True, help="Forget the grid.")
@refusals
def population_command(file: str | None, source: str | None, day: datetime | None, remove: bool) -> None:  # noqa: FBT001
    """Take the residents of the city's cells from FILE, the census's 100 m grid (CSV) for any part of Germany.

    Without FILE: tell what says where people live.
    """
    if remove:
        service.drop_grid()
        db.session.commit()
        click.echo("The grid is forgotten.")
    elif file is not None:
        if not source:
            raise click.UsageError("say whose count it is: --source")
        # Reading all of Germany takes a while; nobody who wants to write waits for it.
        with intent(writes=False):
            cells = read_grid(Path(file))
            db.session.rollback()
        changed = service.replace_grid(cells, source, day.date() if day else None)
        db.session.commit()
        click.echo("Written." if changed else "Nothing to change.")
    card = queries.grid()
    if card is not None:
        click.echo(
            f"{card.residents} residents in {card.cells} cells, as of {card.day or 'an unknown day'}: {card.source}"
        )
    else:
        where = homes()
        click.echo(f"No grid: walks begin at {len(where.points)} points ({where.basis}). {where.source}".rstrip())
