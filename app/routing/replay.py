"""What would have become of past reports by other rules: where they go, and how much each office would have. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.routing.domain import Desk, RoutingFacts, Rule, Rules, decide
from app.routing.partition import satisfied

Way = tuple[str | None, str | None]
"""The office by the rules before, and by those after; None: kept for the reporter."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Past reports by two sets of rules.

    ``moved`` counts those that would go elsewhere, with one of them in ``examples``; ``load`` counts for each office
    what it gets before and after.
    """

    total: int
    moved: Mapping[Way, int]
    load: Mapping[str, tuple[int, int]]
    examples: Mapping[Way, RoutingFacts]


def replay(facts: Iterable[RoutingFacts], before: Rules, after: Rules, desks: Mapping[str, Desk]) -> Replay:
    """Decide all reports twice, by rules that hold. Reports that meet the same rules are decided once."""
    rules = (*before.rules, *after.rules)
    # By what is said to a question, the rules it satisfies as bits: there are far fewer answers than reports.
    kinds, topics, wishes = (_Known(rules, fact) for fact in ("kind", "topic", "wish"))
    grounds, forms, areas, targets = (_Known(rules, fact) for fact in ("grounds", "form", "area", "target"))
    alike: dict[_Alike, _Group] = {}
    for one in facts:
        met = kinds[one.kind] & topics[one.topic] & wishes[one.wish] & grounds[one.grounds]
        met &= forms[one.forms] & areas[one.areas] & targets[one.targets]
        group = alike.setdefault((met, one.involved, one.excluded, one.independent), _Group(one))
        group.number += 1
    return _told(alike.values(), before, after, desks)


_Alike = tuple[int, frozenset[str], frozenset[str], bool]
"""All that a decision depends on: the rules that a report meets, and who may not read it."""


@dataclass(slots=True)
class _Group:
    """Reports that are decided alike."""

    example: RoutingFacts
    number: int = 0


class _Known(dict[str | frozenset[str] | None, int]):
    """The rules that what is said to a question does not stand in the way of, looked up once for each answer."""

    def __init__(self, rules: Sequence[Rule], fact: str) -> None:
        super().__init__()
        self._rules, self._fact = rules, fact

    def __missing__(self, said: str | frozenset[str] | None) -> int:
        values = said if isinstance(said, frozenset) else frozenset(() if said is None else (said,))
        self[said] = met = satisfied(self._rules, self._fact, values)
        return met


def _told(groups: Iterable[_Group], before: Rules, after: Rules, desks: Mapping[str, Desk]) -> Replay:
    moved: Counter[Way] = Counter()
    had: Counter[str | None] = Counter()
    gets: Counter[str | None] = Counter()
    examples: dict[Way, RoutingFacts] = {}
    for group in groups:
        way = decide(group.example, before, desks).office, decide(group.example, after, desks).office
        had[way[0]] += group.number
        gets[way[1]] += group.number
        if way[0] != way[1]:
            moved[way] += group.number
            examples.setdefault(way, group.example)
    offices = sorted(key for key in had.keys() | gets.keys() if key is not None)
    return Replay(had.total(), dict(moved), {key: (had[key], gets[key]) for key in offices}, examples)
