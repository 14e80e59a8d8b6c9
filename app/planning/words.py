"""Entries and differences as people read them: names instead of keys, each language for itself, no code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from app.core.codes import Budget, MeasureState, Target, Topic
from app.core.languages import DEFAULT, LANGUAGES, OFFICE_LANGUAGES, in_language, listed, speaking
from app.core.texts import Localized
from app.directory.queries import organisations
from app.places import queries as places
from app.planning.labels import ABOUT, SHAPES, attribute
from app.plans.document import About, Change, Difference, Edition

CODES: Mapping[str, Any] = {"topics": Topic, "targets": Target, "state": MeasureState, "budget": Budget}
YEARS = frozenset({"from", "to", "since", "updated", "target_year"})
FLAGS = frozenset({"example", "unconfirmed"})
DAYS = frozenset({"adopted_on", "due", "reached_on", "on"})
INSIDE = frozenset({"indicators", "milestones"})


def number(value: float) -> str:
    """A number with every digit that it has, as the page's language writes it."""
    # Not by way of the number itself, which has a long tail of digits that nobody wrote.
    return format_decimal(Decimal(repr(value)), locale=get_locale() or DEFAULT, decimal_quantization=False)


class Names:
    """The names of everything that editions speak of."""

    def __init__(self, *editions: Edition) -> None:
        """Know the entries of these editions; the first one that has a key names it."""
        self._known: dict[tuple[str, str], Localized] = {}
        for one in editions:
            for goal in one.goals:
                self._known.setdefault(("goals", goal.key), goal.name)
            for plan in one.plans:
                self._known.setdefault(("plans", plan.key), plan.short)
                for field in plan.fields_:
                    self._known.setdefault(("fields", field.key), field.name)
            for measure in one.measures:
                self._known.setdefault(("measures", measure.key), measure.name)
        level = places.city().needs_level or ""
        self._known |= {("areas", area.key): area.name for area in places.areas(level)}
        self._known |= {("organisations", key): card.name for key, card in organisations().items()}

    def name(self, kind: str, key: str) -> str:
        """What a key of a kind is called; a key that nobody knows is shown as it stands."""
        kind = {"office": "organisations", "partners": "organisations", "plan": "plans"}.get(kind, kind)
        found = self._known.get((kind, key))
        return in_language(found).text if found else key

    def entry(self, about: str, key: str) -> str:
        """What an entry is called, with its kind before it."""
        return f"{ABOUT[about]}: {self.name(f'{about}s', key)}" if key else str(ABOUT[about])

    def value(self, name: str, value: Any) -> str:  # noqa: ANN401
        """The value of an attribute in words; nothing where there is none. Texts: :func:`parts`."""
        if isinstance(value, list | tuple):
            return listed(self.value(name, one) for one in value)
        if value is None or value == "":
            return ""
        for names, words in _WORDS.items():
            if name in names:
                return words(name, value)
        return number(value) if isinstance(value, int | float) else self.name(name, str(value))


def _flag(_name: str, value: bool) -> str:  # noqa: FBT001
    return str(_("yes") if value else _("no"))


def _code(name: str, value: str) -> str:
    code = CODES[name].named(value)
    return str(code.label) if code else value


_WORDS: Mapping[frozenset[str], Callable[[str, Any], str]] = {
    FLAGS: _flag,
    frozenset(CODES): _code,
    DAYS: lambda _name, value: str(format_date(date.fromisoformat(str(value)))),
    YEARS: lambda _name, value: str(value),
    frozenset({"shape"}): lambda _name, value: str(SHAPES.get(value, value)),
}
"""How values are said, by the names of the attributes that hold such."""


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute that differs, in words. ``code`` is the language of both texts where they are in one."""

    name: str
    before: str
    after: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An entry that differs, in words. ``parts`` of one that is gone are left out."""

    change: Change
    about: About
    key: str
    title: str
    parts: tuple[Part, ...]


def said(found: Iterable[Difference], names: Names) -> tuple[Said, ...]:
    """Differences in words, in their order."""
    return tuple(
        Said(
            one.change,
            one.about,
            one.key,
            title_of(one.before, one.after, one.about, one.key),
            () if one.change is Change.REMOVED else parts(one.before, one.after, names),
        )
        for one in found
    )


def said_in_both(found: Sequence[Difference], *editions: Edition) -> tuple[tuple[Difference, dict[str, Said]], ...]:
    """Each difference with its words in each language of offices, for what is kept and read by somebody later."""
    spoken = {}
    for code in OFFICE_LANGUAGES:
        with speaking(code):
            spoken[code] = said(found, Names(*editions))
    return tuple((one, {code: words[at] for code, words in spoken.items()}) for at, one in enumerate(found))


def title_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, about: str, key: str = "") -> str:
    """What an entry is called, as it is told of before and after."""
    entry = after or before or {}
    name = in_language(Localized(entry.get("name") or {})).text or key
    return f"{ABOUT[about]}: {name}" if about != About.HEAD else str(ABOUT[about])


def parts(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names) -> tuple[Part, ...]:
    """Attribute by attribute what differs between an entry before and after, as ``document.told`` tells of it."""
    old, new = before or {}, after or {}
    found: list[Part] = []
    for name in _ordered(old, new):
        if name == "key" or old.get(name) == new.get(name):
            continue
        found += (
            _inside(name, old.get(name) or (), new.get(name) or (), names)
            if name in INSIDE
            else _part(name, attribute(name), old.get(name), new.get(name), names)
        )
    return tuple(found)


def _ordered(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return list({**new, **old})


def _part(name: str, label: str, old: Any, new: Any, names: Names) -> Iterator[Part]:  # noqa: ANN401
    if isinstance(old, dict) or isinstance(new, dict):
        yield from _texts(label, old or {}, new or {})
    elif name == "source":
        yield Part(label, old or "", new or "")
    else:
        yield Part(label, names.value(name, old), names.value(name, new))


def _texts(label: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Part]:
    for code in dict.fromkeys((*LANGUAGES, *new, *old)):
        if old.get(code) != new.get(code):
            name = LANGUAGES[code].name if code in LANGUAGES else code
            named = str(_("%(attribute)s (%(language)s)", attribute=label, language=name))
            yield Part(named, old.get(code, ""), new.get(code, ""), code)


def _inside(name: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], names: Names) -> list[Part]:
    """What differs in indicators or milestones, one by one by their keys."""
    earlier, later = {one["key"]: one for one in old}, {one["key"]: one for one in new}
    found: list[Part] = []
    for key in {**later, **earlier}:
        was, is_now = earlier.get(key, {}), later.get(key, {})
        called = in_language(Localized((is_now or was)["name"])).text
        for inner in _ordered(was, is_now):
            if inner == "key" or was.get(inner) == is_now.get(inner):
                continue
            label = _label(name, called, attribute(inner))
            if inner == "values":
                found += _values(name, called, was.get(inner, ()), is_now.get(inner, ()), names)
            else:
                found += _part(inner, label, was.get(inner), is_now.get(inner), names)
    return found or [Part(attribute(name), "", str(_("in another order")))]


def _values(
    name: str, called: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], names: Names
) -> Iterator[Part]:
    earlier, later = {one["on"]: one for one in old}, {one["on"]: one for one in new}
    for day in sorted({**earlier, **later}):
        before, after = _value(earlier.get(day), names), _value(later.get(day), names)
        if before != after:
            label = str(_("value on %(day)s", day=names.value("on", day)))
            yield Part(_label(name, called, label), before, after)


def _value(one: Mapping[str, Any] | None, names: Names) -> str:
    if one is None:
        return ""
    said_value = names.value("value", one["value"])
    return f"{said_value} ({one['source']})" if one.get("source") else said_value


def _label(name: str, called: str, inner: str) -> str:
    if name == "indicators":
        return str(_("Indicator “%(name)s”: %(attribute)s", name=called, attribute=inner))
    return str(_("Milestone “%(name)s”: %(attribute)s", name=called, attribute=inner))
