"""A table on its way into the house: checked, shown, taken over or not. What rooms say of a kind of table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from flask_babel import lazy_gettext as _l

from app.core.errors import Refused
from app.sheets.domain import Book, Fault
from app.sheets.reading import read

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    Words: TypeAlias = str | LazyString

SMALL_BYTES = 200 * 1024
SMALL_UNPACKED = 4 * 1024 * 1024
SMALL_ROWS = 2_000
"""Up to here a table is checked and taken over while the person waits for the page; larger ones by the worker."""

CHANGES_MAX = 500
"""How many changes a preview lists; it counts all of them."""


class State(StrEnum):
    """Where a table stands."""

    WAITING = "waiting"
    READING = "reading"
    FAULTY = "faulty"
    CLEAN = "clean"
    TAKING = "taking"
    TAKEN = "taken"
    STOPPED = "stopped"
    FAILED = "failed"


RUNNING = frozenset({State.WAITING, State.READING, State.TAKING})
"""Somebody waits for the worker. A person has at most one such table."""


class Action(StrEnum):
    """What taking a table over would do to a thing."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    SAME = "same"


ACTIONS: Mapping[Action, LazyString] = {
    Action.NEW: _l("New"),
    Action.CHANGED: _l("Changed"),
    Action.REMOVED: _l("Removed"),
    Action.SAME: _l("Unchanged"),
}


@dataclass(frozen=True, slots=True)
class Detail:
    """A value that would change: its name, and how it is said before and after."""

    name: Words
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Change:
    """What would happen to one thing."""

    action: Action
    name: Words
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a room found out about a table. ``changes`` is the preview; the book's own remarks are shown anyway.

    ``plan`` is whatever the room needs to take the table over; it stays in memory and goes straight to ``Kind.take``.
    """

    faults: Sequence[Fault] = ()
    remarks: Sequence[LazyString] = ()
    changes: Sequence[Change] = ()
    plan: Any = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What was done, in a whole sentence."""

    text: LazyString


class Stopped(Exception):  # noqa: N818
    """The person wants no more of this, or another worker has it."""


def _on(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Task:
    """For whom a table is checked or taken over, and the values that the flow was begun with.

    Call ``step(done, total)`` between rows: it shows progress, and raises :class:`Stopped` when the person has stopped
    the import. Let it through.
    """

    owner: str
    context: Mapping[str, str] = field(default_factory=dict)
    step: Callable[[int, int], None] = _on


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table that a room takes over.

    ``check`` reads only. It may be called several times. ``take`` gets what a check of a moment ago found without a
    fault, and writes (flush, never commit); it may raise ``Refused``. ``base`` names the state of what the table is
    compared with, such as a revision mark: where it differs from that of the check, the table is checked again and
    shown again before anything is written. ``reader`` makes a book of a file; it may raise ``Unreadable``.
    """

    key: str
    check: Callable[[Book, Task], Checked]
    take: Callable[[Checked, Task], Summary]
    base: Callable[[Mapping[str, str]], str] = lambda _context: ""
    reader: Callable[[bytes, str], Book] = read


class Busy(Refused):
    """The person has another table on its way."""
