"""``flask places indicators``: numbers about areas, from the city's tables."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.core.database import db
from app.core.texts import Localized
from app.places import queries as places
from app.places.cli import cli, refusals
from app.places.indicators import queries, service
from app.places.indicators.reading import Wanted, found
from app.places.reading import Fault, FileRefused
from app.sheets.domain import Book, Unreadable
from app.sheets.domain import Fault as CellFault
from app.sheets.reading import read


@cli.command("indicators")
@click.argument("file", required=False)
@click.option("--level", help="The level that the table's areas belong to, such as ortsteil.")
@click.option("--key", help="The key of the indicator; the same key again brings it up to date.")
@click.option("--name", help="What it counts, in German.")
@click.option("--unit", default="", help="In what, in German: Haushalte, %.")
@click.option("--source", help="Whose numbers they are, as it shall stand on pages.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day that --column holds for.")
@click.option("--column", "columns", multiple=True, help="A column of values. Without it: all headed by a day or year.")
@click.option("--area", help="The head of the column with keys or names of areas; else the one that names most.")
@click.option("--total", "left_out", multiple=True, help="Key or name of a row for no single area, such as the total.")
@click.option("--remove", metavar="KEY", help="Forget an indicator.")
@refusals
def indicators_command(  # noqa: PLR0913 - each option is one question
    file: str | None,
    *,
    level: str | None,
    key: str | None,
    name: str | None,
    unit: str,
    source: str | None,
    day: datetime | None,
    columns: tuple[str, ...],
    area: str | None,
    left_out: tuple[str, ...],
    remove: str | None,
) -> None:
    """Take numbers about areas from FILE (CSV in any dress, or XLSX). Without FILE: tell which there are."""
    if remove:
        service.drop_indicator(remove)
        db.session.commit()
        click.echo(f"{remove}: removed")
    elif file is not None:
        if not (level and key and name and source):
            raise click.UsageError("say --level, --key, --name and --source")
        if columns and day is None:
            raise click.UsageError("say the day that the columns hold for: --date")
        _take(file, Wanted(level, key, name, unit, source, day.date() if day else None, columns, area, left_out))
    for card in queries.indicators():
        days = ", ".join(f"{one} ({len(card.days[one])} areas)" for one in sorted(card.days))
        click.echo(f"{card.key}: {card.name} [{card.unit}], {card.level}, {card.source}: {days}")


def _take(file: str, wanted: Wanted) -> None:
    if places.level(wanted.level) is None:
        raise FileRefused.whole(f"there is no level {wanted.level}")
    read_table = found(_book(Path(file)), wanted)
    if read_table.faults:
        raise FileRefused(*(Fault(fault.row, _told(fault)) for fault in read_table.faults))
    for remark in read_table.remarks:
        click.echo(f"Note: {remark}")
    changed = [
        service.put_indicator(
            one.key, wanted.level, Localized(de=one.name), Localized(de=wanted.unit), wanted.source, one.days
        )
        for one in read_table.indicators
    ]
    db.session.commit()
    click.echo("Written." if any(changed) else "Nothing to change.")


def _book(path: Path) -> Book:
    if not path.is_file():
        raise FileRefused.whole(f"{path}: there is no such file")
    try:
        return read(path.read_bytes(), path.name)
    except Unreadable as error:
        raise FileRefused.whole(str(error)) from None


def _told(fault: CellFault) -> str:
    where = f"{fault.head} ({fault.column}): " if fault.head else ""
    return f"{where}{fault.reason}"
