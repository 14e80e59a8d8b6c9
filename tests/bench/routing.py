"""Routing beside the least that could be done instead: decisions one by one, a replay, and the proof."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from flask import Flask

from app.core.clock import today
from app.core.codes import Ground, Kind, Target, Topic
from app.routing import queries
from app.routing.domain import RoutingFacts, Rules, decide
from app.routing.replay import replay
from app.workshop.proving import prove_rules
from app.workshop.space import space

DECISIONS = 20_000
REPLAYED = 100_000
PROOFS = 5
ROUNDS = 5
SEED = 20


def measure(app: Flask) -> Iterator[str]:
    """The figures, line by line. The clock decides nothing; a replay that loses a report raises ``AssertionError``."""
    with app.app_context():
        rules, desks = queries.rules(), queries.desks()
        whole = queries.rules_of(_id_in_force())
        chance = random.Random(SEED)  # noqa: S311 – reports to count, no secret
        areas = [said for said in space().facts[Kind.GAP]["area"].answers if said]
        reports = [_report(chance, areas) for _number in range(REPLAYED)]
        some = reports[:DECISIONS]

        table = {(report.kind, report.topic): decide(report, rules, desks).office for report in some}
        ours = _seconds(lambda: [decide(report, rules, desks) for report in some])
        bare = _seconds(lambda: [table[report.kind, report.topic] for report in some])
        scan = _seconds(lambda: [_first_match(report, rules) for report in some])
        yield (
            f"decisions, one by one   {DECISIONS / ours:10,.0f} a second; {ours / scan:.1f} × the time of finding the "
            f"first rule in a list, {ours / bare:.0f} × that of looking two words up in a dict"
        )

        draft = Rules("draft", rules.fallback, rules.rules[1:])
        found = replay(reports, rules, draft, desks)
        if found.total != len(reports) or sum(after for _before, after in found.load.values()) > found.total:
            raise AssertionError("the replay has lost reports")
        ours = _seconds(lambda: replay(reports, rules, draft, desks))
        loop = _seconds(lambda: _both_one_by_one(reports, rules, draft), rounds=1)
        yield (
            f"replay of {REPLAYED:,}       {REPLAYED / ours:10,.0f} a second, {ours:.2f} s; {ours / loop:.2f} × the "
            f"time of finding the first rule of both sets, report by report"
        )

        proof = prove_rules(whole)
        ours = _seconds(lambda: prove_rules(whole), rounds=PROOFS)
        blind = proof.combinations * scan / DECISIONS / (365 * 24 * 3600)
        yield (
            f"proof                   {ours:10.2f} s for {proof.combinations:,} combinations and {len(proof.faults)} "
            f"faults, on {today()}; a loop that only looks for the first rule would take {blind:,.0f} years"
        )


def _id_in_force() -> int:
    return next(card.id for card in queries.sets() if card.active)


def _report(chance: random.Random, areas: Sequence[frozenset[str]]) -> RoutingFacts:
    """What somebody may say; about one organisation in ten."""
    kind = chance.choice(list(Kind))
    experience = kind is Kind.DISCRIMINATION
    return RoutingFacts(
        kind=kind,
        topic=chance.choice([None, *Topic]),
        grounds=frozenset(chance.sample(list(Ground), chance.choice([1, 1, 2]))) if experience else frozenset(),
        areas=chance.choice(areas),
        targets=frozenset() if experience else frozenset(chance.sample(list(Target), chance.choice([0, 1, 1, 2]))),
        involved=frozenset({"auslaenderbehoerde"} if chance.random() < 0.1 else ()),
    )


def _first_match(report: RoutingFacts, rules: Rules) -> str:
    """What routing would be without conflicts of interest, closed offices and reasons."""
    said: Mapping[str, frozenset[str]] = report.said()
    for rule in rules.rules:
        if rule.meets(said):
            return rule.office
    return rules.fallback


def _both_one_by_one(reports: Sequence[RoutingFacts], before: Rules, after: Rules) -> int:
    return sum(_first_match(report, before) != _first_match(report, after) for report in reports)


def _seconds(turn: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of some rounds, after one that warms up."""
    took = []
    for _round in range(rounds + 1):
        begun = time.perf_counter()
        turn()
        took.append(time.perf_counter() - begun)
    return statistics.median(took[1:])
