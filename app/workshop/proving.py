"""The proof of a set of rules in the city as it is: on a day, and on every later day on which something changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from app.core.clock import today
from app.directory import queries as directory
from app.plans import queries as plans
from app.routing import queries as routing
from app.routing.domain import RoutingFacts, Rules, faults_of
from app.routing.proof import Fault, Flaw, Proof, prove_days, with_faults
from app.workshop.space import space

SENTENCES = {
    Flaw.UNKNOWN: "a rule cannot be used: {about}",
    Flaw.NOWHERE: "a report reaches nobody, although {about} is there to read it",
    Flaw.INVOLVED: "a report reaches {about}, although it is about that office",
    Flaw.EXPIRED: "the validity of {about}, which a rule names, is over",
    Flaw.CLOSED: "a rule names {about}, which does not receive reports now",
    Flaw.FEW_READERS: "fewer than two people can read at {about}",
    Flaw.UNREACHABLE: "no report ever gets to the rule {about}",
    Flaw.OVERLAP: "rules of the same priority match the same report: {about}",
    Flaw.FIELD: "no report gets to the field {about}, and it does not say why (not_by_reports)",
}
"""For a command line; pages have words of their own."""

ONE_DAY = timedelta(days=1)


def prove_rules(rules: Rules, from_day: date | None = None) -> Proof:
    """Look at every report that can be made, from a day on (today, unless another is given).

    Later days are looked at where the validity of a rule or of an office begins or has ended.
    """
    fields = {one.key: one.not_by_reports is None for one in plans.fields()}
    proof = prove_days(rules, routing.desks_on, days_of(rules, from_day or today()), space(), fields)
    return with_faults(proof, _unknown(rules))


def days_of(rules: Rules, first: date) -> list[date]:
    """The first day, and each later one on which a rule or an office is valid that was not, or the other way round."""
    changes = {first}
    validities = [(one.valid_from, one.valid_until) for one in rules.rules]
    validities += [(one.valid_from, one.valid_until) for one in directory.organisations().values()]
    for begins, ends in validities:
        if begins is not None:
            changes.add(begins)
        if ends is not None:
            changes.add(ends + ONE_DAY)
    return sorted(day for day in changes if day >= first)


def _unknown(rules: Rules) -> Iterable[Fault]:
    known = routing.known()
    if rules.fallback not in known.offices:
        yield Fault(Flaw.UNKNOWN, f"fallback: there is no office {rules.fallback!r}")
    for rule in rules.rules:
        for fault in faults_of(rule, known):
            yield Fault(Flaw.UNKNOWN, f"{rule.key}: {fault}")


def sentence(fault: Fault) -> str:
    """A fault in one English sentence, with an example and the day on which it begins."""
    since = f"; from {fault.from_day} on" if fault.from_day else ""
    example = f"; for example {_told(fault.example)}" if fault.example else ""
    return SENTENCES[fault.flaw].format(about=fault.about) + since + example


def _told(facts: RoutingFacts) -> str:
    """The facts of a report, shortly."""
    said = {name: sorted(values) for name, values in facts.said().items()} | {"involved": sorted(facts.involved)}
    return ", ".join(f"{name} {' and '.join(values)}" for name, values in said.items() if values)
