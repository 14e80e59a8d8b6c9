"""What the app says to the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.core import database
from app.core.database import db

WRITING = re.compile(
    r"^\s*(WITH\b.*\b)?(INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|DROP|ALTER|TRUNCATE)\b", re.IGNORECASE | re.DOTALL
)
# A row lock is not a write.
LOCKING = re.compile(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b.*$", re.IGNORECASE | re.DOTALL)


def writes(statement: str) -> bool:
    """Whether a statement changes something."""
    return bool(WRITING.match(LOCKING.sub("", statement)))


class Said(list[str]):
    """Statements in order; ``unforeseen`` are those that write where the request had said that it only reads.

    On PostgreSQL such a write is there at once, whatever happens to the rest of the request.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.unforeseen: list[str] = []


@contextmanager
def statements(app: Flask) -> Iterator[Said]:
    """All statements inside the block, without those that open and close transactions."""
    said = Said()

    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            return
        said.append(statement)
        if writes(statement) and not database._writes.get():
            said.unforeseen.append(statement)

    with app.app_context():
        engine = db.engines[None]
    target = getattr(engine, "engine", engine)
    event.listen(target, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(target, "before_cursor_execute", listen)
