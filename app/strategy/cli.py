"""``flask needs report …``: the interim report of the strategy as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app

from app.core.database import db
from app.core.languages import speaking
from app.needs.cli import cli
from app.needs.snapshot import queries as snapshots
from app.needs.snapshot import service as taking
from app.needs.snapshot.domain import Snapshot
from app.strategy import queries
from app.strategy.domain import LANGUAGES, Format, Months, Unknown, Wanted
from app.strategy.material import Material, material
from app.strategy.printing import printed
from app.strategy.writing import paper

_first: list[Callable[[Flask], None]] = []


def before_reports(prepare: Callable[[Flask], None]) -> None:
    """Have an instance made ready first; for the room that knows all others. Does nothing where it is ready."""
    _first[:] = [prepare]


class MonthsType(click.ParamType[Months]):
    """Months as ``2025-01/2026-12``."""

    name = "months"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Months:
        """The period."""
        try:
            return Months.named(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@cli.command("report")
@click.option("--edition", required=True, help="Key of the edition of the strategy, such as 2025.")
@click.option("--period", required=True, type=MonthsType(), help="Months such as 2025-01/2026-12.")
@click.option("--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Otherwise all of them.")
@click.option("--compare", help="Key of an edition to compare with.")
@click.option("--snapshot", "wanted_hash", help="Hash of a snapshot that is kept; otherwise one is taken now.")
def report_command(
    edition: str, period: Months, output: Path, languages: tuple[str, ...], compare: str | None, wanted_hash: str | None
) -> None:
    """Write the interim report: HTML, PDF and a workbook in each language. Prints the hash of the snapshot.

    Free texts are those of the newest report of this edition and period. The same snapshot with the same texts gives
    the same bytes.
    """
    for prepare in _first:
        prepare(current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001 - the app itself
    wanted = Wanted(edition, period, compare)
    try:
        found = material(wanted, _snapshot(wanted_hash), queries.texts_for(wanted))
    except Unknown as error:
        raise click.ClickException(str(error)) from None
    output.mkdir(parents=True, exist_ok=True)
    for code in languages or LANGUAGES:
        for name, content in _files(found, code):
            (output / name).write_bytes(content)
            click.echo(output / name)
    db.session.commit()
    click.echo(f"Snapshot: {found.snapshot.hash}")


def _files(found: Material, code: str) -> list[tuple[str, bytes]]:
    with speaking(code):
        made = paper(found)
        return [(file_name(found.wanted, code, wanted), printed(made, wanted)) for wanted in Format]


def file_name(wanted: Wanted, code: str, file: Format) -> str:
    """What a file is called."""
    return f"bericht-{wanted.edition}-{wanted.months.slug}-{code}.{file}"


def _snapshot(wanted: str | None) -> Snapshot:
    if wanted is None:
        taken = taking.take()
        db.session.flush()
        return taken
    found = snapshots.named(wanted.lower())
    if found is None:
        raise Unknown(f"No snapshot {wanted!r} is kept.")
    return found
