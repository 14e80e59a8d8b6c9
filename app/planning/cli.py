"""``flask plans``: editions, listed, written out and taken in."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.clock import day_of
from app.core.database import db
from app.core.languages import speaking
from app.planning import page
from app.planning.exchange import taking, yaml_text
from app.planning.exchange.writing import workbook_of
from app.planning.words import Said
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import Edition
from app.plans.editions import Deed, NotPossible
from app.plans.models import VersionRow
from app.sheets.domain import Fault, Unreadable

cli = AppGroup("plans", help="The plans of the strategy: editions, their versions, files.")

LANGUAGE = "en"


@cli.command("list")
def list_command() -> None:
    """Name every edition with its versions."""
    for card in plans.editions():
        state = "in force" if card.current else "not in force"
        click.echo(f"{card.key:<16} {state:<13} {card.from_year}-{card.to_year or ''}  {card.name}")
        for one in plans.versions(card.key):
            day = day_of(one.published_at or one.submitted_at or one.made_at)
            click.echo(f"  {one.number:<4} {one.state:<10} {day}  {one.why}".rstrip())


@cli.command("export")
@click.option("--edition", required=True, metavar="KEY", help="An edition with a published version.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_command(edition: str, file: Path) -> None:
    """Write the published version of an edition to FILE, whose name ends with .xlsx or .yaml."""
    found = plans.published(edition)
    if found is None:
        raise click.ClickException(f"there is no edition {edition}, or nothing of it is published")
    ending = file.suffix.casefold()
    if ending in yaml_text.ENDINGS:
        body = yaml_text.to_yaml(found[1]).encode()
    elif ending == ".xlsx":
        body = workbook_of(found[1], "de")
    else:
        raise click.UsageError("FILE must end with .xlsx or .yaml")
    file.write_bytes(body)
    click.echo(f"edition {edition}, version {found[0].number}: {len(found[1].measures)} measures in {file}")


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Take it over without asking.")
def import_command(file: Path, yes: bool) -> None:  # noqa: FBT001
    """Take FILE into the draft of its edition, after showing what differs. A second person publishes it in the browser.

    An edition that is not there yet begins with this draft.
    """
    edition = _read(file)
    before, draft = _draft_of(edition)
    with speaking(LANGUAGE):
        found = page.compared(before, edition) if before else ()
    for one in found:
        click.echo(_line(one))
        for part in one.parts:
            click.echo(f"    {part.name}: {part.before or '-'} -> {part.after or '-'}")
    if before is not None and not found:
        click.echo("nothing differs")
        db.session.rollback()
        return
    if not yes:
        # While somebody thinks it over, the database stays open to others.
        db.session.rollback()
        click.confirm("Take this over into the draft?", abort=True)
        now, draft = _draft_of(edition)
        if now != before:
            raise click.ClickException("somebody else has changed the draft meanwhile; nothing was taken over")
    changed = editions.change(draft, edition, None, file.name, Deed.TAKEN_IN)
    db.session.commit()
    click.echo(f"edition {edition.key}, version {draft.number} is a draft: {changed} entries changed")


def _line(one: Said) -> str:
    return f"{one.change:<8} {one.title} ({one.key})" if one.key else f"{one.change:<8} {one.title}"


def _draft_of(edition: Edition) -> tuple[Edition | None, VersionRow]:
    """The draft that a file is for, and what stands in it; nothing where the edition is new."""
    if all(card.key != edition.key for card in plans.editions()):
        return None, editions.new_edition(edition, None)
    try:
        draft = editions.draft_of(edition.key, None)
    except NotPossible:
        raise click.ClickException(f"edition {edition.key} has a version that waits for a second person") from None
    return Edition.model_validate(draft.document), draft


def _read(file: Path) -> Edition:
    try:
        found = taking.said(taking.book_of(file.read_bytes(), file.name), plans.in_force())
    except Unreadable as unreadable:
        with speaking(LANGUAGE):
            raise click.ClickException(f"{file}: {unreadable}") from None
    with speaking(LANGUAGE):
        for remark in found.remarks:
            click.echo(f"note: {remark}")
        for fault in found.faults:
            click.echo(f"{file}: {_place(fault)}{fault.reason}", err=True)
    if found.edition is None:
        raise click.ClickException(f"{file} has {len(found.faults)} faults; nothing was taken over")
    return found.edition


def _place(fault: Fault) -> str:
    row = f"row {fault.row}" if fault.sheet else f"line {fault.row}"
    parts = [fault.sheet, row if fault.row else "", f"column {fault.column}" if fault.column else ""]
    return "".join(f"{part}: " for part in parts if part)
