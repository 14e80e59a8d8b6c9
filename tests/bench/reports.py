"""The interim report of the strategy: seconds for the paper with its charts, and for each file of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from app.core.database import db
from app.core.languages import speaking
from app.needs.snapshot import service as snapshots
from app.strategy.domain import Format, Months, Wanted
from app.strategy.material import material
from app.strategy.printing import printed
from app.strategy.writing import paper
from tests.bench.client import WrongAnswer
from tests.bench.world import World

ROUNDS = 5
PERIOD = "2025-01/2026-12"

T = TypeVar("T")


def measure(made: World) -> Iterator[str]:
    """The figures, line by line; the first of each round only warms up."""
    with made.app.app_context():
        found = material(Wanted("2025", Months.named(PERIOD)), snapshots.take(), {})
        with speaking("de"):
            seconds, ready = _seconds(lambda: paper(found))
            yield f"paper with its charts   {seconds:6.2f} s"
            for wanted in Format:
                seconds, content = _seconds(lambda wanted=wanted: printed(ready, wanted))
                yield f"{wanted:<22}  {seconds:6.2f} s, {len(content) // 1024} KB"
                if content != printed(ready, wanted):
                    raise WrongAnswer(f"two files of the same report differ: {wanted}")
        db.session.rollback()


def _seconds(work: Callable[[], T]) -> tuple[float, T]:
    """The median of some rounds, and what came out."""
    found = work()
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), found
