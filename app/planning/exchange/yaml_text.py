"""A whole edition as a YAML text in the shape of a city's folder, and back. Faults name their line.

What ``edition.yaml``, ``plans.yaml`` and ``measures.yaml`` hold stands in one text: the head, ``plans``, ``measures``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import yaml
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from app.planning.exchange.domain import Said
from app.planning.exchange.reasons import reason
from app.plans.document import About, Edition, told
from app.sheets.domain import BYTES_MAX, Book, Fault, Row, Sheet, Unreadable
from app.sheets.reading import too_large

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

YAML_TYPE = "application/yaml"
ENDINGS = (".yaml", ".yml")

FAULTS_MAX = 500
DEPTH_MAX = 30
"""Levels of a text; an edition has eight."""

_LISTS = {About.GOAL: "goals", About.PLAN: "plans", About.MEASURE: "measures"}


def to_yaml(edition: Edition) -> str:
    """An edition as a text that people can read, edit and compare."""
    return yaml.dump(told(edition), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Lists of words on one line, as people write them; everything else in blocks."""

    def represent_sequence(self, tag: str, sequence: Iterable[Any], flow_style: bool | None = None) -> yaml.Node:  # noqa: FBT001
        """A list, on one line when it holds only words."""
        items = list(sequence)
        words = all(isinstance(item, str) for item in items)
        found: yaml.Node = super().represent_sequence(tag, items, flow_style=words or flow_style)
        return found

    def ignore_aliases(self, _data: object) -> bool:
        """Never a reference in the place of words."""
        return True


def book_of(content: bytes, file_name: str) -> Book:
    """The lines of a text as the rows of a sheet, so that it takes the way of tables.

    Raises:
        Unreadable: it is too large or no text.
    """
    if len(content) > BYTES_MAX:
        raise too_large()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_l("This file is no text in UTF-8.")) from None
    if not text.strip():
        raise Unreadable(_l("This file is empty."))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Book(file_name, (Sheet("", tuple(Row(number, (line,)) for number, line in enumerate(lines, 1))),))


def text_of(book: Book) -> str:
    """The text whose lines a book holds."""
    return "\n".join(str(row.cells[0]) for row in book.sheets[0].rows)


def said(text: str) -> Said:
    """What a text says."""
    root = _Broken(1, _l("There is nothing in it."))
    try:
        found = _composed(text)
    except _Broken as broken:
        root, found = broken, None
    if found is None:
        return Said(None, (_fault(root.line, "", root.reason),), lambda _about, _key, _name, why: _fault(1, "", why))
    placed = _Places(found).placed
    twice = tuple(_fault(line, path, why) for line, path, why in _doubles(found, ()))
    try:
        edition = Edition.model_validate(_plain(found))
    except ValidationError as error:
        faults = [_of(found, one) for one in error.errors(include_url=False)]
        ordered = sorted([*twice, *faults], key=lambda one: one.row or 0)
        return Said(None, tuple(ordered[:FAULTS_MAX]), placed)
    return Said(None if twice else edition, twice, placed)


class _Broken(Exception):  # noqa: N818
    """A text is no YAML, or more than an edition needs."""

    def __init__(self, line: int, why: LazyString) -> None:
        super().__init__(line)
        self.line, self.reason = line, why


def _composed(text: str) -> yaml.Node | None:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                raise _Broken(line, _l("Please write it out: references are not read here."))
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEPTH_MAX:
                raise _Broken(line, _l("This is nested more deeply than an edition is."))
        found: yaml.Node | None = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _Broken(line, _l("This is no YAML: %(problem)s.", problem=error.problem or "")) from None
    except yaml.YAMLError:
        raise _Broken(1, _l("This is no YAML.")) from None
    return found


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401
    """The values of a node. Days stay words; what stands for nothing becomes None."""
    if isinstance(node, yaml.MappingNode):
        return {_word(name): _plain(value) for name, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    tag, word = node.tag.removeprefix("tag:yaml.org,2002:"), str(node.value)
    if tag == "null":
        return None
    if tag == "bool":
        return word.casefold() in {"true", "yes", "on"}
    if tag in {"int", "float"}:
        for kind in (int, float):
            try:
                return kind(word)
            except ValueError:
                continue
    return word


def _word(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _doubles(node: yaml.Node, path: tuple[object, ...]) -> Iterator[tuple[int, str, LazyString]]:
    """Names that stand twice in one place: of two values the second one would win without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for name, value in node.value:
            word = _word(name)
            if word in seen:
                yield name.start_mark.line + 1, "", _l("“%(name)s” stands here twice.", name=word)
            seen.add(word)
            yield from _doubles(value, (*path, word))
    elif isinstance(node, yaml.SequenceNode):
        for number, one in enumerate(node.value):
            yield from _doubles(one, (*path, number))


def _of(root: yaml.Node, error: Any) -> Fault:  # noqa: ANN401
    """The fault for one that pydantic has found, at the line of the nearest thing that is there."""
    node, names = root, []
    for part in error["loc"]:
        inner = _inner(node, part)
        if inner is None:
            if isinstance(part, str):
                names.append(part)
            break
        names.append(_called(inner, part))
        node = inner
    return _fault(node.start_mark.line + 1, ": ".join(names), reason(error))


def _inner(node: yaml.Node, part: object) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if _word(name) == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None


def _members(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _called(node: yaml.Node, part: object) -> str:
    """What a part of a path is called: an entry of a list by its key where it has one."""
    key = _inner(node, "key") if isinstance(part, int) else None
    return _word(key) if key is not None else str(part + 1 if isinstance(part, int) else part)


def _fault(line: int, where: str, why: LazyString) -> Fault:
    told_why = _l("%(where)s: %(reason)s", where=where, reason=why) if where else why
    return Fault("", line, None, None, told_why)


class _Places:
    """Where entries and their attributes stand in a text."""

    def __init__(self, root: yaml.Node) -> None:
        self._root = root

    def placed(self, about: About, key: str, attribute: str, why: LazyString) -> Fault:
        """A fault at an attribute of an entry, else at the entry, else at the top."""
        node = self._root
        if about is About.FIELD:
            plans = _members(_inner(self._root, "plans"))
            entries = [one for plan in plans for one in _members(_inner(plan, "fields"))]
        else:
            entries = _members(_inner(self._root, _LISTS.get(about, "")))
        # The last one: where a key is used twice, the second entry is the one that is wrong.
        for one in entries:
            if _word(_inner(one, "key") or one) == key:
                node = one
        line = (_inner(node, attribute) or node).start_mark.line + 1
        return _fault(line, ": ".join(part for part in (key, attribute) if part), why)
