"""The verbs on editions: begin a draft, change it, submit it, publish it by a second person, put an edition in force.

A version that was published is never changed; what differs from it is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from app.core.clock import now
from app.core.database import db
from app.core.revisions import touch
from app.directory.queries import organisations
from app.places import queries as places
from app.plans import queries
from app.plans.document import About, Edition, Found, Known, Measure, differences, flaws, told
from app.plans.domain import UnknownEdition
from app.plans.models import EditionRow, VersionChange, VersionRow
from app.plans.projection import project


class State(StrEnum):
    """What a version is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Deed(StrEnum):
    """What somebody did to a version."""

    BEGUN = "begun"
    CHANGED = "changed"
    TAKEN_IN = "taken_in"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"


class NotPossible(Exception):  # noqa: N818
    """A verb does not fit the state of a version."""


class SamePerson(Exception):  # noqa: N818
    """Whoever submits a version does not publish it: four eyes look at it."""


class Flawed(Exception):  # noqa: N818
    """A version cannot be published as it is."""

    def __init__(self, found: Iterable[Found]) -> None:
        """Carry everything that is wrong."""
        self.flaws = tuple(found)
        super().__init__("; ".join(f"{one.about} {one.key}: {one.attribute}: {one.value}" for one in self.flaws))


def known(fields: Iterable[str] = (), measures: Iterable[str] = ()) -> Known:
    """What an edition may name today; ``fields`` and ``measures`` are those that rules in force lead to."""
    level = places.city().needs_level or ""
    return Known(
        areas=frozenset(area.key for area in places.areas(level)),
        organisations=frozenset(organisations()),
        fields=frozenset(fields),
        measures=frozenset(measures),
    )


# Drafts --------------------------------------------------------------------------------------------------------------


def draft_of(edition: str, by: str | None) -> VersionRow:
    """The draft of an edition: the one that is there, or a new one with the content of the published version.

    Raises:
        UnknownEdition: there is no such edition.
        NotPossible: a version waits for a second person; it has to be returned or published first.
    """
    row = _edition(edition)
    found = queries.open_version(row.id)
    if found is not None:
        return _only(found, State.DRAFT)
    source = queries.published_row(row.id)
    if source is None:
        raise UnknownEdition(edition)
    return _begin(row, Edition.model_validate(source.document), by, source)


def new_edition(document: Edition, by: str | None, based_on: str | None = None) -> VersionRow:
    """Begin an edition with a draft of its own.

    Raises:
        NotPossible: there is an edition with this key.
        UnknownEdition: the edition that it is based on has no published version.
    """
    if queries.edition_row(document.key) is not None:
        raise NotPossible(document.key)
    source = None if based_on is None else queries.published_row(_edition(based_on).id)
    if based_on is not None and source is None:
        raise UnknownEdition(based_on)
    return _begin(_add_edition(document), document, by, source)


def change(draft: VersionRow, document: Edition, by: str | None, why: str = "", deed: Deed = Deed.CHANGED) -> int:
    """Give a draft another content; each entry that differs is a line of its history. Gives their number.

    Raises:
        NotPossible: it is no draft, or the content is that of another edition.
    """
    before = Edition.model_validate(_only(draft, State.DRAFT).document)
    if document.key != before.key:
        raise NotPossible(document.key)
    found = differences(before, document)
    for one in found:
        _note(draft, deed, by, why, one.about, one.key, one.before, one.after)
    draft.document = told(document)
    db.session.flush()
    return len(found)


def put_measure(draft: VersionRow, measure: Measure, by: str | None, why: str = "") -> None:
    """Add a measure to a draft, or put it in the place of the one with its key.

    Raises:
        NotPossible: it is no draft.
    """
    document = Edition.model_validate(draft.document)
    others = [one for one in document.measures if one.key != measure.key]
    place = next((number for number, one in enumerate(document.measures) if one.key == measure.key), len(others))
    measures = (*others[:place], measure, *others[place:])
    change(draft, document.model_copy(update={"measures": measures}), by, why)


def discard(draft: VersionRow) -> None:
    """Throw a draft away; an edition that never had anything else goes with it.

    Raises:
        NotPossible: it is no draft.
    """
    edition = db.session.get_one(EditionRow, _only(draft, State.DRAFT).edition_id)
    db.session.delete(draft)
    db.session.flush()
    if not queries.last_number(edition.id):
        db.session.delete(edition)
        db.session.flush()
    touch("plans")


# Four eyes -----------------------------------------------------------------------------------------------------------


def submit(draft: VersionRow, by: str | None, why: str) -> None:
    """Ask somebody else to look at a draft and publish it.

    Raises:
        NotPossible: it is no draft.
    """
    _only(draft, State.DRAFT)
    draft.state, draft.submitted_at, draft.submitted_by, draft.why = State.SUBMITTED, now(), by, why
    _note(draft, Deed.SUBMITTED, by, why)


def give_back(version: VersionRow, by: str | None, why: str) -> None:
    """Give a version back to be worked on; whoever submitted it may do so, too.

    Raises:
        NotPossible: it does not wait for a second person.
    """
    _only(version, State.SUBMITTED)
    version.state, version.submitted_at, version.submitted_by = State.DRAFT, None, None
    _note(version, Deed.RETURNED, by, why)


def publish(version: VersionRow, by: str | None, looks_for: Known) -> None:
    """Publish a version that somebody else has submitted; in the edition in force it holds at once.

    Raises:
        NotPossible: it does not wait for a second person.
        SamePerson: the same person has submitted it.
        Flawed: it names something that does not exist, or lacks something that rules lead to.
    """
    _only(version, State.SUBMITTED)
    if by is not None and by == version.submitted_by:
        raise SamePerson
    _publish(version, by, looks_for)


def put_in_force(edition: str, by: str | None, looks_for: Known) -> None:
    """Go by an edition from now on.

    Raises:
        UnknownEdition: it does not exist or has no published version.
        Flawed: its published version lacks something that rules lead to, or names what no longer exists.
    """
    row = _edition(edition)
    version = queries.published_row(row.id)
    if version is None:
        raise UnknownEdition(edition)
    document = _sound(version, looks_for)
    _make_current(row)
    _note(version, Deed.PUBLISHED, by, version.why)
    project(document)


def bring_in(document: Edition) -> bool:
    """Publish what the city's folder says, unless it says what it said last or the city has gone on since.

    Gives whether anything changed. It is in force at once unless the city goes by an edition of its own.

    Raises:
        Flawed: it names something that does not exist.
    """
    row = queries.edition_row(document.key)
    if row is None:
        row = _add_edition(document)
    else:
        last, current = queries.last_from_folder(row.id), queries.published_row(row.id)
        if last is None or current is None or last.id != current.id or last.document == told(document):
            return False
    version = _begin(row, document, None, queries.published_row(row.id))
    version.from_folder = True
    in_force = queries.edition_in_force()
    if in_force is None or _from_folder(in_force.id):
        _make_current(row)
    _publish(version, None, known())
    return True


def _from_folder(edition_id: int) -> bool:
    published = queries.published_row(edition_id)
    return published is not None and published.from_folder


def _make_current(row: EditionRow) -> None:
    for card in queries.editions():
        if card.current:
            db.session.get_one(EditionRow, card.id).current = False
    db.session.flush()
    row.current = True
    db.session.flush()
    touch("plans")


def _publish(version: VersionRow, by: str | None, looks_for: Known) -> None:
    document = _sound(version, looks_for)
    edition = db.session.get_one(EditionRow, version.edition_id)
    before = queries.published_row(edition.id)
    if before is not None:
        before.state = State.SUPERSEDED
    version.state, version.published_at, version.published_by = State.PUBLISHED, now(), by
    edition.name, edition.adopted_on = document.name, document.adopted_on
    edition.from_year, edition.to_year = document.from_, document.to
    _note(version, Deed.PUBLISHED, by, version.why)
    touch("plans")
    if edition.current:
        project(document)


def _sound(version: VersionRow, looks_for: Known) -> Edition:
    document = Edition.model_validate(version.document)
    if found := tuple(flaws(document, looks_for)):
        raise Flawed(found)
    return document


# Rows ----------------------------------------------------------------------------------------------------------------


def _edition(key: str) -> EditionRow:
    row = queries.edition_row(key)
    if row is None:
        raise UnknownEdition(key)
    return row


def _add_edition(document: Edition) -> EditionRow:
    row = EditionRow(
        key=document.key,
        name=document.name,
        adopted_on=document.adopted_on,
        from_year=document.from_,
        to_year=document.to,
    )
    db.session.add(row)
    db.session.flush()
    touch("plans")
    return row


def _begin(edition: EditionRow, document: Edition, by: str | None, source: VersionRow | None) -> VersionRow:
    version = VersionRow(
        edition_id=edition.id,
        number=queries.last_number(edition.id) + 1,
        state=State.DRAFT,
        document=told(document),
        based_on_id=source.id if source else None,
        made_by=by,
    )
    db.session.add(version)
    db.session.flush()
    _note(version, Deed.BEGUN, by, "")
    return version


def _only(version: VersionRow, state: State) -> VersionRow:
    if version.state != state:
        raise NotPossible(version.state)
    return version


def _note(
    version: VersionRow,
    deed: Deed,
    by: str | None,
    why: str,
    about: About = About.HEAD,
    key: str = "",
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    db.session.add(
        VersionChange(
            version_id=version.id, by=by, action=deed, about=about, key=key, before=before, after=after, why=why
        )
    )
    db.session.flush()
