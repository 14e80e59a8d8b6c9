"""``flask directory …``: services from files of points. All or nothing; a refusal ends with status 1."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.core.codes import Target, Topic
from app.core.database import db
from app.directory import importing
from app.directory.importing import Plan, Reading
from app.places.cli import layer_key, refusals, say_faults
from app.places.reading import FileRefused, read

SHOWN = 20
TOPICS, TARGETS = click.Choice([str(topic) for topic in Topic]), click.Choice([str(target) for target in Target])

cli = AppGroup("directory", help="Organisations and their services.")


@cli.command("import")
@click.argument("file")
@click.option("--organisation", required=True, metavar="KEY", help="Whose services they are.")
@click.option("--topic", "topics", multiple=True, required=True, type=TOPICS, help="Area of life.")
@click.option("--target", "targets", multiple=True, required=True, type=TARGETS, help="For whom.")
@click.option(
    "--language", "languages", multiple=True, default=("de",), show_default=True, help="Spoken there (BCP 47)."
)
@click.option("--description", default="", help="What the services are, in German: the same for all.")
@click.option("--collection", help="The beginning of their keys; by default the name of the file.")
@click.option("--key-property", help="What tells a service for good; without it, its name and place do.")
@click.option("--name-property", "names", multiple=True, help="The name; of several the first that is filled.")
@click.option("--address-property", "address", multiple=True, help="The address; several are joined.")
@click.option("--url-property", help="The web address.")
@click.option("--hours-property", help="The opening hours, as text.")
@click.option("--barrier-free-property", help="Whether it is free of barriers: 1/0, ja/nein.")
@click.option("--layer", help="The layer, where a file has several.")
@click.option("--crs", help="The coordinate reference system, where the file names none: EPSG:25833.")
@click.option("--skip", is_flag=True, help="Leave out rows that cannot be taken, instead of refusing the file.")
@click.option("--end-gone", is_flag=True, help="End services of this collection that the file no longer has.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@refusals
def import_command(  # noqa: PLR0913 - each option is one question
    file: str,
    *,
    organisation: str,
    topics: tuple[str, ...],
    targets: tuple[str, ...],
    languages: tuple[str, ...],
    description: str,
    collection: str | None,
    key_property: str | None,
    names: tuple[str, ...],
    address: tuple[str, ...],
    url_property: str | None,
    hours_property: str | None,
    barrier_free_property: str | None,
    layer: str | None,
    crs: str | None,
    skip: bool,
    end_gone: bool,
    yes: bool,
) -> None:
    """Take FILE (points: GeoJSON, GeoPackage, Shapefile) as services that their providers have not confirmed.

    Says what would change and asks. A second import of the same file changes nothing.
    """
    reading = Reading(
        organisation=organisation,
        collection=collection or layer_key(file),
        topics=tuple(dict.fromkeys(topics)),
        targets=tuple(dict.fromkeys(targets)),
        languages=tuple(dict.fromkeys(languages)),
        description=description,
        key=key_property,
        names=names,
        address=address,
        url=url_property,
        opening_hours=hours_property,
        barrier_free=barrier_free_property,
    )
    found = importing.services(read(file, layer=layer, crs=crs), reading)
    if found.faults and not skip:
        raise FileRefused(*found.faults)
    if found.faults:
        say_faults("Left out:", found.faults)
    plan = importing.plan(found.entries, reading)
    _say_plan(plan, end_gone=end_gone)
    # While somebody thinks it over, the database stays open to others.
    db.session.rollback()
    if not (plan.new or plan.changed or (plan.gone and end_gone)):
        click.echo("Nothing to change.")
        return
    if not yes and not click.confirm("Write this?"):
        click.echo("Nothing was written.")
        sys.exit(1)
    importing.carry_out(plan, end_gone=end_gone)
    db.session.commit()
    click.echo("Written.")


def _say_plan(plan: Plan, *, end_gone: bool) -> None:
    counts = (
        (plan.new, "new"),
        (plan.changed, "changed"),
        (plan.unchanged, "unchanged"),
        (plan.kept, "confirmed by the provider, left as they are"),
        (plan.gone, "gone from the file"),
    )
    click.echo(", ".join(f"{len(those)} {words}" for those, words in counts) + ".")
    for one in plan.gone[:SHOWN]:
        click.echo(f"  gone: {one.card.key}  {one.card.name}")
    if len(plan.gone) > SHOWN:
        click.echo(f"  … and {len(plan.gone) - SHOWN} more")
    if plan.gone and not end_gone:
        click.echo("They stay on offer; --end-gone ends them.")
