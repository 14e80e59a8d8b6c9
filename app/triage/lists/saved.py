"""Selections of the queue that somebody has given names: codes and days under a word of their own, for them alone."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from app.core.database import db
from app.reports.domain import NotAllowed
from app.triage.lists import queries
from app.triage.models import SavedFilter

MOST = 12
"""So many names still fit above a list."""


def save(user_id: int, name: str, filters: Mapping[str, str]) -> SavedFilter:
    """Keep a selection under a name; one that has the name already is replaced.

    Raises:
        NotAllowed: the person has as many as fit.
    """
    kept = queries.saved_filters(user_id)
    found = next((one for one in kept if one.name == name), None)
    if found is None:
        if len(kept) >= MOST:
            raise NotAllowed(_("You have %(number)d saved selections. Please remove one first.", number=MOST))
        found = SavedFilter(user_id=user_id, name=name)
        db.session.add(found)
    found.filters = dict(filters)
    db.session.flush()
    return found


def rename(user_id: int, filter_id: int, name: str) -> None:
    """Give a saved selection another name.

    Raises:
        LookupError: the person has no such selection.
        NotAllowed: another one has this name.
    """
    found = _of(user_id, filter_id)
    if any(one.name == name and one is not found for one in queries.saved_filters(user_id)):
        raise NotAllowed(_("Another selection has this name already."))
    found.name = name
    db.session.flush()


def remove(user_id: int, filter_id: int) -> SavedFilter:
    """Remove a saved selection; gives what it was.

    Raises:
        LookupError: the person has no such selection.
    """
    found = _of(user_id, filter_id)
    db.session.delete(found)
    db.session.flush()
    return found


def _of(user_id: int, filter_id: int) -> SavedFilter:
    found = queries.saved_filter(user_id, filter_id)
    if found is None:
        raise LookupError(filter_id)
    return found
