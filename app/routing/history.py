"""Rule sets as pages tell of them: who made them and why, and what was changed on the way. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.core.texts import Localized
from app.routing.domain import Rule


class Deed(StrEnum):
    """What somebody did to a set."""

    BEGUN = "begun"
    PUT = "put"
    REMOVED = "removed"
    FALLBACK = "fallback"
    TAKEN_IN = "taken_in"
    IN_FORCE = "in_force"


class UnknownSet(LookupError):  # noqa: N818
    """There is no such rule set."""


@dataclass(frozen=True, slots=True)
class SetCard:
    """A set as a list shows it.

    ``made_by`` and ``activated_by`` are principals, None for the city's folder and the command line; ``rules`` is their
    number; ``based_on`` is a version; ``last_change`` is the id of the newest line of its history.
    """

    id: int
    version: str
    fallback: str
    active: bool
    draft: bool
    rules: int
    based_on: str | None
    created_at: datetime
    made_by: str | None
    activated_at: datetime | None
    activated_by: str | None
    why: str | None
    last_change: int | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A line of a set's history.

    ``action`` is a ``Deed``. ``before`` and ``after`` are the rule as ``told`` gives it, None where there was or is
    none, or ``{"fallback": key}`` for the fallback desk.
    """

    id: int
    at: datetime
    by: str | None
    action: str
    rule: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    why: str


def told(rule: Rule) -> dict[str, Any]:
    """A rule as the history and a file keep it, in the shape of ``routing.yaml``; what is empty is left out."""
    days: dict[str, date | None] = {"valid_from": rule.valid_from, "valid_until": rule.valid_until}
    return {
        "key": rule.key,
        "priority": rule.priority,
        **{name: day.isoformat() for name, day in days.items() if day},
        "when": {fact: sorted(values) for fact, values in rule.conditions.items()},
        "then": {
            "office": rule.office,
            "plan": rule.plan,
            "field": rule.field,
            "measures": list(rule.measures),
        },
        "because": dict(rule.because),
    }


def retold(said: Mapping[str, Any]) -> Rule:
    """The rule that ``told`` told of."""
    first, last = said.get("valid_from"), said.get("valid_until")
    return Rule(
        key=said["key"],
        priority=said["priority"],
        conditions={fact: frozenset(values) for fact, values in said["when"].items()},
        office=said["then"]["office"],
        plan=said["then"]["plan"],
        field=said["then"]["field"],
        measures=tuple(said["then"]["measures"]),
        because=Localized(said["because"]),
        valid_from=date.fromisoformat(first) if first else None,
        valid_until=date.fromisoformat(last) if last else None,
    )
