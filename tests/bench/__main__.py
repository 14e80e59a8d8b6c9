"""The platform beside a bare Flask app, under the same gunicorn and on the same PostGIS: ``python -m tests.bench``.

Times are worth little on a machine that does other things as well. What is told is a ratio: rounds of ours and of the
bare app take turns, each round gives our turns a second over theirs, and the figure is the median over the rounds. The
first round of each only warms up. The clock never fails a run; a wrong answer does.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from app.core.settings import load_settings
from tests.bench import queue, reports, routing, snapshot
from tests.bench.client import Load, Turn, WrongAnswer, connected, load
from tests.bench.figures import BARE_PAGE, Figure, figures, raw, replay
from tests.bench.world import Server, World, world
from tests.support.statements import statements

MOST_TURNS = 20_000
"""On one connection in one round, whatever the clock says."""

HEALTH = raw("/healthz")

MORE: Mapping[str, Callable[[World], Iterator[str]]] = {
    "queue": queue.measure,
    "reports": reports.measure,
    "routing": lambda made: routing.measure(made.app),
    "snapshot": snapshot.measure,
}
"""What is measured after the figures, in a way of its own: it gives its lines."""


@dataclass(slots=True)
class Measured:
    """What came of a figure, over all rounds."""

    ratios: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    turns: int = 0


def main() -> int:
    """Measure and print; gives 1 when an answer was wrong."""
    options = _options()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Otherwise these would leave the servers and their database behind.
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        with world() as made:
            _head(options.rounds, options.seconds)
            for figure in figures(made.app):
                if options.only and figure.key not in options.only:
                    continue
                said = _statements(made, figure)
                before = made.report_count()
                measured = _measure(made, figure, options.rounds, options.seconds)
                arrived = made.report_count() - before
                _check(figure, measured, arrived)
                _tell(figure, measured, said)
            for name, measure in MORE.items():
                if not options.only or name in options.only:
                    print(f"\n{name}", flush=True)
                    for line in measure(made):
                        print(line, flush=True)
    except WrongAnswer as wrong:
        print(f"Wrong answer: {wrong}", file=sys.stderr)
        return 1
    return 0


def _check(figure: Figure, measured: Measured, arrived: int) -> None:
    """Speed counts only if every sending became one report."""
    if arrived != figure.reports * measured.turns:
        raise WrongAnswer(f"{figure.name}: {measured.turns} sendings, but {arrived} reports")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Compare with a bare Flask app.")
    parser.add_argument("--rounds", type=int, default=7, help="rounds after the warm-up (default: 7)")
    parser.add_argument("--seconds", type=float, default=0.9, help="length of half a round (default: 0.9)")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="FIGURE",
        help="map map-plain submission walk home needs queue reports routing snapshot",
    )
    return parser.parse_args()


def _measure(made: World, figure: Figure, rounds: int, seconds: float) -> Measured:
    measured = Measured()
    for number in range(rounds + 1):
        ours = _half(made.platform, HEALTH, figure.turn, seconds)
        bare = _half(made.bare, BARE_PAGE.raw, figure.bare, seconds)
        measured.turns += len(ours.times)
        if number > 0:
            measured.ratios.append(ours.throughput / bare.throughput)
            measured.ours += ours.times
            measured.bare += bare.times
    return measured


def _half(server: Server, hello: bytes, turn: Turn, seconds: float) -> Load:
    """One side of a round, on fresh connections: idle ones are closed while the other side has its turn."""
    with connected(server.port, server.processes, hello) as connections:
        return load(connections, turn, seconds, MOST_TURNS)


def _statements(made: World, figure: Figure) -> float:
    """Statements to the database a request, once everything that is kept is there."""
    client = made.app.test_client(use_cookies=False)
    replay(client, figure.turn)
    with statements(made.app) as said:
        count = replay(client, figure.turn)
    return len(said) / count


def _head(rounds: int, seconds: float) -> None:
    processes = load_settings().web_processes
    print(
        f"Ours / bare Flask, turns a second: median of {rounds} rounds of {seconds:g} s each side (lowest–highest).\n"
        f"{processes} web processes and {processes} connections, one to each: more would only wait in line.\n"
    )
    print(
        f"{'':24}{'ratio':>7}  {'spread':>13}  {'aim':>6}  {'p50 ms':>7}  {'p95 ms':>7}  {'bare p50':>8}  "
        f"{'queries':>7}  peers",
        flush=True,
    )


def _tell(figure: Figure, measured: Measured, said: float) -> None:
    spread = f"{min(measured.ratios):.3f}–{max(measured.ratios):.3f}"
    high = statistics.quantiles(measured.ours, n=20)[-1] if len(measured.ours) > 1 else measured.ours[0]
    print(
        f"{figure.name:24}{statistics.median(measured.ratios):7.3f}  {spread:>13}  {f'≥{figure.aim:g}':>6}  "
        f"{statistics.median(measured.ours) * 1000:7.2f}  {high * 1000:7.2f}  "
        f"{statistics.median(measured.bare) * 1000:8.2f}  {said:7.1f}  {figure.peers}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
