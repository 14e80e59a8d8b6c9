"""All reports that can be made, partitioned by the rules that match them. Pure.

Two answers to a question are alike when the same rules ask for them; so each question falls into a few classes, and all
questions together into few sets of matching rules. A report can name any number of grounds: of those, too, only matters
which rules they satisfy together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.routing.domain import RoutingFacts, Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers to one question. Each is the set of values that it says; ``several`` answers may be given at once.

    Every question may be left open.
    """

    answers: tuple[frozenset[str], ...]
    several: bool = False

    @classmethod
    def one(cls, values: Iterable[str]) -> Choice:
        """One of these."""
        return cls(tuple(frozenset({value}) for value in values))

    @classmethod
    def some(cls, values: Iterable[str]) -> Choice:
        """Any number of these."""
        return cls(tuple(frozenset({value}) for value in values), several=True)


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that a report can say: for each kind the facts it is asked about, and who can be involved.

    Nobody is involved, one organisation, or any two. More are not looked at: whom a third one bars only leaves fewer
    desks to choose from by the same steps.
    """

    facts: Mapping[str, Mapping[str, Choice]]
    involved: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """Reports that the same rules match: how many, and one of them."""

    count: int
    example: dict[str, frozenset[str]]


Groups = dict[int, Group]
"""By the rules that match, as bits."""


def grouped(rules: Sequence[Rule], kind: str, choices: Mapping[str, Choice]) -> Groups:
    """All reports of a kind, by the rules that match them."""
    groups = {satisfied(rules, "kind", frozenset({kind})): Group(1, {})}
    # What is not asked about stays open: rules that want it do not match.
    asked = [*choices, *sorted({fact for rule in rules for fact in rule.conditions} - {"kind", *choices})]
    for fact in asked:
        groups = _product(groups, fact, _classes(rules, fact, choices.get(fact, Choice(()))))
    return groups


def satisfied(rules: Sequence[Rule], fact: str, said: frozenset[str]) -> int:
    """The rules that a fact does not stand in the way of, as bits."""
    return sum(
        1 << place
        for place, rule in enumerate(rules)
        if fact not in rule.conditions or not rule.conditions[fact].isdisjoint(said)
    )


def _classes(rules: Sequence[Rule], fact: str, choice: Choice) -> dict[int, tuple[int, frozenset[str]]]:
    """The answers to a question by the rules they satisfy: how many there are, and one of them."""
    classes = {satisfied(rules, fact, frozenset()): (1, frozenset[str]())}
    for answer in choice.answers:
        mask = satisfied(rules, fact, answer)
        more: Iterator[tuple[int, tuple[int, frozenset[str]]]]
        if choice.several:
            # Everything that could be said without this answer can also be said with it.
            more = iter([(before | mask, (count, said | answer)) for before, (count, said) in classes.items()])
        else:
            more = iter([(mask, (1, answer))])
        for combined, (count, said) in more:
            known = classes.get(combined)
            classes[combined] = (count, said) if known is None else (known[0] + count, known[1])
    return classes


def _product(groups: Groups, fact: str, classes: Mapping[int, tuple[int, frozenset[str]]]) -> Groups:
    found: Groups = {}
    for mask, group in groups.items():
        for wanted, (count, said) in classes.items():
            both = mask & wanted
            if both in found:
                found[both].count += group.count * count
            else:
                found[both] = Group(group.count * count, group.example | {fact: said})
    return found


def facts_of(kind: str, said: Mapping[str, frozenset[str]]) -> RoutingFacts:
    """A report of a kind that says this and nothing else."""
    single: Callable[[str], str | None] = lambda fact: next(iter(said.get(fact, ())), None)  # noqa: E731
    nothing = frozenset[str]()
    return RoutingFacts(
        kind=kind,
        topic=single("topic"),
        wish=single("wish"),
        grounds=said.get("grounds", nothing),
        forms=said.get("form", nothing),
        areas=said.get("area", nothing),
        targets=said.get("target", nothing),
    )
