"""The URL map, as a list of requests to make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def rules(app: Flask) -> list[Rule]:
    """Every rule, in a stable order."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def address_of(rule: Rule, **known: Any) -> str:
    """An address that the rule matches: with the values that are known, else of nothing in particular."""
    values: dict[str, Any] = {}
    converters: Mapping[str, Any] = rule._converters
    for name in rule.arguments:
        converter = converters[name]
        if name in known:
            values[name] = known[name]
        elif name == "lang":
            values[name] = "de"
        elif hasattr(converter, "items"):
            values[name] = min(converter.items)
        else:
            values[name] = 1 if isinstance(converter, IntegerConverter) else "x"
    address = rule.build(values)
    assert address is not None
    return address[1]


def calls(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with each method that it takes."""
    for rule in rules(app):
        for method in sorted((rule.methods or set()) & METHODS):
            yield rule, method
