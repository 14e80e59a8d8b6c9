"""``flask places …``: outlines, base map and street list from files. All or nothing; a refusal ends with status 1."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import PurePosixPath
from typing import ParamSpec
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from app.core.database import db
from app.core.languages import speaking
from app.places import importing, queries, service
from app.places.backdrop import CLASSES, backdrop_layer
from app.places.domain import PlaceError
from app.places.geometry import outline_degrees
from app.places.importing import Change, Plan
from app.places.reading import Fault, FileRefused, read
from app.places.streets import street_list

P = ParamSpec("P")

BACKDROP_MARGIN_METRES = 1500.0
"""The base map goes on a little beyond the city, so that roads do not end at its border."""
FAULTS_SHOWN = 50

LANGUAGE = "en"

cli = AppGroup("places", help="Areas, local base map and street list.")


def refusals(command: Callable[P, None]) -> Callable[P, None]:
    """Undo everything and end with status 1 when a file is refused. All is said in the language of the commands."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with speaking(LANGUAGE):
                command(*args, **kwargs)
        except FileRefused as refusal:
            db.session.rollback()
            say_faults("Refused, nothing was written:", refusal.faults)
            sys.exit(1)
        except PlaceError as error:
            db.session.rollback()
            click.echo(f"Refused, nothing was written: {error}", err=True)
            sys.exit(1)

    return guarded


def say_faults(heading: str, faults: Sequence[Fault]) -> None:
    """Name faults by row, on the error output."""
    click.echo(heading, err=True)
    rows = [("row", "reason")]
    rows += [("" if fault.row is None else str(fault.row), fault.reason) for fault in faults[:FAULTS_SHOWN]]
    if len(faults) == 1 and faults[0].row is None:
        rows = rows[1:]
    _table(rows, err=True)
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"… and {len(faults) - FAULTS_SHOWN} more", err=True)


def _table(rows: Sequence[tuple[str, ...]], *, right: frozenset[int] = frozenset(), err: bool = False) -> None:
    """Rows with aligned columns; those in ``right`` are numbers."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  " + "  ".join(cells).rstrip(), err=err)


@cli.command("list")
@refusals
def list_command() -> None:
    """Tell what the map is made of."""
    click.echo(f"City: {queries.city().name} ({queries.city().key})")
    rows = [("level", "areas", "schematic", "residents", "attribution")]
    for level in queries.levels():
        areas = queries.areas(level.key)
        residents = sum(area.residents or 0 for area in areas)
        rows.append(
            (
                level.key,
                str(len(areas)),
                str(sum(area.schematic for area in areas)),
                str(residents) if residents else "",
                level.attribution,
            )
        )
    _table(rows, right=frozenset({1, 2, 3}))
    for layer in queries.backdrops():
        click.echo(f"Base map: {layer.key} ({layer.attribution})")
    click.echo(f"Streets: {len(queries.all_streets())}")


@cli.command("import")
@click.argument("file")
@click.option("--level", required=True, help="The level the areas belong to, such as ortsteil.")
@click.option("--key", help="The property that holds the official key.")
@click.option("--name", help="The property that holds the name.")
@click.option("--layer", help="The layer, where a file has several.")
@click.option("--crs", help="The coordinate reference system, where the file names none: EPSG:25833.")
@click.option("--attribution", help="Whose data it is, as it shall stand on the map.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@refusals
def import_command(
    file: str,
    level: str,
    key: str | None,
    name: str | None,
    layer: str | None,
    crs: str | None,
    attribution: str | None,
    yes: bool,  # noqa: FBT001
) -> None:
    """Replace outlines from FILE (path or address; GeoJSON, GeoPackage, Shapefile).

    Says what would change and asks. Rows find their areas by key, or by name where no key is known.
    """
    source = read(file, layer=layer, crs=crs)
    plan = importing.plan(level, importing.outlines(source, key, name, queries.city().extent))
    _say_plan(plan)
    # While somebody thinks it over, the database stays open to others.
    db.session.rollback()
    credit = attribution or source.attribution or None
    if not plan.surveyed and credit is None:
        click.echo("Nothing to change.")
        return
    if not yes and not click.confirm("Write this?"):
        click.echo("Nothing was written.")
        sys.exit(1)
    importing.carry_out(plan, credit)
    db.session.commit()
    click.echo("Written.")


def _say_plan(plan: Plan) -> None:
    click.echo(f"Level {plan.level}, matched by {plan.matched_by}.")
    rows = [("change", "key", "name", "km² before", "km² after")]
    rows += [(line.change, line.key, line.name, _size(line.before), _size(line.after)) for line in plan.lines]
    _table(rows, right=frozenset({3, 4}))
    for remark in plan.remarks:
        click.echo(f"Note: {remark}")
    click.echo(", ".join(f"{plan.count(change)} {change}" for change in Change) + ".")
    if plan.count(Change.MISSING):
        click.echo("Areas missing from the file stay; schematic ones give way to their neighbours.")


def _size(km2: float | None) -> str:
    return "" if km2 is None else f"{km2:.2f}"


@cli.command("backdrop")
@click.argument("files", nargs=-1)
@click.option("--attribution", default="", help="Whose data it is, where the files do not say so themselves.")
@click.option("--class", "only_class", type=click.Choice(CLASSES), help="What all rows are, for files without tags.")
@click.option("--remove", multiple=True, metavar="KEY", help="Take a layer off the base map.")
@refusals
def backdrop_command(files: tuple[str, ...], attribution: str, only_class: str | None, remove: tuple[str, ...]) -> None:
    """Take FILES (GeoJSON and others: water, green, roads, tram) as layers of the local base map."""
    if not files and not remove:
        raise click.UsageError("name a file, or a layer to --remove")
    for key in remove:
        service.drop_backdrop(key)
        click.echo(f"{key}: removed")
    limit = outline_degrees(BACKDROP_MARGIN_METRES) if files else None
    for file in files:
        layer = backdrop_layer(read(file), limit, attribution=attribution, only_class=only_class)
        key = layer_key(file)
        service.put_backdrop(key, layer.position, layer.attribution, layer.geojson)
        parts = ", ".join(f"{count} {kind}" for kind, count in layer.counts.items())
        click.echo(f"{key}: {parts}; {len(layer.geojson) / 1024:.0f} KB compressed; {layer.attribution}")
    db.session.commit()


def layer_key(address: str) -> str:
    """The key of a layer: the name of its file, in small letters, digits and hyphens."""
    stem = PurePosixPath(urlsplit(address).path if "://" in address else address).stem.lower()
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in stem).split()) or "layer"


@cli.command("streets")
@click.argument("file")
@click.option("--name-property", default="name", show_default=True, help="The property that holds the name.")
@click.option("--layer", help="The layer, where a file has several.")
@click.option("--crs", help="The coordinate reference system, where the file names none.")
@refusals
def streets_command(file: str, name_property: str, layer: str | None, crs: str | None) -> None:
    """Take FILE (lines or points with names) as the street list of the search, in place of the old one."""
    found = street_list(read(file, layer=layer, crs=crs), name_property)
    service.replace_streets(found.streets)
    db.session.commit()
    click.echo(f"{len(found.streets)} streets; {found.nameless} rows without a name, {found.outside} outside the city.")
