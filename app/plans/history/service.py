"""The verbs that change places of history. What residents see changes only when somebody confirms a draft.

What somebody has changed in the browser belongs to the city: its folder does not overwrite it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from PIL import Image
from sqlalchemy import delete

from app.core import pictures
from app.core.clock import now
from app.core.database import db
from app.core.revisions import touch
from app.plans.history import queries
from app.plans.history.domain import LARGE, SMALL, Content, Meanwhile, NoPicture, Pixels
from app.plans.history.models import HistoryPicture, HistoryPlace

BODY = "plans"
"""The body of content that places of history belong to."""


def made_anew(content: bytes) -> Pixels:
    """A picture in two sizes without anything but its pixels; what was transparent is white.

    Raises:
        NoPicture: the file is in no format that we know.
        TooManyPixels: it is too large.
        Unreadable: it is damaged.
    """
    format_ = pictures.format_of(content)
    if format_ is None:
        raise NoPicture
    large = _opaque(pictures.bare(content, format_, lambda _width, _height: (LARGE, LARGE)))
    small = large.copy()
    small.thumbnail((SMALL, SMALL))
    as_file = pictures.jpeg(large)
    digest = hashlib.sha256(as_file).hexdigest()[:32]
    return Pixels(digest, as_file, pictures.jpeg(small), large.size, small.size)


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


# From the city's folder ----------------------------------------------------------------------------------------------


def put(key: str, position: int, content: Content, found: Iterable[Pixels] = ()) -> bool:
    """Add a place or bring it up to date, with the pixels of its pictures; says whether anything changed."""
    row = queries.place_row(key)
    if row is not None and row.changed_by is not None:
        return False
    stored = content.stored()
    if row is None:
        row = HistoryPlace(key=key, content=stored, position=position, published_at=now(), changed_at=now())
        db.session.add(row)
    elif (row.content, row.position) == (stored, position):
        return False
    else:
        row.content, row.position = stored, position
        row.changed_at = now()
    db.session.flush()
    for pixels in found:
        _keep(row, pixels)
    _tidy(row)
    touch(BODY)
    return True


# In the browser ------------------------------------------------------------------------------------------------------


def add(key: str, content: Content, by: str) -> None:
    """Begin a new place, at the end of the list. Nobody sees it yet."""
    row = HistoryPlace(
        key=key,
        content=content.stored(),
        draft=content.stored(),
        position=queries.last_position() + 1,
        changed_at=now(),
        changed_by=by,
    )
    db.session.add(row)
    db.session.flush()


def change(key: str, content: Content, by: str, seen: str, found: Iterable[Pixels] = ()) -> None:
    """Put a draft in the place of the one there is. ``seen`` is the mark of what the change began with.

    Raises:
        LookupError: there is no such place.
        Meanwhile: it has been changed since.
    """
    row = _row(key, seen)
    row.draft = content.stored()
    for pixels in found:
        _keep(row, pixels)
    _changed(row, by)


def publish(key: str, by: str, seen: str) -> None:
    """From here on residents see the draft, or again what was hidden. ``seen`` is the mark of what was looked at.

    Raises:
        LookupError: there is no such place.
        Meanwhile: it has been changed since.
    """
    row = _row(key, seen)
    row.content = row.draft or row.content
    row.draft, row.hidden = None, False
    row.published_at = now()
    _changed(row, by)
    touch(BODY)


def discard(key: str, by: str, seen: str) -> None:
    """Give up a draft; a place that nobody ever confirmed goes with it.

    Raises:
        LookupError: there is no such place.
        Meanwhile: it has been changed since.
    """
    row = _row(key, seen)
    if row.published_at is None:
        db.session.delete(row)
        db.session.flush()
        return
    row.draft = None
    _changed(row, by)


def hide(key: str, by: str) -> None:
    """Residents do not see a place any more, at once; it can be published again.

    Raises:
        LookupError: there is no such place.
    """
    row = _row(key)
    row.hidden = True
    _changed(row, by)
    touch(BODY)


def move(key: str, *, up: bool, by: str) -> bool:
    """Change places with the one before or after; says whether there was one.

    Raises:
        LookupError: there is no such place.
    """
    rows = list(queries.place_rows())
    index = next((index for index, row in enumerate(rows) if row.key == key), None)
    if index is None:
        raise LookupError(key)
    other = index - 1 if up else index + 1
    if not 0 <= other < len(rows):
        return False
    rows[index], rows[other] = rows[other], rows[index]
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            # Its place in the list belongs to the city from now on, and so does it.
            _changed(row, by)
    touch(BODY)
    return True


def _row(key: str, seen: str | None = None) -> HistoryPlace:
    row = queries.place_row(key)
    if row is None:
        raise LookupError(key)
    if seen is not None and row.changed_at.isoformat() != seen:
        raise Meanwhile(key)
    return row


def _changed(row: HistoryPlace, by: str) -> None:
    # The moment marks the state: two changes must never share one.
    row.changed_at = max(now(), row.changed_at + timedelta(microseconds=1))
    row.changed_by = by
    db.session.flush()
    _tidy(row)


def _keep(row: HistoryPlace, pixels: Pixels) -> None:
    if pixels.digest not in queries.picture_digests(row.id):
        db.session.add(HistoryPicture(place_id=row.id, digest=pixels.digest, large=pixels.large, small=pixels.small))
        db.session.flush()


def _tidy(row: HistoryPlace) -> None:
    """Pixels that neither what residents see nor a draft speaks of go."""
    spoken_of = {
        picture.digest
        for content in (row.content, row.draft)
        if content
        for picture in Content.model_validate(content).pictures
    }
    gone = queries.picture_digests(row.id) - spoken_of
    if gone:
        db.session.execute(
            delete(HistoryPicture).where(HistoryPicture.place_id == row.id, HistoryPicture.digest.in_(gone))
        )
