"""The verbs on reports: begin, write, refresh, hand in, issue by a second person, make the files, withdraw."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.core.clock import now
from app.core.database import apart, db, intent
from app.core.languages import speaking
from app.core.texts import Localized
from app.needs.snapshot import queries as snapshots
from app.needs.snapshot import service as taking
from app.needs.snapshot.domain import Snapshot
from app.strategy import queries
from app.strategy.domain import (
    LANGUAGES,
    Format,
    NotPossible,
    ReportCard,
    SamePerson,
    State,
    Unknown,
    Wanted,
    places,
)
from app.strategy.material import Material, material
from app.strategy.models import Report, ReportFile
from app.strategy.printing import printed
from app.strategy.writing import paper


def begin(wanted: Wanted, by: str | None) -> Report:
    """Begin a report on the numbers of today. Texts of an earlier one of the same edition and period come along.

    Raises:
        Unknown: an edition has no published version.
    """
    snapshot = taking.take()
    material(wanted, snapshot, {})
    texts = {place: dict(text) for place, text in queries.texts_for(wanted).items()}
    row = Report(
        edition=wanted.edition,
        first=wanted.months.first,
        last=wanted.months.last,
        compare=wanted.compare,
        snapshot=snapshot.hash,
        state=State.DRAFT,
        texts=texts,
        made_by=by,
        reason=Localized(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def write(row: Report, place: str, text: Localized) -> None:
    """Put a free text in its place; an empty one takes it away.

    Raises:
        NotPossible: it is no draft.
        Unknown: the report has no such place.
    """
    _only(row, State.DRAFT)
    if place not in places(of(row).edition):
        raise Unknown(place)
    said = {code: words for code, words in text.items() if words}
    row.texts = {name: kept for name, kept in row.texts.items() if name != place} | ({place: said} if said else {})
    db.session.flush()


def refresh(row: Report) -> bool:
    """Take the numbers of today; the texts stay. Says whether anything is different.

    Raises:
        NotPossible: it is no draft.
        Unknown: an edition has no published version any more.
    """
    _only(row, State.DRAFT)
    before, snapshot = row.snapshot, taking.take()
    row.snapshot = snapshot.hash
    of(row)
    db.session.flush()
    return before != snapshot.hash


def submit(row: Report, by: str | None) -> None:
    """Hand a draft in, for somebody else to look at and issue.

    Raises:
        NotPossible: it is no draft.
    """
    _only(row, State.DRAFT)
    row.state, row.submitted_at, row.submitted_by = State.SUBMITTED, now(), by
    db.session.flush()


def give_back(row: Report) -> None:
    """Make a draft of it again.

    Raises:
        NotPossible: it does not wait for a second person.
    """
    _only(row, State.SUBMITTED)
    row.state, row.submitted_at, row.submitted_by = State.DRAFT, None, None
    db.session.flush()


def issue(row: Report, by: str | None) -> None:
    """Issue what somebody else has handed in; its files are made next.

    Raises:
        NotPossible: it does not wait for a second person.
        SamePerson: the same person has handed it in.
    """
    _only(row, State.SUBMITTED)
    if by is not None and by == row.submitted_by:
        raise SamePerson
    row.state, row.issued_at, row.issued_by = State.MAKING, now(), by
    db.session.flush()


def make_files() -> None:
    """Make the files of the issued report that waits longest. It takes seconds, so nobody waits for it at a page.

    Commits after each language; call it outside of any transaction. Who is stopped goes on where they were.
    """
    with intent(writes=False):
        identity = queries.waiting()
        found = None if identity is None else queries.report(identity)
        made = set() if identity is None else {one.language for one in queries.files(identity)}
        if found is None:
            db.session.rollback()
            return
        for code in LANGUAGES:
            if code not in made:
                _keep(found.id, code, _files(of(found), code))
    with apart():
        row = queries.report_to_change(found.id)
        if row is not None and row.state == State.MAKING:
            row.state = State.ISSUED


def _files(found: Material, code: str) -> tuple[str, dict[Format, bytes]]:
    with speaking(code):
        made = paper(found)
        return made.title, {wanted: printed(made, wanted) for wanted in Format}


def _keep(identity: int, code: str, made: tuple[str, dict[Format, bytes]]) -> None:
    title, files = made
    with apart():
        for wanted, content in files.items():
            digest = hashlib.sha256(content).hexdigest()
            db.session.add(
                ReportFile(
                    report_id=identity, language=code, format=wanted, title=title, content=content, digest=digest
                )
            )


_wakers: list[Callable[[], None]] = []


def when_issued(wake: Callable[[], None]) -> None:
    """Have somebody told that files have to be made."""
    _wakers[:] = [wake]


def wake() -> None:
    """Tell them, after the commit. Where that fails, the files are made within a minute."""
    for one in _wakers:
        one()


def withdraw(row: Report, by: str | None, reason: Localized) -> None:
    """Take an issued report back. That it was there stays visible, with the reason; its files are no longer given out.

    Raises:
        NotPossible: it has not been issued.
    """
    _only(row, State.ISSUED)
    row.state, row.withdrawn_at, row.withdrawn_by, row.reason = State.WITHDRAWN, now(), by, reason
    db.session.flush()


def discard(row: Report) -> None:
    """Throw a draft away.

    Raises:
        NotPossible: it is no draft.
    """
    db.session.delete(_only(row, State.DRAFT))
    db.session.flush()


def of(report: Report | ReportCard) -> Material:
    """What a report is made of.

    Raises:
        Unknown: its snapshot or an edition is not there.
    """
    card = queries.report(report.id) if isinstance(report, Report) else report
    if card is None:
        raise Unknown(str(report.id))
    return material(card.wanted, _snapshot(card.snapshot), card.texts)


def _snapshot(wanted: str) -> Snapshot:
    found = snapshots.named(wanted)
    if found is None:
        raise Unknown(f"No snapshot {wanted!r} is kept.")
    return found


def _only(row: Report, state: State) -> Report:
    if row.state != state:
        raise NotPossible(row.state)
    return row
