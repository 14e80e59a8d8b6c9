"""The city's labels and templates for replies: brought in from its folder, changed by its administrators.

What somebody has changed or confirmed in the browser belongs to the city: the folder does not overwrite it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.core.clock import now
from app.core.database import db
from app.core.revisions import touch
from app.core.rows import bring_up_to_date
from app.core.texts import Localized
from app.reports.domain import NotAllowed
from app.triage import work_queries
from app.triage.models import Label, ReplyTemplate
from app.triage.work_domain import mark_of


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """A label as the folder or a form gives it."""

    key: str
    name: Localized
    active: bool = True


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A template as the folder or a form gives it. ``kinds`` are the kinds of report it fits; none means all."""

    key: str
    name: Localized
    text: Localized
    kinds: tuple[str, ...]
    position: int
    active: bool = True


def put_label(entry: LabelEntry) -> bool:
    """Add a label from the folder or bring it up to date; says whether anything changed."""
    row = work_queries.label_row(entry.key)
    return _put(row, Label, {"key": entry.key, "name": entry.name, "active": entry.active})


def put_template(entry: TemplateEntry) -> bool:
    """Add a template from the folder or bring it up to date; says whether anything changed."""
    return _put(work_queries.template_row(entry.key), ReplyTemplate, _values(entry))


def keep_label(entry: LabelEntry, by: str, seen: str) -> None:
    """Add or change a label in the browser. ``seen`` is the mark of what the change began with, empty for a new one.

    Raises:
        NotAllowed: somebody else has changed it meanwhile.
    """
    values = {"key": entry.key, "name": entry.name, "active": entry.active}
    _keep(work_queries.label_row(entry.key), Label, values, by, seen)


def keep_template(entry: TemplateEntry, by: str, seen: str) -> None:
    """Add or change a template in the browser. ``seen`` is the mark of what the change began with, empty for a new one.

    Raises:
        NotAllowed: somebody else has changed it meanwhile.
    """
    _keep(work_queries.template_row(entry.key), ReplyTemplate, _values(entry), by, seen)


def _values(entry: TemplateEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "name": entry.name,
        "text": entry.text,
        "kinds": list(entry.kinds),
        "position": entry.position,
        "active": entry.active,
    }


def _put(row: Label | ReplyTemplate | None, kind: type[Label | ReplyTemplate], values: dict[str, Any]) -> bool:
    if row is not None and row.changed_by is not None:
        return False
    if row is None:
        db.session.add(kind(**values))
    elif bring_up_to_date(row, values):
        row.changed_at = now()
    else:
        return False
    db.session.flush()
    touch(work_queries.BODY)
    return True


def _keep(
    row: Label | ReplyTemplate | None,
    kind: type[Label | ReplyTemplate],
    values: dict[str, Any],
    by: str,
    seen: str,
) -> None:
    if (mark_of(row.changed_at) if row else "") != seen:
        raise NotAllowed(_("Somebody else changed this meanwhile. Please compare with what stands there now."))
    if row is None:
        row = kind(**values)
        db.session.add(row)
    bring_up_to_date(row, values)
    row.changed_at, row.changed_by = now(), by
    db.session.flush()
    touch(work_queries.BODY)
