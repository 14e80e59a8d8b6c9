"""What a report is made of: a snapshot, versions of editions that never change, and free texts. Nothing else.

So the same snapshot with the same texts gives the same report, whenever it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.texts import Localized
from app.needs.domain import Published
from app.needs.snapshot.domain import Part, Snapshot
from app.needs.snapshot.numbers import Numbers
from app.plans import queries as plans
from app.plans.document import Edition, FieldOfAction, Measure
from app.strategy.domain import Texts, Unknown, Wanted


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a report tells. ``older`` is the edition that it is compared with."""

    wanted: Wanted
    snapshot: Snapshot
    edition: Edition
    version: int
    older: Edition | None
    older_version: int | None
    texts: Texts

    @property
    def until(self) -> date:
        """The last day that anything is told of."""
        return min(self.wanted.months.last_day, self.snapshot.on)

    @property
    def years(self) -> tuple[Published, ...]:
        """The calendar years within the period of which anything has been published, the earliest first."""
        wholes = (year for year in self.wanted.months.years if self.wanted.months.holds_whole(year))
        return tuple(self.snapshot.years[year] for year in wholes if year in self.snapshot.years)

    @property
    def whole_years(self) -> tuple[Published, ...]:
        """Those whose tables by area are out."""
        return tuple(one for one in self.years if one.whole)

    @property
    def numbers(self) -> Numbers:
        """The numbers of the latest of these years; without one there are none of reports."""
        return Numbers(self.snapshot, self.whole_years[-1] if self.whole_years else None)

    def measures_of(self, field: FieldOfAction) -> tuple[Measure, ...]:
        """The measures in a field of action, in the order of the edition."""
        return tuple(one for one in self.edition.measures if field.key in one.fields_)

    def office(self, key: str | None) -> Localized:
        """What an office was called on the day of the snapshot."""
        return Localized() if key is None else self.snapshot.organisations.get(key, Localized({"de": key}))

    def area(self, key: str) -> Localized:
        """What a part of town is called."""
        parts = self.snapshot.level(Part.PARTS)
        place = self.snapshot.place(parts.key, key) if parts else None
        return place.name if place else Localized({"de": key})


def material(wanted: Wanted, snapshot: Snapshot, texts: Texts) -> Material:
    """Look up the versions that the snapshot names.

    Raises:
        Unknown: an edition had no published version when the snapshot was taken.
    """
    edition, version = _edition(wanted.edition, snapshot)
    older, older_version = (None, None) if wanted.compare is None else _edition(wanted.compare, snapshot)
    return Material(wanted, snapshot, edition, version, older, older_version, texts)


def _edition(key: str, snapshot: Snapshot) -> tuple[Edition, int]:
    number = snapshot.editions.get(key)
    found = next((one for card, one in plans.publications(key) if card.number == number), None)
    if number is None or found is None:
        raise Unknown(f"There is no published edition {key!r} in this snapshot.")
    return found, number
