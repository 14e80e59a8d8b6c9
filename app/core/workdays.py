"""Working days: deadlines count them, with the public holidays of the city's state and the city's own closed days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import day_of, now, start_of
from app.core.database import Base, db
from app.core.revisions import remembered
from app.core.texts import Localized

SATURDAY = 5

ONE_DAY = timedelta(days=1)


class ClosedDay(Base):
    """A day on which the offices do not work although it is no public holiday. ``made_by`` is an opaque principal."""

    __tablename__ = "core_closed_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[Localized]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str | None]


@cache
def public_holidays(subdivision: str | None) -> Mapping[date, str]:
    """The holidays of a federal state (ISO 3166-2 without ``DE-``) by day; each year is filled in when it is asked for.

    Without a state those that hold in all of them.

    Raises:
        NotImplementedError: there is no such state.
    """
    return holidays.country_holidays("DE", subdiv=subdivision, language="de")


@remembered("workdays")
def closed_days() -> Mapping[date, Localized]:
    """The city's own closed days."""
    return {row.day: row.name for row in db.session.scalars(select(ClosedDay).order_by(ClosedDay.day))}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days: in a federal state, without the closed days."""

    subdivision: str | None
    closed: Mapping[date, Localized] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day.weekday() < SATURDAY and day not in self.closed and day not in public_holidays(self.subdivision)

    def after(self, moment: datetime, days: int) -> datetime:
        """The end of the last of so many working days after the day of a moment, in UTC."""
        day = day_of(moment)
        for _turn in range(days):
            day += ONE_DAY
            while not self.works(day):
                day += ONE_DAY
        return start_of(day + ONE_DAY)

    def between(self, since: datetime, until: datetime) -> int:
        """How many working days lie after the day of one moment, up to and with the day of another."""
        first, last = day_of(since), day_of(until)
        return sum(self.works(first + timedelta(days=number)) for number in range(1, (last - first).days + 1))


def calendar(subdivision: str | None) -> Calendar:
    """The working days of today's city."""
    return Calendar(subdivision, closed_days())
