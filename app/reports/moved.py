"""The measures that a report is linked to, and what has happened to them since.

Read anew each time from what is published of the plans, and written nowhere: no row, no queue and no office tells that
somebody has looked. Only the holder of the receipt sees it, so a report that some office must not learn of is no
exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.codes import MeasureState
from app.plans import queries as plans
from app.plans.domain import MeasureCard
from app.plans.progress import Step, steps
from app.reports import queries
from app.reports.domain import UNSEEN
from app.reports.models import Report


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure that a report is linked to, with what has happened to it since, the latest first."""

    card: MeasureCard
    since: datetime
    steps: tuple[Step, ...]

    @property
    def state(self) -> MeasureState:
        """How far it is now."""
        return MeasureState(self.card.state)


def moved(report: Report) -> Sequence[Moved]:
    """The measures of a report that an office works on or has worked on, in the order of their links."""
    if report.state in UNSEEN:
        return ()
    found = []
    for key, since in queries.measure_links(report.id):
        card = plans.measure(key)
        if card is not None:
            found.append(Moved(card, since, tuple(step for step in steps(key) if step.at > since)))
    return found
