"""Rules as a YAML text in the shape of a city's ``routing.yaml``, and back. A fault is named with its line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar, get_args

import yaml

from app.core.texts import Localized
from app.routing.domain import CODES, BrokenRules, Fact, Rule, Rules, in_order
from app.routing.history import told

T = TypeVar("T")

KEYS_OF_A_SET = frozenset({"version", "fallback", "rules"})
KEYS_OF_A_RULE = frozenset({"key", "priority", "valid_from", "valid_until", "when", "then", "because"})
KEYS_OF_THEN = frozenset({"office", "plan", "field", "measures"})

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def to_yaml(rules: Rules) -> str:
    """All rules of a set as a text that people can read, edit and compare."""
    content = {
        "version": rules.version,
        "fallback": rules.fallback,
        "rules": [told(rule) for rule in in_order(rules.rules)],
    }
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


class _Dumper(yaml.SafeDumper):
    """Lists of codes on one line, as people write them; everything else in blocks."""

    def represent_sequence(
        self,
        tag: str,
        sequence: Iterable[Any],
        flow_style: bool | None = None,  # noqa: FBT001
    ) -> yaml.SequenceNode:
        """A list, on one line when it holds only words."""
        items = list(sequence)
        words = all(isinstance(item, str) for item in items)
        return super().represent_sequence(tag, items, flow_style=words or flow_style)


def from_yaml(text: str) -> Rules:
    """The rules of a text. Whether the offices, areas, fields and measures exist is not looked at here.

    Raises:
        BrokenRules: naming the line, the rule and the fault, for the first one.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise BrokenRules(f"{line}{error.problem or 'is no YAML'}") from None
    except (yaml.YAMLError, RecursionError):
        raise BrokenRules("line 1: is no YAML") from None
    if root is None:
        raise BrokenRules("line 1: there is nothing")
    whole = _Part(root).mapping(KEYS_OF_A_SET)
    version, fallback = whole.need("version").text(), whole.need("fallback").text()
    rules = []
    lines: dict[str, int] = {}
    for part in whole.need("rules").sequence():
        rule = _rule(part)
        if rule.key in lines:
            raise part.fault(f"the key is used twice, first in line {lines[rule.key]}", rule.key)
        lines[rule.key] = part.line
        rules.append(rule)
    return Rules(version, fallback, in_order(rules))


def _rule(part: _Part) -> Rule:
    key = part.mapping(KEYS_OF_A_RULE).need("key").key()
    said = _Part(part.node, key).mapping(KEYS_OF_A_RULE)
    when, then = said.need("when").mapping(get_args(Fact)), said.need("then").mapping(KEYS_OF_THEN)
    because = said.need("because").mapping(None)
    first, last = said.may("valid_from", _Part.day), said.may("valid_until", _Part.day)
    if first and last and last < first:
        raise said.need("valid_until").fault("the validity ends before it begins")
    return Rule(
        key=key,
        priority=said.need("priority").number(),
        conditions={fact: _condition(fact, values) for fact, values in when.parts.items()},
        office=then.need("office").key(),
        plan=then.need("plan").key(),
        field=then.need("field").key(),
        measures=tuple(one.key() for one in then.may("measures", _Part.sequence) or ()),
        because=Localized({language: words.text() for language, words in because.parts.items()}),
        valid_from=first,
        valid_until=last,
    )


def _condition(fact: str, part: _Part) -> frozenset[str]:
    values = set()
    for one in part.sequence():
        value = one.text()
        if fact != "area" and value not in set(CODES[fact]):  # type: ignore[index]
            raise one.fault(f"{fact} has no value {value!r}")
        values.add(value)
    if not values:
        raise part.fault(f"condition {fact!r} is empty")
    return frozenset(values)


class _Part:
    """A part of the text that knows its line and the rule that it belongs to."""

    def __init__(self, node: yaml.Node, name: str = "") -> None:
        self.node, self.name = node, name
        self.parts: Mapping[str, _Part] = {}

    @property
    def line(self) -> int:
        return self.node.start_mark.line + 1

    def fault(self, what: str, name: str = "") -> BrokenRules:
        """The fault, to be raised."""
        rule = name or self.name
        return BrokenRules(f"line {self.line}: " + (f"rule {rule!r}: " if rule else "") + what)

    def mapping(self, allowed: Collection[str] | None) -> _Part:
        """Itself with its parts by name, of which only some are allowed (None: any)."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.fault("must hold names and values")
        found: dict[str, _Part] = {}
        for name, value in self.node.value:
            word = _Part(name, self.name).text()
            if allowed is not None and word not in allowed:
                raise _Part(name, self.name).fault(f"{word!r} has no meaning here")
            if word in found:
                raise _Part(name, self.name).fault(f"{word!r} stands twice")
            found[word] = _Part(value, self.name)
        self.parts = found
        return self

    def need(self, name: str) -> _Part:
        """A part that must be there."""
        if name not in self.parts:
            raise self.fault(f"{name!r} is missing")
        return self.parts[name]

    def may(self, name: str, read: Callable[[_Part], T]) -> T | None:
        """What stands in a part that may be missing or empty."""
        part = self.parts.get(name)
        return None if part is None or part.node.tag == "tag:yaml.org,2002:null" else read(part)

    def sequence(self) -> list[_Part]:
        """The parts of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.fault("must hold a list")
        return [_Part(one, self.name) for one in self.node.value]

    def text(self) -> str:
        """Words, not nothing."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.fault("must be a text")
        words: str = self.node.value.strip()
        return words

    def key(self) -> str:
        """A key: lower-case letters, digits and hyphens."""
        word = self.text()
        if not LETTERS.issuperset(word):
            raise self.fault(f"{word!r} is no key: lower-case letters a-z, digits and hyphens")
        return word

    def number(self) -> int:
        """A whole number."""
        try:
            return int(self.text())
        except ValueError:
            raise self.fault(f"{self.text()!r} is no whole number") from None

    def day(self) -> date:
        """A day as 2026-11-23."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.fault(f"{self.text()!r} is no day, such as 2026-11-23") from None
