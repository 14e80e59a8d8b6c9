"""Further versions of the plans, published by two people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.plans import editions, queries
from app.plans.document import Measure

Change = Callable[[Measure], Measure | None]


def publish(change: Change, edition: str = "2025") -> None:
    """Publish a version of the edition in force, in which ``change`` gives each measure anew, or None without it."""
    version = editions.draft_of(edition, "one")
    document = queries.in_force()
    measures = tuple(changed for one in document.measures if (changed := change(one)) is not None)
    editions.change(version, document.model_copy(update={"measures": measures}), "one")
    editions.submit(version, "one", "So it is")
    editions.publish(version, "two", editions.known())


def with_values(key: str, **values: Any) -> Change:
    """A change of one measure."""
    return lambda one: one.model_copy(update=values) if one.key == key else one
