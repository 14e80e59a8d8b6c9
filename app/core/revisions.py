"""Content in memory: each process keeps what rarely changes, and asks the database once a request whether it did."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

from flask import g, has_request_context
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, db

P = ParamSpec("P")
R = TypeVar("R")


class Revision(Base):
    """A random mark for each body of content; it changes whenever the content does.

    Random rather than counted, so that a rolled-back change never shares its mark with a later one.
    """

    __tablename__ = "core_revision"
    name: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]


def marks() -> dict[str, str]:
    """The marks of all bodies of content: one small query a request."""
    if not has_request_context():
        return _read_marks()
    if "revision_marks" not in g:
        g.revision_marks = _read_marks()
    found: dict[str, str] = g.revision_marks
    return found


_MARKS = select(Revision.__table__.c.name, Revision.__table__.c.mark)
"""Made once: this is asked in every request."""


def _read_marks() -> dict[str, str]:
    return {name: mark for name, mark in db.session.execute(_MARKS)}  # noqa: C416


def mark(*names: str) -> str:
    """One mark for several bodies of content, short enough for an ETag."""
    found = marks()
    return "-".join(found.get(name, "0") for name in names)


def touch(name: str) -> None:
    """Say that a body of content has changed; takes effect with the commit."""
    db.session.merge(Revision(name=name, mark=secrets.token_urlsafe(9)))
    db.session.flush()
    if has_request_context():
        g.pop("revision_marks", None)


class Remembered(Generic[P, R]):
    """A function whose results are kept until one of the named bodies of content changes."""

    def __init__(self, names: tuple[str, ...], function: Callable[P, R], most: int) -> None:
        """Keep at most ``most`` results."""
        functools.update_wrapper(self, function)
        self._names, self._function, self._most = names, function, most
        self._kept: tuple[str, dict[object, tuple[R]]] = ("", {})

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The kept result, or a fresh one."""
        current = mark(*self._names)
        # Other threads may put newer content in the place of this at any moment; what was read under one mark must
        # not end up under another.
        marked, kept = self._kept
        if marked != current:
            kept = {}
            self._kept = (current, kept)
        key = (args, tuple(sorted(kwargs.items())))
        hit = kept.get(key)
        if hit is not None:
            return hit[0]
        result = self._function(*args, **kwargs)
        if len(kept) >= self._most:
            kept.clear()
        kept[key] = (result,)
        return result


def remembered(*names: str, most: int = 64) -> Callable[[Callable[P, R]], Remembered[P, R]]:
    """Keep a function's results in this process until one of the named bodies of content changes."""

    def decorate(function: Callable[P, R]) -> Remembered[P, R]:
        return Remembered(names, function, most)

    return decorate
