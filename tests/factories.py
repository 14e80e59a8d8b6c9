"""Values and rows for tests. Each call gives something complete and ordinary; name only what matters to the test."""

from __future__ import annotations

import itertools
from typing import Any

from app.core.codes import Kind, Purpose, Target, Topic, Where, Wish
from app.core.texts import Localized
from app.reports import service as reports
from app.reports.domain import ReportDraft, Sent, new_nonce
from app.routing.domain import Desk, RoutingFacts, Rule, Rules

_numbers = itertools.count(1)


def localized(text: str) -> Localized:
    """A text in German only."""
    return Localized(de=text)


def draft(**changes: Any) -> ReportDraft:
    """A gap in housing in Winzerla, sent in German."""
    values: dict[str, Any] = {
        "nonce": new_nonce(),
        "language": "de",
        "kind": Kind.GAP,
        "topic": Topic.HOUSING,
        "targets": (Target.FAMILIES,),
        "missing": ("no_service",),
        "where": Where.AREA,
        "area": "18",
        "wish": Wish.CONTACT,
        "text": "Es gibt hier keine Beratung zur Wohnungssuche.",
        "consents": frozenset({Purpose.READING, Purpose.CONTACT, Purpose.STATISTICS}),
    }
    return ReportDraft(**values | changes)


def discrimination(**changes: Any) -> ReportDraft:
    """An insult on the tram in Winzerla, told by the person themselves."""
    values: dict[str, Any] = {
        "kind": Kind.DISCRIMINATION,
        "topic": Topic.PUBLIC_TRANSPORT,
        "role": "affected",
        "grounds": ("racist_attribution",),
        "forms": ("insult",),
        "missing": (),
        "targets": (),
        "text": "Ich wurde in der Straßenbahn beleidigt.",
    }
    return draft(**values | changes)


def sent(**changes: Any) -> Sent:
    """A gap that has been submitted."""
    return reports.submit(draft(**changes))


def facts(**changes: Any) -> RoutingFacts:
    """The facts of a gap in housing."""
    areas = frozenset({"18", "ortsteil:18"})
    values: dict[str, Any] = {"kind": "gap", "topic": "housing", "areas": areas, "wish": "contact"}
    return RoutingFacts(**values | changes)


def rule(office: str, priority: int | None = None, **conditions: str | set[str]) -> Rule:
    """A rule; conditions as ``kind="gap"`` or ``topic={"work", "housing"}``."""
    number = next(_numbers)
    return Rule(
        key=f"rule-{number}",
        priority=priority or number,
        conditions={
            fact: frozenset({wanted} if isinstance(wanted, str) else wanted) for fact, wanted in conditions.items()
        },
        office=office,
        plan="poverty",
        field="poverty-housing",
        measures=(),
        because=localized("Dafür ist dieses Amt da."),
    )


def rules(*members: Rule, fallback: str = "fallback") -> Rules:
    """A rule set in the order given."""
    return Rules("test", fallback, members)


def desks(*open_ones: str, closed: tuple[str, ...] = (), parents: dict[str, str] | None = None) -> dict[str, Desk]:
    """Desks by key; ``parents`` says who stands above whom."""
    above = parents or {}
    keys = dict.fromkeys((*open_ones, *closed, *above, *above.values()))
    return {
        key: Desk(
            key,
            above.get(key),
            opens=key in open_ones,
            people=frozenset({f"{key}-reader"}),
            readers=frozenset({f"{key}-reader"}) if key in open_ones else frozenset(),
        )
        for key in keys
    }
