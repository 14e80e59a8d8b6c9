"""``flask routing``: the rules in force, proved."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from app.plans import queries as plans
from app.routing import queries as routing
from app.routing.domain import RoutingFacts
from app.routing.proof import Fault, Flaw, prove
from app.workshop.space import space

cli = AppGroup("routing", help="The rules that say which office reads a report.")

SENTENCES = {
    Flaw.NOWHERE: "a report reaches nobody, although {about} could read it",
    Flaw.INVOLVED: "a report reaches {about}, although it is about that office",
    Flaw.CLOSED: "a rule names {about}, which does not receive reports now",
    Flaw.FEW_READERS: "fewer than two people can read at {about}",
    Flaw.UNREACHABLE: "no report ever gets to the rule {about}",
    Flaw.OVERLAP: "rules of the same priority match the same report: {about}",
    Flaw.FIELD: "no report gets to the field {about}, and it does not say why (not_by_reports)",
}


@cli.command("prove")
def prove_rules() -> None:
    """Look at every report that can be made, and name what is wrong. Ends with 1 when anything is."""
    rules = routing.rules()
    fields = {one.key: one.not_by_reports is None for one in plans.fields()}
    begun = time.perf_counter()
    proof = prove(rules, routing.desks(), space(), fields)
    seconds = time.perf_counter() - begun
    click.echo(f"rules         {len(rules.rules)} of version {rules.version}")
    click.echo(f"combinations  {proof.combinations:,} in {seconds:.1f} s")
    click.echo(f"kept          {proof.kept:,} for the reporter, because every desk is involved")
    for flaw in Flaw:
        found = [fault for fault in proof.faults if fault.flaw is flaw]
        click.echo(f"{flaw.value:<13} {len(found)}")
        for fault in found:
            click.echo(f"  {_sentence(fault)}")
    if not proof.holds:
        raise click.exceptions.Exit(1)


def _sentence(fault: Fault) -> str:
    example = f"; for example {_told(fault.example)}" if fault.example else ""
    return SENTENCES[fault.flaw].format(about=fault.about) + example


def _told(facts: RoutingFacts) -> str:
    """The facts of a report, shortly."""
    said = {"kind": [facts.kind], "topic": [facts.topic] if facts.topic else [], "wish": [facts.wish or ""]}
    sets = {"grounds": facts.grounds, "form": facts.forms, "area": facts.areas, "target": facts.targets}
    said |= {name: sorted(values) for name, values in sets.items()} | {"involved": sorted(facts.involved)}
    return ", ".join(f"{name} {' and '.join(values)}" for name, values in said.items() if any(values))
