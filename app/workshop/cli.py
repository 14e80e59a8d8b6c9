"""``flask routing``: the sets of rules, proved, written out and taken in."""

from __future__ import annotations

import time
from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.clock import day_of
from app.core.database import db
from app.routing import exchange, sets
from app.routing import queries as routing
from app.routing.domain import BrokenRules, Rules
from app.routing.models import RuleSet
from app.routing.proof import Flaw, Proof
from app.workshop.proving import prove_rules, sentence

cli = AppGroup("routing", help="The rules that say which office reads a report.")

SUMS = {
    "dead ends": {Flaw.NOWHERE, Flaw.INVOLVED, Flaw.EXPIRED, Flaw.CLOSED, Flaw.FEW_READERS},
    "conflicts": {Flaw.OVERLAP},
    "unreachable": {Flaw.UNREACHABLE},
    "fields without a case": {Flaw.FIELD},
    "unknown": {Flaw.UNKNOWN},
}
"""What the sum of a proof is told by."""

version_option = click.option("--set", "version", metavar="VERSION", help="A set by its version.")
file_argument = click.Path(path_type=Path, exists=True, dir_okay=False)


@cli.command("prove")
@version_option
@click.option("--file", "file", type=file_argument, help="A YAML file such as export writes.")
def prove_command(version: str | None, file: Path | None) -> None:
    """Look at every report that can be made, and name what is wrong. Ends with 1 when anything is.

    Without an option the rules in force are looked at.
    """
    if version and file:
        raise click.UsageError("Either --set or --file.")
    rules = _read(file) if file else routing.rules_of(_set(version).id)
    begun = time.perf_counter()
    proof = prove_rules(rules)
    seconds = time.perf_counter() - begun
    click.echo(f"{len(rules.rules)} rules of version {rules.version}, {_days(len(proof.days))}, {seconds:.1f} s")
    click.echo(f"{proof.kept:,} combinations are kept for the reporter, because every desk of the city is barred")
    for fault in proof.faults:
        click.echo(f"{fault.flaw.value:<12} {sentence(fault)}")
    click.echo(_sum(proof))
    if not proof.holds:
        raise click.exceptions.Exit(1)


@cli.command("list")
def list_command() -> None:
    """Name every set: the one in force, drafts, and earlier ones."""
    for card in routing.sets():
        state = "in force" if card.active else "draft" if card.draft else "earlier"
        based = f", based on {card.based_on}" if card.based_on else ""
        day = day_of(card.activated_at or card.created_at)
        click.echo(f"{card.version:<16} {state:<9} {day}  {card.rules} rules{based}")


@cli.command("export")
@version_option
def export_command(version: str | None) -> None:
    """Write a set as YAML: the one in force, or another by its version."""
    click.echo(exchange.to_yaml(routing.rules_of(_set(version).id)), nl=False)


@cli.command("import")
@click.argument("file", type=file_argument)
@click.option("--why", required=True, help="What the history of the draft says about it.")
def import_command(file: Path, why: str) -> None:
    """Take a YAML file into a new draft. Nothing changes until somebody proves it and puts it in force."""
    rules = _read(file)
    draft = sets.new_draft(None)
    try:
        sets.take_in(draft, rules, None, why)
    except BrokenRules as error:
        raise click.ClickException(f"{file}: {error}") from None
    db.session.commit()
    click.echo(f"{draft.version} is a draft with {len(rules.rules)} rules.")


def _read(file: Path) -> Rules:
    try:
        return exchange.from_yaml(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: is no UTF-8 text") from None
    except BrokenRules as error:
        raise click.ClickException(f"{file}: {error}") from None


def _set(version: str | None) -> RuleSet:
    found = routing.set_named(version) if version else routing.set_in_force()
    if found is None:
        raise click.ClickException(f"there is no set {version}" if version else "no set is in force")
    return found


def _days(number: int) -> str:
    """Today, and each later day on which a rule or an office begins or ends."""
    return "today" if number == 1 else f"today and {number - 1} later"


def _sum(proof: Proof) -> str:
    counts = ", ".join(f"{len(proof.of(flaws).faults)} {name}" for name, flaws in SUMS.items())
    return f"{proof.combinations:,} combinations, {counts}"
