"""Interim reports of the strategy: what is asked for, how far one is, where free texts stand."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.texts import Localized
from app.plans.document import Edition

LANGUAGES = ("de", "de-simple", "en")
"""The languages of a report."""

TEXT_MAX = 8_000
"""The most characters of a free text."""

REASON_MAX = 1_000


class State(StrEnum):
    """How far a report is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    MAKING = "making"
    """It is issued, and its files are being made."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Format(StrEnum):
    """The files of a report, in each language."""

    PAGE = "html"
    PDF = "pdf"
    BOOK = "xlsx"


MEDIA_TYPES: Mapping[Format, str] = {
    # A file to keep, with its own style inside; a browser must not take it for a page of the site.
    Format.PAGE: "application/octet-stream",
    Format.PDF: "application/pdf",
    Format.BOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Months:
    """A time that a report is about: whole months, both ends included."""

    first: date
    last: date
    """The first day of the last month."""

    @classmethod
    def named(cls, name: str) -> Months:
        """From ``2025-01/2026-12``.

        Raises:
            ValueError: that is no such time.
        """
        found = re.fullmatch(r"(\d{4})-(\d{2})/(\d{4})-(\d{2})", name, re.ASCII)
        if found is None:
            raise ValueError("a period is written as 2025-01/2026-12")
        first, last = date(int(found[1]), int(found[2]), 1), date(int(found[3]), int(found[4]), 1)
        if last < first:
            raise ValueError("the period ends before it begins")
        return cls(first, last)

    @property
    def name(self) -> str:
        """``2025-01/2026-12``."""
        return f"{self.first:%Y-%m}/{self.last:%Y-%m}"

    @property
    def slug(self) -> str:
        """The same for names of files."""
        return self.name.replace("/", "_")

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.last.replace(day=monthrange(self.last.year, self.last.month)[1])

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years that lie within it as a whole or in part."""
        return tuple(range(self.first.year, self.last.year + 1))

    def holds_whole(self, year: int) -> bool:
        """Whether a calendar year lies within it from beginning to end."""
        return self.first <= date(year, 1, 1) and date(year, 12, 31) <= self.last_day


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: of which edition, about what time, and the edition it is compared with, by their keys."""

    edition: str
    months: Months
    compare: str | None = None


Texts = Mapping[str, Localized]
"""Free texts by the place where they stand."""

FOREWORD, NEEDS, PARTICIPATION, OUTLOOK = "foreword", "needs", "participation", "outlook"
PLAN, FIELD = "plan:", "field:"
"""How the names of places begin that belong to a plan or a field of action."""


def places(edition: Edition) -> Iterator[str]:
    """The places for free texts in a report of an edition, in the order of reading."""
    yield FOREWORD
    for plan in edition.plans:
        yield PLAN + plan.key
        yield from (FIELD + one.key for one in plan.fields_)
    yield from (NEEDS, PARTICIPATION, OUTLOOK)


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A report without its files. ``…_by`` are principals; ``snapshot`` is a hash."""

    id: int
    wanted: Wanted
    snapshot: str
    state: State
    texts: Texts
    made_at: datetime
    made_by: str | None
    submitted_at: datetime | None
    submitted_by: str | None
    issued_at: datetime | None
    issued_by: str | None
    withdrawn_at: datetime | None
    reason: Localized


class NotPossible(Exception):  # noqa: N818
    """A verb does not fit the state of a report."""


class SamePerson(Exception):  # noqa: N818
    """Whoever hands a report in does not issue it: four eyes look at it."""


class Unknown(LookupError):  # noqa: N818
    """There is no such edition, snapshot or report; ``str()`` says which."""
