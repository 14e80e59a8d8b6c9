"""What lies beside a case on somebody's desk: labels, words for a reply, things to do, and cases like it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.texts import Localized, Shown

NUMBER_HERE = "{number}"
"""What stands in a template for the number of the case; there is no other placeholder."""

_BRACES = re.compile(r"\{[^{}\n]*\}?|\}")


def in_braces(text: str) -> list[str]:
    """What stands in braces in a template and is no placeholder: whoever wrote it expected something of it."""
    return [found for found in _BRACES.findall(text) if found != NUMBER_HERE]


SIMILAR_WITHIN = timedelta(days=90)
"""How far apart two reports may have arrived to be like one another."""

SIMILAR_MOST = 10
"""How many like cases one page names."""

PRESENT_FOR = timedelta(minutes=10)
"""How long somebody who opened a case counts as being at it."""

_GERMAN = frozenset({"de", "de-simple"})


def mark_of(changed_at: datetime) -> str:
    """What tells one state of a label or template from the next, for two people who change it at once."""
    return changed_at.isoformat()


@dataclass(frozen=True, slots=True)
class LabelCard:
    """A label of the city's list. ``changed_by`` is an opaque principal; None as long as it comes from the folder."""

    id: int
    key: str
    name: Localized
    active: bool
    changed_at: datetime
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """Words for a reply that staff can begin from. ``kinds`` are the kinds of report it fits; none means all.

    ``changed_by`` is an opaque principal; None as long as it is the proposal from the city's folder.
    """

    id: int
    key: str
    name: Localized
    text: Localized
    kinds: tuple[str, ...]
    position: int
    active: bool
    changed_at: datetime
    changed_by: str | None

    def fits(self, kind: str) -> bool:
        """Whether it is meant for reports of a kind."""
        return not self.kinds or kind in self.kinds

    def written(self, language: str, number: str) -> Shown:
        """The words for one case, in a language or its fallback."""
        said = self.text.shown(language)
        return Shown(said.text.replace(NUMBER_HERE, number), said.language)

    def beside(self, language: str, number: str) -> str:
        """What the words mean in German; empty where they are German already."""
        if self.written(language, number).language in _GERMAN:
            return ""
        return self.written("de", number).text


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to be done in a case by a day. ``text`` is opened from the offices' box."""

    id: int
    text: str
    due_on: date | None
    office_id: int
    done_at: datetime | None

    def overdue(self, today: date) -> bool:
        """Whether its day is over and it is not done."""
        return self.done_at is None and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another case that somebody can open: one like this, or (``why``) one that belongs to it."""

    report_id: int
    number: str
    received_at: datetime
    kind: str
    topic: str | None
    state: str
    office_id: int | None
    why: str | None = None
