"""Tables that somebody takes over: checked at once where they are small, else by the worker, and never half.

A table is checked, shown, and taken over in one transaction when the person says so. While the worker reads, it writes
how far it is in small transactions of its own and looks whether the person wants to stop: SQLite has one writer, so a
table is read again without a lock right before it is written. A worker has a table by a random mark; one that was
silent for too long loses it to the next, and cannot write any more.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, event, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.database import apart, db, intent
from app.core.errors import Refused
from app.core.languages import all_in_office_languages, in_office_languages
from app.sheets import queries
from app.sheets.books import unpacked_bytes
from app.sheets.domain import Book, Fault, Unreadable
from app.sheets.models import Job
from app.sheets.tasks import (
    CHANGES_MAX,
    RUNNING,
    SMALL_BYTES,
    SMALL_ROWS,
    SMALL_UNPACKED,
    Action,
    Busy,
    Change,
    Checked,
    Kind,
    State,
    Stopped,
    Summary,
    Task,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
"""How long a table, and what was said about it, is kept after its last change."""

SILENT = timedelta(minutes=5)
"""After this a worker that was not heard of has been killed."""

ATTEMPTS_MAX = 3
BEAT_SECONDS = 1.0
NAME_MAX = 200

_kinds: dict[str, Kind] = {}
_wakers: list[Callable[[str], None]] = []


def register(kind: Kind) -> Kind:
    """Let the house take over a kind of table. Once, when the room is imported."""
    _kinds[kind.key] = kind
    return kind


def when_waiting(wake: Callable[[str], None]) -> None:
    """Have somebody told of each table that waits for the worker, by its id, after the commit."""
    _wakers[:] = [wake]


# What a person does --------------------------------------------------------------------------------------------------


def send(kind: str, owner: str, file_name: str, content: bytes, context: Mapping[str, str]) -> Job:
    """Take a file in and check it, at once where it is small.

    Raises:
        Unreadable: it is no table; nothing is kept.
        Busy: the person has another table on its way.
    """
    book = _kinds[kind].reader(content, file_name) if _is_small(content) else None
    job = Job(
        id=secrets.token_urlsafe(12),
        kind=kind,
        owner=owner,
        context=dict(context),
        file_name=file_name[-NAME_MAX:],
        content=content,
    )
    _add(job)
    if book is not None and book.rows <= SMALL_ROWS:
        base = _kinds[kind].base(context)
        job.total = job.done = book.rows
        _note(job, book, _kinds[kind].check(book, Task(owner, dict(context))), base)
    else:
        _wake(job.id)
    db.session.flush()
    return job


def _is_small(content: bytes) -> bool:
    return len(content) <= SMALL_BYTES and unpacked_bytes(content) <= SMALL_UNPACKED


def _add(job: Job) -> None:
    if queries.running(job.owner) is not None:
        raise _busy()
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        raise _busy() from None


def _busy() -> Busy:
    return Busy(_l("Another of your tables is being read. Please wait for it, or stop it."))


def take(job: Job) -> None:
    """Take a clean table over: at once where it is small, else by the worker. Where the base has changed, check anew.

    Raises:
        Refused: it is not clean, or another one is on its way.
    """
    # Whoever presses the button twice waits here, and then finds it taken.
    db.session.refresh(job, with_for_update=True)
    if job.state != State.CLEAN or job.content is None:
        raise Refused(_l("This table cannot be taken over any more. Please send it again."))
    other = queries.running(job.owner)
    if other is not None:
        raise _busy()
    job.changed_at = now()
    if not _is_small(job.content) or job.total > SMALL_ROWS:
        job.state, job.done, job.attempts = State.TAKING, 0, 0
        _wake(job.id)
    else:
        _take_at_once(job)
    db.session.flush()


def _take_at_once(job: Job) -> None:
    kind = _kinds[job.kind]
    base = kind.base(job.context)
    task = Task(job.owner, job.context)
    book = kind.reader(job.content or b"", job.file_name)
    checked = kind.check(book, task)
    if base != job.base or checked.faults:
        job.again = True
        _note(job, book, checked, base)
        return
    try:
        with db.session.begin_nested():
            summary = kind.take(checked, task)
    except Refused as refusal:
        _end(job, State.FAILED, _reason(refusal))
    else:
        _end(job, State.TAKEN, in_office_languages(summary.text))


def stop(job: Job) -> None:
    """Stop an import, or let a table go that was not taken over. What is stopped has written nothing."""
    if job.state in RUNNING and job.claim is not None:
        job.stop_wanted = True
    elif job.state in {*RUNNING, State.CLEAN, State.FAULTY}:
        _end(job, State.STOPPED, {})
    job.changed_at = now()
    db.session.flush()


# What the worker does ------------------------------------------------------------------------------------------------


def left() -> list[str]:
    """Tables that wait for a worker, also those whose worker was killed."""
    return queries.left(now() - SILENT)


def work(identity: str) -> None:
    """Check a table or take it over, if it still waits. Commits on its own; call it outside of any transaction."""
    claim = secrets.token_urlsafe(12)
    with apart():
        job = _claimed(identity, claim)
        if job is None:
            return
        known = _Known(job.id, job.kind, job.owner, job.file_name, dict(job.context), job.base, claim)
        state, content = job.state, job.content or b""
    try:
        (_take_over if state == State.TAKING else _look_at)(known, content)
    except Stopped:
        _finish(known, State.STOPPED, {})
    except Refused as refusal:
        _finish(known, State.FAILED, _reason(refusal))
    except Exception:
        log.exception("a table could not be worked on", extra={"kind": known.kind})
        _finish(known, State.FAILED, in_office_languages(BROKEN))


BROKEN = _l("Something went wrong on our side. Nothing was taken over. Please send the table again.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a worker knows of the table it has."""

    id: str
    kind: str
    owner: str
    file_name: str
    context: Mapping[str, str]
    base: str | None
    claim: str


def _claimed(identity: str, claim: str) -> Job | None:
    """The table, now this worker's; None where another has it, or where it killed too many workers already."""
    moment = now()
    idle = or_(Job.claim.is_(None), Job.beat_at < moment - SILENT)
    ours = update(Job).where(Job.id == identity, Job.state.in_(RUNNING), idle)
    ours = ours.values(claim=claim, beat_at=moment, changed_at=moment, attempts=Job.attempts + 1, done=0, total=0)
    ours = ours.returning(Job.id).execution_options(synchronize_session=False)
    if db.session.execute(ours).first() is None:
        return None
    job = db.session.get_one(Job, identity, populate_existing=True)
    if job.stop_wanted or job.attempts > ATTEMPTS_MAX:
        _end(job, *((State.STOPPED, {}) if job.stop_wanted else (State.FAILED, in_office_languages(BROKEN))))
        return None
    if job.state == State.WAITING:
        job.state = State.READING
    db.session.flush()
    return job


def _looked_up(known: _Known, content: bytes) -> tuple[Book, Checked, str]:
    """What the room finds, by reading only, with the base that it was compared with."""
    kind = _kinds[known.kind]
    with intent(writes=False):
        try:
            base = kind.base(known.context)
            book = kind.reader(content, known.file_name)
            checked = kind.check(book, Task(known.owner, known.context, _Beat(known, book).step))
        finally:
            db.session.rollback()
    return book, checked, base


def _look_at(known: _Known, content: bytes) -> None:
    try:
        book, checked, base = _looked_up(known, content)
    except Unreadable as unreadable:
        book, base = Book(known.file_name, ()), ""
        checked = Checked(faults=[Fault("", None, None, None, unreadable.reason)])
    with apart():
        job = _still_ours(known)
        job.total = job.done = book.rows
        _note(job, book, checked, base)


def _take_over(known: _Known, content: bytes) -> None:
    kind = _kinds[known.kind]
    book, checked, base = _looked_up(known, content)
    with apart():
        if checked.faults or base != known.base or kind.base(known.context) != base:
            # Somebody else was faster: the person has to see what would change now.
            job = _still_ours(known)
            job.state, job.again, job.claim, job.attempts = State.WAITING, True, None, 0
            _wake(job.id)
            return
        # The row of the table itself stays free until the end, so that a wish to stop can be written meanwhile.
        summary: Summary = kind.take(checked, Task(known.owner, known.context, _Watch(known).step))
        job = _still_ours(known)
        job.total = job.done = book.rows
        _end(job, State.TAKEN, in_office_languages(summary.text))


def _still_ours(known: _Known) -> Job:
    """The table, locked until the end of the transaction.

    Raises:
        Stopped: the person wants no more, or another worker has it.
    """
    wanted = select(Job).where(Job.id == known.id, Job.claim == known.claim, Job.stop_wanted.is_(False))
    job = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if job is None:
        raise Stopped
    return job


def _finish(known: _Known, state: State, said: Mapping[str, str]) -> None:
    with apart():
        job = db.session.scalar(select(Job).where(Job.id == known.id, Job.claim == known.claim).with_for_update())
        if job is not None:
            _end(job, state, said)


class _Watch:
    """Looks now and then whether the person wants to stop, while the table is written."""

    def __init__(self, known: _Known) -> None:
        self._known = known
        self._looked = time.monotonic()

    def step(self, done: int, total: int) -> None:
        if time.monotonic() - self._looked >= BEAT_SECONDS:
            self._looked = time.monotonic()
            self._look(done, total)

    def _look(self, _done: int, _total: int) -> None:
        wanted = select(Job.id).where(
            Job.id == self._known.id, Job.claim == self._known.claim, Job.stop_wanted.is_(False)
        )
        with intent(writes=False), db.engine.connect() as connection:
            if connection.execute(wanted).first() is None:
                raise Stopped


class _Beat(_Watch):
    """Writes how far the reading is as well."""

    def __init__(self, known: _Known, book: Book) -> None:
        super().__init__(known)
        self._look(0, book.rows)

    def _look(self, done: int, total: int) -> None:
        ours = update(Job).where(Job.id == self._known.id, Job.claim == self._known.claim, Job.stop_wanted.is_(False))
        with intent(writes=True), db.engine.begin() as connection:
            if connection.execute(ours.values(done=done, total=total, beat_at=now())).rowcount == 0:
                raise Stopped


def forget_old() -> None:
    """Remove tables that nobody has touched for a while."""
    db.session.execute(delete(Job).where(Job.changed_at < now() - KEPT))


# What is kept --------------------------------------------------------------------------------------------------------


def _note(job: Job, book: Book, checked: Checked, base: str) -> None:
    job.state = State.FAULTY if checked.faults else State.CLEAN
    job.base, job.claim, job.changed_at = base, None, now()
    reasons = all_in_office_languages(fault.reason for fault in checked.faults)
    job.faults = [
        {"sheet": fault.sheet, "row": fault.row, "column": fault.column, "head": fault.head, "reason": reason}
        for fault, reason in zip(checked.faults, reasons, strict=True)
    ]
    job.remarks = all_in_office_languages((*book.remarks, *checked.remarks))
    job.preview = _preview(checked)
    if checked.faults:
        job.content = None


def _preview(checked: Checked) -> dict[str, Any]:
    counts = Counter(change.action for change in checked.changes)
    shown = [change for change in checked.changes if change.action != Action.SAME]
    listed = shown[:CHANGES_MAX]
    words = iter(all_in_office_languages(word for change in listed for word in _words(change)))
    return {
        "counts": {action.value: counts[action] for action in Action},
        "more": len(shown) - len(listed),
        "changes": [
            {
                "action": change.action.value,
                "name": next(words),
                "details": [[next(words), next(words), next(words)] for _detail in change.details],
            }
            for change in listed
        ],
    }


def _words(change: Change) -> Iterator[object]:
    yield change.name
    for detail in change.details:
        yield from (detail.name, detail.before, detail.after)


def _end(job: Job, state: State, said: Mapping[str, str]) -> None:
    job.state, job.said = state, dict(said)
    job.content = job.claim = None
    job.changed_at = now()
    db.session.flush()


def _reason(refusal: Refused) -> dict[str, str]:
    return in_office_languages(refusal.args[0])


# After the commit ----------------------------------------------------------------------------------------------------

_WAITING = "sheets waiting"


def _wake(identity: str) -> None:
    db.session.info.setdefault(_WAITING, []).append(identity)


@event.listens_for(db.session, "after_commit")
def _tell(session: Session) -> None:
    # The end of a part inside is no end: what is told then is not there for the worker.
    if not session.in_nested_transaction():
        for identity in session.info.pop(_WAITING, ()):
            for wake in _wakers:
                wake(identity)


@event.listens_for(db.session, "after_rollback")
def _keep_quiet(session: Session) -> None:
    session.info.pop(_WAITING, None)
